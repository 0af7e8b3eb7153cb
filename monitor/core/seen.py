"""What a person saw of a matter when he decided, and what has happened to it since. Pure.

A button in a chat stands there for hours. Whoever presses it decides on what it showed: where somebody else has decided
meanwhile, or the deadlines have changed, he is told so and nothing changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.model import MatterState, Verb
from monitor.core.views import DeadlineView, IncidentView

MARK = 10


class MovedMeanwhile(Mistake):
    """Somebody decided after what a person saw; `facts` say who, when and what."""

    message = N_("{by} has been here before you: {verb}, at {at}. Nothing was changed.")


class FactsMoved(Mistake):
    """What was shown of the deadlines or the grade is no longer true."""

    message = N_(
        "The deadlines or the grade of incident {id} have changed since this was shown. Look again and decide anew; "
        "nothing was changed."
    )


class NoLongerOpen(Mistake):
    """A button of an incident was pressed that is closed."""

    message = N_("Incident {id} is closed ({state}); nothing was changed.")


@dataclass(frozen=True, slots=True)
class Since:
    """One decision that was made after what was seen."""

    id: int
    verb: Verb
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw: the decisions up to number `upto`, and the `mark` of the facts where it matters to him.

    `minding` are the verbs whose use since then he has to know of before he decides.
    """

    upto: int
    minding: frozenset[Verb]
    mark: str = ""
    open_only: bool = True


def mark_of(incident: IncidentView, deadlines: Iterable[DeadlineView]) -> str:
    """Return a short mark of what a decision rests on: the grade, and each deadline with its version."""
    rows = sorted((d.id, d.version, d.state.value, d.provisional) for d in deadlines)
    told = repr((incident.state.value, incident.presumed, rows))
    return hashlib.sha256(told.encode()).hexdigest()[:MARK]


def refuse_moved(seen: Seen, incident: IncidentView, made: Collection[Since], mark: str) -> None:
    """Raise a Mistake where what a person saw no longer holds; an acknowledgement that was handed back does not count.

    `made` are the decisions since, oldest first; the last that matters is told.
    """
    minded = seen.minding if incident.acted_at is not None else seen.minding - {Verb.ACKNOWLEDGE}
    others = [one for one in made if one.verb in minded]
    if others:
        last = others[-1]
        raise MovedMeanwhile(by=last.by, at=shown(last.at), verb=last.verb)
    if seen.open_only and incident.state is not MatterState.OPEN:
        raise NoLongerOpen(id=incident.id, state=incident.state)
    if seen.mark and seen.mark != mark:
        raise FactsMoved(id=incident.id)
