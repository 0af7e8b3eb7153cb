"""who published a piece, where the source says so

Revision: 0028
After: 0027
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    # Added in place: SQLite would build the table anew otherwise, and others refer to it.
    op.add_column('item', sa.Column('author', text(), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('item', 'author')
