"""published pages kept as evidence: how each stands, every look at it, its archive files and time stamps

Revision: 0019
After: 0018
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'authority',
        sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('root', sa.Text(), nullable=False),
        sa.Column('certificate', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_authority'))
    )
    op.create_table(
        'capture',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('response_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('failure', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('url', sa.Text(), nullable=False),
        sa.Column('ip', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('content_type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('bytes', sa.Integer(), nullable=False),
        sa.Column('cut', sa.Boolean(), nullable=False),
        sa.Column('payload_sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('warc_sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('warc_bytes', sa.Integer(), nullable=False),
        sa.Column('manifest_sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('manifest', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('published_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('published_day', sa.Date(), nullable=True),
        sa.Column('published_raw', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('time_note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('signs', sa.JSON(), nullable=False),
        sa.Column('findings', sa.JSON(), nullable=False),
        sa.Column('removed', sa.JSON(), nullable=False),
        sa.Column('added', sa.JSON(), nullable=False),
        sa.Column('outside_due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('outside_tries', sa.Integer(), nullable=False),
        sa.Column('outside_said', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_capture_response_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_capture')),
        sa.UniqueConstraint('response_id', 'number', name=op.f('uq_capture_response_id_number'))
    )
    op.create_index('ix_capture_outside_due_at', 'capture', ['outside_due_at'], unique=False, sqlite_where=sa.text('outside_due_at IS NOT NULL'), postgresql_where=sa.text('outside_due_at IS NOT NULL'))
    op.create_table(
        'evidence',
        sa.Column('response_id', sa.Integer(), nullable=False),
        sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('added_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('suspect', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('troubled_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('told', sa.Boolean(), nullable=False),
        sa.Column('first_kept_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('baseline_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('ended_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_evidence_response_id')),
        sa.PrimaryKeyConstraint('response_id', name=op.f('pk_evidence'))
    )
    op.create_index('ix_evidence_due_at', 'evidence', ['due_at'], unique=False, sqlite_where=sa.text('due_at IS NOT NULL'), postgresql_where=sa.text('due_at IS NOT NULL'))
    op.create_table(
        'capture_part',
        sa.Column('capture_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['capture_id'], ['capture.id'], name=op.f('fk_capture_part_capture_id')),
        sa.PrimaryKeyConstraint('capture_id', 'number', name=op.f('pk_capture_part'))
    )
    op.create_table(
        'stamp',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('capture_id', sa.Integer(), nullable=False),
        sa.Column('authority', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('serial', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('token', sa.Text(), nullable=False),
        sa.Column('roots', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['capture_id'], ['capture.id'], name=op.f('fk_stamp_capture_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stamp')),
        sa.UniqueConstraint('capture_id', 'authority', name=op.f('uq_stamp_capture_id_authority'))
    )


def downgrade() -> None:
    op.drop_table('stamp')
    op.drop_table('capture_part')
    op.drop_index('ix_evidence_due_at', table_name='evidence')
    op.drop_table('evidence')
    op.drop_index('ix_capture_outside_due_at', table_name='capture')
    op.drop_table('capture')
    op.drop_table('authority')
