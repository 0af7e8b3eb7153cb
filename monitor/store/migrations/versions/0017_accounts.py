"""accounts, sessions, tokens, and how often somebody tried

Revision: 0017
After: 0016
"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'account',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('login', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('roles', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('region', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('password', sa.Text(), nullable=False),
        sa.Column('password_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('issuer', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column('totp', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('totp_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('totp_used', sa.Integer(), nullable=False),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('changed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
        sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_account_issuer_subject')),
        sa.UniqueConstraint('login', name=op.f('uq_account_login')),
    )
    op.create_table(
        'account_session',
        sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('seal', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('seen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('ip', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('agent', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('way', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('ended_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('ended_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_session_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_account_session')),
    )
    with op.batch_alter_table('account_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_session_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_account_session_made_at'), ['made_at'], unique=False)
    op.create_table(
        'api_token',
        sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('scopes', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('expires_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column('ended_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_api_token_account_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_account_id'), ['account_id'], unique=False)
    op.create_table(
        'bucket',
        sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('level', sa.Float(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_bucket')),
    )
    with op.batch_alter_table('bucket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bucket_at'), ['at'], unique=False)
    op.create_table(
        'spent',
        sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint('digest', name=op.f('pk_spent')),
    )
    with op.batch_alter_table('spent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_spent_at'), ['at'], unique=False)


def downgrade() -> None:
    for name, indexes in (
        ('spent', ('at',)),
        ('bucket', ('at',)),
        ('api_token', ('account_id',)),
        ('account_session', ('made_at', 'account_id')),
        ('account', ()),
    ):
        if indexes:
            with op.batch_alter_table(name, schema=None) as batch_op:
                for column in indexes:
                    batch_op.drop_index(batch_op.f(f'ix_{name}_{column}'))
        op.drop_table(name)
