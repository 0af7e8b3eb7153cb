"""When a source is fetched next, and whose turn it is: decided from values, with the moment passed in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import NaiveTime
from monitor.core.fetched import Fetched, Outcome
from monitor.core.planner import JITTER, LONGEST, PER_HOST, SHORTEST, HostUse, PlanReason, Waiting, plan, turns
from monitor.core.sources import WEIGHTS, FailureKind

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)
GOOD = Fetched(outcome=Outcome.ITEMS)


def failed(kind: FailureKind, retry_after: timedelta | None = None) -> Fetched:
    return Fetched(outcome=Outcome.FAILED, reason=kind, retry_after=retry_after)


def test_a_success_comes_back_after_the_interval_spread_by_a_tenth() -> None:
    for outcome in (Outcome.ITEMS, Outcome.UNCHANGED):
        planned = plan(Fetched(outcome=outcome), interval=TEN, score=3.5, now=NOW, fraction=0.5)
        assert (planned.next_at, planned.score, planned.reason) == (NOW + TEN, 0.0, PlanReason.INTERVAL)
    assert plan(GOOD, interval=TEN, score=0, now=NOW, fraction=0.0).next_at == NOW + TEN * (1 - JITTER)


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        (FailureKind.GONE, [20, 30, 40]),
        (FailureKind.FORBIDDEN, [15, 20, 25]),
        (FailureKind.SERVER_ERROR, [12.5, 15, 17.5]),
        (FailureKind.TIMEOUT, [12.5, 15, 15]),
        (FailureKind.DNS, [15, 15, 15]),
    ],
)
def test_failures_in_a_row_stretch_the_interval_by_their_weight(kind: FailureKind, waits: list[float]) -> None:
    score = 0.0
    for minutes in waits:
        planned = plan(failed(kind), interval=TEN, score=score, now=NOW, fraction=0.5)
        assert planned.next_at - NOW == timedelta(minutes=minutes)
        assert planned.reason is PlanReason.BACK_OFF
        score = planned.score
    assert plan(GOOD, interval=TEN, score=score, now=NOW, fraction=0.5).score == 0


@pytest.mark.parametrize(("minutes", "waits"), [(1, 2), (5, 10), (10, 15), (15, 15), (60, 60)])
def test_after_a_long_outage_no_source_waits_much_longer_than_usual(minutes: int, waits: int) -> None:
    interval = timedelta(minutes=minutes)
    for kind in (FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT):
        planned = plan(failed(kind), interval=interval, score=99, now=NOW, fraction=0.5)
        assert planned.next_at - NOW == timedelta(minutes=waits)
    far = plan(failed(FailureKind.FORBIDDEN), interval=interval, score=99, now=NOW, fraction=0.5)
    assert far.next_at - NOW == min(LONGEST, interval * 100.5), "a server that refuses us is left alone"


def test_the_server_s_word_counts_when_it_asks_for_longer() -> None:
    asked = plan(failed(FailureKind.RATE_LIMITED, timedelta(hours=1)), interval=TEN, score=0, now=NOW, fraction=0.5)
    assert (asked.next_at, asked.reason) == (NOW + timedelta(hours=1), PlanReason.RETRY_AFTER)
    soon = plan(failed(FailureKind.RATE_LIMITED, timedelta(seconds=1)), interval=TEN, score=0, now=NOW, fraction=0.5)
    assert soon.reason is PlanReason.BACK_OFF
    never = plan(failed(FailureKind.RATE_LIMITED, timedelta(days=900)), interval=TEN, score=0, now=NOW, fraction=0.5)
    assert never.next_at == NOW + LONGEST


@given(
    kind=st.sampled_from(FailureKind),
    minutes=st.integers(1, 1440),
    score=st.floats(0, 1e6),
    fraction=st.floats(0, 1, exclude_max=True),
    retry=st.none() | st.timedeltas(timedelta(0), timedelta(days=1000)),
)
def test_the_next_fetch_always_lies_ahead_and_within_a_day(
    kind: FailureKind, minutes: int, score: float, fraction: float, retry: timedelta | None
) -> None:
    planned = plan(failed(kind, retry), interval=timedelta(minutes=minutes), score=score, now=NOW, fraction=fraction)
    assert SHORTEST * (1 - JITTER) <= planned.next_at - NOW <= LONGEST
    assert planned.score == score + WEIGHTS[kind]


def test_now_must_name_a_moment() -> None:
    with pytest.raises(NaiveTime):
        plan(GOOD, interval=TEN, score=0, now=datetime(2026, 7, 9), fraction=0)


def waiting(number: int, host: str) -> Waiting:
    return Waiting(f"s{number:02}", host, NOW - timedelta(minutes=number))


def test_the_longest_due_goes_first_and_a_host_is_not_crowded() -> None:
    due = [waiting(1, "a"), waiting(5, "a"), waiting(3, "b"), waiting(4, "c")]
    chosen = turns(due, hosts={"c": HostUse(running=PER_HOST)}, now=NOW, slots=9)
    assert [w.source_id for w in chosen.start] == ["s05", "s03"]
    assert [w.source_id for w, _ in chosen.later] == ["s04", "s01"]
    assert all(at > NOW for _, at in chosen.later)


def test_a_host_rests_between_two_fetches() -> None:
    hosts = {"a": HostUse(0, NOW - timedelta(seconds=1))}
    rested = turns([waiting(1, "a")], hosts=hosts, now=NOW, slots=1)
    assert (rested.start, rested.later[0][1]) == ((), NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=1)
    assert [w.source_id for w in turns([waiting(1, "a")], hosts=hosts, now=later, slots=1).start] == ["s01"]


@given(
    due=st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abcd")), max_size=30, unique=True),
    running=st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)),
    slots=st.integers(0, 10),
)
def test_everybody_starts_or_waits_and_no_limit_is_passed(
    due: list[tuple[int, str]], running: dict[str, int], slots: int
) -> None:
    queue = [Waiting(f"{host}{number}", host, NOW - timedelta(minutes=number)) for number, host in due]
    hosts = {host: HostUse(count) for host, count in running.items()}
    chosen = turns(queue, hosts=hosts, now=NOW, slots=slots)
    dealt_with = [*chosen.start, *(w for w, _ in chosen.later)]
    left = [w for w in queue if w not in dealt_with]
    assert sorted([*dealt_with, *left], key=str) == sorted(queue, key=str)
    assert len(chosen.start) == slots if left else len(chosen.start) <= slots
    started = [w.host for w in chosen.start]
    assert all(running.get(w.host, 0) < PER_HOST and w.host not in started for w in left)
    assert all(started.count(host) <= 1 and running.get(host, 0) < PER_HOST for host in started)


def test_a_source_that_robots_txt_refuses_is_looked_at_within_the_hour_so_that_a_permission_soon_holds() -> None:
    for interval, wait in ((TEN, timedelta(hours=1)), (timedelta(hours=2), timedelta(hours=2))):
        planned = plan(failed(FailureKind.ROBOTS), interval=interval, score=99, now=NOW, fraction=0.5)
        assert planned.next_at - NOW == wait


def test_a_host_that_asks_for_a_longer_pause_gets_it() -> None:
    waiting = [Waiting("a", "slow", NOW)]
    use = {"slow": HostUse(last_started_at=NOW - timedelta(seconds=19), delay=timedelta(seconds=20))}
    assert turns(waiting, hosts=use, now=NOW, slots=9).start == ()
    assert turns(waiting, hosts=use, now=NOW + timedelta(seconds=1), slots=9).start == tuple(waiting)
