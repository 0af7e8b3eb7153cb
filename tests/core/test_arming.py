"""Which warnings stand at the provider: those that people would otherwise not hear, within its bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.rules import load_pack
from monitor.core.duties.arming import (
    END,
    GRACE,
    GRACE_AT_THE_END,
    LAST_CALL,
    SOONEST,
    Armed,
    ArmedState,
    Running,
    Warned,
    code_of,
    last_points,
    needed_of,
    plan,
    settled,
)
from monitor.core.duties.deadlines import Deadline
from monitor.core.model import Anchor, DeadlineState

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FIVE_HOURS = next(o for o in load_pack().obligations if o.id == "OP-AUTH-5H")
DUE = T0 + 5 * HOUR


def running(number: int = 1, *, watched: datetime = T0, due: datetime = DUE, **more: object) -> Running:
    unheard = more.pop("unheard", None)
    deadline = Deadline(
        id=number,
        matter_id=number,
        obligation_id=FIVE_HOURS.id,
        anchor=Anchor.FIRST_REPORTED,
        started_at=due - 5 * HOUR,
        due_at=due,
        opened_at=due - 5 * HOUR,
        watched_until=watched,
    )
    return Running(replace(deadline, **more), FIVE_HOURS, unheard)  # type: ignore[arg-type]


def armed(one: Warned, state: ArmedState = ArmedState.ARMED, number: int = 1) -> Armed:
    return Armed(number, one.key, one.post_at, state, f"Q{number}")


def test_the_last_three_pages_before_the_end_and_the_end_itself_are_armed_a_little_later() -> None:
    placed = plan([running()], [], "slack", T0).place
    assert [(one.point, one.post_at) for one in placed] == [
        ("before:60m", DUE - HOUR + GRACE),
        ("before:30m", DUE - 30 * MINUTE + GRACE),
        ("before:10m", DUE - 10 * MINUTE + GRACE),
        (END, DUE + GRACE_AT_THE_END),
    ]
    assert len({one.code for one in placed}) == 4


def test_a_second_look_changes_nothing() -> None:
    placed = plan([running()], [], "slack", T0).place
    known = [armed(one, number=n) for n, one in enumerate(placed)]
    again = plan([running()], known, "slack", T0 + MINUTE)
    assert (again.place, again.remove, again.posted) == ((), (), ())


@pytest.mark.parametrize(
    "ended",
    [{"state": DeadlineState.MET}, {"state": DeadlineState.WITHDRAWN}, {"state": DeadlineState.WAIVED},
     {"provisional": True}],
)  # fmt: skip
def test_a_deadline_that_has_ended_or_is_only_presumed_keeps_nothing_there(ended: dict[str, object]) -> None:
    known = [armed(one) for one in plan([running()], [], "slack", T0).place]
    found = plan([running(**ended)], known, "slack", T0 + MINUTE)  # type: ignore[arg-type]
    assert (len(found.remove), found.place) == (4, ())
    assert plan([], known, "slack", T0 + MINUTE).remove == found.remove


def test_a_deadline_that_moved_is_armed_anew_for_its_new_times() -> None:
    known = [armed(one) for one in plan([running()], [], "slack", T0).place]
    found = plan([running(due=DUE - HOUR)], known, "slack", T0 + MINUTE)
    assert {one.key for one in found.remove} == {one.key for one in known}
    assert [one.post_at for one in found.place] == [one.post_at - HOUR for one in known]


def test_what_the_service_said_itself_is_taken_back_and_what_nobody_heard_stays() -> None:
    known = [armed(one) for one in plan([running()], [], "slack", T0).place]
    point = DUE - HOUR
    now = point + timedelta(seconds=3)
    dealt = running(watched=now)
    assert [one.key for one in plan([dealt], known, "slack", now).remove] == [known[0].key]
    unheard = replace(dealt, unheard=point + timedelta(seconds=1))
    assert plan([unheard], known, "slack", now).remove == ()
    older = replace(dealt, unheard=point - MINUTE)
    assert len(plan([older], known, "slack", now).remove) == 1, "an alert of before says nothing of this point"


def test_a_service_that_stands_still_takes_nothing_back() -> None:
    known = [armed(one) for one in plan([running()], [], "slack", T0).place]
    for now in (DUE - 57 * MINUTE, DUE - 6 * MINUTE, DUE + 5 * MINUTE):
        assert plan([running(watched=T0)], known, "slack", now).remove == ()


def test_nothing_is_taken_back_in_the_last_minute_nor_placed_at_the_last_moment() -> None:
    first = plan([running()], [], "slack", T0).place[0]
    for left in (LAST_CALL, timedelta(0)):
        assert plan([], [armed(first)], "slack", first.post_at - left).remove == ()
    late = plan([running()], [], "slack", first.post_at - SOONEST).place
    assert first.key not in {one.key for one in late}


def test_what_another_process_is_at_is_left_to_it() -> None:
    placed = plan([running()], [], "slack", T0).place
    for state in (ArmedState.PLACING, ArmedState.REMOVING):
        known = [armed(one, state) for one in placed]
        assert plan([running()], known, "slack", T0).place == ()
        assert plan([], known, "slack", T0).remove == ()


def test_what_was_refused_rests_and_is_tried_again() -> None:
    one = plan([running()], [], "slack", T0).place[0]
    refused = replace(armed(one, ArmedState.REFUSED), free_at=T0 + 5 * MINUTE)
    assert one not in plan([running()], [refused], "slack", T0 + MINUTE).place
    assert one in plan([running()], [refused], "slack", T0 + 5 * MINUTE).place


def test_of_too_many_at_one_time_the_ends_of_deadlines_go_first_and_the_rest_is_named() -> None:
    many = [running(number) for number in range(40)]
    found = plan(many, [], "slack", T0)
    ends = [one for one in found.place if one.point == END]
    assert len(ends) == 30
    assert len(found.no_room) == 4 * 10
    assert {one.key for one in found.place}.isdisjoint(one.key for one in found.no_room)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 1200), max_size=60), st.integers(0, 200))
def test_no_five_minutes_ever_hold_more_than_the_provider_takes(dues: list[int], taken: int) -> None:
    many = [running(n, due=DUE + due * timedelta(seconds=10)) for n, due in enumerate(dues)]
    first = plan(many[:taken], [], "slack", T0).place
    known = [armed(one, number=n) for n, one in enumerate(first)]
    times = sorted([one.post_at for one in first] + [one.post_at for one in plan(many, known, "slack", T0).place])
    assert all(sum(begin <= at < begin + 5 * MINUTE for at in times) <= 30 for begin in times)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 360), min_size=1, max_size=12),
    st.sets(st.integers(0, 360), max_size=3),
    st.integers(0, 360),
)
def test_any_split_of_looks_leaves_the_same_standing(looks: list[int], dead: set[int], end: int) -> None:
    """However often it was looked at before, after a look exactly the needed ones stand."""

    def after(moments: list[int]) -> set[str]:
        known: dict[str, Armed] = {}
        for minute in sorted(moments):
            now = T0 + minute * MINUTE
            seen = running(watched=T0 if minute in dead else now, state=state_at(now))
            step = plan([seen], list(known.values()), "slack", now)
            for gone in (*step.remove, *step.posted):
                known.pop(gone.key)
            known |= {one.key: armed(one) for one in step.place}
        return {key for key, one in known.items() if one.post_at > T0 + end * MINUTE + LAST_CALL}

    def state_at(now: datetime) -> DeadlineState:
        return DeadlineState.OPEN if now < DUE else DeadlineState.MISSED

    if end not in dead:
        assert after([*[m for m in looks if m <= end], end]) == after([end])


def test_an_attempt_without_an_end_is_known_by_its_code() -> None:
    one = plan([running()], [], "slack", T0).place[0]
    unsure = armed(one, ArmedState.PLACING)
    assert settled(unsure, "Q7", T0) is ArmedState.ARMED
    assert settled(unsure, None, T0) is ArmedState.REMOVED
    assert settled(unsure, None, one.post_at + MINUTE) is ArmedState.POSTED
    assert one.code == code_of(one.key)


def test_a_short_deadline_is_not_armed_for_points_before_it_opened() -> None:
    late = replace(running().deadline, opened_at=DUE - 20 * MINUTE)
    assert [name for name, _ in last_points(late, FIVE_HOURS)] == ["before:10m", END]
    assert [one.point for one in needed_of(Running(late, FIVE_HOURS), "slack")] == ["before:10m", END]


def test_nothing_is_armed_of_a_deadline_that_rests() -> None:
    assert plan([running(paused_since=T0)], [], "slack", T0).place == ()
    placed = plan([running()], [], "slack", T0).place
    known = [armed(one, number=n) for n, one in enumerate(placed)]
    assert len(plan([running(paused_since=T0)], known, "slack", T0).remove) == len(known)
