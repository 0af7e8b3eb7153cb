"""the review of an incident that was held, and what was learnt

Revision: 0038
After: 0034
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        'aftermath',
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('attendees', sa.Text(), nullable=False),
        sa.Column('conclusion', sa.Text(), nullable=False),
        sa.Column('by', TEXT(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('at', TIME(), nullable=False),
        sa.Column('signed_at', TIME(), nullable=True),
        sa.Column('signed_by', TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_aftermath_matter_id')),
        sa.PrimaryKeyConstraint('matter_id', name=op.f('pk_aftermath')),
    )
    op.create_table(
        'lesson',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('office', TEXT(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('by', TEXT(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('made_at', TIME(), nullable=False),
        sa.Column('done_at', TIME(), nullable=True),
        sa.Column('done_by', TEXT(), nullable=False),
        sa.Column('result', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_lesson_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_lesson')),
    )
    op.create_index(op.f('ix_lesson_matter_id'), 'lesson', ['matter_id'])
    op.create_index(op.f('ix_lesson_due_on'), 'lesson', ['due_on'])


def downgrade() -> None:
    for table in ('lesson', 'aftermath'):
        op.drop_table(table)
