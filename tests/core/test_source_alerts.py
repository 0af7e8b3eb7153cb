"""When people are told that the sources see nothing: once, again each day, and when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.source_alerts import Blindness, Point, Told, alert_of, blindness, point_of
from monitor.core.source_health import SourceFacts
from tests.core.briefing_examples import NOW, H, M, source


def failing(name: str, since: timedelta, *, arrivals: int = 0, longest_pause: timedelta = M) -> SourceFacts:
    return source(
        name,
        outcome="failed",
        reason="dns",
        failure_score=1.0,
        failing_since=NOW - since,
        arrivals=arrivals,
        longest_pause=longest_pause,
    )


def told(point: Point, ago: timedelta, *ids: str) -> Told:
    return Told(7, point, NOW - ago, frozenset(ids))


def test_most_of_the_sources_failing_is_told_whatever_they_are() -> None:
    sources = [failing("a", M), failing("b", M), source("c"), source("d")]
    assert blindness(sources, (), NOW) == Blindness(("a", "b"), most=True, all=4)
    assert blindness(sources[1:], (), NOW) == Blindness((), most=False, all=3)
    assert blindness([], (), NOW) == Blindness((), most=False, all=0)


@pytest.mark.parametrize(
    ("one", "blind"),
    [
        (source("one", last_new_at=NOW - 73 * H, arrivals=0), True),
        (source("one", last_new_at=NOW - 23 * H), False),
        (failing("one", 23 * H), False),
        (failing("one", 25 * H), True),
        (failing("one", 4 * H, arrivals=9), True),
        (failing("one", 2 * H, arrivals=9), False),
        (failing("one", 11 * H, arrivals=9, longest_pause=8 * H), False),
    ],
    ids=["silent", "quiet", "unknown, a day", "unknown, longer", "busy, 4 h", "busy, 2 h", "rests 8 h at night"],
)
def test_one_that_counts_is_told_of_once_it_rests_longer_than_it_ever_does(one: SourceFacts, blind: bool) -> None:
    sources = [one, source("b"), source("c"), source("d")]
    assert blindness(sources, {"one"}, NOW).source_ids == (("one",) if blind else ())
    assert blindness(sources, {"b"}, NOW).source_ids == ()


ONE, TWO, NONE = (Blindness(ids, most=False, all=9) for ids in (("a",), ("a", "b"), ()))
MOST = Blindness(tuple("abcdef"), most=True, all=9)


@pytest.mark.parametrize(
    ("found", "last", "point"),
    [
        (NONE, None, None),
        (ONE, None, Point.BLIND),
        (MOST, None, Point.MOST),
        (ONE, told(Point.BLIND, 23 * H, "a"), None),
        (ONE, told(Point.BLIND, 24 * H, "a"), Point.BLIND),
        (TWO, told(Point.BLIND, 59 * M, "a"), None),
        (TWO, told(Point.BLIND, 60 * M, "a"), Point.BLIND),
        (ONE, told(Point.BLIND, 2 * H, "a", "b"), None),
        (MOST, told(Point.BLIND, M, "a"), Point.MOST),
        (MOST, told(Point.MOST, 23 * H, "x"), None),
        (MOST, told(Point.MOST, 24 * H, "a"), Point.MOST),
        (NONE, told(Point.MOST, M, "a"), Point.OVER),
        (NONE, told(Point.OVER, M), None),
        (MOST, told(Point.OVER, 59 * M), None),
        (MOST, told(Point.OVER, 60 * M), Point.MOST),
    ],
)
def test_nobody_is_told_again_before_something_changes_or_a_day_has_passed(
    found: Blindness, last: Told | None, point: Point | None
) -> None:
    assert point_of(found, last, NOW) is point


def test_an_alert_names_all_and_follows_the_last_so_that_only_one_process_makes_it() -> None:
    draft = alert_of(TWO, told(Point.BLIND, 25 * H, "a"), ["甲", "乙"], NOW)
    assert draft is not None
    assert (draft.key, draft.matter_id, draft.page) == ("sources:blind:7", None, False)
    assert draft.detail == {"ids": "a b", "failing": "2", "all": "9", "names": "甲, 乙"}
    assert alert_of(NONE, None, [], NOW) is None
