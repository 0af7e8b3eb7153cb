"""What is said of incidents: how well each is vouched for, denied rumours, links between them, the public talk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables import Table, long_text


class HearingRow(Table, table=True):
    """How well an incident is vouched for, and where it stands as a rumour; recomputed at each review.

    `item_id` is the item that shows it; null where a person decided, or where there is no rumour.
    """

    __tablename__ = "hearing"
    matter_id: int = Field(primary_key=True, foreign_key="matter.id")
    standing: str | None = None
    rumour: str | None = Field(default=None, index=True)
    since: datetime | None = None
    why: str | None = None
    item_id: int | None = None


class WhisperRow(Table, table=True):
    """A denied rumour about safety of which no incident was known; `matter_id` names the one that came afterwards."""

    __tablename__ = "whisper"
    id: int | None = Field(default=None, primary_key=True)
    title: str = long_text()
    kind: str = "other"
    first_at: datetime
    last_at: datetime = Field(index=True)
    matter_id: int | None = Field(default=None, foreign_key="matter.id")


class WhisperItemRow(Table, table=True):
    """An Item that denies such a rumour."""

    __tablename__ = "whisper_item"
    item_id: int = Field(primary_key=True, foreign_key="item.id")
    whisper_id: int = Field(index=True, foreign_key="whisper.id")


class ChainRow(Table, table=True):
    """Two matters that a person linked, the lower number first; `cause_id` is the cause of the other, or null."""

    __tablename__ = "chain"
    __table_args__ = (UniqueConstraint("matter_id", "other_id"),)
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id")
    other_id: int = Field(index=True, foreign_key="matter.id")
    cause_id: int | None = None
    at: datetime
    by: str


class WaveStepRow(Table, table=True):
    """The public talk of an incident reached a grade, with what proved it."""

    __tablename__ = "wave_step"
    matter_id: int = Field(primary_key=True, foreign_key="matter.id")
    wave: int = Field(primary_key=True)
    at: datetime
    known_at: datetime
    item_id: int
    grounds: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
