"""the edition of the placings in which an item was placed

Revision: 0039
After: 0038
"""

import sqlalchemy as sa
from alembic import op


revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incident_item', sa.Column('edition', sa.Integer(), server_default='0', nullable=False))
    op.create_index(op.f('ix_incident_item_edition'), 'incident_item', ['edition'])


def downgrade() -> None:
    op.drop_index(op.f('ix_incident_item_edition'), 'incident_item')
    op.drop_column('incident_item', 'edition')
