"""the audit log; its triggers are set after every upgrade, from the tables as they then are

Revision: 0013
After: 0003
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'audit',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('seq', sa.BigInteger(), nullable=True),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=True),
        sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit')),
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index(
            'ix_audit_id_unsealed', ['id'], unique=False,
            sqlite_where=sa.text('seq IS NULL'), postgresql_where=sa.text('seq IS NULL'),
        )
        batch_op.create_index(
            'ix_audit_seq', ['seq'], unique=True,
            sqlite_where=sa.text('seq IS NOT NULL'), postgresql_where=sa.text('seq IS NOT NULL'),
        )
        batch_op.create_index('ix_audit_matter_id_id', ['matter_id', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('audit')
