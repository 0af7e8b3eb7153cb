"""What is kept of Slack's door: what came in, which requests were seen, how each card stands, who snoozed what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text

UNDONE = text("done_at IS NULL")
RUNNING = text("ended_at IS NULL")


class SlackEventRow(Table, table=True):
    """What Slack sent us, written before it is acknowledged: whoever adds the row does it, once.

    `payload` is emptied when it is done; `outcome` says what came of it.
    """

    __tablename__ = "slack_event"
    __table_args__ = (Index("ix_slack_event_lease_until", "lease_until", sqlite_where=UNDONE, postgresql_where=UNDONE),)
    key: str = Field(primary_key=True)
    kind: str
    received_at: datetime = Field(index=True)
    payload: dict[str, Any] = json_value()
    lease_until: datetime
    tries: int = 1
    done_at: datetime | None = None
    outcome: str = ""


class SlackRequestRow(Table, table=True):
    """A signed request that was taken, by the digest of its time and signature: a second one is a replay."""

    __tablename__ = "slack_request"
    digest: str = Field(primary_key=True)
    at: datetime = Field(index=True)


class SlackCardRow(Table, table=True):
    """How a card in Slack stands: what was shown last, which decision its thread tells of, what is wrong with it."""

    __tablename__ = "slack_card"
    channel: str = Field(primary_key=True)
    card_key: str = Field(primary_key=True)
    shown: str = ""
    told_upto: int = 0
    lease_until: datetime | None = None
    asking_since: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    said: str = long_text()
    remedy: str = long_text()
    retry_at: datetime | None = None
    gone_at: datetime | None = None


class SnoozeRow(Table, table=True):
    """An acknowledgement that holds until a moment only; then the matter is handed back unless people went on."""

    __tablename__ = "snooze"
    __table_args__ = (Index("ix_snooze_until", "until", sqlite_where=RUNNING, postgresql_where=RUNNING),)
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    by: str
    begun_at: datetime
    upto: int
    until: datetime
    ended_at: datetime | None = None
    end: str = ""
