"""Titles that may have spoken of an incident are found by their terms: none is missed that asking about each finds."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents.placing import Told
from monitor.core.incidents.surroundings import SURELY_RELATED, Surroundings
from monitor.core.incidents.talk import Talk
from monitor.core.incidents.topics import Background, terms_of
from tests.core.test_placing import T0, H, known, reader

BLAST, FLOOD = "山西大同一化工厂爆炸致3死", "河南开封一煤矿透水8人被困"
PARTS = (
    "大同", "化工厂", "爆炸", "门前围满人", "开封", "煤矿", "透水", "有人", "菊展", "8人", "chemical plant", "昨晚",
    "现场", "山西",
)  # fmt: skip


def around(reports: int, talk: list[str], heard: list[str]) -> Surroundings:
    _, lore = reader()
    background = Background()
    for number, title in enumerate(heard):
        background.hear(terms_of(title), T0 - timedelta(days=6) + number * timedelta(minutes=1))
    background.hear(frozenset(), T0)
    told = [Told(1, BLAST, T0, reports=True)] * reports + [Told(2, FLOOD, T0, reports=True)]
    told += [Told(1, title, T0, reports=False) for title in talk]
    return Surroundings([known(1, BLAST), known(2, FLOOD)], told, lore, background)


TITLES = st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join), max_size=12, unique=True)


@given(st.integers(1, 6), TITLES, TITLES, TITLES)
def test_none_is_missed_that_surely_speaks_of_an_incident(
    reports: int, talk: list[str], heard: list[str], titles: list[str]
) -> None:
    known_now, now = around(reports, talk, heard), T0 + H
    spoken = Talk()
    for number, title in enumerate(titles):
        spoken.add(number, title, T0)
    for matter_id in (1, 2):
        found = {one.text for one in spoken.like(known_now.sought(matter_id, now))}
        for title in titles:
            placed = known_now.related(title, now)
            if placed.matter_id == matter_id and placed.score >= SURELY_RELATED:
                assert title in found


def test_only_what_is_like_it_is_found_the_oldest_first() -> None:
    spoken = Talk()
    spoken.add(5, "某地举办菊展", T0)
    spoken.add(7, "大同化工厂爆炸现场围满人", T0 + H)
    spoken.add(9, "山西大同一化工厂爆炸 门前围满人", T0)
    spoken.add(8, "开封煤矿", T0)
    sought = around(4, [], []).sought(1, T0 + 2 * H)
    assert [one.number for one in spoken.like(sought)] == [9, 7]


def test_what_is_old_is_forgotten() -> None:
    spoken = Talk()
    spoken.add(1, "大同化工厂爆炸现场围满人", T0)
    spoken.add(2, "大同化工厂爆炸现场火光冲天", T0 + 2 * H)
    spoken.forget(T0 + H)
    assert (1 in spoken, 2 in spoken) == (False, True)
    assert [one.number for one in spoken.like(around(4, [], []).sought(1, T0 + 2 * H))] == [2]
