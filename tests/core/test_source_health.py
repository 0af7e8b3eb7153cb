"""When a source counts as unwell, and since when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.beijing import local
from monitor.core.briefing import briefing_of
from monitor.core.hosts import HostState
from monitor.core.rhythm import by_weekday
from monitor.core.source_health import SourceTrouble, Trouble, silent_since, trouble_of
from tests.core.briefing_examples import NOW, H, M, facts, source

DAYS = timedelta(days=1)


def test_a_source_that_is_fetched_and_brings_news_is_well() -> None:
    assert trouble_of(source(), NOW) is None


def test_one_passing_failure_is_no_trouble_but_several_in_a_row_are() -> None:
    failing: dict[str, Any] = {"outcome": "failed", "reason": "timeout", "detail": "20 s", "failing_since": NOW - H}
    assert trouble_of(source(failure_score=0.25, **failing), NOW) is None
    assert trouble_of(source(failure_score=1.0, **failing), NOW) == SourceTrouble(
        "news", Trouble.FAILING, NOW - H, "timeout", "20 s"
    )


def test_a_source_whose_turn_has_long_come_is_not_being_fetched() -> None:
    stuck = source(next_at=NOW - 61 * M, last_fetch_at=NOW - 66 * M, outcome="failed", failure_score=5)
    assert trouble_of(stuck, NOW) == SourceTrouble("news", Trouble.NOT_FETCHED, NOW - 66 * M)
    assert trouble_of(source(next_at=NOW - 59 * M), NOW) is None


def every(step: timedelta, last: datetime, days: int = 28, hours: range = range(24)) -> tuple[datetime, ...]:
    """Return moments up to `last`, so many apart, in those hours of Beijing's day."""
    moments = (last - n * step for n in range(days * DAYS // step))
    return tuple(reversed([at for at in moments if local(at).hour in hours or at == last]))


def on_working_days(moments: tuple[datetime, ...]) -> tuple[datetime, ...]:
    return tuple(at for at in moments if local(at).weekday() < 5)


# NOW is Thursday, 08:27 in Beijing.
MORNING, EVENING = NOW, NOW - 10 * H
OFFICE = range(8, 18)


@pytest.mark.parametrize(
    ("arrivals", "now", "silent"),
    [
        (every(10 * M, EVENING), EVENING + 3 * H, False),
        (every(10 * M, EVENING), EVENING + 4 * H, True),
        (every(20 * M, EVENING, hours=range(8, 23)), EVENING + 9 * H + 30 * M, False),
        (every(20 * M, EVENING, hours=range(8, 23)), EVENING + 13 * H, True),
        (on_working_days(every(H, NOW + 34 * H, hours=OFFICE)), NOW + 4 * DAYS, False),
        (on_working_days(every(H, NOW + 34 * H, hours=OFFICE)), NOW + 4 * DAYS + 6 * H, True),
        (every(7 * DAYS, NOW, days=84), NOW + 15 * DAYS, False),
        (every(7 * DAYS, NOW, days=84), NOW + 36 * DAYS, True),
        ((NOW - H, NOW), NOW + 71 * H, False),
        ((NOW - H, NOW), NOW + 73 * H, True),
        ((NOW - 20 * DAYS, NOW), NOW + 59 * DAYS, False),
        ((NOW - 20 * DAYS, NOW), NOW + 61 * DAYS, True),
    ],
    ids=[
        "busy, three hours", "busy, four hours", "a night", "a morning", "a weekend", "a Monday",
        "weekly, two weeks", "weekly, five weeks", "new, unknown", "new, three days", "rare", "rare, longer",
    ],
)  # fmt: skip
def test_silence_is_measured_by_the_rhythm_of_the_source(
    arrivals: tuple[datetime, ...], now: datetime, silent: bool
) -> None:
    quiet = source(next_at=now, last_new_at=arrivals[-1], arrivals=arrivals)
    assert silent_since(quiet, now) == (arrivals[-1] if silent else None)


def test_a_holiday_is_no_silence_where_the_calendar_knows_it() -> None:
    arrivals = on_working_days(every(H, NOW + 34 * H, hours=OFFICE))
    later = NOW + 4 * DAYS + 6 * H
    quiet = source(next_at=later, last_new_at=arrivals[-1], arrivals=arrivals)
    monday = local(later).date()
    assert silent_since(quiet, later) == arrivals[-1]
    assert silent_since(quiet, later, lambda day: by_weekday(day) and day != monday) is None


def test_an_answer_that_stands_still_although_it_always_moved_is_told_as_such() -> None:
    moves = every(10 * M, NOW - 30 * H)
    weekly = every(7 * DAYS, NOW - 30 * H, days=84)
    frozen = source(last_new_at=weekly[-1], arrivals=weekly, moves=moves, outcome="unchanged")
    assert trouble_of(frozen, NOW) == SourceTrouble("news", Trouble.FROZEN, moves[-1])
    still = source(last_new_at=weekly[-1], arrivals=weekly, moves=weekly, outcome="unchanged")
    assert trouble_of(still, NOW) is None
    assert trouble_of(replace(frozen, moves=every(10 * M, NOW - 20 * H)), NOW) is None, "not before a day has passed"


@pytest.mark.parametrize(
    ("first_fetch_at", "since"), [(NOW - 4 * DAYS, NOW - 4 * DAYS), (NOW - 2 * DAYS, None), (None, None)]
)
def test_a_source_that_never_brought_anything_is_silent_since_its_first_fetch(
    first_fetch_at: datetime | None, since: datetime | None
) -> None:
    assert silent_since(source(last_new_at=None, first_fetch_at=first_fetch_at), NOW) == since


def test_a_source_that_never_answered_is_not_called_silent() -> None:
    assert silent_since(source(last_good_at=None, last_new_at=None, first_fetch_at=NOW - 9 * DAYS), NOW) is None


@pytest.mark.parametrize(("days", "silent"), [(2, False), (4, True)])
def test_a_source_to_which_nothing_ever_was_brought_is_silent_since_it_is_known(days: int, silent: bool) -> None:
    since = NOW - days * DAYS
    never = source(next_at=NOW + 9 * DAYS, outcome="", last_good_at=None, last_new_at=None, known_since=since)
    assert silent_since(never, NOW) == (since if silent else None)
    assert silent_since(replace(never, outcome="failed"), NOW) is None, "what fails is told of as failing"


@pytest.mark.parametrize(("score", "trouble"), [(0.5, None), (1.0, Trouble.HOST)])
def test_a_source_waits_for_its_host_whatever_came_of_its_own_last_fetch(score: float, trouble: Trouble | None) -> None:
    down = HostState(host="h", score=score, since=NOW - H, resume_at=NOW + M, reason="dns", detail="x")
    found = trouble_of(source(host=down), NOW)
    assert (found and found.trouble) == trouble
    if found is not None:
        assert (found.since, found.reason, found.detail, found.host) == (NOW - H, "dns", "x", "h")


def test_failing_sources_come_before_silent_ones_and_the_longest_first() -> None:
    sources = (
        source("quiet", last_new_at=NOW - 9 * DAYS),
        source("broken", outcome="failed", failure_score=1, failing_since=NOW - H),
        source("well"),
        source("long broken", outcome="failed", failure_score=1, failing_since=NOW - 5 * H),
        source("stuck", next_at=NOW - 2 * H),
    )
    assert [trouble.source_id for trouble in briefing_of(facts(sources=sources)).troubles] == [
        "long broken",
        "broken",
        "stuck",
        "quiet",
    ]
