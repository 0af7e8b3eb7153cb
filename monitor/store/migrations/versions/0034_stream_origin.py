"""of which server and timeline a stream's cursor tells

Revision: 0034
After: 0032
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: SQLite would build the table anew otherwise.
    op.add_column('stream', sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column('stream', 'origin')
