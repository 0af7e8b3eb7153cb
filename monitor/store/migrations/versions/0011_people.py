"""for whom an alert is, what was changed about a rota, the policy that a deadline opened with

Revision: 0011
After: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime


revision = '0011'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.add_column(sa.Column('policy', sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('contact', sa.String(), nullable=False, server_default=''))
    op.create_table(
        'audience',
        sa.Column('alert_id', sa.Integer(), nullable=False),
        sa.Column('contact', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('because', sa.String(), nullable=False),
        sa.Column('through', sa.String(), nullable=False),
        sa.Column('detail', sa.String(), nullable=False),
        sa.Column('silence', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_audience_alert_id')),
        sa.PrimaryKeyConstraint('alert_id', 'contact', name=op.f('pk_audience')),
    )
    op.create_table(
        'rota_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('rota', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('contact', sa.String(), nullable=False),
        sa.Column('instead_of', sa.String(), nullable=False),
        sa.Column('begins', UTCDateTime(), nullable=False),
        sa.Column('ends', UTCDateTime(), nullable=False),
        sa.Column('pair', sa.Integer(), nullable=True),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('made_at', UTCDateTime(), nullable=False),
        sa.Column('cancelled_at', UTCDateTime(), nullable=True),
        sa.Column('cancelled_by', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rota_change')),
    )
    op.create_index(op.f('ix_rota_change_ends'), 'rota_change', ['ends'], unique=False)
    op.create_index(op.f('ix_rota_change_rota'), 'rota_change', ['rota'], unique=False)


def downgrade() -> None:
    op.drop_table('rota_change')
    op.drop_table('audience')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_column('contact')
    with op.batch_alter_table('deadline', schema=None) as batch_op:
        batch_op.drop_column('policy')
