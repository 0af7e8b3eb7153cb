"""What is kept of the hosts that sources are fetched from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from monitor.store.tables import Table, long_text


class HostRow(Table, table=True):
    """One host that failed of late or asked to be asked less: how much, at which sources, until when it is held."""

    __tablename__ = "host"
    host: str = Field(primary_key=True)
    score: float = 0.0
    failing: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sources: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    since: datetime | None = None
    resume_at: datetime | None = Field(default=None, index=True)
    reason: str = ""
    detail: str = long_text()
    limited_at: datetime | None = None
