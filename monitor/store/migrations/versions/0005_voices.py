"""whom texts name as their source; standings and rumours; denied rumours without an incident; linked matters

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# What was stored of a rumour was only that some report sounded like one.
HEARINGS = """
INSERT INTO hearing (matter_id, standing, rumour, since, why)
SELECT incident.matter_id,
  CASE max(CASE WHEN assessment.speaker = 'hearsay' OR item.trust IN ('platform', 'personal') THEN 0
                WHEN item.trust = 'official' THEN 2 ELSE 1 END)
    WHEN 2 THEN 'official' WHEN 1 THEN 'media' ELSE 'unverified' END,
  CASE WHEN incident.rumour THEN 'claimed' END,
  CASE WHEN incident.rumour THEN incident.first_seen_at END,
  CASE WHEN incident.rumour THEN 'hearsay' END
FROM incident
JOIN incident_item ON incident_item.matter_id = incident.matter_id AND incident_item.why <> 'related'
JOIN item ON item.id = incident_item.item_id
JOIN assessment ON assessment.item_id = item.id
GROUP BY incident.matter_id, incident.rumour, incident.first_seen_at
"""


def upgrade() -> None:
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('speaker', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.execute("UPDATE assessment SET speaker = 'hearsay' WHERE rumour")
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('rumour')
    op.create_table(
        'hearing',
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('standing', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column('rumour', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column('item_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_hearing_matter_id')),
        sa.PrimaryKeyConstraint('matter_id', name=op.f('pk_hearing')),
    )
    op.create_index(op.f('ix_hearing_rumour'), 'hearing', ['rumour'])
    op.execute(HEARINGS)
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_column('rumour')
    op.create_table(
        'whisper',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('first_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('last_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_whisper_matter_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_whisper')),
    )
    op.create_index(op.f('ix_whisper_last_at'), 'whisper', ['last_at'])
    op.create_table(
        'whisper_item',
        sa.Column('item_id', sa.Integer(), nullable=False),
        sa.Column('whisper_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_whisper_item_item_id')),
        sa.ForeignKeyConstraint(['whisper_id'], ['whisper.id'], name=op.f('fk_whisper_item_whisper_id')),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_whisper_item')),
    )
    op.create_index(op.f('ix_whisper_item_whisper_id'), 'whisper_item', ['whisper_id'])
    op.create_table(
        'chain',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('matter_id', sa.Integer(), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=False),
        sa.Column('cause_id', sa.Integer(), nullable=True),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(['matter_id'], ['matter.id'], name=op.f('fk_chain_matter_id')),
        sa.ForeignKeyConstraint(['other_id'], ['matter.id'], name=op.f('fk_chain_other_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chain')),
        sa.UniqueConstraint('matter_id', 'other_id', name=op.f('uq_chain_matter_id_other_id')),
    )
    op.create_index(op.f('ix_chain_other_id'), 'chain', ['other_id'])


def downgrade() -> None:
    op.drop_table('chain')
    op.drop_table('whisper_item')
    op.drop_table('whisper')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rumour', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE incident SET rumour = true WHERE matter_id IN (SELECT matter_id FROM hearing WHERE rumour IS NOT NULL)")
    op.drop_table('hearing')
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rumour', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE assessment SET rumour = true WHERE speaker = 'hearsay'")
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_column('speaker')
