"""A rule pack for a drill that nobody has hours for: every span of it shortened by the same factor. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.core.duties.obligations import Obligation, Reminders, RulePack


def at_pace(pack: RulePack, pace: float) -> RulePack:
    """Return the pack with every span multiplied by `pace`; one is the pack itself."""
    if pace == 1:
        return pack
    return replace(pack, obligations=tuple(_paced(obligation, pace) for obligation in pack.obligations))


def _paced(obligation: Obligation, pace: float) -> Obligation:
    told = obligation.reminders
    reminders = Reminders(
        shares=told.shares,
        before=_spans(told.before, pace),
        until_acknowledged=_spans(told.until_acknowledged, pace),
        overdue=_spans(told.overdue, pace),
    )
    return replace(obligation, due=obligation.due * pace, reminders=reminders)


def _spans(spans: tuple[timedelta, ...], pace: float) -> tuple[timedelta, ...]:
    return tuple(span * pace for span in spans)
