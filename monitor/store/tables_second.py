"""What the second reader is asked, and every request that it got."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field

from monitor.store.tables import DUE, Table, json_value, long_text


class SecondReadingRow(Table, table=True):
    """An item that the second reader is asked about. It is claimed when `due_at` has come; null means it is done."""

    __tablename__ = "second_reading"
    __table_args__ = (Index("ix_second_reading_due_at", "due_at", sqlite_where=DUE, postgresql_where=DUE),)
    item_id: int = Field(primary_key=True, foreign_key="item.id")
    state: str
    doubt: str
    first: dict[str, Any] = json_value()
    added_at: datetime
    due_at: datetime | None = None
    tries: int = 0
    ended_at: datetime | None = Field(default=None, index=True)
    prompt: str = ""
    model: str = ""
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    grade: int | None = None
    matter_id: int | None = None
    question_key: str = ""
    said: str = long_text()


class SecondRequestRow(Table, table=True):
    """One request to the second reader: which item's text left the house, when, for which host, and how it ended."""

    __tablename__ = "second_request"
    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id")
    at: datetime = Field(index=True)
    host: str
    model: str
    outcome: str
    ended_at: datetime | None = None
    status: int | None = None
    said: str = long_text()
    elapsed_ms: int = 0
    retry_at: datetime | None = None
