"""what people state of incidents in place of what was read

Revision: 0023
After: 0022
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, instant = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        'correction',
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('about', text(), nullable=False),
        sa.Column('stated', sa.JSON(), nullable=False),
        sa.Column('struck', sa.JSON(), nullable=False),
        sa.Column('at', instant(), nullable=False),
        sa.Column('by', text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_correction_matter_id')),
        sa.PrimaryKeyConstraint('matter_id', 'about', name=op.f('pk_correction')),
    )


def downgrade() -> None:
    op.drop_table('correction')
