"""What people made of an incident afterwards: the review that was held, and the lessons."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class AftermathRow(Table, table=True):
    """The review of an incident was held; `signed_by` is somebody else than whoever wrote it down."""

    __tablename__ = "aftermath"
    matter_id: int = Field(primary_key=True, foreign_key="matter.id")
    held_on: date
    attendees: str = long_text()
    conclusion: str = long_text()
    by: str
    account: int = 0
    at: datetime
    signed_at: datetime | None = None
    signed_by: str = ""


class LessonRow(Table, table=True):
    """What is to be done or better known next time. It stays with the incident for which it was written."""

    __tablename__ = "lesson"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    text: str = long_text()
    office: str = ""
    due_on: date | None = Field(default=None, index=True)
    by: str
    account: int = 0
    made_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
    result: str = long_text()
