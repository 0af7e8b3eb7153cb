"""A process that began under older days, beside one that knows the newer: what the newer moved is not moved back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind, ExtendRule
from monitor.core.duties.calendar import Calendar, Day, DayKind
from monitor.core.duties.crowd import Rules, pass_over
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import Anchor, DeadlineState
from tests.core.due import due_of
from tests.core.test_series import CN, T0, D, H, Tale, rule

OLD = replace(CN, version=1)
# Monday 13 July turns out to be free: ten working days from 9 July end a day later.
NEW = replace(CN, version=2, days={**CN.days, date(2026, 7, 13): Day(DayKind.FREE)})


def under(calendar: Calendar) -> Tale:
    due, extend = Term(10, Unit.WORKING_DAY), ExtendRule(Term(5, Unit.WORKING_DAY))
    return Tale(rule(due=due, calendar=calendar, extend=extend))


def test_an_older_calendar_moves_no_end_back() -> None:
    tale = under(OLD)
    tale.at(T0)
    before = tale.deadlines[1].due_at
    newer = under(NEW)
    newer.deadlines = tale.deadlines
    newer.at(T0 + H)
    moved = tale.deadlines[1].due_at
    assert moved == before + D
    assert tale.at(T0 + 2 * H) == []
    assert (tale.deadlines[1].due_at, tale.deadlines[1].calendar_version) == (moved, 2)
    # An earlier report still counts; the newer days follow at the next look of who knows them.
    tale.know(anchors={Anchor.FIRST_REPORTED: T0 - D})
    tale.at(T0 + 3 * H)
    newer.know(anchors={Anchor.FIRST_REPORTED: T0 - D}).at(T0 + 4 * H)
    assert (tale.deadlines[1].due_at, tale.deadlines[1].calendar_version) == (moved - D, 2)


def test_an_older_calendar_moves_no_extended_end_back() -> None:
    granted = Adjustment(
        kind=AdjustmentKind.EXTEND, at=T0 + H, decided_at=T0 + H, by="王某", span=Term(5, Unit.WORKING_DAY)
    )
    tale = under(OLD)
    tale.at(T0)
    tale.know(adjustments={("X", 1): (granted,)}).at(T0 + H)
    late = replace(NEW, days={**CN.days, date(2026, 7, 27): Day(DayKind.FREE)})
    newer = under(late)
    newer.deadlines = tale.deadlines
    newer.know(adjustments=tale.facts.adjustments).at(T0 + 2 * H)
    moved = tale.deadlines[1].due_at
    assert tale.at(T0 + 3 * H) == []
    assert tale.deadlines[1].due_at == moved
    # What people decide at the older process holds at once, and is reckoned anew by the newer days.
    again = replace(granted, id=2, at=T0 + 4 * H, decided_at=T0 + 4 * H, span=Term(2, Unit.WORKING_DAY))
    tale.know(adjustments={("X", 1): (granted, again)})
    assert [point.split(":")[1] for point in tale.at(T0 + 4 * H)] == ["extended"]
    assert tale.deadlines[1].due_at > moved
    newer.know(adjustments=tale.facts.adjustments).at(T0 + 5 * H)
    assert (tale.deadlines[1].due_at, tale.deadlines[1].calendar_version) == (moved + 4 * D, 2), (
        "two working days and a weekend"
    )


def test_time_alone_misses_no_deadline_whose_days_have_changed() -> None:
    tale = under(OLD)
    tale.at(T0)
    deadline = tale.deadlines[1]
    now = deadline.due_at + timedelta(minutes=1)
    rule_now = under(NEW).pack.obligations[0]
    alone = pass_over([due_of(deadline)], Rules(RulePack("p", "1", (rule_now,))), {}, (), (), now)
    assert alone is None
    newer = under(NEW)
    newer.deadlines = tale.deadlines
    newer.at(now)
    assert newer.deadlines[1].state is DeadlineState.OPEN
