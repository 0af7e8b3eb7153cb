"""What the doors for programs keep: calendars' addresses, answers to repeated requests, how far webhooks have come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text


class CalendarFeedRow(Table, table=True):
    """The secret address of somebody's calendar; only the digest of its secret is kept."""

    __tablename__ = "calendar_feed"
    id: str = Field(primary_key=True)
    account_id: int = Field(index=True, foreign_key="account.id")
    secret: str
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""


class ApiRequestRow(Table, table=True):
    """A request that was sent with an idempotency key, and its answer; `status` 0 while it is carried out."""

    __tablename__ = "api_request"
    account_id: int = Field(primary_key=True, foreign_key="account.id")
    key: str = Field(primary_key=True)
    digest: str
    at: datetime = Field(index=True)
    status: int = 0
    answer: str = long_text()


class EventHookRow(Table, table=True):
    """How a webhook fares. `floors` are the last rows, by table, of which it is told no more: they were before it.

    `ended_at` is when its receiver wanted no more.
    """

    __tablename__ = "event_hook"
    name: str = Field(primary_key=True)
    floors: dict[str, Any] = json_value()
    due_at: datetime
    failures: int = 0
    said: str = long_text()
    told_at: datetime | None = None
    ended_at: datetime | None = None


class ToldEventRow(Table, table=True):
    """An event that a receiver took, or would not take: then with what it said."""

    __tablename__ = "told_event"
    name: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    said: str = long_text()
