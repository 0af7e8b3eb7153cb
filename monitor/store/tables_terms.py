"""The calendars that terms are reckoned by, one row a version, with the days that are not what their weekday says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from monitor.store.tables import Table


class CalendarRow(Table, table=True):
    """One version of a calendar; `version` grows by one with each change, the highest of a name holds."""

    __tablename__ = "calendar"
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    zone: str
    data: str = ""
    years: list[int] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    fixed: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    digest: str
    loaded_at: datetime


class CalendarDayRow(Table, table=True):
    """A day of one version, and why it is worked or free."""

    __tablename__ = "calendar_day"
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    kind: str
    note: str = ""
