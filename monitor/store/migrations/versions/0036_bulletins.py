"""issues of bulletins with their versions, and what people did to them

Revision: 0036
After: 0034
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        'bulletin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', text(), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=True),
        sa.Column('follows', sa.Integer(), nullable=True),
        sa.Column('sequel', sa.Integer(), nullable=False),
        sa.Column('made_at', instant(), nullable=False),
        sa.Column('language', text(), nullable=False),
        sa.Column('state', text(), nullable=False),
        sa.Column('current', sa.Integer(), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['follows'], ['bulletin.id'], name=op.f('fk_bulletin_follows')),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_bulletin_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin')),
        sa.UniqueConstraint('kind', 'year', 'number', name=op.f('uq_bulletin_kind_year_number')),
    )
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        for column in ('made_at', 'matter_id', 'state'):
            batch_op.create_index(batch_op.f(f'ix_bulletin_{column}'), [column], unique=False)
    op.create_table(
        'bulletin_version',
        sa.Column('bulletin_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('sections', sa.JSON(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('contact', text(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('digest', text(), nullable=False),
        sa.ForeignKeyConstraint(['bulletin_id'], ['bulletin.id'], name=op.f('fk_bulletin_version_bulletin_id')),
        sa.PrimaryKeyConstraint('bulletin_id', 'number', name=op.f('pk_bulletin_version')),
    )
    op.create_table(
        'bulletin_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('bulletin_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('act', text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('contact', text(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('hash', text(), nullable=False),
        sa.ForeignKeyConstraint(['bulletin_id'], ['bulletin.id'], name=op.f('fk_bulletin_step_bulletin_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_step')),
        sa.UniqueConstraint('bulletin_id', 'number', name=op.f('uq_bulletin_step_bulletin_id_number')),
    )


def downgrade() -> None:
    op.drop_table('bulletin_step')
    op.drop_table('bulletin_version')
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        for column in ('state', 'matter_id', 'made_at'):
            batch_op.drop_index(batch_op.f(f'ix_bulletin_{column}'))
    op.drop_table('bulletin')
