"""what sites allow in their robots.txt; what is suspected of a server's 304, how long a feed says that it stays

Revision: 0029
After: 0028
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('robots',
    sa.Column('site', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('read_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('delay_s', sa.Float(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('fault', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('site', name=op.f('pk_robots'))
    )


    with op.batch_alter_table('fetch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fetch_source_id'))
        batch_op.create_index('ix_fetch_source_id_at', ['source_id', 'at'], unique=False)
    # Added in place: SQLite would build the table anew otherwise, and others refer to it.
    op.add_column('source', sa.Column('suspected', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('source', sa.Column('ttl_s', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    op.drop_column('source', 'ttl_s')
    op.drop_column('source', 'suspected')
    with op.batch_alter_table('fetch', schema=None) as batch_op:
        batch_op.drop_index('ix_fetch_source_id_at')
        batch_op.create_index(batch_op.f('ix_fetch_source_id'), ['source_id'], unique=False)
    op.drop_table('robots')
