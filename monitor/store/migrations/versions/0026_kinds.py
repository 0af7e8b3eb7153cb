"""what single kinds of response have of their own, plans of press conferences, what was found of claims

Revision: 0026
After: 0025
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

TABLES = ('conference_tick', 'conference_plan', 'claim_check', 'continuation', 'clarification', 'conference')


def upgrade() -> None:
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        'conference',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('response_id', sa.Integer(), nullable=True),
        sa.Column('held_at', instant(), nullable=True),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('place', sa.Text(), nullable=False),
        sa.Column('speaker', sa.Text(), nullable=False),
        sa.Column('rank', text(), nullable=False),
        sa.Column('questions', sa.Integer(), nullable=True),
        sa.Column('record_url', sa.Text(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('logged_at', instant(), nullable=False),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_conference_response_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_conference')),
        sa.UniqueConstraint('response_id', name=op.f('uq_conference_response_id')),
    )
    op.create_index(op.f('ix_conference_held_at'), 'conference', ['held_at'], unique=False)
    op.create_table(
        'clarification',
        sa.Column('response_id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.Column('whisper_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_clarification_response_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_clarification_item_id')),
        sa.ForeignKeyConstraint(['whisper_id'], ['whisper.id'], name=op.f('fk_clarification_whisper_id')),
        sa.PrimaryKeyConstraint('response_id', name=op.f('pk_clarification')),
    )
    for name in ('item_id', 'whisper_id'):
        op.create_index(op.f(f'ix_clarification_{name}'), 'clarification', [name], unique=False)
    op.create_table(
        'continuation',
        sa.Column('response_id', sa.Integer(), nullable=False),
        sa.Column('follows', sa.Integer(), nullable=True),
        sa.Column('promised_at', instant(), nullable=True),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_continuation_response_id')),
        sa.ForeignKeyConstraint(['follows'], ['response.id'], name=op.f('fk_continuation_follows')),
        sa.PrimaryKeyConstraint('response_id', name=op.f('pk_continuation')),
    )
    op.create_index(op.f('ix_continuation_follows'), 'continuation', ['follows'], unique=False)
    op.create_table(
        'claim_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=True),
        sa.Column('made_for', sa.Integer(), nullable=True),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.Column('whisper_id', sa.Integer(), nullable=True),
        sa.Column('result', text(), nullable=False),
        sa.Column('basis', sa.Text(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_claim_check_matter_id')),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_claim_check_item_id')),
        sa.ForeignKeyConstraint(['whisper_id'], ['whisper.id'], name=op.f('fk_claim_check_whisper_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_check')),
    )
    for name in ('matter_id', 'whisper_id'):
        op.create_index(op.f(f'ix_claim_check_{name}'), 'claim_check', [name], unique=False)
    op.create_table(
        'conference_plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('made_for', sa.Integer(), nullable=False),
        sa.Column('state', text(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('place', sa.Text(), nullable=False),
        sa.Column('speaker', sa.Text(), nullable=False),
        sa.Column('rank', text(), nullable=False),
        sa.Column('inviter', sa.Text(), nullable=False),
        sa.Column('live', sa.Text(), nullable=False),
        sa.Column('materials', sa.Text(), nullable=False),
        sa.Column('made_at', instant(), nullable=False),
        sa.Column('set_at', instant(), nullable=False),
        sa.Column('changed_by', text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('response_id', sa.Integer(), nullable=True),
        sa.Column('look_at', instant(), nullable=True),
        sa.Column('told', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_conference_plan_matter_id')),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_conference_plan_response_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_conference_plan')),
    )
    looked = sa.text('look_at IS NOT NULL')
    op.create_index(
        'ix_conference_plan_look_at', 'conference_plan', ['look_at'], unique=False,
        sqlite_where=looked, postgresql_where=looked,
    )  # fmt: skip
    for name in ('matter_id', 'response_id', 'state'):
        op.create_index(op.f(f'ix_conference_plan_{name}'), 'conference_plan', [name], unique=False)
    op.create_table(
        'conference_tick',
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('task', text(), nullable=False),
        sa.Column('at', instant(), nullable=True),
        sa.Column('by', text(), nullable=False),
        sa.ForeignKeyConstraint(['plan_id'], ['conference_plan.id'], name=op.f('fk_conference_tick_plan_id')),
        sa.PrimaryKeyConstraint('plan_id', 'task', name=op.f('pk_conference_tick')),
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
