"""the wording of an incident is no longer stored; how often placings changed is

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'edition',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_edition')),
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_column('wording')


def downgrade() -> None:
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wording', sa.Text(), nullable=False, server_default=''))
    op.drop_table('edition')
