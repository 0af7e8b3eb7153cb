"""What single kinds of response have beside the response, plans of press conferences, and what was found of claims."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text

LOOKED = text("look_at IS NOT NULL")


class ConferenceRow(Table, table=True):
    """A press conference: that of a response, or a routine one, which has its own time and title."""

    __tablename__ = "conference"
    id: int | None = Field(default=None, primary_key=True)
    response_id: int | None = Field(default=None, unique=True, foreign_key="response.id")
    held_at: datetime | None = Field(default=None, index=True)
    title: str = long_text()
    place: str = long_text()
    speaker: str = long_text()
    rank: str = ""
    questions: int | None = None
    record_url: str = long_text()
    by: str = ""
    logged_at: datetime


class ClarificationRow(Table, table=True):
    """Which claim a clarification answers; `title` is how it was worded then."""

    __tablename__ = "clarification"
    response_id: int = Field(primary_key=True, foreign_key="response.id")
    item_id: int | None = Field(default=None, index=True, foreign_key="item.id")
    whisper_id: int | None = Field(default=None, index=True, foreign_key="whisper.id")
    title: str = long_text()


class ContinuationRow(Table, table=True):
    """Which release a further one continues; `promised_at` is the next one's time as a person stated it."""

    __tablename__ = "continuation"
    response_id: int = Field(primary_key=True, foreign_key="response.id")
    follows: int | None = Field(default=None, index=True, foreign_key="response.id")
    promised_at: datetime | None = None


class ClaimCheckRow(Table, table=True):
    """What somebody found who looked into a claim: append-only.

    `matter_id` follows a merge, `made_for` does not; both are null for a rumour of which no incident is known.
    """

    __tablename__ = "claim_check"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int | None = Field(default=None, index=True, foreign_key="matter.id")
    made_for: int | None = None
    item_id: int | None = Field(default=None, foreign_key="item.id")
    whisper_id: int | None = Field(default=None, index=True, foreign_key="whisper.id")
    result: str
    basis: str = long_text()
    at: datetime
    by: str


class ConferencePlanRow(Table, table=True):
    """A plan as it stands; `matter_id` follows a merge, `made_for` does not.

    `look_at` is when it must be looked at whether people are to be told, `told` when each task was told of last.
    """

    __tablename__ = "conference_plan"
    __table_args__ = (Index("ix_conference_plan_look_at", "look_at", sqlite_where=LOOKED, postgresql_where=LOOKED),)
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    made_for: int
    state: str = Field(index=True)
    at: datetime
    place: str = long_text()
    speaker: str = long_text()
    rank: str = ""
    inviter: str = long_text()
    live: str = long_text()
    materials: str = long_text()
    made_at: datetime
    set_at: datetime
    changed_by: str = ""
    version: int = 1
    response_id: int | None = Field(default=None, index=True, foreign_key="response.id")
    look_at: datetime | None = None
    told: dict[str, Any] = json_value()


class ConferenceTickRow(Table, table=True):
    """That a task of a plan is done; one that was taken back has no time."""

    __tablename__ = "conference_tick"
    plan_id: int = Field(primary_key=True, foreign_key="conference_plan.id")
    task: str = Field(primary_key=True)
    at: datetime | None = None
    by: str = ""
