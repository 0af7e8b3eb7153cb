"""how known items were listed again, and how far the public talks of an incident

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'sighting',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=True),
        sa.Column('heat', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_sighting_item_id')),
        sa.PrimaryKeyConstraint('item_id', 'at', name=op.f('pk_sighting')),
    )
    op.create_index(op.f('ix_sighting_at'), 'sighting', ['at'])
    op.create_table(
        'wave_step',
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('wave', sa.Integer(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('known_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('grounds', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_wave_step_matter_id')),
        sa.PrimaryKeyConstraint('matter_id', 'wave', name=op.f('pk_wave_step')),
    )
    op.add_column('incident', sa.Column('wave', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_column('wave')
    op.drop_table('wave_step')
    op.drop_index(op.f('ix_sighting_at'), table_name='sighting')
    op.drop_table('sighting')
