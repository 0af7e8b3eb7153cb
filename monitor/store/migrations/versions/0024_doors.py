"""what the doors for programs keep: addresses of calendars, answers to repeated requests, how far webhooks have come

Revision: 0024
After: 0023
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        'calendar_feed',
        sa.Column('id', TEXT(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('secret', TEXT(), nullable=False),
        sa.Column('made_at', TIME(), nullable=False),
        sa.Column('ended_at', TIME(), nullable=True),
        sa.Column('ended_by', TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_calendar_feed_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    )
    op.create_index(op.f('ix_calendar_feed_account_id'), 'calendar_feed', ['account_id'])
    op.create_table(
        'api_request',
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('key', TEXT(), nullable=False),
        sa.Column('digest', TEXT(), nullable=False),
        sa.Column('at', TIME(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_api_request_account_id')),
        sa.PrimaryKeyConstraint('account_id', 'key', name=op.f('pk_api_request')),
    )
    op.create_index(op.f('ix_api_request_at'), 'api_request', ['at'])
    op.create_table(
        'event_hook',
        sa.Column('name', TEXT(), nullable=False),
        sa.Column('floors', sa.JSON(), nullable=False),
        sa.Column('due_at', TIME(), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('told_at', TIME(), nullable=True),
        sa.Column('ended_at', TIME(), nullable=True),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_event_hook')),
    )
    op.create_table(
        'told_event',
        sa.Column('name', TEXT(), nullable=False),
        sa.Column('kind', TEXT(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('at', TIME(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('name', 'kind', 'number', name=op.f('pk_told_event')),
    )


def downgrade() -> None:
    for table in ('told_event', 'event_hook', 'api_request', 'calendar_feed'):
        op.drop_table(table)
