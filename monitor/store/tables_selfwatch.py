"""What is kept of the watch over ourselves: the processes, the ways to people as last tried, the drills."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class ProcessRow(Table, table=True):
    """A process of the service, written anew every few seconds; offsets in milliseconds, ahead is positive."""

    __tablename__ = "process"
    name: str = Field(primary_key=True)
    started_at: datetime
    at: datetime = Field(index=True)
    roles: str = ""
    database_off_ms: int | None = None
    wall_off_ms: int = 0


class PathCheckRow(Table, table=True):
    """A channel was tried in the daily silent drill; whoever adds the row makes the try."""

    __tablename__ = "path_check"
    day: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    began_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""
    said: str = long_text()
    remedy: str = long_text()


class DrillRow(Table, table=True):
    """A drill: the matter that is practised with, how much its deadlines are shortened, when it began and ended."""

    __tablename__ = "drill"
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(unique=True, foreign_key="matter.id")
    pace: float = 1.0
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    ended_by: str = ""
