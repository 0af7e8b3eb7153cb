"""Stories of duties that recur or climb: each turn and hop is a deadline of its own, and none stops the next."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.calendars import shipped_calendar
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.duties.calendar import Calendar
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.duties.law import LegalSource
from monitor.core.duties.merging import carried_over
from monitor.core.duties.obligations import Applies, MatterFacts, Obligation, Reminders, RulePack
from monitor.core.duties.review import review, waive
from monitor.core.duties.serial import Chain, Every, RegradeWindow
from monitor.core.duties.terms import Term, Unit, hours
from monitor.core.model import (
    AlertState,
    Anchor,
    DeadlineState,
    Level,
    MatterState,
    Response,
    ResponseKind,
    Severity,
)

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)  # 20:00 in Beijing
H = timedelta(hours=1)
M = timedelta(minutes=1)
D = timedelta(days=1)
CN = shipped_calendar("cn")
SOURCE = LegalSource("文", "条", "句")
REPORT, UP, INQUIRY = (
    ResponseKind.SUPPLEMENTARY_REPORT,
    ResponseKind.UPWARD_REPORT,
    ResponseKind.INVESTIGATION_REPORT,
)
OPEN, MISSED, MET, LATE = DeadlineState.OPEN, DeadlineState.MISSED, DeadlineState.MET, DeadlineState.MET_LATE
REMIND = Reminders(before=(H,), overdue=(H,))


def rule(**parts: object) -> Obligation:
    common: dict[str, object] = {
        "applies": Applies(at_least=Severity.GENERAL),
        "anchors": (Anchor.FIRST_REPORTED,),
        "due": hours(2),
        "satisfied_by": frozenset({REPORT}),
        "reminders": REMIND,
        "calendar": CN,
    }
    return Obligation("X", "甲", "X", source=SOURCE, **{**common, **parts})  # type: ignore[arg-type]


TWICE = rule(due=Term(1, Unit.DAY), every=Every(at=(time(8, 30), time(17)), until=frozenset({INQUIRY})))
DAILY = rule(due=hours(24), every=Every(step=hours(24)))
RECURRING = {"twice": TWICE, "daily": DAILY}
UP_TO = {Severity.GENERAL: Level.CITY, Severity.LARGER: Level.PROVINCE, Severity.MAJOR: Level.STATE}
CLIMB = rule(satisfied_by=frozenset({UP}), chain=Chain(tuple(Level), UP_TO))


class Tale:
    """Holds what a database would for one matter under one rule."""

    def __init__(self, obligation: Obligation, severity: Severity = Severity.MAJOR, **facts: object) -> None:
        self.pack = RulePack("p", "1", (obligation,))
        grades = {grade: T0 for grade in Severity if grade <= severity}
        common = {"anchors": {Anchor.FIRST_REPORTED: T0}, "severity": severity, "reached": grades}
        self.facts = MatterFacts(id=7, **{**common, **facts})  # type: ignore[arg-type]
        self.deadlines: dict[int, Deadline] = {}
        self.alerts: dict[str, AlertDraft] = {}
        self.transitions: list[Transition] = []

    def know(self, **facts: object) -> Tale:
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]
        return self

    def log(self, kind: ResponseKind, at: datetime, level: Level | None = None) -> Tale:
        response = Response(kind, at, len(self.facts.responses) + 1, level)
        return self.know(responses=(*self.facts.responses, response))

    def at(self, now: datetime) -> list[str]:
        """Review at `now`; return the points of the alerts that are new and to be sent."""
        outcome = review(self.facts, self.pack, self.deadlines.values(), now)
        fresh: list[AlertDraft] = []
        for step in outcome.steps:
            ordinal = step.deadline.ordinal
            self.deadlines[ordinal] = replace(step.deadline, id=ordinal)
            self.transitions += step.transitions
            fresh += [alert for alert in step.alerts if alert.key not in self.alerts]
            self.alerts |= {alert.key: alert for alert in fresh}
        for aside in outcome.asides:
            if aside.key not in self.alerts:
                self.alerts[aside.key] = aside
                fresh.append(aside)
        return [f"{alert.ordinal}:{alert.point}" for alert in fresh if alert.state is AlertState.PENDING]

    @property
    def states(self) -> list[DeadlineState]:
        return [self.deadlines[ordinal].state for ordinal in sorted(self.deadlines)]


def test_a_report_twice_a_day_falls_due_morning_and_afternoon() -> None:
    tale = Tale(TWICE)
    assert tale.at(T0) == ["1:opened"]
    assert tale.deadlines[1].due_at == datetime(2026, 7, 10, 0, 30, tzinfo=UTC)
    tale.log(REPORT, T0 + 12 * H).at(T0 + 12 * H)
    assert tale.states == [MET, OPEN]
    assert tale.deadlines[2].due_at == datetime(2026, 7, 10, 9, 0, tzinfo=UTC)
    # The next turn of what people know of is not told as something new.
    assert [a.silence for a in tale.alerts.values() if a.point == "opened" and a.ordinal == 2] == [Silence.NEXT_TURN]
    assert tale.at(T0 + 20 * H) == ["2:before:60m"]


def test_a_missed_turn_does_not_stop_the_next_and_a_late_report_is_its_own() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    assert tale.at(T0 + 12 * H + 30 * M) == ["1:due"]
    assert tale.states == [MISSED, OPEN]
    tale.log(REPORT, T0 + 13 * H).at(T0 + 13 * H)
    assert tale.states == [LATE, OPEN]
    assert tale.deadlines[2].response_id is None
    # Nearer to the afternoon than to the morning: it is the afternoon's, and the morning stays missed.
    other = Tale(TWICE)
    other.at(T0 + 12 * H + 30 * M)
    other.log(REPORT, T0 + 20 * H + 50 * M).at(T0 + 21 * H)
    assert other.states == [MISSED, MET, OPEN]
    assert not other.deadlines[1].live


def test_after_an_outage_one_late_alert_tells_and_the_other_turns_are_kept_as_missed() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    told = tale.at(T0 + 4 * D + 2 * H)
    assert told == ["8:overdue:60m"]
    assert tale.states == [MISSED] * 8 + [OPEN]
    assert [d.live for _, d in sorted(tale.deadlines.items())] == [False] * 7 + [True] * 2
    silent = [a for a in tale.alerts.values() if a.point == "due" and a.ordinal < 8]
    assert {a.silence for a in silent} == {Silence.LATER_ALERT_TELLS}
    assert len(silent) == 7
    assert [t.at for t in tale.transitions if t.cause is Cause.TIME_PASSED] == [
        tale.deadlines[n].due_at for n in range(1, 9)
    ]


def test_what_ends_the_duty_ends_the_turn_that_runs() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    tale.log(INQUIRY, T0 + 2 * H).at(T0 + 2 * H)
    assert tale.states == [DeadlineState.WITHDRAWN]
    assert tale.transitions[-1].cause is Cause.DUTY_ENDED
    assert tale.at(T0 + 5 * D) == []
    assert len(tale.deadlines) == 1


def test_a_waived_turn_ends_the_duty() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    tale.deadlines[1] = waive(tale.deadlines[1], T0 + H).deadline
    tale.at(T0 + 3 * D)
    assert tale.states == [DeadlineState.WAIVED]


def test_a_missed_turn_that_is_waived_lets_the_one_that_runs_go_on() -> None:
    tale = Tale(TWICE)
    tale.at(T0 + 13 * H)
    assert tale.states == [MISSED, OPEN]
    tale.deadlines[1] = waive(tale.deadlines[1], T0 + 13 * H).deadline
    tale.at(T0 + 22 * H)
    assert tale.states == [DeadlineState.WAIVED, MISSED, OPEN]


def test_a_turn_that_nothing_supports_any_more_runs_to_its_end_and_asks() -> None:
    tale = Tale(rule(applies=Applies(at_least=Severity.MAJOR), every=DAILY.every, due=hours(24)))
    tale.at(T0)
    told = tale.know(severity=Severity.GENERAL, reached={Severity.GENERAL: T0}).at(T0 + H)
    assert told == ["1:doubt:general"]
    tale.at(T0 + 25 * H)
    assert tale.states == [MISSED]
    checks = [d.check_at for d in tale.deadlines.values() if d.check_at is not None]
    assert all(at > T0 + 25 * H for at in checks)
    tale.at(T0 + 3 * D)
    assert [d.check_at for d in tale.deadlines.values()] == [None]


def test_of_two_turns_that_run_the_newest_goes_over_in_a_merge() -> None:
    tale = Tale(TWICE)
    tale.at(T0 + 13 * H)
    withdrawn = replace(tale.deadlines[1], state=DeadlineState.WITHDRAWN, matter_id=8)
    steps = [step for _, step in carried_over(tale.deadlines.values(), [withdrawn], 8, T0 + 14 * H)]
    assert [(s.deadline.ordinal, s.deadline.due_at) for s in steps] == [(2, tale.deadlines[2].due_at)]


def test_a_hop_that_a_merge_brought_finds_the_one_below_it_made_by_the_report_that_came_along() -> None:
    tale = Tale(CLIMB)
    tale.at(T0)
    tale.log(UP, T0 + H, Level.COUNTY).at(T0 + H)
    del tale.deadlines[1]
    tale.at(T0 + 2 * H)
    assert tale.states == [MET, OPEN]
    # An earlier report that comes to light still moves the hop.
    earlier = Response(UP, T0 + 30 * M, 9, Level.COUNTY)
    tale.know(responses=(*tale.facts.responses, earlier)).at(T0 + 2 * H)
    assert tale.deadlines[2].started_at == T0 + 30 * M


def test_old_news_without_a_time_starts_nothing_by_being_seen() -> None:
    seen = rule(anchors=(Anchor.FIRST_SEEN,), due=hours(48))
    old = Tale(seen, anchors={Anchor.FIRST_SEEN: T0}, dated=False, maybe_recent=False)
    assert old.at(T0) == []
    new = Tale(seen, anchors={Anchor.FIRST_SEEN: T0}, dated=False)
    assert new.at(T0) == ["1:opened"]
    assert new.deadlines[1].due_at == T0 + 48 * H


def test_a_dismissal_withdraws_the_turn_and_taking_it_up_again_goes_on() -> None:
    tale = Tale(TWICE)
    tale.at(T0)
    tale.know(state=MatterState.DISMISSED).at(T0 + H)
    assert tale.states == [DeadlineState.WITHDRAWN]
    tale.know(state=MatterState.OPEN, confirmed=True, vouched_at=T0 + 2 * H).at(T0 + 2 * H)
    assert tale.states == [OPEN]
    tale.at(T0 + 13 * H)
    assert tale.states == [MISSED, OPEN]


def test_every_24_hours_counts_from_the_start_and_does_not_drift() -> None:
    tale = Tale(DAILY)
    tale.at(T0)
    for day in (1, 2, 3):
        tale.log(REPORT, T0 + day * D - 5 * H).at(T0 + day * D - 5 * H)
    assert [tale.deadlines[n].due_at for n in (1, 2, 3, 4)] == [T0 + n * D for n in (1, 2, 3, 4)]
    assert tale.states == [MET, MET, MET, OPEN]


def test_monthly_turns_take_the_last_day_where_a_month_is_shorter() -> None:
    monthly = rule(due=Term(1, Unit.MONTH), every=Every(at=(time(17),), days=(31,), within=Term(1, Unit.YEAR)))
    tale = Tale(monthly)
    tale.at(T0)
    tale.at(T0 + 300 * D)
    ends = [d.due_at.astimezone(UTC).date().isoformat() for _, d in sorted(tale.deadlines.items())][:8]
    assert ends == [
        "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28"
    ]  # fmt: skip
    tale.at(T0 + 3 * 365 * D)
    assert len(tale.deadlines) == 12


def test_a_report_climbs_level_by_level_each_hop_from_the_last() -> None:
    tale = Tale(CLIMB, Severity.LARGER)
    assert tale.at(T0) == ["1:opened"]
    tale.log(UP, T0 + H, Level.COUNTY)
    assert "2:opened" in tale.at(T0 + H)
    assert (tale.deadlines[2].level, tale.deadlines[2].due_at) == (Level.CITY, T0 + 3 * H)
    assert tale.deadlines[2].anchor is Anchor.REPORTED
    tale.log(UP, T0 + 4 * H).at(T0 + 4 * H)  # nobody said to whom: the next
    assert tale.states == [MET, LATE, OPEN]
    assert tale.deadlines[3].level is Level.PROVINCE
    tale.log(UP, T0 + 5 * H, Level.PROVINCE).at(T0 + 5 * H)
    assert tale.states == [MET, LATE, MET]


def test_a_report_to_a_higher_level_satisfies_those_below() -> None:
    tale = Tale(CLIMB, Severity.MAJOR)
    tale.at(T0)
    tale.log(UP, T0 + H, Level.PROVINCE).at(T0 + H)
    assert tale.states == [MET, MET, MET, OPEN]
    assert tale.deadlines[4].level is Level.STATE
    assert tale.deadlines[4].due_at == T0 + 3 * H


def test_a_higher_grade_carries_the_report_higher_from_when_it_was_reached() -> None:
    tale = Tale(CLIMB, Severity.GENERAL)
    tale.at(T0)
    tale.log(UP, T0 + H, Level.CITY).at(T0 + H)
    assert tale.states == [MET, MET]
    tale.know(severity=Severity.LARGER, reached={Severity.GENERAL: T0, Severity.LARGER: T0 + 6 * H}).at(T0 + 6 * H)
    assert tale.deadlines[3].due_at == T0 + 8 * H
    assert tale.deadlines[3].anchor is Anchor.LEVEL_REACHED
    # A correction downwards erases nothing: it asks.
    told = tale.know(severity=Severity.GENERAL, reached={Severity.GENERAL: T0}).at(T0 + 7 * H)
    assert "3:doubt:general" in told
    assert tale.deadlines[3].state is OPEN


def test_a_hop_that_only_a_presumed_grade_asks_for_is_provisional() -> None:
    reached = {Severity.GENERAL: T0, Severity.MAJOR: T0}
    tale = Tale(CLIMB, Severity.GENERAL, likely=Severity.MAJOR, reached=reached)
    tale.log(UP, T0 + H, Level.CITY).at(T0 + H)
    assert [d.provisional for _, d in sorted(tale.deadlines.items())] == [False, False, True]


WINDOW = RegradeWindow(Term(30, Unit.DAY), {"road": Term(7, Unit.DAY), "landslide": None})
GRAVE = rule(
    applies=Applies(at_least=Severity.MAJOR), if_past=Anchor.LEVEL_REACHED, regrade_within=WINDOW, due=hours(5)
)


@pytest.mark.parametrize(
    ("kind", "day", "opens"),
    [("chemical", 29, True), ("chemical", 31, False), ("road", 6, True), ("road", 8, False), ("landslide", 90, True)],
)
def test_a_higher_grade_opens_duties_only_within_its_window(kind: str, day: int, opens: bool) -> None:
    tale = Tale(GRAVE, Severity.LARGER, happening=kind)
    tale.at(T0)
    at = T0 + day * D
    grades = {Severity.LARGER: T0, Severity.MAJOR: at}
    tale.know(severity=Severity.MAJOR, reached=grades, news_at=at)
    told = tale.at(at + H)
    assert (tale.states == [OPEN]) is opens
    assert ("1:regraded_late" in told) is not opens
    if not opens:
        assert tale.at(at + 2 * H) == []
        anchors = {**tale.facts.anchors, Anchor.CONFIRMED: at + 3 * H}
        tale.know(confirmed=True, vouched_at=at + 3 * H, anchors=anchors).at(at + 3 * H)
        assert tale.states == [OPEN]


def test_a_duty_that_counts_from_a_step_waits_for_it() -> None:
    publish = rule(
        anchors=(Anchor.APPROVED,), due=Term(20, Unit.WORKING_DAY), satisfied_by={ResponseKind.HANDLING_PUBLICATION}
    )
    tale = Tale(publish)
    assert tale.at(T0) == []
    assert tale.deadlines == {}
    tale.log(ResponseKind.APPROVAL, T0 + 2 * H).at(T0 + 2 * H)
    assert tale.deadlines[1].anchor is Anchor.APPROVED
    assert tale.deadlines[1].due_at == Term(20, Unit.WORKING_DAY).end(T0 + 2 * H, CN).at
    assert (tale.deadlines[1].calendar, tale.deadlines[1].calendar_version) == ("cn", 0)


def dated(version: int, **parts: object) -> Calendar:
    return replace(CN, version=version, **parts)  # type: ignore[arg-type]


def test_a_new_calendar_moves_a_running_deadline_and_says_so_once() -> None:
    begun = datetime(2026, 12, 4, 4, 0, tzinfo=UTC)
    twenty = rule(due=Term(20, Unit.WORKING_DAY), calendar=dated(1))
    tale = Tale(twenty, anchors={Anchor.FIRST_REPORTED: begun}, reached={Severity.MAJOR: begun})
    tale.at(begun)
    before = tale.deadlines[1]
    assert before.estimated
    notice = {date(2027, 1, n): CN.days[date(2026, 1, n)] for n in (1, 2)}
    announced = dated(2, days={**CN.days, **notice}, years=frozenset({2026, 2027}))
    tale.pack = RulePack("p", "1", (replace(twenty, calendar=announced),))
    told = tale.at(begun + H)
    after = tale.deadlines[1]
    assert told == ["1:calendar:2"]
    assert (after.estimated, after.calendar_version) == (False, 2)
    assert tale.transitions[-1].cause is Cause.CALENDAR
    assert tale.at(begun + 2 * H) == []
    # A program that still has the older calendar moves nothing back.
    tale.pack = RulePack("p", "1", (twenty,))
    assert tale.at(begun + 3 * H) == []
    assert tale.deadlines[1].due_at == after.due_at


def test_a_deadline_missed_by_an_estimate_runs_again_where_the_notice_gives_more_days() -> None:
    begun = datetime(2027, 1, 20, 4, 0, tzinfo=UTC)
    guess = dated(1, years=frozenset({2026}))
    ten = rule(due=Term(10, Unit.WORKING_DAY), calendar=guess)
    tale = Tale(ten, anchors={Anchor.FIRST_REPORTED: begun}, reached={Severity.MAJOR: begun})
    tale.at(begun)
    tale.at(tale.deadlines[1].due_at + H)
    assert tale.states == [MISSED]
    spring = {tale.deadlines[1].due_at.date() - n * D: CN.days[date(2026, 2, 17)] for n in range(5)}
    newer = dated(2, days={**CN.days, **spring}, years=frozenset({2026, 2027}))
    tale.pack = RulePack("p", "1", (replace(ten, calendar=newer),))
    tale.at(tale.deadlines[1].due_at + 2 * H)
    assert tale.states == [OPEN]
    assert tale.transitions[-1].cause is Cause.CALENDAR


def told_of(tale: Tale) -> dict[str, tuple[DeadlineState, datetime, datetime | None]]:
    return {str(n): (d.state, d.due_at, d.settled_at) for n, d in sorted(tale.deadlines.items())}


@settings(max_examples=60)
@given(
    st.sampled_from(["twice", "daily"]),
    st.lists(st.integers(1, 5 * 24 * 60), max_size=12),
    st.lists(st.integers(1, 5 * 24 * 60), max_size=5),
)
def test_any_split_of_moments_gives_the_same_turns_and_alerts(
    recurring: str, minutes: list[int], reported: list[int]
) -> None:
    """Reports are known when they are made; how often anybody looks changes only what is told late."""

    def run(moments: list[int]) -> Tale:
        tale = Tale(RECURRING[recurring], acted_at=T0)
        tale.at(T0)
        for minute in sorted({*moments, *reported}):
            for _ in range(reported.count(minute)):
                tale.log(REPORT, T0 + minute * M)
            tale.at(T0 + minute * M)
        tale.at(T0 + 5 * D + M)
        return tale

    split, whole = run(minutes), run([])
    assert told_of(split) == told_of(whole)
    assert [(t.ordinal, t.after, t.cause, t.at) for t in sorted(split.transitions, key=by_turn)] == [
        (t.ordinal, t.after, t.cause, t.at) for t in sorted(whole.transitions, key=by_turn)
    ]
    assert split.alerts.keys() == whole.alerts.keys()


def by_turn(change: Transition) -> tuple[int, datetime]:
    return change.ordinal, change.at


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 12 * 60), st.sampled_from([None, *Level])), max_size=6),
    st.sampled_from(list(Severity)),
    st.randoms(use_true_random=False),
)
def test_any_order_in_which_reports_become_known_gives_the_same_hops(
    reports: list[tuple[int, Level | None]], severity: Severity, chance: random.Random
) -> None:
    known = [Response(UP, T0 + minute * M, n, level) for n, (minute, level) in enumerate(reports, 1)]

    def run(order: list[Response]) -> Tale:
        tale = Tale(CLIMB, severity)
        tale.at(T0)
        for n, response in enumerate(order):
            tale.know(responses=(*tale.facts.responses, response)).at(T0 + 13 * H + n * M)
        tale.at(T0 + 14 * H)
        return tale

    shuffled = list(known)
    chance.shuffle(shuffled)
    assert told_of(run(known)) == told_of(run(shuffled))


@settings(max_examples=40)
@given(
    st.sampled_from(["twice", "daily"]),
    st.lists(st.integers(1, 4 * 24 * 60), max_size=6),
    st.randoms(use_true_random=False),
)
def test_any_order_in_which_turns_are_reported_gives_the_same_turns(
    recurring: str, minutes: list[int], chance: random.Random
) -> None:
    known = [Response(REPORT, T0 + minute * M, n) for n, minute in enumerate(minutes, 1)]

    def run(order: list[Response]) -> Tale:
        tale = Tale(RECURRING[recurring])
        tale.at(T0)
        for n, response in enumerate(order):
            tale.know(responses=(*tale.facts.responses, response)).at(T0 + 4 * D + n * M)
        tale.at(T0 + 4 * D + H)
        return tale

    shuffled = list(known)
    chance.shuffle(shuffled)
    assert told_of(run(known)) == told_of(run(shuffled))


def test_a_clock_that_ran_ahead_closes_no_turn_for_good() -> None:
    tale = Tale(TWICE, acted_at=T0)
    tale.at(T0)
    tale.at(T0 + 3 * D)
    assert tale.states[:2] == [MISSED, MISSED]
    tale.at(T0 + H)
    assert tale.states[0] is OPEN
    assert tale.deadlines[1].live
    for minute in range(70, 3 * 24 * 60, 10):
        now = T0 + minute * M
        tale.at(now)
        assert all(d.check_at > now for d in tale.deadlines.values() if d.check_at is not None and d.live)
    tale.log(REPORT, T0 + 3 * D - 5 * M).at(T0 + 3 * D)
    honest = Tale(TWICE, acted_at=T0)
    honest.at(T0)
    honest.log(REPORT, T0 + 3 * D - 5 * M).at(T0 + 3 * D)
    lived = {n: told for n, told in told_of(tale).items() if n in told_of(honest)}
    assert lived == told_of(honest)


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 12 * 60), max_size=10),
    st.lists(st.tuples(st.integers(1, 12 * 60), st.sampled_from([None, *Level])), max_size=4),
    st.sampled_from(list(Severity)),
)
def test_any_split_of_moments_gives_the_same_hops_and_alerts(
    minutes: list[int], reports: list[tuple[int, Level | None]], severity: Severity
) -> None:
    def run(moments: list[int]) -> Tale:
        tale = Tale(CLIMB, severity, acted_at=T0)
        tale.at(T0)
        for minute in sorted({*moments, *(at for at, _ in reports)}):
            for _, level in (report for report in reports if report[0] == minute):
                tale.log(UP, T0 + minute * M, level)
            tale.at(T0 + minute * M)
        tale.at(T0 + 13 * H)
        return tale

    split, whole = run(minutes), run([])
    assert told_of(split) == told_of(whole)
    assert sorted((t.ordinal, t.at, t.after) for t in split.transitions) == sorted(
        (t.ordinal, t.at, t.after) for t in whole.transitions
    )
    assert split.alerts.keys() == whole.alerts.keys()
