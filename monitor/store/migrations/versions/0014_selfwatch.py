"""processes, tries of the channels, drills

Revision: 0014
After: 0008
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0014'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        'process',
        sa.Column('name', text(), nullable=False),
        sa.Column('started_at', instant(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('roles', text(), nullable=False),
        sa.Column('database_off_ms', sa.Integer(), nullable=True),
        sa.Column('wall_off_ms', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_process')),
    )
    with op.batch_alter_table('process', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_process_at'), ['at'], unique=False)
    op.create_table(
        'path_check',
        sa.Column('day', text(), nullable=False),
        sa.Column('channel', text(), nullable=False),
        sa.Column('began_at', instant(), nullable=False),
        sa.Column('ended_at', instant(), nullable=True),
        sa.Column('outcome', text(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('remedy', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'channel', name=op.f('pk_path_check')),
    )
    op.create_table(
        'drill',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('pace', sa.Float(), nullable=False),
        sa.Column('started_at', instant(), nullable=False),
        sa.Column('started_by', text(), nullable=False),
        sa.Column('ended_at', instant(), nullable=True),
        sa.Column('ended_by', text(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_drill_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_drill')),
        sa.UniqueConstraint('matter_id', name=op.f('uq_drill_matter_id')),
    )
    # Not as a copy of the table, neither here nor below: others refer to its rows.
    op.add_column('matter', sa.Column('drill', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_index(
        'ix_matter_drill', 'matter', ['id'], sqlite_where=sa.text('drill'), postgresql_where=sa.text('drill')
    )


def downgrade() -> None:
    op.drop_index('ix_matter_drill', 'matter')
    op.execute('ALTER TABLE matter DROP COLUMN drill')
    for name in ('drill', 'path_check', 'process'):
        op.drop_table(name)
