"""A drill's rules: every span of them is shortened by the same factor, also of duties that recur."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from monitor.core.duties.adjusting import ExtendRule
from monitor.core.duties.pace import paced
from monitor.core.duties.serial import Every
from monitor.core.duties.terms import Term, Unit
from tests.core.test_series import DAILY, GRAVE, INQUIRY, MISSED, OPEN, REPORT, T0, TWICE, M, Tale, rule

SIXTY = 1 / 60


def ends(tale: Tale) -> list[float]:
    return [(tale.deadlines[n].due_at - T0) / M for n in sorted(tale.deadlines)]


def test_a_duty_that_recurs_daily_recurs_every_24_minutes_at_sixty_times_the_pace() -> None:
    tale = Tale(DAILY, pace=SIXTY)
    tale.at(T0)
    tale.log(REPORT, T0 + 5 * M).at(T0 + 5 * M)
    tale.at(T0 + 50 * M)
    assert ends(tale) == [24, 48, 72]
    assert tale.states[1:] == [MISSED, OPEN]


def test_a_duty_at_fixed_times_of_day_recurs_at_the_span_between_them() -> None:
    tale = Tale(TWICE, pace=SIXTY)
    tale.at(T0)
    tale.at(T0 + 25 * M)
    assert ends(tale) == [12, 24, 36]
    tale.log(INQUIRY, T0 + 26 * M).at(T0 + 26 * M)
    assert tale.deadlines[3].settled_at == T0 + 26 * M


def test_all_bounds_of_a_recurring_duty_are_shortened() -> None:
    monthly = Every(at=(time(9),), days=(1, 15), after=Term(10, Unit.DAY), within=Term(1, Unit.YEAR))
    shorter = paced(rule(every=monthly), 0.01).every
    assert shorter is not None
    assert (shorter.step, shorter.at, shorter.days) == (Term(202, Unit.MINUTE), (), ())
    assert (shorter.after, shorter.within) == (Term(144, Unit.MINUTE), Term(5256, Unit.MINUTE))


def test_an_extension_and_the_window_of_a_grade_are_shortened() -> None:
    given = replace(GRAVE, extend=ExtendRule(Term(60, Unit.DAY)))
    shorter = paced(given, SIXTY)
    assert shorter.extend == ExtendRule(Term(24 * 60, Unit.MINUTE))
    assert shorter.regrade_within is not None
    assert shorter.regrade_within.of("chemical") == Term(12 * 60, Unit.MINUTE)
    assert shorter.regrade_within.of("landslide") is None
    assert paced(given, 1) is given
