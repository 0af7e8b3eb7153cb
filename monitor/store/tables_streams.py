"""What is kept of streams, of posts that were taken back, and of what hubs were asked to tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from monitor.store.tables import Table, long_text


class StreamRow(Table, table=True):
    """Who listens to a stream until when, from where it goes on, and when it may be opened again after a failure.

    `origin` is a digest of the server and the timeline of which `cursor` tells.
    """

    __tablename__ = "stream"
    source_id: str = Field(primary_key=True)
    owner: str = ""
    lease_until: datetime = Field(index=True)
    next_try_at: datetime = Field(index=True)
    failures: int = 0
    cursor: str = ""
    origin: str | None = None
    opened_at: datetime | None = None


class WithdrawalRow(Table, table=True):
    """A post was taken back by whoever published it; what it said stays as it was."""

    __tablename__ = "withdrawal"
    item_id: int = Field(primary_key=True, foreign_key="item.id")
    at: datetime = Field(index=True)


class SubscriptionRow(Table, table=True):
    """What a hub was asked to tell of a source. `ask_at` is when it is asked (again), `expires_at` when it stops.

    `token` makes the address that the hub calls, `secret` signs what it brings. `missed` counts the looks that found
    something new of which the hub had said nothing.
    """

    __tablename__ = "subscription"
    source_id: str = Field(primary_key=True)
    hub: str = long_text()
    topic: str = long_text()
    token: str = Field(unique=True)
    secret: str
    state: str = Field(index=True)
    ask_at: datetime = Field(index=True)
    expires_at: datetime | None = None
    failures: int = 0
    said: str = long_text()
    brought_at: datetime | None = None
    missed: int = 0
    told: bool = False


class BroughtRow(Table, table=True):
    """A body that a hub brought and that waits to be read."""

    __tablename__ = "brought"
    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(index=True)
    at: datetime
    content_type: str = long_text()
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    lease_until: datetime | None = Field(default=None, index=True)
    tries: int = 0
