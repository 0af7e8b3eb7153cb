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
    with op.batch_alter_table('incident_item') as batch:
        batch.add_column(sa.Column('edition', sa.Integer(), server_default='0', nullable=False))
        batch.alter_column('edition', server_default=None)
    op.create_index(op.f('ix_incident_item_edition'), 'incident_item', ['edition'])


def downgrade() -> None:
    op.drop_index(op.f('ix_incident_item_edition'), 'incident_item')
    with op.batch_alter_table('incident_item') as batch:
        batch.drop_column('edition')
