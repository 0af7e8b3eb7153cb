"""What is kept of sites' robots.txt."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class RobotsRow(Table, table=True):
    """One site's robots.txt: the copy, when it was read, when it was last asked for and what went wrong then."""

    __tablename__ = "robots"
    site: str = Field(primary_key=True)
    text: str = long_text()
    read_at: datetime | None = None
    asked_at: datetime
    fault: str = ""
    said: str = long_text()
