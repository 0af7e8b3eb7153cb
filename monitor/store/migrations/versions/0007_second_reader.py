"""what the second reader was asked and answered, and each request to it

Revision: 0007
After: 0003
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'second_reading',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('doubt', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('first', sa.JSON(), nullable=False),
        sa.Column('added_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('prompt', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('model', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('answer', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('grade', sa.Integer(), nullable=True),
        sa.Column('matter_id', sa.Integer(), nullable=True),
        sa.Column('question_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_second_reading_item_id')),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_second_reading')),
    )
    with op.batch_alter_table('second_reading', schema=None) as batch_op:
        batch_op.create_index(
            'ix_second_reading_due_at',
            ['due_at'],
            unique=False,
            sqlite_where=sa.text('due_at IS NOT NULL'),
            postgresql_where=sa.text('due_at IS NOT NULL'),
        )
        batch_op.create_index(batch_op.f('ix_second_reading_ended_at'), ['ended_at'], unique=False)
    op.create_table(
        'second_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('host', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('model', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('elapsed_ms', sa.Integer(), nullable=False),
        sa.Column('retry_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_second_request_item_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_second_request')),
    )
    with op.batch_alter_table('second_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_second_request_at'), ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('second_request')
    op.drop_table('second_reading')
