"""How fast a channel may be used: no bound is ever broken, pages keep their share, crowded moments are left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.channel_limits import load_limits
from monitor.core.duties.pacing import Crowd, Pace, opens_at, room

T0 = datetime(2026, 7, 9, 12, 7, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TWENTY = Pace(per_minute=20, reserve=5)
LIMITS = load_limits()


def test_without_bounds_everything_may_begin_at_once() -> None:
    assert opens_at(Pace(), [T0] * 1000, T0, page=False) == T0
    assert room(Pace(), [T0] * 1000, T0) is None


def test_a_notice_leaves_the_reserve_to_pages() -> None:
    fifteen = [T0] * 15
    assert opens_at(TWENTY, fifteen, T0 + SECOND, page=False) == T0 + MINUTE
    assert opens_at(TWENTY, fifteen, T0 + SECOND, page=True) == T0 + SECOND
    assert opens_at(TWENTY, [T0] * 20, T0 + SECOND, page=True) == T0 + MINUTE
    assert room(TWENTY, fifteen, T0 + SECOND) == 0
    assert room(TWENTY, fifteen, T0 + MINUTE) == 15


def test_what_a_clock_that_ran_ahead_began_stops_nobody() -> None:
    ahead = [T0 + timedelta(hours=2)] * 50
    assert opens_at(TWENTY, ahead, T0, page=False) == T0
    assert room(TWENTY, ahead, T0) == 15


@pytest.mark.parametrize("hour", [0, 12, 23])
@pytest.mark.parametrize("minute", [0, 30])
def test_crowded_moments_are_left_out(hour: int, minute: int) -> None:
    pace = Pace(crowd=Crowd((0, 30), 2 * SECOND, 5 * SECOND))
    sharp = datetime(2026, 7, 9, hour, minute, tzinfo=UTC)
    for second in (-2, -1, 0, 4):
        assert opens_at(pace, [], sharp + second * SECOND, page=True) == sharp + 5 * SECOND
    for second in (-3, 5, 60):
        assert opens_at(pace, [], sharp + second * SECOND, page=True) == sharp + second * SECOND


@settings(max_examples=60)
@given(
    kind=st.sampled_from(["slack", "wecom", "dingtalk", "feishu"]),
    asked=st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=120),
)
def test_no_bound_of_any_provider_is_broken_whatever_is_asked_when(kind: str, asked: list[tuple[int, bool]]) -> None:
    pace = LIMITS[kind].pace
    begun: list[datetime] = []
    for tenths, page in sorted(asked):
        now = T0 + tenths * SECOND / 10
        if opens_at(pace, begun[-2 * pace.most :], now, page=page) == now:
            begun.append(now)
    for first in begun:
        assert pace.per_minute is not None
        assert sum(first <= at < first + MINUTE for at in begun) <= pace.per_minute
        if pace.per_second is not None:
            span = timedelta(seconds=pace.burst / pace.per_second)
            assert sum(first <= at < first + span for at in begun) <= pace.burst


@settings(max_examples=60)
@given(st.lists(st.integers(0, 59), max_size=15), st.integers(0, 59))
def test_notices_alone_never_keep_a_page_waiting(seconds: list[int], at: int) -> None:
    begun: list[datetime] = []
    for second in sorted(seconds):
        moment = T0 + second * SECOND
        if opens_at(TWENTY, begun, moment, page=False) == moment:
            begun.append(moment)
    now = T0 + at * SECOND
    assert opens_at(TWENTY, [b for b in begun if b <= now], now, page=True) == now


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3600), max_size=60), st.integers(0, 3600), st.booleans())
def test_at_the_moment_that_is_named_it_may_begin(seconds: list[int], at: int, page: bool) -> None:
    pace = LIMITS["feishu"].pace
    begun, now = [T0 + second * SECOND for second in seconds], T0 + at * SECOND
    opens = opens_at(pace, begun, now, page=page)
    assert opens >= now
    assert opens_at(pace, [b for b in begun if b <= opens + MINUTE], opens, page=page) <= opens + MINUTE
