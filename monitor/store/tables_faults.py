"""What is kept of rows that a leg cannot deal with."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class TroubledRow(Table, table=True):
    """A row at which a leg failed, how often, and until when the leg leaves it alone; gone once it goes through.

    `row` names it within the leg: a matter's or an item's number, a source's name, a day.
    """

    __tablename__ = "troubled"
    leg: str = Field(primary_key=True)
    row: str = Field(primary_key=True)
    faults: int
    said: str = long_text()
    first_at: datetime
    last_at: datetime
    rests_until: datetime | None = None
