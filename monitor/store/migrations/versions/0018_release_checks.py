"""what the checks found in a logged release, and when it promised the next one

Revision: 0018
After: 0017
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        'release_check',
        sa.Column('response_id', sa.Integer(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('words', text(), nullable=False),
        sa.Column('digest', text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('findings', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_release_check_response_id')),
        sa.PrimaryKeyConstraint('response_id', name=op.f('pk_release_check')),
    )
    with op.batch_alter_table('release_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_release_check_at'), ['at'], unique=False)
    op.add_column('response', sa.Column('promised_at', instant(), nullable=True))


def downgrade() -> None:
    op.execute('ALTER TABLE response DROP COLUMN promised_at')
    with op.batch_alter_table('release_check', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_release_check_at'))
    op.drop_table('release_check')
