"""rows that a leg cannot deal with; indexes by which the watch finds its work among any number of deadlines

Revision: 0015
After: 0014
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

WATCHED = sa.text('check_at IS NOT NULL')


def upgrade() -> None:
    op.create_table('troubled',
    sa.Column('leg', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('row', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('faults', sa.Integer(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('first_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('last_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('rests_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('leg', 'row', name=op.f('pk_troubled'))
    )
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.drop_index('ix_deadline_check_at')
        batch_op.create_index('ix_deadline_check_at', ['check_at', 'id'], unique=False, sqlite_where=WATCHED, postgresql_where=WATCHED)
        batch_op.create_index(batch_op.f('ix_deadline_watched_until'), ['watched_until'], unique=False)
        batch_op.create_index('ix_deadline_watched_matter', ['matter_id'], unique=False, sqlite_where=WATCHED, postgresql_where=WATCHED)


def downgrade() -> None:
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.drop_index('ix_deadline_watched_matter', sqlite_where=WATCHED, postgresql_where=WATCHED)
        batch_op.drop_index(batch_op.f('ix_deadline_watched_until'))
        batch_op.drop_index('ix_deadline_check_at')
        batch_op.create_index('ix_deadline_check_at', ['check_at'], unique=False, sqlite_where=WATCHED, postgresql_where=WATCHED)
    op.drop_table('troubled')
