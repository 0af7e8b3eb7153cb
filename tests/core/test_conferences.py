"""Plans of press conferences as values: what is open when, told once however time is cut, and how a year is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.conferences import load_conferences
from monitor.core.conferences.plan import Arrangement, Plan, PlanFlaw, PlanState, Tick, flaws, task_rows
from monitor.core.conferences.tally import Held, tally
from monitor.core.conferences.telling import alert_of, told_from, turn_of
from monitor.core.duties.deadlines import CLOCK_SLACK
from monitor.core.errors import NaiveTime
from monitor.core.incidents.claims import CheckResult, ClaimCheck, ClaimStage, stage_of
from monitor.core.model import RumourState, Severity
from monitor.core.particulars import Claim, claim_named

RULES = load_conferences()
T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H, M = timedelta(hours=1), timedelta(minutes=1)
AT = T0 + 20 * H
WELL = Arrangement(at=AT, place="新闻发布厅", speaker="局长 王某", rank="head")
TASKS = [task.id for task in RULES.tasks]


def planned(at: datetime = AT, set_at: datetime = T0) -> Plan:
    return Plan(
        id=1,
        matter_id=1,
        arranged=replace(WELL, at=at),
        made_at=T0,
        set_at=set_at,
        changed_by="王某",
        told={},
        ticks={},
    )


def told_of(plan: Plan, now: datetime) -> Plan:
    """Return the plan as the watch leaves it."""
    turn = turn_of(plan, RULES, now)
    return replace(plan, told={**plan.told, **{task.id: now for task in turn.tasks}})


def test_nothing_is_told_before_it_is_due_and_each_task_when_it_is() -> None:
    plan = planned()
    assert turn_of(plan, RULES, T0).tasks == ()
    first = AT - RULES.tasks[0].lead
    assert turn_of(plan, RULES, T0).look_at == first
    assert [task.id for task in turn_of(plan, RULES, first).tasks] == ["approval"]
    assert turn_of(told_of(plan, first), RULES, first).tasks == ()


def test_what_was_overdue_when_the_plan_was_made_waits_for_the_grace_and_is_told_together() -> None:
    plan = planned(at=T0 + 3 * H)
    assert turn_of(plan, RULES, T0).tasks == ()
    together = turn_of(plan, RULES, T0 + RULES.grace).tasks
    assert len(together) > 5
    alert = alert_of(plan, together, T0 + RULES.grace)
    assert alert.page, "one of them wakes"
    assert set(alert.detail["tasks"].split(",")) == {task.id for task in together}
    assert not alert_of(plan, [task for task in together if not task.wakes], T0).page


@pytest.mark.parametrize("state", [PlanState.HELD, PlanState.DROPPED])
def test_a_conference_that_was_held_or_given_up_is_told_of_no_more(state: PlanState) -> None:
    turn = turn_of(replace(planned(), state=state), RULES, AT + 5 * H)
    assert (turn.tasks, turn.look_at) == ((), None)


moments = st.integers(min_value=0, max_value=26 * 60).map(lambda minutes: T0 + minutes * M)


@settings(max_examples=80)
@given(
    cuts=st.lists(moments, max_size=25),
    ticks=st.dictionaries(st.sampled_from(TASKS), moments, max_size=6),
    moves=st.lists(st.tuples(moments, st.integers(min_value=30, max_value=26 * 60)), max_size=3),
)
def test_however_time_is_cut_each_open_task_is_told_once_for_each_time_it_falls_due(
    cuts: list[datetime], ticks: dict[str, datetime], moves: list[tuple[datetime, int]]
) -> None:
    plan = planned()
    told: list[tuple[str, datetime, datetime]] = []
    for now in sorted({*cuts, *ticks.values(), *(at for at, _ in moves), T0 + 60 * H}):
        for at, minutes in moves:
            if at == now:
                plan = replace(plan, arranged=replace(plan.arranged, at=now + minutes * M), set_at=now)
        done = {task: Tick(at, "王某") for task, at in ticks.items() if at <= now}
        plan = replace(plan, ticks=done)
        turn = turn_of(plan, RULES, now)
        for task in turn.tasks:
            assert task.id not in done
            assert told_from(plan, task, RULES) <= now
            told.append((task.id, plan.due(task), now))
        plan = told_of(plan, now)
        rest = turn_of(plan, RULES, now)
        assert rest.tasks == ()
        assert rest.look_at is None or rest.look_at > now
    assert max(Counter((task, due) for task, due, _ in told).values(), default=1) == 1
    for name, due, at in told:
        later = [again_due for other, again_due, again in told if other == name and again > at]
        assert all(again_due > at for again_due in later), (name, due)
    last = {task for task, *_ in told}
    assert last | set(ticks) >= {task.id for task in RULES.tasks}


@settings(max_examples=40)
@given(cuts=st.lists(moments, min_size=1, max_size=12))
def test_a_watch_that_only_looks_when_it_said_misses_nothing(cuts: list[datetime]) -> None:
    end = max(cuts)
    dense, lazy = planned(), planned()
    for minute in range(int((end - T0) / M) + 1):
        dense = told_of(dense, T0 + minute * M)
    now: datetime | None = T0
    while now is not None and now <= end:
        lazy = told_of(lazy, now)
        now = turn_of(lazy, RULES, now).look_at
    assert set(lazy.told) == set(dense.told)


def test_what_is_wrong_with_a_plan_is_said_at_once() -> None:
    asked = RULES.asked(Severity.MAJOR)
    assert asked is not None
    assert asked.id == "head"
    assert list(flaws(WELL, RULES, asked, AT, T0)) == []
    late = list(flaws(WELL, RULES, asked, AT - M, T0))
    assert late == [PlanFlaw.AFTER_DEADLINE]
    assert list(flaws(replace(WELL, rank="deputy"), RULES, asked, None, T0)) == [PlanFlaw.LOW_SPEAKER]
    assert list(flaws(replace(WELL, rank="leader"), RULES, asked, None, T0)) == []
    assert list(flaws(replace(WELL, rank=""), RULES, asked, None, T0)) == [PlanFlaw.NO_SPEAKER]
    assert list(flaws(replace(WELL, speaker=""), RULES, asked, None, T0)) == [PlanFlaw.NO_SPEAKER]
    assert list(flaws(WELL, RULES, asked, None, AT)) == [PlanFlaw.PASSED]


def test_the_rank_that_is_asked_rises_with_the_grade_and_an_unknown_grade_asks_least() -> None:
    ranks = [RULES.asked(grade) for grade in (None, *Severity)]
    heights = [rank.height for rank in ranks if rank is not None]
    assert heights == sorted(heights)
    assert heights[-1] > heights[0]


def test_tasks_stand_in_the_order_of_their_time_with_what_is_overdue() -> None:
    rows = task_rows(replace(planned(), ticks={"approval": Tick(T0, "李某")}), RULES, AT - 9 * H)
    assert [row.due for row in rows] == sorted(row.due for row in rows)
    assert [row.task.id for row in rows if row.overdue] == ["speaker"]
    assert rows[0].tick == Tick(T0, "李某")


def test_an_alert_about_a_plan_keeps_until_the_conference_and_at_least_a_while() -> None:
    early, late = alert_of(planned(), RULES.tasks[:1], AT - 12 * H), alert_of(planned(), RULES.tasks[-1:], AT + H)
    assert early.useful_until == AT
    assert late.useful_until > AT + H + CLOCK_SLACK


@pytest.mark.parametrize(
    ("at", "routine", "quota", "part", "count"),
    [
        ("2026-03-31T23:59+08:00", "spokesperson", "quarterly", 1, 1),
        ("2026-04-01T00:00+08:00", "spokesperson", "quarterly", 2, 1),
        ("2026-06-30T10:00+08:00", "deputy", "half_yearly", 1, 1),
        ("2026-07-01T10:00+08:00", "head", "half_yearly", 2, 1),
        ("2026-12-31T23:30+08:00", "head", "yearly", 1, 1),
        ("2027-01-01T00:00+08:00", "head", "yearly", 1, 0),
        ("2025-12-31T17:00+00:00", "head", "yearly", 1, 1),
        ("2026-05-01T10:00+08:00", "deputy", "yearly", 1, 0),
        ("2026-05-01T10:00+08:00", "", "quarterly", 2, 0),
    ],
)
def test_a_routine_conference_counts_in_its_part_of_the_beijing_year(
    at: str, routine: str, quota: str, part: int, count: int
) -> None:
    counted = tally([Held(datetime.fromisoformat(at), routine)], 2026, RULES)
    rows = {(row.quota.id, row.part): row for row in counted.quotas}
    assert len(rows) == 7
    assert (rows[quota, part].count, rows[quota, part].reached) == (count, count >= 1)


def test_those_for_incidents_are_the_n_and_count_for_the_quotas_only_where_the_bureau_says_so() -> None:
    held = [Held(T0, "head", 1), Held(T0, "leader", 2), Held(T0, "", 3), Held(T0, "deputy")]
    counted = tally(held, 2026, RULES)
    assert counted.total == 4
    assert dict(counted.incidents) == {"head": 1, "leader": 1, "": 1}
    assert dict(counted.routine) == {"deputy": 1}
    both = (RULES, replace(RULES, incidents_count=True))
    assert [tally(held, 2026, rules).quotas[-1].count for rules in both] == [0, 2]


@settings(max_examples=60)
@given(
    held=st.lists(
        st.builds(
            Held,
            st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC)),
            st.sampled_from(["", *(rank.id for rank in RULES.ranks)]),
            st.none() | st.integers(1, 9),
        ),
        max_size=30,
    )
)
def test_the_parts_of_a_year_come_to_the_whole_whatever_was_held(held: list[Held]) -> None:
    counted = tally(held, 2026, RULES)
    assert counted.total <= len(held)
    by_quota: Counter[str] = Counter()
    for row in counted.quotas:
        by_quota[row.quota.id] += row.count
    assert by_quota["yearly"] <= by_quota["half_yearly"] <= by_quota["quarterly"] <= sum(counted.routine.values())
    assert tally(reversed(held), 2026, RULES) == counted


def test_a_conference_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveTime):
        Held(datetime(2026, 7, 9))
    with pytest.raises(NaiveTime):
        Arrangement(at=datetime(2026, 7, 9))


def found(result: CheckResult, at: datetime = T0, number: int = 1) -> ClaimCheck:
    return ClaimCheck(id=number, result=result, basis="派出所", at=at, by="王某")


@pytest.mark.parametrize(
    ("checks", "cleared", "rumour", "stage"),
    [
        ([], None, RumourState.CLAIMED, ClaimStage.UNCHECKED),
        ([], None, RumourState.DENIED, ClaimStage.TO_CLARIFY),
        ([], None, RumourState.CONFIRMED, ClaimStage.CONFIRMED),
        ([], T0, RumourState.GROWING, ClaimStage.CLARIFIED),
        ([found(CheckResult.UNDECIDED)], None, RumourState.GROWING, ClaimStage.UNDECIDED),
        ([found(CheckResult.FALSE)], None, None, ClaimStage.TO_CLARIFY),
        ([found(CheckResult.PARTLY)], T0, None, ClaimStage.CLARIFIED),
        ([found(CheckResult.TRUE)], None, None, ClaimStage.TRUE),
        ([found(CheckResult.FALSE), found(CheckResult.TRUE, T0 + H, 2)], T0, None, ClaimStage.TRUE),
        (
            [found(CheckResult.TRUE, T0 + H, 2), found(CheckResult.FALSE, T0 + 2 * H, 3)],
            None,
            None,
            ClaimStage.TO_CLARIFY,
        ),
    ],
)
def test_how_far_a_claim_has_come(
    checks: list[ClaimCheck], cleared: datetime | None, rumour: RumourState | None, stage: ClaimStage
) -> None:
    assert stage_of(checks, cleared, rumour) is stage
    assert stage_of(checks[::-1], cleared, rumour) is stage


@pytest.mark.parametrize("name", ["", "item:", "item:x", "item:1234567890", "thing:1", "item:٣", "item:-1"])
def test_what_names_no_claim_is_none(name: str) -> None:
    assert claim_named(name) is None


def test_a_claim_is_found_again_by_its_name() -> None:
    for claim in (Claim(item_id=12), Claim(whisper_id=3)):
        assert claim_named(f" {claim.name} ") == claim
