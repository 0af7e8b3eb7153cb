"""what is kept of Slack's door, and acknowledgements that hold until a moment only

Revision: 0021
After: 0019
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0021'
down_revision = '0019'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        'slack_event',
        sa.Column('key', TEXT(), nullable=False),
        sa.Column('kind', TEXT(), nullable=False),
        sa.Column('received_at', TIME(), nullable=False),
        sa.Column('payload', sa.JSON(), nullable=False),
        sa.Column('lease_until', TIME(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('done_at', TIME(), nullable=True),
        sa.Column('outcome', TEXT(), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_slack_event')),
    )
    undone = sa.text('done_at IS NULL')
    with op.batch_alter_table('slack_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slack_event_received_at'), ['received_at'], unique=False)
        batch_op.create_index(
            'ix_slack_event_lease_until', ['lease_until'], unique=False, sqlite_where=undone, postgresql_where=undone
        )
    op.create_table(
        'slack_request',
        sa.Column('digest', TEXT(), nullable=False),
        sa.Column('at', TIME(), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_slack_request')),
    )
    with op.batch_alter_table('slack_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slack_request_at'), ['at'], unique=False)
    op.create_table(
        'slack_card',
        sa.Column('channel', TEXT(), nullable=False),
        sa.Column('card_key', TEXT(), nullable=False),
        sa.Column('shown', TEXT(), nullable=False),
        sa.Column('told_upto', sa.Integer(), nullable=False),
        sa.Column('lease_until', TIME(), nullable=True),
        sa.Column('asking_since', TIME(), nullable=True),
        sa.Column('failing_since', TIME(), nullable=True),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('remedy', sa.Text(), nullable=False),
        sa.Column('retry_at', TIME(), nullable=True),
        sa.Column('gone_at', TIME(), nullable=True),
        sa.PrimaryKeyConstraint('channel', 'card_key', name=op.f('pk_slack_card')),
    )
    op.create_table(
        'snooze',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('by', TEXT(), nullable=False),
        sa.Column('begun_at', TIME(), nullable=False),
        sa.Column('upto', sa.Integer(), nullable=False),
        sa.Column('until', TIME(), nullable=False),
        sa.Column('ended_at', TIME(), nullable=True),
        sa.Column('end', TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_snooze_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_snooze')),
    )
    running = sa.text('ended_at IS NULL')
    with op.batch_alter_table('snooze', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_snooze_matter_id'), ['matter_id'], unique=False)
        batch_op.create_index('ix_snooze_until', ['until'], unique=False, sqlite_where=running, postgresql_where=running)


def downgrade() -> None:
    op.drop_table('snooze')
    op.drop_table('slack_card')
    op.drop_table('slack_request')
    op.drop_table('slack_event')
