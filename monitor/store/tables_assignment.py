"""To whom incidents were assigned, and which office has signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from monitor.store.tables import Table, long_text

STANDS = text("ended_at IS NULL")
LOOKED = text("look_at IS NOT NULL")


class AssignmentRow(Table, table=True):
    """Somebody assigned an incident; of one matter at most one holds. `matter_id` follows a merge."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_standing", "matter_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
    )
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    made_at: datetime
    by: str
    account: int = 0
    contact: str = ""
    note: str = long_text()
    proposed: bool = False
    ended_at: datetime | None = None
    ended: str = ""


class ReceiptRow(Table, table=True):
    """An office's receipt: asked for, and given or not. `place` is its place in the assignment, the lead's is 0.

    `look_at` is when the next step comes while nobody has signed, `told` how many were told.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("assignment_id", "office"),
        Index("ix_receipt_look_at", "look_at", sqlite_where=LOOKED, postgresql_where=LOOKED),
    )
    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(foreign_key="assignment.id")
    place: int
    office: str
    name: str
    asked_at: datetime
    seconds: int
    told: int = 0
    look_at: datetime | None = None
    signed_at: datetime | None = None
    signed_by: str = ""
    account: int = 0
    contact: str = ""
