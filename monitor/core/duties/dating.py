"""What a deadline keeps of the calendar that its end rests on, and when it has to be reckoned anew."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.duties.deadlines import Deadline, Running
from monitor.core.duties.obligations import Obligation
from monitor.core.duties.series import Planned
from monitor.core.duties.terms import End


def dated(deadline: Deadline, obligation: Obligation, end: End) -> Deadline:
    """Return a deadline with this end and with what it rests on.

    Only an end that depends on which days are worked keeps a version of the calendar; the turns of a recurring duty
    fall on fixed times of day.
    """
    term, calendar = obligation.due, obligation.calendar
    return replace(
        deadline,
        due_at=end.at,
        calendar="" if term.clocked else calendar.name,
        calendar_version=calendar.version if term.needs_days and obligation.every is None else None,
        estimated=end.estimated,
        unrolled_at=end.unrolled_at,
    )


def is_behind(deadline: Running, obligation: Obligation) -> bool:
    """Tell whether a newer version of the calendar is known than the one that the end rests on; never the reverse."""
    kept = deadline.calendar_version
    return kept is not None and kept < obligation.calendar.version and obligation.due.needs_days


def is_ahead(deadline: Deadline, obligation: Obligation) -> bool:
    """Tell whether the end rests on a newer version of the calendar than this process knows."""
    kept = deadline.calendar_version
    return kept is not None and kept > obligation.calendar.version and obligation.due.needs_days


def aligned(met: Deadline, obligation: Obligation, planned: Planned | None) -> Deadline:
    """Return a hop that was made with the start that is known now: an earlier report may have come to light."""
    if planned is None or planned.started_at == met.started_at:
        return met
    return dated(replace(met, anchor=planned.anchor, started_at=planned.started_at), obligation, planned.end)
