"""to whom incidents were assigned, and which office has signed

Revision: 0025
After: 0024
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        'assignment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('made_at', TIME(), nullable=False),
        sa.Column('by', TEXT(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('contact', TEXT(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('proposed', sa.Boolean(), nullable=False),
        sa.Column('ended_at', TIME(), nullable=True),
        sa.Column('ended', TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_assignment_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    )
    op.create_index(op.f('ix_assignment_matter_id'), 'assignment', ['matter_id'])
    stands = sa.text('ended_at IS NULL')
    op.create_index(
        'uq_assignment_standing', 'assignment', ['matter_id'], unique=True, sqlite_where=stands, postgresql_where=stands
    )
    op.create_table(
        'receipt',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('assignment_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('office', TEXT(), nullable=False),
        sa.Column('name', TEXT(), nullable=False),
        sa.Column('asked_at', TIME(), nullable=False),
        sa.Column('seconds', sa.Integer(), nullable=False),
        sa.Column('told', sa.Integer(), nullable=False),
        sa.Column('look_at', TIME(), nullable=True),
        sa.Column('signed_at', TIME(), nullable=True),
        sa.Column('signed_by', TEXT(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('contact', TEXT(), nullable=False),
        sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_receipt_assignment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_receipt')),
        sa.UniqueConstraint('assignment_id', 'office', name=op.f('uq_receipt_assignment_id_office')),
    )
    looked = sa.text('look_at IS NOT NULL')
    op.create_index('ix_receipt_look_at', 'receipt', ['look_at'], sqlite_where=looked, postgresql_where=looked)


def downgrade() -> None:
    for table in ('receipt', 'assignment'):
        op.drop_table(table)
