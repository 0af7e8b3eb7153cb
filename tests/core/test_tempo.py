"""A source is asked sooner while it brings something and later while it does not, within bounds that nothing passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import Trust
from monitor.core.planner import JITTER, LONGEST, plan
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.core.tempo import LATEST, LONGEST_STRETCH, SOONEST, USUAL, Held, bounds, holds, tempo_after
from tests.bench_pace import FIXED, as_many, run

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
M, H = timedelta(minutes=1), timedelta(hours=1)
NEW, SAME = Fetched(outcome=Outcome.ITEMS), Fetched(outcome=Outcome.UNCHANGED)
DOWN = Fetched(outcome=Outcome.FAILED, reason=FailureKind.TIMEOUT)


def source(**changes: object) -> Source:
    return Source(id="s", name="s", kind=SourceKind.FEED, url="https://s.example/", **changes)  # type: ignore[arg-type]


def test_news_halve_the_wait_at_once_and_hours_without_any_double_it() -> None:
    within, tempo, passed = bounds(10 * M, ()), USUAL, timedelta(0)
    assert tempo_after(tempo, NEW, new=3, first=False, within=within) == SOONEST
    tempo = SOONEST
    while tempo < LATEST:
        tempo = tempo_after(tempo, SAME, new=0, first=False, within=within)
        passed += 10 * M * tempo
    assert 8 * H < passed < 18 * H


def test_a_failure_and_the_first_look_teach_nothing() -> None:
    within = bounds(10 * M, ())
    assert tempo_after(1.3, DOWN, new=0, first=False, within=within) == 1.3
    assert tempo_after(1.3, NEW, new=40, first=True, within=within) == 1.3


@pytest.mark.parametrize(
    ("interval", "held", "low", "high"),
    [
        (10 * M, (), 0.5, 2.0),
        (20 * M, (), 0.5, 1.5),
        (30 * M, (), 0.5, 1.0),
        (24 * H, (), 0.5, 1.0),
        (1 * M, (), 1.0, 2.0),
        (1.5 * M, (), 2 / 3, 2.0),
        (10 * M, (Held.WEIGHTY,), 0.5, 1.0),
        (10 * M, (Held.CLOCK,), 0.5, 1.0),
        (10 * M, (Held.LIMITED,), 1.0, 2.0),
        (10 * M, (Held.LIMITED, Held.CLOCK), 1.0, 1.0),
        (10 * M, (Held.STEADY,), 1.0, 1.0),
    ],
)
def test_the_bounds(interval: timedelta, held: tuple[Held, ...], low: float, high: float) -> None:
    found = bounds(interval, held)
    assert (round(found.low, 6), found.high) == (round(low, 6), high)


def test_what_holds_a_source_to_its_interval() -> None:
    usual = source(trust=Trust.LOCAL_MEDIA)
    assert holds(usual, clock_runs=False, limited=False) == set()
    assert holds(usual, clock_runs=True, limited=True) == {Held.CLOCK, Held.LIMITED}
    for weighty in (source(trust=Trust.OFFICIAL), source(trust=Trust.CENTRAL_MEDIA), source(own=True)):
        assert holds(weighty, clock_runs=False, limited=False) == {Held.WEIGHTY}
    assert holds(source(steady=True), clock_runs=False, limited=False) == {Held.STEADY}


@given(
    minutes=st.integers(1, 1440),
    held=st.sets(st.sampled_from(Held)),
    tempo=st.floats(SOONEST, LATEST),
    brought=st.lists(st.sampled_from([0, 0, 0, 1, 9]), max_size=30),
    fraction=st.floats(0, 0.99),
)
@example(minutes=1340, held={Held.STEADY}, tempo=1.0, brought=[0], fraction=0.875)
def test_no_history_leads_beyond_the_bounds(
    minutes: int, held: set[Held], tempo: float, brought: list[int], fraction: float
) -> None:
    interval = minutes * M
    within = bounds(interval, held)
    for new in brought:
        tempo = tempo_after(tempo, NEW if new else SAME, new=new, first=False, within=within)
        wait = plan(SAME, interval=interval, score=0, now=NOW, fraction=fraction, tempo=tempo).next_at - NOW
        usual = wait / (1 - JITTER + 2 * JITTER * fraction)
        slack = timedelta(microseconds=9)
        assert max(M, interval / 2) - slack <= usual <= max(interval, min(2 * interval, LONGEST_STRETCH)) + slack
        if held & {Held.STEADY, Held.WEIGHTY, Held.CLOCK}:
            assert usual <= interval + slack
        if held & {Held.STEADY, Held.LIMITED} and wait < LONGEST:
            assert usual >= interval - slack


def test_at_as_many_requests_news_in_bursts_are_met_sooner_than_at_a_fixed_interval() -> None:
    chance = Random(7)
    bursts = [NOW + day * 48 * H + chance.uniform(0, 180) * M for day in range(9) for _ in range(8)]
    found = run([sorted(bursts)], 10 * M, bounds(10 * M, ()))
    fixed = run([sorted(bursts)], as_many([sorted(bursts)], found.requests), FIXED)
    assert abs(fixed.requests - found.requests) < found.requests / 50
    assert found.at(0.5) < 0.75 * fixed.at(0.5)
    assert found.at(1.0) <= 20 * (1 + JITTER)
