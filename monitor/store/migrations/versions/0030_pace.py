"""how hosts stand that fail as a whole; how much sooner or later than its interval a source is asked, since when it is known

Revision: 0030
After: 0029
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host',
    sa.Column('host', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('failing', sa.JSON(), nullable=False),
    sa.Column('sources', sa.JSON(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('resume_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('limited_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('host', name=op.f('pk_host'))
    )
    op.create_index(op.f('ix_host_resume_at'), 'host', ['resume_at'], unique=False)
    # Added in place: SQLite would build the table anew otherwise, and others refer to it.
    op.add_column('source', sa.Column('tempo', sa.Float(), nullable=False, server_default='1'))
    op.add_column('source', sa.Column('known_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column('source', 'known_since')
    op.drop_column('source', 'tempo')
    op.drop_index(op.f('ix_host_resume_at'), table_name='host')
    op.drop_table('host')
