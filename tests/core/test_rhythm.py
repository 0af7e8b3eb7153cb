"""What is usual for a source, learned from when it brought something new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.rhythm import rhythm_of

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
M, H = timedelta(minutes=1), timedelta(hours=1)
MINUTES = st.integers(0, 40 * 24 * 60)
HISTORIES = st.lists(MINUTES, min_size=3, max_size=60, unique=True).map(
    lambda found: tuple(MONDAY + n * M for n in sorted({0, *found, 8 * 24 * 60}))
)


def test_two_moments_teach_nothing() -> None:
    assert rhythm_of([MONDAY, MONDAY + 200 * H]) is None


def test_less_than_a_week_teaches_nothing_because_no_weekend_was_seen() -> None:
    week = [MONDAY + n * H for n in range(24 * 7 + 1)]
    assert rhythm_of(week[:-1]) is None
    assert rhythm_of(week) is not None


def test_a_source_of_every_hour_has_pauses_of_one_busy_hour() -> None:
    known = rhythm_of([MONDAY + n * H for n in range(24 * 28)])
    assert known is not None
    assert known.usual == pytest.approx(1)
    assert known.spread == pytest.approx(0)
    assert known.pause(MONDAY, MONDAY + 30 * M) == pytest.approx(0.5)


def test_one_outage_in_a_long_history_does_not_make_the_source_look_slow() -> None:
    moments = [MONDAY + n * H for n in range(24 * 28) if not 300 <= n < 372]
    known = rhythm_of(moments)
    assert known is not None
    assert known.longest < 2


def test_the_long_nights_of_a_busy_source_are_its_own_and_not_outages() -> None:
    known = rhythm_of([MONDAY + n * 10 * M for n in range(6 * 24 * 28) if n // 6 % 24 < 14])
    assert known is not None
    night = MONDAY + 14 * H
    assert known.pause(night, night + 10 * H) <= known.limit


@settings(max_examples=60)
@given(HISTORIES, MINUTES, st.integers(0, 5000), st.integers(0, 5000))
def test_pauses_add_up_and_never_exceed_the_hours_of_the_clock(
    moments: tuple[datetime, ...], at: int, first: int, second: int
) -> None:
    known = rhythm_of(moments)
    assert known is not None
    begin = MONDAY + at * M
    middle, end = begin + first * M, begin + (first + second) * M
    whole = known.pause(begin, end)
    assert known.pause(begin, middle) + known.pause(middle, end) == pytest.approx(whole, abs=1e-6)
    assert 0 <= whole <= (end - begin) / H + 1e-6
    assert known.pause(end, begin) == 0.0 or begin == end


@settings(max_examples=60)
@given(HISTORIES, st.integers(1, 20))
def test_a_history_some_weeks_earlier_is_the_same_rhythm(moments: tuple[datetime, ...], weeks: int) -> None:
    here, there = rhythm_of(moments), rhythm_of([at + timedelta(weeks=weeks) for at in moments])
    assert here is not None
    assert there is not None
    assert (there.usual, there.spread, there.longest) == pytest.approx((here.usual, here.spread, here.longest))
    assert 0 <= here.usual <= here.longest + 1e-9
    assert here.limit >= here.longest


@settings(max_examples=40)
@given(HISTORIES)
def test_no_source_is_silent_at_its_own_pace(moments: tuple[datetime, ...]) -> None:
    """A pause like any that it had, outages aside, is no silence."""
    known = rhythm_of(moments)
    assert known is not None
    pauses = sorted(known.pause(a, b) for a, b in pairwise(moments))
    assert all(pause <= known.limit + 1e-6 for pause in pauses[: len(pauses) - len(pauses) // 50])
