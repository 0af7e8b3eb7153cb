"""When a source counts as unwell, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core.briefing import briefing_of
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


@pytest.mark.parametrize(
    ("silent_for", "arrivals", "longest_pause", "silent"),
    [
        (23 * H, 50, H, False),
        (25 * H, 50, H, True),
        (80 * H, 50, 64 * H, False),
        (97 * H, 50, 64 * H, True),
        (71 * H, 2, H, False),
        (73 * H, 2, H, True),
    ],
    ids=["a quiet night", "a busy source", "a weekend", "longer than a weekend", "new and unknown", "new, three days"],
)
def test_silence_is_measured_by_the_rhythm_of_the_source(
    silent_for: timedelta, arrivals: int, longest_pause: timedelta, silent: bool
) -> None:
    quiet = source(last_new_at=NOW - silent_for, arrivals=arrivals, longest_pause=longest_pause)
    assert silent_since(quiet, NOW) == (NOW - silent_for if silent else None)


@pytest.mark.parametrize(
    ("first_fetch_at", "since"), [(NOW - 4 * DAYS, NOW - 4 * DAYS), (NOW - 2 * DAYS, None), (None, None)]
)
def test_a_source_that_never_brought_anything_is_silent_since_its_first_fetch(
    first_fetch_at: datetime | None, since: datetime | None
) -> None:
    assert silent_since(source(last_new_at=None, first_fetch_at=first_fetch_at), NOW) == since


def test_a_source_that_never_answered_is_not_called_silent() -> None:
    assert silent_since(source(last_good_at=None, last_new_at=None, first_fetch_at=NOW - 9 * DAYS), NOW) is None


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
