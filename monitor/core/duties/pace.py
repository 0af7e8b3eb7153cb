"""A rule pack for a drill that nobody has hours for: every span of it shortened by the same factor. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.core.duties.obligations import Obligation, Reminders, RulePack
from monitor.core.duties.terms import Term, Unit

MINUTE = timedelta(minutes=1)


def at_pace(pack: RulePack, pace: float) -> RulePack:
    """Return the pack with every span multiplied by `pace`; one is the pack itself."""
    if pace == 1:
        return pack
    return replace(pack, obligations=tuple(paced(obligation, pace) for obligation in pack.obligations))


def paced(obligation: Obligation, pace: float) -> Obligation:
    """Return an obligation with its spans multiplied by `pace`; one is the obligation itself."""
    if pace == 1:
        return obligation
    told = obligation.reminders
    reminders = Reminders(
        shares=told.shares,
        before=_spans(told.before, pace),
        until_acknowledged=_spans(told.until_acknowledged, pace),
        overdue=_spans(told.overdue, pace),
    )
    local = tuple(replace(stricter, due=_term(stricter.due, pace)) for stricter in obligation.local)
    return replace(obligation, due=_term(obligation.due, pace), reminders=reminders, local=local)


def _term(term: Term, pace: float) -> Term:
    """Return a term shortened to whole minutes, days by their least length: a drill waits for no working day."""
    return Term(max(1, round(term.at_least * pace / MINUTE)), Unit.MINUTE)


def _spans(spans: tuple[timedelta, ...], pace: float) -> tuple[timedelta, ...]:
    return tuple(span * pace for span in spans)
