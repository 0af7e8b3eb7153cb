"""the sheet of a briefing, its editions, and who has left it

Revision: 0035
After: 0034
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: SQLite would build the table anew otherwise.
    op.add_column('briefing', sa.Column('sheet', sa.Text(), server_default='', nullable=False))
    op.create_table('briefing_edition',
    sa.Column('sheet', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('day', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('edition', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('compiled_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'edition', name=op.f('pk_briefing_edition'))
    )
    op.create_table('unsubscription',
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_unsubscription'))
    )


def downgrade() -> None:
    op.drop_table('unsubscription')
    op.drop_table('briefing_edition')
    op.drop_column('briefing', 'sheet')
