"""what a person looks for in the audit log is found by its kind and by its time

Revision: 0027
After: 0026
"""

from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_audit_kind_id', 'audit', ['kind', 'id'])
    op.create_index('ix_audit_at_id', 'audit', ['at', 'id'])


def downgrade() -> None:
    op.drop_index('ix_audit_at_id', 'audit')
    op.drop_index('ix_audit_kind_id', 'audit')
