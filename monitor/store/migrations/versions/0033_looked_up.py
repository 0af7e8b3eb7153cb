"""what is looked up by title, by what it was merged into, by when it was first left out

Revision: 0033
After: 0032
"""

import sqlalchemy as sa
from alembic import op


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

MERGED = sa.text('merged_into IS NOT NULL')


def upgrade() -> None:
    # Made in place: SQLite would build the tables anew otherwise, and others refer to them.
    op.create_index('ix_item_title', 'item', ['title'], postgresql_using='hash')
    op.create_index('ix_matter_merged_into', 'matter', ['merged_into'], sqlite_where=MERGED, postgresql_where=MERGED)
    op.create_index(op.f('ix_drop_first_at'), 'drop', ['first_at'])


def downgrade() -> None:
    op.drop_index(op.f('ix_drop_first_at'), table_name='drop')
    op.drop_index('ix_matter_merged_into', table_name='matter')
    op.drop_index('ix_item_title', table_name='item')
