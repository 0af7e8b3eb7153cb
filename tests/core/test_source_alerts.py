"""When people are told that sources see nothing: of each once, and once when it is well again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.hosts import HostState
from monitor.core.source_alerts import Blindness, News, Point, Told, alert_of, blindness, news_of, titles
from monitor.core.source_health import SourceFacts
from tests.core.briefing_examples import NOW, H, M, source


def failing(name: str, since: timedelta, *, pause: timedelta | None = None) -> SourceFacts:
    """Return a source that has failed for so long; it used to bring something new at every `pause`."""
    arrivals = () if pause is None else tuple(NOW - since - n * pause for n in range(600, -1, -1))
    return source(
        name,
        outcome="failed",
        reason="dns",
        failure_score=1.0,
        failing_since=NOW - since,
        arrivals=arrivals,
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
        (source("one", last_new_at=NOW - 73 * H), True),
        (source("one", last_new_at=NOW - 23 * H), False),
        (failing("one", 23 * H), False),
        (failing("one", 25 * H), True),
        (failing("one", 4 * H, pause=20 * M), True),
        (failing("one", 2 * H, pause=20 * M), False),
        (failing("one", 7 * H, pause=8 * H), False),
        (failing("one", 13 * H, pause=8 * H), True),
    ],
    ids=["silent", "quiet", "unknown, a day", "unknown, longer", "busy, 4 h", "busy, 2 h", "rests 8 h", "longer"],
)
def test_one_is_told_of_once_it_rests_longer_than_it_ever_does(one: SourceFacts, blind: bool) -> None:
    sources = [one, source("b"), source("c"), source("d")]
    found = blindness(sources, {"one", "b"}, NOW)
    assert found.source_ids == (("one",) if blind else ())
    assert found.important == frozenset(found.source_ids)
    assert blindness(sources, {"b"}, NOW).important == frozenset()


def test_all_sources_of_a_failing_host_are_told_of_as_one_once_one_of_them_is_missed() -> None:
    def behind(name: str, hours: int, *, since: timedelta) -> SourceFacts:
        down = HostState(host="hub.example", score=2, since=NOW - since, resume_at=NOW + M, reason="dns")
        return replace(failing(name, hours * H), outcome="unchanged", failure_score=0.0, host=down)

    well = [source(name) for name in "wxyz"]
    early = blindness([behind("a", 1, since=H), behind("b", 1, since=H), *well], {"a"}, NOW)
    assert early.source_ids == ()
    late = [behind("a", 1, since=25 * H), replace(behind("b", 1, since=25 * H), arrivals=())]
    found = blindness([*late, failing("c", 25 * H), *well], {"a"}, NOW)
    assert (found.source_ids, found.important) == (("a", "b", "c"), frozenset("a"))
    names = {"a": "甲报", "b": "乙报", "c": "丙报"}
    assert titles(found.source_ids, names, found.hosts) == ["hub.example (2)", "丙报"]
    most = blindness([*late, *well[:2]], {"a"}, NOW)
    assert (most.most, titles(most.source_ids, names, most.hosts)) == (True, ["hub.example (2)"])


def blind(*ids: str, important: str = "") -> Blindness:
    return Blindness(ids, most=False, all=9, important=frozenset(important) & set(ids))


ONE, TWO, NONE = blind("a", important="a"), blind("a", "b", important="ab"), blind()
MINOR, PAIR = blind("x"), blind("a", "x", important="a")
MOST = Blindness(tuple("abcdef"), most=True, all=9)
# NOW is 08:27 in Beijing.
NIGHT = NOW - 5 * H


@pytest.mark.parametrize(
    ("found", "last", "news"),
    [
        (NONE, None, None),
        (ONE, None, News(Point.BLIND, ("a",), ("a",))),
        (MINOR, None, News(Point.BLIND, ("x",), ("x",))),
        (MOST, None, News(Point.MOST, MOST.source_ids, MOST.source_ids)),
        (ONE, told(Point.BLIND, 23 * H, "a"), None),
        (ONE, told(Point.BLIND, 24 * H, "a"), News(Point.BLIND, ("a",), ("a",))),
        (MINOR, told(Point.BLIND, 99 * H, "x"), None),
        (TWO, told(Point.BLIND, 59 * M, "a"), None),
        (TWO, told(Point.BLIND, 60 * M, "a"), News(Point.BLIND, ("b", "a"), ("a", "b"))),
        (PAIR, told(Point.BLIND, 60 * M, "a"), News(Point.BLIND, ("x", "a"), ("a", "x"))),
        (ONE, told(Point.BLIND, 59 * M, "a", "b"), None),
        (ONE, told(Point.BLIND, 2 * H, "a", "b"), News(Point.BACK, ("b",), ("a",))),
        (TWO, told(Point.BLIND, 2 * H, "a", "x"), News(Point.BLIND, ("b", "a"), ("a", "b", "x"))),
        (ONE, told(Point.BACK, 2 * H, "a"), None),
        (MOST, told(Point.BLIND, M, "a"), News(Point.MOST, MOST.source_ids, MOST.source_ids)),
        (MOST, told(Point.BACK, 59 * M, "a"), None),
        (MOST, told(Point.BACK, 60 * M, "a"), News(Point.MOST, MOST.source_ids, MOST.source_ids)),
        (MOST, told(Point.MOST, 23 * H, "x"), None),
        (MOST, told(Point.MOST, 24 * H, "a"), News(Point.MOST, MOST.source_ids, MOST.source_ids)),
        (NONE, told(Point.MOST, M, "a"), News(Point.OVER)),
        (NONE, told(Point.OVER, M), None),
        (MOST, told(Point.OVER, 59 * M), None),
        (MOST, told(Point.OVER, 60 * M), News(Point.MOST, MOST.source_ids, MOST.source_ids)),
    ],
)
def test_each_source_is_told_of_once_and_its_end_once(found: Blindness, last: Told | None, news: News | None) -> None:
    assert news_of(found, last, NOW) == news


def test_at_night_only_sources_that_count_are_told_of() -> None:
    before = Told(7, Point.BLIND, NIGHT - 3 * H, frozenset("ay"))
    assert news_of(MINOR, None, NIGHT) is None
    assert news_of(ONE, None, NIGHT) is not None
    assert news_of(MOST, None, NIGHT) is not None
    assert news_of(ONE, before, NIGHT) is None, "that another is well again can wait"
    assert news_of(ONE, before, NOW) == News(Point.BACK, ("y",), ("a",))


IDS = st.frozensets(st.sampled_from("abwxyz"))


@given(st.lists(IDS, max_size=40))
def test_whatever_comes_and_goes_each_is_told_once_an_episode(course: list[frozenset[str]]) -> None:
    """Step through half days at noon and midnight; what is known at the end is what is unwell, and nothing twice."""
    last: Told | None = None
    known: set[str] = set()
    quiet = frozenset[str]()
    steps = [*course, *[course[-1] if course else quiet] * 4]
    for number, unwell in enumerate(steps):
        now = NOW + 4 * H + number * 12 * H
        found = Blindness(tuple(sorted(unwell)), most=False, all=99)
        news = news_of(found, last, now)
        if news is None:
            continue
        if news.point is Point.BLIND:
            assert set(news.named) - known, "somebody is new"
            known |= set(news.named)
        elif news.point is Point.BACK:
            assert set(news.named) <= known - unwell
            known -= set(news.named)
        else:
            assert news.point is Point.OVER
            assert known
            known = set()
        assert set(news.known) == known
        last = Told(number, news.point, now, frozenset(news.known))
    assert known == steps[-1]


def test_an_alert_names_all_and_follows_the_last_so_that_only_one_process_makes_it() -> None:
    draft = alert_of(News(Point.BLIND, ("b", "a"), ("a", "b")), told(Point.BLIND, 25 * H, "a"), 9, ["乙", "甲"], NOW)
    assert (draft.key, draft.matter_id, draft.page) == ("sources:blind:7", None, False)
    assert draft.detail == {"ids": "a b", "failing": "2", "all": "9", "names": "乙, 甲"}
    assert alert_of(News(Point.MOST, ("a",), ("a",)), None, 9, ["甲"], NOW).page
