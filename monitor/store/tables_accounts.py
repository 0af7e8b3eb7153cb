"""Accounts, the browsers that are signed in, tokens of programs, and how often somebody tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from monitor.store.tables import Table, long_text


class AccountRow(Table, table=True):
    """A person who may use the service; never deleted. Secrets are hashed, or of no use without the database.

    `roles` are separated by commas. `password` is empty where he signs in elsewhere, as `subject` of `issuer`.
    `totp_used` is the counter of the last code taken.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    contact: str = ""
    roles: str = ""
    region: str = ""
    state: str
    password: str = long_text()
    password_at: datetime | None = None
    issuer: str | None = None
    subject: str | None = None
    totp: str = ""
    totp_at: datetime | None = None
    totp_used: int = 0
    made_at: datetime
    changed_at: datetime
    changed_by: str = ""


class SessionRow(Table, table=True):
    """A browser that somebody signed in with. `seal` signs when it last asked, which its cookie carries."""

    __tablename__ = "account_session"
    id: str = Field(primary_key=True)
    account_id: int = Field(index=True, foreign_key="account.id")
    secret: str
    seal: str
    made_at: datetime = Field(index=True)
    seen_at: datetime
    ip: str = ""
    agent: str = ""
    way: str = ""
    ended_at: datetime | None = None
    ended_why: str = ""
    ended_by: str = ""


class TokenRow(Table, table=True):
    """What a program identifies itself with in an account's name; only the digest of its secret is kept."""

    __tablename__ = "api_token"
    id: str = Field(primary_key=True)
    account_id: int = Field(index=True, foreign_key="account.id")
    name: str
    secret: str
    scopes: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""


class BucketRow(Table, table=True):
    """How many tries somebody has left; one that is full again is forgotten."""

    __tablename__ = "bucket"
    key: str = Field(primary_key=True)
    level: float
    at: datetime = Field(index=True)


class SpentRow(Table, table=True):
    """The digest of something that may be used once: the state of a sign-in at another service."""

    __tablename__ = "spent"
    digest: str = Field(primary_key=True)
    at: datetime = Field(index=True)
