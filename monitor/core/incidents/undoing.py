"""Which decision can be taken back, and until when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.model import Verb

WINDOW = timedelta(minutes=10)
UNDOABLE = frozenset({Verb.CONFIRM, Verb.DISMISS, Verb.MERGE, Verb.SPLIT, Verb.CORRECT, Verb.ASSIGN})


class NothingToUndo(Mistake):
    """The decision to be undone is not the last one, or is undone already."""

    message = N_("There is nothing to undo on incident {id}: only the last decision can be taken back, and only once.")


class TooLateToUndo(Mistake):
    """The time in which a decision can be undone is over."""

    message = N_("The decision of {at} could be undone until {until}. Decide anew instead; nothing was changed.")


@dataclass(frozen=True, slots=True)
class LastDecision:
    """The last decision that matters for an undo, and what stood before it."""

    id: int
    verb: Verb
    at: datetime
    by: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def undoable(self) -> bool:
        """Tell whether it is of a kind that can be undone, and kept what stood before."""
        return self.verb in UNDOABLE and "was" in self.detail

    def until(self) -> datetime:
        """Return until when it can be undone."""
        return self.at + WINDOW


def undoable(last: LastDecision | None, now: datetime) -> LastDecision | None:
    """Return the decision that can be undone now, or None."""
    return last if last is not None and last.undoable and now < last.until() else None


def refuse_undo(last: LastDecision | None, asked: int, incident: int, now: datetime) -> LastDecision:
    """Return the decision to undo; raise a Mistake where it is not the last one or too old."""
    if last is None or last.id != asked or not last.undoable:
        raise NothingToUndo(id=incident)
    if now >= last.until():
        raise TooLateToUndo(at=shown(last.at), until=shown(last.until()))
    return last
