"""Figures side by side: growth is no contradiction, two current values are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.incidents.tolls import Telling, Tolls, side_by_side
from monitor.core.model import Standing

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
OFFICIAL, MEDIA, CLAIM = Standing.OFFICIAL, Standing.MEDIA, Standing.UNVERIFIED


def told(source: str, hours: float, standing: Standing = MEDIA, **figures: int) -> Telling:
    said = {name: (value, f"{source}: {name} {value}") for name, value in figures.items()}
    return Telling(item_id=int(hours * 10), source=source, standing=standing, at=T0 + hours * H, figures=said)


def tolls(*tellings: Telling) -> Tolls:
    (only,) = side_by_side(tellings)
    return only


def test_a_source_that_corrects_itself_contradicts_nobody() -> None:
    found = tolls(told("a", 1, deaths=3), told("a", 2, deaths=5))
    assert [(toll.value, toll.since, toll.at) for toll in found.told] == [(5, T0 + 2 * H, T0 + 2 * H)]
    assert not found.contradicted


def test_a_toll_that_grows_from_source_to_source_is_no_contradiction() -> None:
    found = tolls(told("a", 1, deaths=3), told("b", 2, deaths=5), told("c", 3, deaths=8))
    assert not found.contradicted
    assert [toll.value for toll in found.told] == [8, 5, 3]


def test_a_source_that_stays_at_less_after_more_was_told_contradicts() -> None:
    assert tolls(told("a", 1, deaths=3), told("b", 2, deaths=12), told("a", 3, deaths=3)).contradicted


def test_an_official_figure_that_others_exceed_is_shown_even_where_it_is_older() -> None:
    found = tolls(told("bureau", 1, OFFICIAL, deaths=3), told("b", 2, deaths=12))
    assert found.contradicted
    assert found.official_lower
    assert [(toll.source, toll.value, toll.sentence) for toll in found.told] == [
        ("bureau", 3, "bureau: deaths 3"),
        ("b", 12, "b: deaths 12"),
    ]


def test_only_the_latest_official_word_is_asked_about() -> None:
    found = tolls(told("paper", 1, OFFICIAL, deaths=3), told("b", 2, deaths=12), told("bureau", 3, OFFICIAL, deaths=12))
    assert not found.official_lower


def test_what_one_list_quotes_and_what_it_has_from_hearsay_are_two_voices() -> None:
    found = tolls(told("list", 1, OFFICIAL, deaths=3), told("list", 2, CLAIM, deaths=30))
    assert [toll.value for toll in found.told] == [3, 30]
    assert found.official_lower


@pytest.mark.parametrize(("first", "then"), [(9, 2), (2, 9)])
def test_the_missing_become_fewer_and_more_and_neither_contradicts(first: int, then: int) -> None:
    assert not tolls(told("a", 1, missing=first), told("b", 2, missing=then)).contradicted


def test_the_missing_contradict_where_both_are_told_anew() -> None:
    assert tolls(told("a", 1, missing=9), told("b", 2, missing=2), told("a", 3, missing=9)).contradicted


def test_the_dead_do_not_become_fewer() -> None:
    assert tolls(told("a", 1, deaths=12), told("b", 2, deaths=8)).contradicted


def test_figures_that_agree_stand_side_by_side_in_the_usual_order() -> None:
    found = side_by_side([told("a", 1, injured=7, deaths=3), told("b", 2, deaths=3)])
    assert [(one.figure, one.contradicted) for one in found] == [("deaths", False), ("injured", False)]
