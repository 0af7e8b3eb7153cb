"""What channels keep beside the outbox: messages armed at a provider, links that were used, secrets of our own."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class ArmedRow(Table, table=True):
    """A warning that a provider holds and sends by itself at `post_at`, unless it is taken back before.

    Whoever places or takes it back holds it until `lease_until`. `provider_id` is empty until the provider has it.
    """

    __tablename__ = "armed_message"
    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(index=True)
    key: str = Field(unique=True)
    deadline_id: int = Field(index=True, foreign_key="deadline.id")
    point: str
    at: datetime
    post_at: datetime = Field(index=True)
    state: str = Field(index=True)
    provider_id: str = ""
    text: str = long_text()
    lease_until: datetime | None = None
    began_at: datetime
    ended_at: datetime | None = None
    why: str = ""
    said: str = long_text()


class UsedLinkRow(Table, table=True):
    """An acknowledge link that somebody pressed; held until the act is done, so that it is done once."""

    __tablename__ = "used_link"
    digest: str = Field(primary_key=True)
    alert_id: int = Field(index=True, foreign_key="alert.id")
    channel: str
    held_at: datetime | None = None
    used_at: datetime | None = None


class SecretRow(Table, table=True):
    """A random secret of this installation, made when it was first needed."""

    __tablename__ = "secret"
    name: str = Field(primary_key=True)
    value: str
    made_at: datetime
