"""appraisals of offices, and what the public says of published responses

Revision: 0037
After: 0034
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        'appraisal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('coverage', TEXT(), nullable=False),
        sa.Column('first', sa.Date(), nullable=False),
        sa.Column('last', sa.Date(), nullable=False),
        sa.Column('begins_on', sa.Date(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=True),
        sa.Column('plan', sa.Text(), nullable=False),
        sa.Column('dropped_why', sa.Text(), nullable=False),
        sa.Column('planned_by', TEXT(), nullable=False),
        sa.Column('planned_at', TIME(), nullable=True),
        sa.Column('planned_account', sa.Integer(), nullable=True),
        sa.Column('approved_by', TEXT(), nullable=False),
        sa.Column('approved_at', TIME(), nullable=True),
        sa.Column('approved_account', sa.Integer(), nullable=True),
        sa.Column('announced_by', TEXT(), nullable=False),
        sa.Column('announced_at', TIME(), nullable=True),
        sa.Column('announced_account', sa.Integer(), nullable=True),
        sa.Column('dropped_by', TEXT(), nullable=False),
        sa.Column('dropped_at', TIME(), nullable=True),
        sa.Column('dropped_account', sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal')),
    )
    op.create_table(
        'appraised',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('appraisal_id', sa.Integer(), nullable=False),
        sa.Column('office', TEXT(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('texts', sa.JSON(), nullable=False),
        sa.Column('by_hand', sa.JSON(), nullable=False),
        sa.Column('proposed', TEXT(), nullable=False),
        sa.Column('proposed_why', sa.Text(), nullable=False),
        sa.Column('figures', sa.JSON(), nullable=False),
        sa.Column('digest', TEXT(), nullable=False),
        sa.Column('grade', TEXT(), nullable=False),
        sa.Column('grade_why', sa.Text(), nullable=False),
        sa.Column('noticed_by', TEXT(), nullable=False),
        sa.Column('noticed_at', TIME(), nullable=True),
        sa.Column('noticed_account', sa.Integer(), nullable=True),
        sa.Column('checked_by', TEXT(), nullable=False),
        sa.Column('checked_at', TIME(), nullable=True),
        sa.Column('checked_account', sa.Integer(), nullable=True),
        sa.Column('reviewed_by', TEXT(), nullable=False),
        sa.Column('reviewed_at', TIME(), nullable=True),
        sa.Column('reviewed_account', sa.Integer(), nullable=True),
        sa.Column('settled_by', TEXT(), nullable=False),
        sa.Column('settled_at', TIME(), nullable=True),
        sa.Column('settled_account', sa.Integer(), nullable=True),
        sa.Column('told_by', TEXT(), nullable=False),
        sa.Column('told_at', TIME(), nullable=True),
        sa.Column('told_account', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['appraisal_id'], ['appraisal.id'], name=op.f('fk_appraised_appraisal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_appraised')),
        sa.UniqueConstraint('appraisal_id', 'office', name=op.f('uq_appraised_appraisal_id_office')),
    )
    op.create_table(
        'rating',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('response_id', sa.Integer(), nullable=False),
        sa.Column('token', TEXT(), nullable=False),
        sa.Column('made_by', TEXT(), nullable=False),
        sa.Column('made_at', TIME(), nullable=False),
        sa.Column('made_account', sa.Integer(), nullable=True),
        sa.Column('ends_at', TIME(), nullable=False),
        sa.Column('revoked_by', TEXT(), nullable=False),
        sa.Column('revoked_at', TIME(), nullable=True),
        sa.Column('revoked_account', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_rating_response_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rating')),
        sa.UniqueConstraint('token', name=op.f('uq_rating_token')),
    )
    op.create_index(op.f('ix_rating_response_id'), 'rating', ['response_id'])
    op.create_table(
        'rating_count',
        sa.Column('rating_id', sa.Integer(), nullable=False),
        sa.Column('answer', TEXT(), nullable=False),
        sa.Column('votes', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['rating_id'], ['rating.id'], name=op.f('fk_rating_count_rating_id')),
        sa.PrimaryKeyConstraint('rating_id', 'answer', name=op.f('pk_rating_count')),
    )


def downgrade() -> None:
    for table in ('rating_count', 'rating', 'appraised', 'appraisal'):
        op.drop_table(table)
