"""The tables. Durable time is an indexed column; enums are stored as their text, severities as their rank.

Nothing here has behaviour: the verbs beside this file read and write.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, MetaData, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

PENDING = text("state = 'pending'")
WATCHED = text("check_at IS NOT NULL")
DUE = text("due_at IS NOT NULL")
DATED = text("calendar_version IS NOT NULL")
DRILL = text("drill")
MERGED = text("merged_into IS NOT NULL")


class Table(SQLModel):
    """The base of all tables: names of constraints are fixed, so that both databases migrate alike."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def long_text() -> Any:
    """A text of any length that is never null."""
    return Field(default="", sa_column=Column(Text, nullable=False))


def json_value() -> Any:
    """A JSON value that is never null."""
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class SourceRow(Table, table=True):
    """What is remembered of a source between fetches; its definition stands in sources.yaml."""

    __tablename__ = "source"
    id: str = Field(primary_key=True)
    next_at: datetime = Field(index=True)
    lease_until: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    streak: int = 0
    distrusted: bool = False
    suspected: int = 0
    ttl_s: int = 0
    tempo: float = 1.0
    known_since: datetime | None = None
    failure_score: float = 0.0
    last_outcome: str = ""
    last_reason: str = ""
    last_fetch_at: datetime | None = None
    last_good_at: datetime | None = None
    last_new_at: datetime | None = None


class FetchRow(Table, table=True):
    """One retrieval and its outcome, failures with their reason."""

    __tablename__ = "fetch"
    __table_args__ = (Index("ix_fetch_source_id_at", "source_id", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: str
    at: datetime = Field(index=True)
    outcome: str
    reason: str = ""
    detail: str = long_text()
    status: int | None = None
    bytes: int = 0
    charset_rule: str = ""
    seen: int = 0
    new: int = 0
    dropped: int = 0
    elapsed_ms: int = 0


class DropRow(Table, table=True):
    """An entry that did not become an Item, with the reason; the same one at every fetch is one row that counts."""

    __tablename__ = "drop"
    __table_args__ = (UniqueConstraint("source_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    source_id: str
    key: str
    reason: str
    title: str = long_text()
    detail: str = long_text()
    first_at: datetime = Field(index=True)
    last_at: datetime = Field(index=True)
    times: int = 1


class ItemRow(Table, table=True):
    """One published piece. `verdict` says what became of it: an incident's item, a decoy's class, or no signal.

    `decided_by` names the person who decided that; it is empty where the reading did.
    """

    __tablename__ = "item"
    __table_args__ = (
        Index("ix_item_verdict_tag_first_seen_at", "verdict", "tag", "first_seen_at"),
        Index("ix_item_source_id_external_id", "source_id", "external_id"),
        # Titles are only ever asked for whole, and one may be longer than PostgreSQL takes into an ordered index.
        Index("ix_item_title", "title", postgresql_using="hash"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    source_id: str = Field(index=True)
    external_id: str = ""
    title: str = long_text()
    text: str = long_text()
    url: str = long_text()
    language: str = "zh"
    trust: str = "local_media"
    published_at: datetime | None = None
    published_day: date | None = None
    published_raw: str = ""
    time_note: str = ""
    maybe_recent: bool = True
    first_seen_at: datetime = Field(index=True)
    rank: int | None = None
    heat: int | None = None
    verdict: str = Field(default="", index=True)
    tag: str = ""
    decided_by: str = ""
    author: str = ""


class SightingRow(Table, table=True):
    """An incident's item was listed again, and that said something new; its first place stands with the Item."""

    __tablename__ = "sighting"
    item_id: int = Field(primary_key=True, foreign_key="item.id")
    at: datetime = Field(primary_key=True, index=True)
    rank: int | None = None
    heat: int | None = Field(default=None, sa_type=BigInteger)


class AssessmentRow(Table, table=True):
    """What is thought of an Item that carries any signal; plain items without one have only their verdict."""

    __tablename__ = "assessment"
    item_id: int = Field(primary_key=True, foreign_key="item.id")
    is_incident: bool
    decoy: str | None = None
    kind: str = "other"
    scope: str = "unknown"
    province: str | None = None
    city: str | None = None
    county: str | None = None
    place_name: str = ""
    among: str = ""
    deaths: int | None = None
    missing: int | None = None
    trapped: int | None = None
    injured: int | None = None
    serious: int | None = None
    loss_yuan: int | None = Field(default=None, sa_type=BigInteger)
    severity: int | None = None
    likely: int | None = None
    occurred_at: datetime | None = None
    speaker: str | None = None
    follow_up: bool = False
    sentence: str = long_text()
    because: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    rules_version: str = ""


class MatterRow(Table, table=True):
    """Anything that duties attach to; `drill` marks one that is only practised with."""

    __tablename__ = "matter"
    __table_args__ = (
        Index("ix_matter_drill", "id", sqlite_where=DRILL, postgresql_where=DRILL),
        Index("ix_matter_merged_into", "merged_into", sqlite_where=MERGED, postgresql_where=MERGED),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = "incident"
    office: str = ""
    title: str = long_text()
    state: str = Field(default="open", index=True)
    state_reason: str = ""
    merged_into: int | None = None
    opened_at: datetime = Field(index=True)
    updated_at: datetime
    acted_at: datetime | None = None
    confirmed_at: datetime | None = None
    drill: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class IncidentRow(Table, table=True):
    """What is known of an incident now; recomputed from its items whenever they change."""

    __tablename__ = "incident"
    matter_id: int = Field(primary_key=True, foreign_key="matter.id")
    kind: str = "other"
    scope: str = "unknown"
    province: str | None = None
    city: str | None = None
    county: str | None = None
    place_name: str = ""
    among: str = ""
    deaths: int | None = None
    missing: int | None = None
    trapped: int | None = None
    injured: int | None = None
    serious: int | None = None
    loss_yuan: int | None = Field(default=None, sa_type=BigInteger)
    severity: int | None = None
    likely: int | None = None
    sources: int = 1
    items: int = 1
    wave: int | None = None
    first_reported_at: datetime | None = None
    maybe_recent: bool = True
    occurred_at: datetime | None = None
    first_seen_at: datetime
    last_seen_at: datetime = Field(index=True)


class IncidentItemRow(Table, table=True):
    """An Item belongs to one incident; `placed_by` is empty where the machine placed it, in which edition."""

    __tablename__ = "incident_item"
    item_id: int = Field(primary_key=True, foreign_key="item.id")
    matter_id: int = Field(index=True, foreign_key="matter.id")
    why: str
    detail: str = ""
    placed_by: str = ""
    edition: int = Field(default=0, index=True)


class SeverityStepRow(Table, table=True):
    """One step of an incident's severity over time, with the sentence that proved it."""

    __tablename__ = "severity_step"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    at: datetime
    reported_at: datetime
    severity: int | None = None
    likely: int | None = None
    figures: dict[str, Any] = json_value()
    item_id: int
    sentence: str = long_text()


class DecisionRow(Table, table=True):
    """What a person decided: append-only, never overwritten by a machine. `item_id` names the item it is about."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    deadline_id: int | None = None
    item_id: int | None = Field(default=None, index=True)
    verb: str
    at: datetime
    by: str
    reason: str = long_text()
    detail: dict[str, Any] = json_value()


class ResponseRow(Table, table=True):
    """What was done and logged; `matter_id` follows a merge, `logged_for` does not. One that was withdrawn stays.

    `promised_at` is when it told the public that the next release would come.
    """

    __tablename__ = "response"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    logged_for: int
    kind: str
    title: str = long_text()
    url: str = long_text()
    published_at: datetime
    by: str
    logged_at: datetime
    level: int | None = None
    retracted_at: datetime | None = None
    retracted_by: str = ""
    retracted_reason: str = long_text()
    promised_at: datetime | None = None


class DeadlineRow(Table, table=True):
    """One Obligation applied to one Matter. `check_at` is when it must be looked at next; null means never.

    `rule` is the digest of the rule as it stood when this opened; null where it opened before that was kept.
    `version` grows with each transition, so that a form that was opened before can be told from a fresh one.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("matter_id", "obligation_id", "ordinal"),
        Index("ix_deadline_check_at", "check_at", "id", sqlite_where=WATCHED, postgresql_where=WATCHED),
        Index("ix_deadline_watched_matter", "matter_id", sqlite_where=WATCHED, postgresql_where=WATCHED),
        Index("ix_deadline_calendar", "calendar", "calendar_version", sqlite_where=DATED, postgresql_where=DATED),
    )
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id")
    obligation_id: str
    ordinal: int = 1
    pack: str
    anchor: str
    anchors: dict[str, Any] = json_value()
    started_at: datetime
    due_at: datetime = Field(index=True)
    opened_at: datetime
    rule: str | None = None
    state: str = Field(index=True)
    provisional: bool = False
    settled_at: datetime | None = None
    response_id: int | None = None
    watched_until: datetime = Field(index=True)
    check_at: datetime | None = None
    calendar: str = ""
    calendar_version: int | None = None
    estimated: bool = False
    unrolled_at: datetime | None = None
    level: int | None = None
    plain_due_at: datetime | None = None
    paused_seconds: int = Field(default=0, sa_type=BigInteger)
    paused_since: datetime | None = None
    version: int = 1
    policy: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class TransitionRow(Table, table=True):
    """A deadline changed: from, to, why, when it became true, when it was noticed."""

    __tablename__ = "transition"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    obligation_id: str
    ordinal: int
    before: str | None = None
    after: str
    cause: str
    at: datetime
    noticed_at: datetime


class AlertRow(Table, table=True):
    """The decision that someone must be told: an outbox row. A pending one is claimed when `not_before` has come."""

    __tablename__ = "alert"
    __table_args__ = (Index("ix_alert_not_before", "not_before", sqlite_where=PENDING, postgresql_where=PENDING),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    reason: str
    matter_id: int | None = Field(default=None, index=True)
    obligation_id: str | None = None
    ordinal: int = 1
    point: str = ""
    page: bool = False
    at: datetime
    created_at: datetime
    not_before: datetime
    useful_until: datetime
    state: str = "pending"
    silence: str | None = None
    detail: dict[str, Any] = json_value()


class DeliveryRow(Table, table=True):
    """One attempt to send one Alert over one Channel; whoever adds it holds the turn until it ends or lapses.

    `contact` is whom it was sent to; it is empty for what goes to all who read the channel. `digest_id` names the
    attempt whose message told of several alerts at once: the first of them.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("alert_id", "channel", "attempt"),
        Index("ix_delivery_channel_started_at", "channel", "started_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id")
    channel: str
    contact: str = ""
    attempt: int
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    may_have_arrived: bool = False
    provider_id: str = ""
    said: str = long_text()
    remedy: str = long_text()
    retry_at: datetime | None = None
    digest_id: int | None = None


class CardRow(Table, table=True):
    """Where a channel keeps its one message about a matter."""

    __tablename__ = "card"
    channel: str = Field(primary_key=True)
    card_key: str = Field(primary_key=True)
    card_ref: str


class BriefingRow(Table, table=True):
    """A day's briefing as it was compiled; `sheet` is JSON, from which its other forms are made."""

    __tablename__ = "briefing"
    day: str = Field(primary_key=True)
    compiled_at: datetime
    title: str = long_text()
    text: str = long_text()
    html: str = long_text()
    sheet: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class HeartbeatRow(Table, table=True):
    """The last good cycle of each loop."""

    __tablename__ = "heartbeat"
    loop: str = Field(primary_key=True)
    at: datetime
    detail: str = ""


class EditionRow(Table, table=True):
    """How often something was changed that only one at a time may change."""

    __tablename__ = "edition"
    name: str = Field(primary_key=True)
    number: int
