"""The briefing's other editions, and who has left the list of those who get it by mail."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class BriefingEditionRow(Table, table=True):
    """A day's briefing in another language than the bureau's, or for a division or an office; see BriefingRow."""

    __tablename__ = "briefing_edition"
    day: str = Field(primary_key=True)
    edition: str = Field(primary_key=True)
    compiled_at: datetime
    title: str = long_text()
    text: str = long_text()
    html: str = long_text()
    sheet: str = long_text()


class UnsubscriptionRow(Table, table=True):
    """A reader gets no briefing by mail; the row goes where it is taken back."""

    __tablename__ = "unsubscription"
    address: str = Field(primary_key=True)
    at: datetime
    by: str
