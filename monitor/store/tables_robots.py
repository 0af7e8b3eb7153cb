"""What is kept of sites' robots.txt."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class RobotsRow(Table, table=True):
    """One site's robots.txt and the delay it asks for; when it was read and last asked for, what went wrong then."""

    __tablename__ = "robots"
    site: str = Field(primary_key=True)
    text: str = long_text()
    delay_s: float = 0.0
    read_at: datetime | None = None
    asked_at: datetime
    fault: str = ""
    said: str = long_text()
