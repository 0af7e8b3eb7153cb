"""Drafts of responses: how each stands, every version of it, every step at a gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text

LOOKED = text("look_at IS NOT NULL")


class DraftRow(Table, table=True):
    """How a draft stands; `matter_id` follows a merge, `number` is its newest version.

    `look_at` is when it must be looked at whether somebody is to be told, `told` when each point was told last.
    `path` are the gates asked of it when it was published, `later_due_at` until when those left out are owed.
    """

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_look_at", "look_at", sqlite_where=LOOKED, postgresql_where=LOOKED),)
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    state: str = Field(index=True)
    number: int
    made_at: datetime
    published_at: datetime | None = None
    response_id: int | None = Field(default=None, unique=True, foreign_key="response.id")
    later_due_at: datetime | None = Field(default=None, index=True)
    path: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    look_at: datetime | None = None
    told: dict[str, Any] = json_value()


class DraftVersionRow(Table, table=True):
    """A wording as somebody saved it; never changed. `digest` is the SHA-256 of its canonical bytes."""

    __tablename__ = "draft_version"
    draft_id: int = Field(primary_key=True, foreign_key="draft.id")
    number: int = Field(primary_key=True)
    kind: str
    title: str = long_text()
    text: str = long_text()
    place: str = long_text()
    answers: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    by: str
    account: int = 0
    contact: str = ""
    at: datetime
    digest: str


class GateStepRow(Table, table=True):
    """Something that happened at a gate: append-only. `hash` is over what the gate examines of that version."""

    __tablename__ = "gate_step"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id")
    number: int
    gate: str
    verdict: str
    version: int
    by: str
    account: int = 0
    contact: str = ""
    at: datetime
    comment: str = long_text()
    hash: str
