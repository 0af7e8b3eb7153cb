"""What programs are told of when it happens, and when they are told again after a failure. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class EventKind(StrEnum):
    """What happened; the type of an event as its receiver knows it."""

    INCIDENT_OPENED = "incident.opened"
    INCIDENT_GRADED = "incident.graded"
    DEADLINE_OPENED = "deadline.opened"
    DEADLINE_MET = "deadline.met"
    DEADLINE_MISSED = "deadline.missed"
    RESPONSE_LOGGED = "response.logged"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookEvent:
    """Something that happened to a matter; `number` is that of the row which tells it, `deadline` which one it is."""

    kind: EventKind
    number: int
    at: datetime
    matter_id: int
    deadline: tuple[str, int] | None = None

    @property
    def id(self) -> str:
        """By what the receiver knows a repeat: the same at every try."""
        return f"evt_{self.kind.value.replace('.', '_')}_{self.number}"


# After the first failure, the second and so on; the last for ever.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600))


def next_try(now: datetime, failures: int, asked: float | None = None) -> datetime:
    """Return when to try again after so many failures in a row; `asked` are the seconds that the receiver wants."""
    pause = PAUSES[min(failures, len(PAUSES)) - 1] if failures else timedelta(0)
    return now + max(pause, timedelta(seconds=asked or 0))
