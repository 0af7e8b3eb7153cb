"""streams that are listened to, posts that were taken back, what hubs were asked to tell and what they brought

Revision: 0031
After: 0029
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who takes a post back names it by its id.
    op.create_index('ix_item_source_id_external_id', 'item', ['source_id', 'external_id'], unique=False)
    op.create_table('stream',
    sa.Column('source_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('lease_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('next_try_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('cursor', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_stream'))
    )
    op.create_index(op.f('ix_stream_lease_until'), 'stream', ['lease_until'], unique=False)
    op.create_index(op.f('ix_stream_next_try_at'), 'stream', ['next_try_at'], unique=False)
    op.create_table('withdrawal',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_withdrawal_item_id')),
    sa.PrimaryKeyConstraint('item_id', name=op.f('pk_withdrawal'))
    )
    op.create_index(op.f('ix_withdrawal_at'), 'withdrawal', ['at'], unique=False)
    op.create_table('subscription',
    sa.Column('source_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hub', sa.Text(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ask_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('brought_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('source_id', name=op.f('pk_subscription')),
    sa.UniqueConstraint('token', name=op.f('uq_subscription_token'))
    )
    op.create_index(op.f('ix_subscription_ask_at'), 'subscription', ['ask_at'], unique=False)
    op.create_index(op.f('ix_subscription_state'), 'subscription', ['state'], unique=False)
    op.create_table('brought',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('content_type', sa.Text(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('lease_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_brought'))
    )
    op.create_index(op.f('ix_brought_source_id'), 'brought', ['source_id'], unique=False)
    op.create_index(op.f('ix_brought_lease_until'), 'brought', ['lease_until'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_item_source_id_external_id', table_name='item')
    op.drop_table('brought')
    op.drop_table('subscription')
    op.drop_table('withdrawal')
    op.drop_table('stream')
