"""what the bureau published itself, as it is offered for an incident

Revision: 0032
After: 0029
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        'offer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('form', TEXT(), nullable=False),
        sa.Column('state', TEXT(), nullable=False),
        sa.Column('why', TEXT(), nullable=False),
        sa.Column('signs', TEXT(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('published_at', TIME(), nullable=True),
        sa.Column('found_at', TIME(), nullable=False),
        sa.Column('response_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', TIME(), nullable=True),
        sa.Column('decided_by', TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_offer_matter_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_offer_item_id')),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_offer_response_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer')),
        sa.UniqueConstraint('matter_id', 'item_id', name=op.f('uq_offer_matter_id_item_id')),
    )
    op.create_index(op.f('ix_offer_item_id'), 'offer', ['item_id'])
    op.create_index('ix_offer_state_matter_id', 'offer', ['state', 'matter_id'])


def downgrade() -> None:
    op.drop_table('offer')
