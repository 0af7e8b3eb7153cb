"""messages armed at a provider, used acknowledge links, secrets, several alerts in one message

Revision: 0012
After: 0008
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('digest_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_delivery_channel_started_at', ['channel', 'started_at'], unique=False)
    op.create_table(
        'armed_message',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('deadline_id', sa.Integer(), nullable=False),
        sa.Column('point', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('post_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('provider_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('lease_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('began_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['deadline_id'], ['deadline.id'], name=op.f('fk_armed_message_deadline_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_armed_message')),
        sa.UniqueConstraint('key', name=op.f('uq_armed_message_key')),
    )
    with op.batch_alter_table('armed_message', schema=None) as batch_op:
        for name in ('channel', 'deadline_id', 'post_at', 'state'):
            batch_op.create_index(batch_op.f(f'ix_armed_message_{name}'), [name], unique=False)
    op.create_table(
        'used_link',
        sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('alert_id', sa.Integer(), nullable=False),
        sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('held_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('used_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_used_link_alert_id')),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_used_link')),
    )
    with op.batch_alter_table('used_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_used_link_alert_id'), ['alert_id'], unique=False)
    op.create_table(
        'secret',
        sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_secret')),
    )


def downgrade() -> None:
    op.drop_table('secret')
    with op.batch_alter_table('used_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_used_link_alert_id'))
    op.drop_table('used_link')
    with op.batch_alter_table('armed_message', schema=None) as batch_op:
        for name in ('state', 'post_at', 'deadline_id', 'channel'):
            batch_op.drop_index(batch_op.f(f'ix_armed_message_{name}'))
    op.drop_table('armed_message')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_channel_started_at')
        batch_op.drop_column('digest_id')
