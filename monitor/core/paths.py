"""The ways to people as the daily silent drill finds them. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PathOutcome(StrEnum):
    """How a try ended; each has a label in the catalogues. `PARTLY`: no more can be tried without ringing people."""

    WELL = "well"
    PARTLY = "partly"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathCheck:
    """One try of one channel; `outcome` is None while it goes on, or where it was cut off."""

    day: date
    channel: str
    began_at: datetime
    ended_at: datetime | None = None
    outcome: PathOutcome | None = None
    said: str = ""
    remedy: str = ""
