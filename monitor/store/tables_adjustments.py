"""The tables of what people did to deadlines, and of what they found wrong; rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class AdjustmentRow(Table, table=True):
    """A person extended a deadline, let it rest or begin anew, or stated from when it counts."""

    __tablename__ = "adjustment"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    obligation_id: str
    ordinal: int = 1
    kind: str
    at: datetime
    decided_at: datetime
    by: str
    reason: str = long_text()
    ground: str = ""
    n: int = 0
    unit: str = ""
    approver: str = ""
    notice: str = long_text()


class FindingRow(Table, table=True):
    """A person found that something was left out, told untruly or hidden; about one deadline, or the whole matter."""

    __tablename__ = "finding"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(index=True, foreign_key="matter.id")
    obligation_id: str | None = None
    ordinal: int | None = None
    fault: str
    at: datetime
    by: str
    reason: str = long_text()
    evidence: str = long_text()
