"""Appraisals of offices, and what the public says of published responses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text


class AppraisalRow(Table, table=True):
    """An appraisal: what is to be done, and who took which step when."""

    __tablename__ = "appraisal"
    id: int | None = Field(default=None, primary_key=True)
    title: str = long_text()
    coverage: str
    first: date
    last: date
    begins_on: date
    starts_on: date | None = None
    plan: str = long_text()
    dropped_why: str = long_text()
    planned_by: str = ""
    planned_at: datetime | None = None
    planned_account: int | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    approved_account: int | None = None
    announced_by: str = ""
    announced_at: datetime | None = None
    announced_account: int | None = None
    dropped_by: str = ""
    dropped_at: datetime | None = None
    dropped_account: int | None = None


class AppraisedRow(Table, table=True):
    """An office in an appraisal; `name` is what it was called then."""

    __tablename__ = "appraised"
    __table_args__ = (UniqueConstraint("appraisal_id", "office"),)
    id: int | None = Field(default=None, primary_key=True)
    appraisal_id: int = Field(foreign_key="appraisal.id")
    office: str
    name: str = long_text()
    texts: dict[str, Any] = json_value()
    by_hand: dict[str, Any] = json_value()
    proposed: str = ""
    proposed_why: str = long_text()
    figures: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    digest: str = ""
    grade: str = ""
    grade_why: str = long_text()
    noticed_by: str = ""
    noticed_at: datetime | None = None
    noticed_account: int | None = None
    checked_by: str = ""
    checked_at: datetime | None = None
    checked_account: int | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    reviewed_account: int | None = None
    settled_by: str = ""
    settled_at: datetime | None = None
    settled_account: int | None = None
    told_by: str = ""
    told_at: datetime | None = None
    told_account: int | None = None


class RatingRow(Table, table=True):
    """A link over which the public rates a response."""

    __tablename__ = "rating"
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(index=True, foreign_key="response.id")
    token: str = Field(unique=True)
    made_by: str
    made_at: datetime
    made_account: int | None = None
    ends_at: datetime
    revoked_by: str = ""
    revoked_at: datetime | None = None
    revoked_account: int | None = None


class RatingCountRow(Table, table=True):
    """How many gave an answer over a link; who did is kept nowhere."""

    __tablename__ = "rating_count"
    rating_id: int = Field(primary_key=True, foreign_key="rating.id")
    answer: str = Field(primary_key=True)
    votes: int = 0
