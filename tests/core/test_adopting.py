"""A running deadline is put under the rule in use: what people did to it holds on, and a turn keeps to its times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind, ExtendRule
from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.serial import Every
from monitor.core.duties.terms import Term, Unit, hours
from monitor.core.duties.versions import adopt
from monitor.core.model import Anchor, DeadlineState, Level, Response, ResponseKind
from tests.core.test_series import (
    CLIMB,
    CN,
    DAILY,
    INQUIRY,
    LATE,
    MET,
    MISSED,
    OPEN,
    REPORT,
    T0,
    TWICE,
    UP,
    D,
    H,
    M,
    Tale,
    rule,
)

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


def newer(tale: Tale, rule_in_use: Obligation) -> Tale:
    tale.pack = RulePack("p", "2", (rule_in_use,))
    return tale


def test_a_deadline_that_was_met_is_judged_by_the_rule_it_was_met_under() -> None:
    """The new version asks for another kind of response, which was logged as well, but too late for the old one."""
    tale = Tale(LONG)
    tale.at(T0)
    tale.log(REPORT, T0 + H).at(T0 + H)
    [met] = tale.deadlines.values()
    tale.log(INQUIRY, T0 + 30 * H)
    newer(tale, replace(LONG, satisfied_by=frozenset({INQUIRY}), due=hours(1))).at(T0 + 31 * H)
    assert tale.deadlines[1] == met
    assert tale.transitions[-1].at == T0 + H


def test_turns_that_are_over_stay_as_they_were_when_the_newest_comes_under_another_rule() -> None:
    tale = Tale(DAILY)
    for day in (0, 1, 2):
        tale.at(T0 + day * D)
        tale.log(REPORT, T0 + day * D + 2 * H).at(T0 + day * D + 2 * H)
    tale.at(T0 + 3 * D)
    before = dict(tale.deadlines)
    assert tale.states == [MET, MET, MET, OPEN]
    half = replace(DAILY, due=hours(12), every=Every(step=hours(12)))
    assert adopted(tale, half, T0 + 3 * D + H, ordinal=4) == 12 * H
    tale.at(T0 + 5 * D)
    assert {n: tale.deadlines[n] for n in (1, 2, 3)} == {n: before[n] for n in (1, 2, 3)}
    assert [(tale.deadlines[n].due_at - T0) / H for n in (4, 5, 6, 7, 8)] == [84, 96, 108, 120, 132]
    assert tale.states == [MET, MET, MET, MISSED, MISSED, MISSED, MISSED, OPEN]


def test_a_late_report_of_a_turn_before_the_new_rule_is_not_counted_again_for_the_one_after() -> None:
    tale = Tale(DAILY)
    tale.at(T0)
    tale.at(T0 + D)
    half = replace(DAILY, due=hours(12), every=Every(step=hours(12)))
    adopted(tale, half, T0 + D + H, ordinal=2)
    tale.log(REPORT, T0 + D + 2 * H).at(T0 + D + 2 * H)
    assert tale.states == [LATE, OPEN]


def test_a_recurring_duty_that_ended_is_not_planned_anew_by_a_later_version() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    tale.log(INQUIRY, T0 + 2 * H).at(T0 + 2 * H)
    longer = replace(TWICE, every=Every(at=(time(7), time(17))))
    newer(tale, longer).at(T0 + 5 * D)
    assert tale.states == [DeadlineState.WITHDRAWN]


def test_a_turn_in_days_does_not_lose_a_day_under_the_rule_in_use() -> None:
    """A turn that follows begins with the day after the last one's: that day counts."""
    days = rule(due=Term(2, Unit.DAY), every=Every(step=Term(2, Unit.DAY)))
    tale = Tale(days)
    tale.at(T0)
    tale.at(T0 + 3 * D)
    began_at = tale.deadlines[2].started_at
    one_day = replace(days, due=Term(1, Unit.DAY), every=Every(step=Term(1, Unit.DAY)))
    adopted(tale, one_day, T0 + 3 * D, ordinal=2)
    assert tale.deadlines[2].due_at - began_at == D
    tale.at(T0 + 5 * D)
    assert tale.deadlines[3].due_at - began_at == 2 * D


def test_the_made_hops_of_a_chain_keep_the_rule_they_were_made_under() -> None:
    tale = Tale(CLIMB)
    tale.at(T0)
    tale.log(UP, T0 + H, Level.COUNTY).at(T0 + H)
    made = tale.deadlines[1]
    other = replace(CLIMB, due=hours(1), satisfied_by=frozenset({UP, INQUIRY}))
    tale.pack = RulePack("p", "2", (other,))
    step = adopt(tale.deadlines[2], other, tale.facts, T0 + H + M)
    tale.deadlines[2] = step.deadline
    tale.know(responses=(*tale.facts.responses, Response(INQUIRY, T0 + M, 9))).at(T0 + H + M)
    assert tale.deadlines[1] == made
    assert tale.deadlines[2].due_at == T0 + 2 * H
