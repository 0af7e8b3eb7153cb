"""What the console is told about the service's own condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Unwell:
    """A part of the service that does not do its work; `what` and `said` are finished texts for people."""

    what: str
    since: datetime | None = None
    said: str = ""
