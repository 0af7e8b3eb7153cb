"""what people did to deadlines, what they found wrong, which responses were withdrawn

Revision: 0010
After: 0008
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'adjustment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('obligation_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('decided_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('approver', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('notice', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_adjustment_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_adjustment')),
    )
    op.create_index(op.f('ix_adjustment_matter_id'), 'adjustment', ['matter_id'], unique=False)
    op.create_table(
        'finding',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('obligation_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column('ordinal', sa.Integer(), nullable=True),
        sa.Column('fault', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('evidence', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_finding_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    )
    op.create_index(op.f('ix_finding_matter_id'), 'finding', ['matter_id'], unique=False)
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.add_column(sa.Column('plain_due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('paused_seconds', sa.BigInteger(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('paused_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.add_column(sa.Column('retracted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column('retracted_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default='')
        )
        batch_op.add_column(sa.Column('retracted_reason', sa.Text(), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('response', schema=None) as batch_op:
        for name in ('retracted_reason', 'retracted_by', 'retracted_at'):
            batch_op.drop_column(name)
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        for name in ('version', 'paused_since', 'paused_seconds', 'plain_due_at'):
            batch_op.drop_column(name)
    op.drop_table('finding')
    op.drop_table('adjustment')
