"""A rule pack for a drill that nobody has hours for: every span of it shortened by the same factor. Pure.

Fixed times of day cannot be shortened: a duty that recurs at them recurs at the span that lies between them on average.
Whether `if_past` takes another anchor follows from the shortened end, as everything in a drill happens so much faster.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.core.duties.obligations import Obligation, Reminders, RulePack
from monitor.core.duties.serial import Every, RegradeWindow
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
    extend, window = obligation.extend, obligation.regrade_within
    return replace(
        obligation,
        due=_term(obligation.due, pace),
        every=None if obligation.every is None else _every(obligation.every, pace),
        extend=None if extend is None else replace(extend, by=_term(extend.by, pace)),
        regrade_within=None if window is None else _window(window, pace),
        reminders=reminders,
        local=local,
    )


def _every(every: Every, pace: float) -> Every:
    """Return when a duty recurs in a drill; a turn has the length that it has on average."""
    step = _term(every.gap, pace / max(1, len(every.at) * max(1, len(every.days))))
    after, within = (None if term is None else _term(term, pace) for term in (every.after, every.within))
    return Every(step=step, after=after, within=within, until=every.until)


def _window(window: RegradeWindow, pace: float) -> RegradeWindow:
    kinds = {kind: None if term is None else _term(term, pace) for kind, term in window.kinds.items()}
    return RegradeWindow(None if window.default is None else _term(window.default, pace), kinds)


def _term(term: Term, pace: float) -> Term:
    """Return a term shortened to whole minutes, days by their least length: a drill waits for no working day."""
    return Term(max(1, round(term.at_least * pace / MINUTE)), Unit.MINUTE)


def _spans(spans: tuple[timedelta, ...], pace: float) -> tuple[timedelta, ...]:
    return tuple(span * pace for span in spans)
