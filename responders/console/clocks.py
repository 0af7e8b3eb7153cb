"""A deadline as people see it: how pressing, how much is left, what satisfies it and on whose authority."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.law import LegalSource
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.errors import N_
from monitor.core.model import DeadlineState, ResponseKind
from monitor.core.views import DeadlineView
from responders.documents.due import said_due, said_rolled
from responders.documents.messages import Composer
from responders.labels import label

LAST_SHARE = 0.2

TOLD_TO_THE_PUBLIC = frozenset(
    {
        ResponseKind.AUTHORITATIVE_RELEASE,
        ResponseKind.PRESS_CONFERENCE,
        ResponseKind.FOLLOW_UP_RELEASE,
        ResponseKind.CLARIFICATION,
        ResponseKind.REPLY,
    }
)


class Urgency(StrEnum):
    """How a clock is shown: colour, icon and word go together. The value names the style and the icon."""

    OVERDUE = "overdue"
    SOON = "soon"
    PAUSED = "paused"
    RUNNING = "running"
    MET = "met"
    LATE = "late"
    ENDED = "ended"


ENDINGS = {DeadlineState.MET: Urgency.MET, DeadlineState.MET_LATE: Urgency.LATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A deadline at one moment, its texts finished. `spent` is the share of its time that is over, 0 to 1."""

    deadline: DeadlineView
    name: str
    left: str
    state: str
    urgency: Urgency
    spent: float
    due: str = ""
    rolled: str = ""
    met_by: tuple[ResponseKind, ...] = ()
    sources: tuple[LegalSource, ...] = ()
    rule: Obligation
    note: str = ""

    @property
    def live(self) -> bool:
        """Tell whether a response would still settle it."""
        return self.deadline.live


def urgency_of(deadline: DeadlineView, now: datetime) -> Urgency:
    """Tell how pressing a deadline is; the moment counts, not whether the watch has noticed it yet."""
    if not deadline.live:
        return ENDINGS.get(deadline.state, Urgency.ENDED)
    if deadline.rests:
        return Urgency.PAUSED
    if deadline.overdue(now):
        return Urgency.OVERDUE
    last = (deadline.plain_end - deadline.started_at) * LAST_SHARE
    return Urgency.SOON if deadline.due_at - now <= last else Urgency.RUNNING


def clock_of(deadline: DeadlineView, composer: Composer, pack: RulePack, now: datetime) -> Clock:
    """Return a deadline as it is shown at `now`."""
    urgency = urgency_of(deadline, now)
    obligation = rule_of(pack, deadline)
    whole = deadline.due_at - deadline.started_at
    spent = (now - deadline.started_at) / whole if whole > timedelta(0) else 1.0
    return Clock(
        deadline=deadline,
        name=composer.clock(deadline),
        left=composer.left(deadline, now),
        state=_state(deadline, urgency, composer),
        urgency=urgency,
        spent=round(min(max(spent, 0.0), 1.0), 4),
        due=said_due(deadline, composer.words),
        rolled=said_rolled(deadline, composer.words),
        met_by=kinds_for(obligation),
        rule=obligation,
        sources=sources_of(obligation),
        note=obligation.note,
    )


def _state(deadline: DeadlineView, urgency: Urgency, composer: Composer) -> str:
    if urgency is Urgency.OVERDUE:
        return composer.words(label(DeadlineState.MISSED))
    if urgency is Urgency.SOON:
        return composer.words(N_("due soon"))
    return composer.state(deadline)


def sources_of(obligation: Obligation) -> tuple[LegalSource, ...]:
    """Return on whose word an obligation stands: its own source, and those of the stricter local terms in force.

    A rule that left the packs before rules were kept names none.
    """
    named = (obligation.source, *(terms.source for terms in obligation.local if terms.enabled))
    return tuple(source for source in dict.fromkeys(named) if source.document)


def kinds_for(obligation: Obligation) -> tuple[ResponseKind, ...]:
    """Return the kinds of response that satisfy an obligation, the usual one first."""
    return tuple(kind for kind in ResponseKind if kind in obligation.satisfied_by)


def kinds_of(pack: RulePack) -> tuple[ResponseKind, ...]:
    """Return the kinds of response to offer for an incident: what the public is told, and what the rules ask for."""
    rules = [rule for rule in pack.obligations if rule.enabled and rule.applies.matter == "incident"]
    asked = {kind for rule in rules for kind in rule.satisfied_by | rule.applies.after}
    return tuple(kind for kind in ResponseKind if kind in asked or kind in TOLD_TO_THE_PUBLIC)


def by_time_left(clocks: Iterable[Clock]) -> list[Clock]:
    """Sort clocks by the time that is left, overdue first; ended ones come last, the latest first."""
    found = list(clocks)
    live = sorted((c for c in found if c.live), key=lambda c: (c.deadline.rests, c.deadline.due_at, c.deadline.id))
    ended = sorted((c for c in found if not c.live), key=lambda c: (c.deadline.due_at, c.deadline.id), reverse=True)
    return live + ended
