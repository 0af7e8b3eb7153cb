"""a person decides what becomes of a single item

Revision: 0006
After: 0003
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('decided_by', sa.String(), nullable=False, server_default=''))
        batch_op.create_index('ix_item_verdict_tag_first_seen_at', ['verdict', 'tag', 'first_seen_at'], unique=False)
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.add_column(sa.Column('item_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_decision_item_id'), ['item_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_item_id'))
        batch_op.drop_column('item_id')
    op.drop_index('ix_item_verdict_tag_first_seen_at', 'item')
    # In no batch, which would make a table anew that others refer to.
    op.drop_column('item', 'decided_by')
