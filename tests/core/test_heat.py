"""What is kept of an item on a list, and what an incident's titles and places on lists sum up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents.heat import (
    MOST_SIGHTINGS,
    MOST_STRETCHES,
    Mention,
    Sighting,
    Standing,
    Talk,
    heat_of,
    says_more,
)
from monitor.core.model import Trust

T0 = datetime(2026, 7, 9, 12, 10, tzinfo=UTC)
H, M = timedelta(hours=1), timedelta(minutes=1)


def mention(number: int, at: datetime = T0, **known: object) -> Mention:
    told: dict[str, object] = {"title": f"第{number}条", "source": f"list {number % 3}", "trust": Trust.PLATFORM}
    return Mention(item_id=number, at=at, **({"seen_at": at} | told | known))  # type: ignore[arg-type]


def standing(**known: object) -> Standing:
    return replace(Standing(1, 1, T0, rank=20, heat=1000, sightings=3), **known)  # type: ignore[arg-type]


def test_a_better_place_a_grown_figure_and_a_new_hour_say_more() -> None:
    soon = T0 + 5 * M
    assert not says_more(standing(), 20, 1000, soon)
    assert not says_more(standing(), 35, 1200, soon)
    assert says_more(standing(), 19, 1000, soon)
    assert says_more(standing(), 20, 1201, soon)
    assert says_more(standing(rank=None), 20, None, soon)
    assert says_more(standing(heat=None), None, 5, soon)
    assert says_more(standing(), 35, 900, T0 + 50 * M)
    assert not says_more(standing(), None, 900, T0 + 50 * M), "only a list with places is stood on"


def test_nothing_is_kept_backwards_in_time_nor_without_end() -> None:
    assert not says_more(standing(), 1, 10**6, T0)
    assert not says_more(standing(), 1, 10**6, T0 - H)
    assert not says_more(standing(sightings=MOST_SIGHTINGS), 1, 10**6, T0 + H)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10**7)), max_size=600))
def test_a_list_fetched_every_five_minutes_keeps_few_sightings(seen: list[tuple[int, int]]) -> None:
    kept = Standing(1, 1, T0, rank=50, heat=10**6)
    for n, (rank, heat) in enumerate(seen, 1):
        now = T0 + n * 5 * M
        if says_more(kept, rank, heat, now):
            kept = Standing(1, 1, now, min(rank, kept.rank or 99), max(heat, kept.heat or 0), kept.sightings + 1)
    hours = len(seen) * 5 // 60 + 1
    # At most each place once, each growth by a fifth once, and once an hour.
    assert kept.sightings <= min(MOST_SIGHTINGS, hours + 50 + 13)


def test_the_facts_of_an_incident_that_is_talked_of() -> None:
    talk = Talk(
        (
            mention(1, rank=30, heat=500),
            mention(2, T0 + 2 * H, source="paper", trust=Trust.LOCAL_MEDIA),
            mention(3, T0 + 3 * H, source="office", trust=Trust.OFFICIAL),
            mention(4, T0 + 7 * H, source="paper", trust=Trust.LOCAL_MEDIA, reports=False),
        ),
        (Sighting(1, T0 + 40 * M, 7, 9000), Sighting(1, T0 + H, 12, None)),
    )
    heat = heat_of(talk, T0 + 8 * H)
    assert (heat.titles, heat.talk, heat.sources, heat.hours) == (4, 2, 2, 2)
    assert heat.best is not None
    assert (heat.best.rank, heat.best.source, heat.best.at) == (7, "list 1", T0 + 40 * M)
    assert heat.peaks == {"list 1": 9000}
    assert (heat.lately, heat.before) == (2, 2)
    assert [(s.titles, s.rank) for s in heat.course][:3] == [(1, 7), (0, 12), (1, None)]
    assert sum(s.titles for s in heat.course) == 4


def test_nothing_said_is_no_heat() -> None:
    heat = heat_of(Talk(), T0)
    assert (heat.titles, heat.best, heat.course) == (0, None, ())


def test_an_old_article_that_comes_to_a_list_today_stands_there_today() -> None:
    heat = heat_of(Talk((mention(1, T0 - 72 * H, seen_at=T0, rank=4),)), T0)
    assert heat.best is not None
    assert heat.best.at == T0


@given(st.lists(st.integers(0, 60 * 24 * 400), min_size=1, max_size=60))
def test_a_course_of_any_length_is_cut_into_few_stretches_and_loses_nothing_recent(minutes: list[int]) -> None:
    talk = Talk(tuple(mention(n, T0 + minute * M) for n, minute in enumerate(minutes)))
    course = heat_of(talk, T0).course
    assert 1 <= len(course) <= MOST_STRETCHES
    assert course[-1].at <= T0 + max(minutes) * M < course[-1].at + course[-1].span
    held = [m for m in minutes if course[0].at <= T0 + m * M]
    assert sum(stretch.titles for stretch in course) == len(held)
    if max(minutes) - min(minutes) <= 60 * 24 * 90:
        assert len(held) == len(minutes)
