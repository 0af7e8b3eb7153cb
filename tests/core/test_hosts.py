"""A host fails where several of its sources do with no answer between them; then one asks for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.fetched import Fetched, Outcome
from monitor.core.hosts import LIMITED, LONGEST_HELD, NOT_ASKED, OF_A_HOST, Asked, HostState, queue
from monitor.core.hosts import after as after_of
from monitor.core.planner import LONGEST_UNREACHED, Waiting
from monitor.core.sources import FailureKind

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
M, H = timedelta(minutes=1), timedelta(hours=1)
WELL = HostState(host="h")
GOOD = Fetched(outcome=Outcome.UNCHANGED)


def after(state: HostState, source_id: str, fetched: Fetched, now: datetime, source_ids: str = "abc") -> HostState:
    return after_of(state, source_id, fetched, now, source_ids)


def failed(kind: FailureKind, retry_after: timedelta | None = None) -> Fetched:
    return Fetched(outcome=Outcome.FAILED, reason=kind, detail="x", retry_after=retry_after)


@pytest.mark.parametrize("kind", sorted(OF_A_HOST))
def test_one_failing_source_holds_nobody_back_and_a_second_all(kind: FailureKind) -> None:
    alone = WELL
    for _ in range(9):
        alone = after(alone, "a", failed(kind), NOW)
        assert alone.resume_at is None
        assert not alone.fails
    both = after(alone, "b", failed(kind), NOW + M)
    assert both.failing == {"a", "b"}
    assert (both.since, both.reason) == (NOW, kind.value)
    assert both.resume_at is not None
    assert both.resume_at > NOW + M
    assert both.fails


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - OF_A_HOST - NOT_ASKED))
def test_any_answer_of_its_own_shows_that_a_host_is_there(kind: FailureKind) -> None:
    held = after(after(WELL, "a", failed(FailureKind.DNS), NOW), "b", failed(FailureKind.DNS), NOW)
    assert after(held, "c", failed(kind), NOW) == WELL
    assert after(held, "c", GOOD, NOW) == WELL


@pytest.mark.parametrize("kind", sorted(NOT_ASKED))
def test_what_asked_nothing_of_the_host_says_nothing_of_it(kind: FailureKind) -> None:
    held = after(after(WELL, "a", failed(FailureKind.DNS), NOW), "b", failed(FailureKind.DNS), NOW)
    assert after(held, "c", failed(kind), NOW + H) == held


def test_it_is_left_alone_ever_longer_but_a_quarter_of_an_hour_where_it_was_not_reached_and_half_an_hour_else() -> None:
    for kind, longest in ((FailureKind.CONNECT, LONGEST_UNREACHED), (FailureKind.SERVER_ERROR, LONGEST_HELD)):
        state, waits = WELL, []
        for number in range(60):
            state = after(state, "ab"[number % 2], failed(kind), NOW)
            waits.append((state.resume_at or NOW) - NOW)
        assert waits == sorted(waits)
        assert waits[1] <= 4 * M
        assert waits[-1] == longest
    patient = after(state, "a", failed(FailureKind.SERVER_ERROR, 9 * H), NOW)
    assert patient.resume_at == NOW + LONGEST_HELD, "what one source is told binds the others no longer than that"


def test_people_hear_of_it_once_the_failures_weigh_as_much_as_a_lasting_one() -> None:
    state = after(after(WELL, "a", failed(FailureKind.TIMEOUT), NOW), "b", failed(FailureKind.TIMEOUT), NOW)
    assert state.resume_at is not None
    assert not state.fails
    for name in "ab":
        state = after(state, name, failed(FailureKind.TIMEOUT), NOW)
    assert state.fails


def test_a_host_that_wanted_to_be_asked_less_is_remembered_for_a_week() -> None:
    state = after(WELL, "a", failed(FailureKind.RATE_LIMITED), NOW)
    assert state.resume_at is None
    state = after(state, "a", GOOD, NOW + H)
    assert (state.score, state.is_limited(NOW + LIMITED - H), state.is_limited(NOW + LIMITED)) == (0, True, False)
    assert after(state, "a", GOOD, NOW + LIMITED) == WELL


def waiting(name: str, host: str) -> Waiting:
    return Waiting(name, host, NOW - M)


def test_the_sources_of_a_failing_host_wait_and_the_one_not_asked_for_longest_asks_for_them() -> None:
    held = replace(WELL, resume_at=NOW, failing=frozenset("ab"), score=1)
    due = [waiting("a", "h"), waiting("b", "h"), waiting("c", "h"), waiting("x", "other")]
    asked = {"a": Asked(NOW - M), "b": Asked(NOW - 9 * M), "c": Asked(NOW - 2 * M), "x": Asked()}
    found = queue(due, {"h": held}, asked, NOW)
    assert [one.source_id for one in found.ready] == ["x", "b"]
    assert found.asking == {"b"}
    assert [one.source_id for one, _ in found.held] == ["a", "c"]
    never = queue(due, {"h": held}, asked | {"c": Asked()}, NOW)
    assert never.asking == {"c"}
    early = queue(due, {"h": held}, asked, NOW - M)
    assert [one.source_id for one in early.ready] == ["x"]
    assert {until for _, until in early.held} == {NOW}


def test_one_that_was_well_asks_before_those_that_failed_however_long_they_wait() -> None:
    held = replace(WELL, resume_at=NOW, failing=frozenset("ab"), score=1)
    due = [waiting("a", "h"), waiting("b", "h"), waiting("c", "h")]
    asked = {"a": Asked(NOW - 9 * H, well=False), "b": Asked(NOW - 8 * H, well=False), "c": Asked(NOW - M)}
    assert queue(due, {"h": held}, asked, NOW).asking == {"c"}
    assert queue(due[:2], {"h": held}, asked, NOW).asking == {"a"}
    assert queue(due, {"h": held}, {**asked, "a": Asked()}, NOW).asking == {"a"}, "who was never asked may be well"


def test_a_host_is_held_once_half_of_its_sources_fail_and_then_as_if_it_had_two() -> None:
    letters = "abcdefghij"
    for kind in sorted(OF_A_HOST):
        state = WELL
        for number, name in enumerate(letters[:5], start=1):
            state = after(state, name, failed(kind), NOW, letters)
            assert (state.resume_at is not None) is (number == 5)
        two = after(after(WELL, "a", failed(kind), NOW, "ab"), "b", failed(kind), NOW, "ab")
        assert state.score == pytest.approx(two.score)
        assert state.resume_at == two.resume_at
    assert after(state, "a", failed(kind), NOW + H, letters).resume_at is not None
    assert after(state, "a", failed(kind), NOW + H, letters + "klmnop").resume_at is None, "it got more sources"
    gone = after(after(WELL, "x", failed(kind), NOW, "abx"), "a", failed(kind), NOW, "ab")
    assert gone.failing == {"a"}, "a source that is watched no more counts no more"
    assert gone.resume_at is None


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.sampled_from(FailureKind)), max_size=40),
    st.floats(0, 1e6),
)
def test_whatever_happens_it_is_asked_again_within_half_an_hour_and_one_answer_frees_it(
    fetches: list[tuple[str, FailureKind | None]], seconds: float
) -> None:
    state, now = WELL, NOW
    for name, kind in fetches:
        now += timedelta(seconds=seconds / 1000)
        state = after(state, name, GOOD if kind is None else failed(kind), now)
        assert state.resume_at is None or state.resume_at <= now + LONGEST_HELD
        assert (state.resume_at is not None) <= (len(state.failing) > 1)
    assert after(state, "a", GOOD, now).resume_at is None
