"""How long servers and feeds say that an answer stays, and how a lie of "not modified" is found out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.fetched import UNCONDITIONAL_AFTER, Fetched, Outcome, Validators
from monitor.core.freshness import LONGEST, feed_ttl, max_age
from monitor.core.planner import JITTER, PlanReason, plan

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
S, M = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "age", "fresh"),
    [
        ("max-age=600", "", 600 * S),
        ("public, Max-Age = 600, must-revalidate", "100", 500 * S),
        ("max-age=600", "700", 0 * S),
        ('max-age="60"', "x", 60 * S),
        ("no-cache, max-age=600", "", 0 * S),
        ("s-maxage=600", "", 0 * S),
        ("max-age=", "", 0 * S),
        ("max-age=999999999", "", LONGEST),
        ("max-age=60, max-age=999999", "", 60 * S),
        ("max-age=60, max-age=", "", 0 * S),
        ("max-age=-1", "", 0 * S),
        ("max-age=1e30", "", 1 * S),
        ("max-age=600", "100, 3", 500 * S),
        ("max-age=600", "-3", 600 * S),
    ],
)
def test_what_is_left_of_max_age_counts(said: str, age: str, fresh: timedelta) -> None:
    assert max_age(said, age) == fresh


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ({"ttl": "60"}, 60 * M),
        ({"ttl": "-1"}, 0 * M),
        ({"period": "hourly"}, 60 * M),
        ({"period": " Daily ", "frequency": "24"}, 60 * M),
        ({"period": "daily", "frequency": "0"}, 24 * 60 * M),
        ({"ttl": "90", "period": "hourly"}, 90 * M),
        ({"period": "yearly"}, LONGEST),
        ({"period": "often"}, 0 * M),
    ],
)
def test_a_feed_says_in_two_ways_how_long_it_stays(said: dict[str, str], stays: timedelta) -> None:
    assert feed_ttl(**said) == stays


@given(st.text(max_size=60), st.text(max_size=12))
@example("1\x1c", "2\x1c")
def test_no_header_breaks_it(said: str, age: str) -> None:
    assert 0 * S <= max_age(said, age) <= LONGEST
    assert 0 * S <= feed_ttl(ttl=said, period=age, frequency=age) <= LONGEST


@given(st.integers(1, 1440), st.integers(0, 10**6), st.floats(0, 0.99))
def test_what_stays_is_waited_for_but_never_longer_than_twice_the_interval(
    minutes: int, seconds: int, fraction: float
) -> None:
    interval = minutes * M
    good = Fetched(outcome=Outcome.UNCHANGED, floor=seconds * S)
    planned = plan(good, interval=interval, score=0, now=NOW, fraction=fraction)
    wait = planned.next_at - NOW
    assert interval * (1 - JITTER) - S <= wait <= max(interval * 2, interval * (1 + JITTER)) + S
    assert wait >= min(seconds * S, interval * 2)
    assert planned.reason in (PlanReason.FLOOR, PlanReason.INTERVAL)


def asked_in_full(known: Validators, body: str, etag: str = "", date: str = "") -> Validators:
    """Return what is known after a row of 304 and the answer to the question in full that follows."""
    for _ in range(UNCONDITIONAL_AFTER):
        assert known.ask
        known = known.after_304()
    assert not known.ask
    return known.after_body(etag=etag, last_modified=date, body_hash=body)


def test_a_date_that_stays_while_the_body_changes_is_a_lie() -> None:
    known = Validators(last_modified="d", body_hash="1")
    assert not asked_in_full(known, "1", date="d").distrusted
    assert asked_in_full(known, "2", date="d").distrusted


def test_a_server_that_says_304_whatever_it_holds_is_found_out_the_second_time() -> None:
    once = asked_in_full(Validators(etag='"1"', body_hash="1"), "2", etag='"2"')
    assert not once.distrusted, "the page may just have changed"
    assert asked_in_full(once, "3", etag='"3"').distrusted
    cleared = once.after_304().after_body(etag='"3"', last_modified="", body_hash="3")
    assert not asked_in_full(cleared, "4", etag='"4"').distrusted, "it did tell a change meanwhile"
