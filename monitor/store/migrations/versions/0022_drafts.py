"""drafts of responses: how each stands, its versions, what happened at each gate

Revision: 0022
After: 0021
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        'draft',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('state', text(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('made_at', instant(), nullable=False),
        sa.Column('published_at', instant(), nullable=True),
        sa.Column('response_id', sa.Integer(), nullable=True),
        sa.Column('later_due_at', instant(), nullable=True),
        sa.Column('path', sa.JSON(), nullable=False),
        sa.Column('look_at', instant(), nullable=True),
        sa.Column('told', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_draft_matter_id')),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_draft_response_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
        sa.UniqueConstraint('response_id', name=op.f('uq_draft_response_id')),
    )
    looked = sa.text('look_at IS NOT NULL')
    op.create_index('ix_draft_look_at', 'draft', ['look_at'], unique=False, sqlite_where=looked, postgresql_where=looked)
    op.create_index(op.f('ix_draft_matter_id'), 'draft', ['matter_id'], unique=False)
    op.create_index(op.f('ix_draft_state'), 'draft', ['state'], unique=False)
    op.create_index(op.f('ix_draft_later_due_at'), 'draft', ['later_due_at'], unique=False)
    op.create_table(
        'draft_version',
        sa.Column('draft_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('kind', text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('place', sa.Text(), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('contact', text(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('digest', text(), nullable=False),
        sa.ForeignKeyConstraint(['draft_id'], ['draft.id'], name=op.f('fk_draft_version_draft_id')),
        sa.PrimaryKeyConstraint('draft_id', 'number', name=op.f('pk_draft_version')),
    )
    op.create_table(
        'gate_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('draft_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('gate', text(), nullable=False),
        sa.Column('verdict', text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('contact', text(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('hash', text(), nullable=False),
        sa.ForeignKeyConstraint(['draft_id'], ['draft.id'], name=op.f('fk_gate_step_draft_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_gate_step')),
        sa.UniqueConstraint('draft_id', 'number', name=op.f('uq_gate_step_draft_id_number')),
    )


def downgrade() -> None:
    op.drop_table('gate_step')
    op.drop_table('draft_version')
    for name in ('later_due_at', 'state', 'matter_id'):
        op.drop_index(op.f(f'ix_draft_{name}'), table_name='draft')
    op.drop_index('ix_draft_look_at', table_name='draft')
    op.drop_table('draft')
