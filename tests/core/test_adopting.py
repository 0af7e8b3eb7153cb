"""A running deadline is put under the rule in use: what people did to it holds on, and a turn keeps to its times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind, ExtendRule
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.serial import Every
from monitor.core.duties.terms import Term, Unit, hours
from monitor.core.duties.versions import adopt
from monitor.core.model import Anchor, ResponseKind
from tests.core.test_series import CN, INQUIRY, T0, TWICE, H, M, Tale, rule

LONG = rule(due=hours(20), extend=ExtendRule(hours(10)), pause=("鉴定",))


def act(kind: AdjustmentKind, at: datetime, **more: object) -> Adjustment:
    return Adjustment(kind=kind, at=at, decided_at=at, by="处长", **more)  # type: ignore[arg-type]


def adopted(tale: Tale, newer: Obligation, now: datetime, ordinal: int = 1) -> timedelta:
    """Put a deadline under a newer rule, review it, and return when it ends."""
    tale.pack = RulePack("p", "2", (newer,))
    step = adopt(tale.deadlines[ordinal], newer, tale.facts, now)
    tale.deadlines[ordinal] = step.deadline
    told = step.deadline.due_at
    assert not [point for point in tale.at(now) if "moved" in point or "extended" in point]
    assert tale.deadlines[ordinal].due_at == told
    return told - tale.deadlines[ordinal].started_at


def test_an_extension_and_a_pause_hold_on_under_the_rule_in_use() -> None:
    tale = Tale(LONG)
    tale.at(T0)
    made = (
        act(AdjustmentKind.EXTEND, T0 + H, span=hours(10)),
        act(AdjustmentKind.PAUSE, T0 + 2 * H, ground="鉴定"),
        act(AdjustmentKind.RESUME, T0 + 5 * H),
    )
    tale.know(adjustments={("X", 1): made}).at(T0 + 5 * H)
    assert tale.deadlines[1].due_at == T0 + 33 * H
    assert adopted(tale, replace(LONG, due=hours(12)), T0 + 6 * H) == 25 * H
    assert tale.deadlines[1].plain_end == T0 + 12 * H


def test_an_end_in_days_keeps_the_version_of_their_calendar() -> None:
    tale = Tale(LONG)
    tale.at(T0)
    days = replace(LONG, due=Term(3, Unit.WORKING_DAY), calendar=replace(CN, version=4))
    adopted(tale, days, T0 + H)
    assert (tale.deadlines[1].calendar, tale.deadlines[1].calendar_version) == ("cn", 4)


def test_a_turn_is_due_at_the_next_time_of_day_of_the_rule_in_use() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    earlier = replace(TWICE, every=Every(at=(time(7), time(17)), until=frozenset({INQUIRY})))
    assert adopted(tale, earlier, T0 + M) == 11 * H


def test_a_turn_that_takes_over_from_the_one_before_keeps_its_extension() -> None:
    news = ResponseKind.AUTHORITATIVE_RELEASE
    parts = {"anchors": (Anchor.LAST_RELEASE,), "satisfied_by": frozenset({news}), "extend": ExtendRule(hours(10))}
    tale = Tale(rule(repeats=True, due=hours(24), **parts))
    tale.at(T0)
    granted = act(AdjustmentKind.EXTEND, T0 + H, span=hours(10))
    tale.know(adjustments={("X", 1): (granted,)}).at(T0 + H)
    tale.log(news, T0 + 2 * H).at(T0 + 2 * H)
    tale.know(responses=(), retracted={1: T0 + 3 * H}).at(T0 + 3 * H)
    assert (tale.deadlines[2].started_at, tale.deadlines[2].due_at) == (T0, T0 + 34 * H)
    tale.at(T0 + 4 * H)
    assert tale.deadlines[2].due_at == T0 + 34 * H
