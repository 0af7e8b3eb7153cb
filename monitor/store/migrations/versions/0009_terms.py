"""calendars in versions; deadlines keep the calendar they rest on, whom a hop must reach; responses whom they reached

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

DATED = sa.text('calendar_version IS NOT NULL')


def upgrade() -> None:
    op.create_table(
        'calendar',
        sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('zone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('data', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('years', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('fixed', sa.JSON(), nullable=False),
        sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('loaded_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('name', 'version', name=op.f('pk_calendar')),
    )
    op.create_table(
        'calendar_day',
        sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint('name', 'version', 'day', name=op.f('pk_calendar_day')),
    )
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.add_column(sa.Column('calendar', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('calendar_version', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('estimated', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('unrolled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column('level', sa.Integer(), nullable=True))
        batch_op.create_index(
            'ix_deadline_calendar', ['calendar', 'calendar_version'], sqlite_where=DATED, postgresql_where=DATED
        )
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.add_column(sa.Column('level', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.drop_column('level')
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.drop_index('ix_deadline_calendar')
        for name in ('level', 'unrolled_at', 'estimated', 'calendar_version', 'calendar'):
            batch_op.drop_column(name)
    op.drop_table('calendar_day')
    op.drop_table('calendar')
