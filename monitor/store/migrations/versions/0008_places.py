"""which divisions come into question; Hong Kong, Macao and Taiwan are a scope of their own

Revision: 0008
After: 0003
"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

TABLES = ('assessment', 'incident')
TERRITORIES = ('710000', '810000', '820000')


def upgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.add_column(sa.Column('among', sa.String(), nullable=False, server_default=''))
        _rename(name, 'domestic', 'hk_mo_tw')


def downgrade() -> None:
    for name in TABLES:
        _rename(name, 'hk_mo_tw', 'domestic')
        with op.batch_alter_table(name, schema=None) as batch_op:
            batch_op.drop_column('among')


def _rename(table: str, before: str, after: str) -> None:
    rows = sa.table(table, sa.column('scope'), sa.column('province'))
    inside = rows.c.province.in_(TERRITORIES) if before == 'domestic' else sa.true()
    op.execute(rows.update().where(rows.c.scope == before, inside).values(scope=after))
