"""When a wave of public talk reaches which grade, and by what; whatever order things became known in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.incidents.heat import Sighting, Talk
from monitor.core.incidents.wave import Ground, Measure, WaveStep, WaveTable, wave_steps
from monitor.core.model import Trust, Wave
from tests.core.test_heat import T0, H, M, mention

GENERAL, LARGER, MAJOR = Wave.GENERAL, Wave.LARGER, Wave.MAJOR
TABLE = WaveTable(
    limits={
        Measure.RANK: {GENERAL: 50, LARGER: 10, MAJOR: 3},
        Measure.HOURS: {LARGER: 3},
        Measure.TALK: {GENERAL: 1, LARGER: 4, MAJOR: 8},
        Measure.SOURCES: {GENERAL: 2, LARGER: 5},
        Measure.RUSH: {LARGER: 3, MAJOR: 6},
    },
    within=24 * H,
    rush=H,
)


def media(number: int, minutes: int, **known: object) -> object:
    return mention(number, T0 + minutes * M, source=f"paper {number}", trust=Trust.LOCAL_MEDIA, **known)


def steps(*mentions: object, sightings: tuple[Sighting, ...] = (), table: WaveTable | None = TABLE) -> list[WaveStep]:
    return list(wave_steps(Talk(mentions, sightings), table))  # type: ignore[arg-type]


def grades(found: list[WaveStep]) -> list[tuple[Wave, timedelta]]:
    return [(step.wave, step.at - T0) for step in found]


def test_one_county_s_own_notice_is_no_wave_however_often_it_is_put_up() -> None:
    notices = [mention(n, T0 + n * M, source=f"office {n}", trust=Trust.OFFICIAL, reports=n % 2 == 0) for n in range(9)]
    assert steps(*notices) == []


def test_three_media_within_an_hour_are_a_rush_and_over_days_are_not() -> None:
    rush = steps(media(1, 0), media(2, 20), media(3, 50))
    assert grades(rush) == [(GENERAL, 20 * M), (LARGER, 50 * M)]
    assert rush[-1].grounds == (Ground(Measure.RUSH, 3, 3, 60),)
    slow = steps(media(1, 0), media(2, 60 * 26), media(3, 60 * 52))
    assert slow == []


def test_the_same_source_counts_once_and_leaves_with_its_last_word() -> None:
    same = [mention(n, T0 + n * M, source="paper", trust=Trust.LOCAL_MEDIA) for n in range(6)]
    assert steps(*same) == []
    gone = steps(media(1, 0), media(2, 59), media(3, 60), media(4, 118))
    assert grades(gone) == [(GENERAL, 59 * M), (LARGER, 118 * M)]


def test_a_place_on_a_hot_list_and_how_it_climbs() -> None:
    climbing = tuple(Sighting(1, T0 + n * 20 * M, rank) for n, rank in enumerate((31, 11, 9, 2), 1))
    found = steps(media(1, 0), sightings=climbing)
    assert grades(found) == [(GENERAL, 20 * M), (LARGER, 60 * M), (MAJOR, 80 * M)]
    assert [step.grounds[0] for step in found] == [
        Ground(Measure.RANK, 31, 50),
        Ground(Measure.RANK, 9, 10),
        Ground(Measure.RANK, 2, 3),
    ]


def test_hours_on_a_list_count_once_each_however_many_lists() -> None:
    long = tuple(Sighting(n % 2, T0 + n * 30 * M, 40) for n in range(5))
    found = steps(media(0, 0), media(1, 0), sightings=long)
    assert found[-1].grounds == (Ground(Measure.HOURS, 3, 3),)
    assert found[-1].at == T0 + 2 * H


def test_what_people_say_counts_together_within_a_day() -> None:
    assert grades(steps(*(mention(n, T0 + n * 5 * H) for n in range(4)))) == [(GENERAL, 0 * M), (LARGER, 15 * H)]
    assert grades(steps(*(mention(n, T0 + n * 9 * H) for n in range(9)))) == [(GENERAL, 0 * M)]


def test_a_jump_is_one_step_with_every_ground_of_its_grade() -> None:
    (step,) = steps(*(mention(n, rank=9 - n) for n in range(8)))
    assert (step.wave, step.item_id) == (MAJOR, 7)
    assert step.grounds == (Ground(Measure.RANK, 2, 3), Ground(Measure.TALK, 8, 8, 24 * 60))


def test_old_news_seen_first_today_made_its_wave_when_it_was_news() -> None:
    old = [media(n, -60 * 24 * 6 + n * 10, seen_at=T0) for n in range(3)]
    found = steps(*old)
    assert found[-1].at < T0 - 5 * 24 * H
    assert found[-1].known_at == T0


def test_without_a_table_nothing_is_graded() -> None:
    assert steps(*(mention(n, rank=1) for n in range(20)), table=None) == []


events = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 8), st.sampled_from([None, 1, 5, 20]), st.sampled_from(Trust)),
    max_size=30,
)


@given(events, st.randoms())
def test_a_wave_only_rises_and_does_not_depend_on_the_order_of_what_is_known(
    told: list[tuple[int, int, int | None, Trust]], random: Random
) -> None:
    mentions = [
        mention(n, T0 + minute * M, source=f"s{source}", rank=rank, trust=trust)
        for n, (minute, source, rank, trust) in enumerate(told)
    ]
    found = steps(*mentions)
    waves = [step.wave for step in found]
    assert waves == sorted(set(waves))
    assert all(step.grounds for step in found)
    random.shuffle(mentions)
    assert steps(*mentions) == found


@given(events, events)
def test_more_that_is_said_never_lowers_a_wave_nor_makes_it_later(
    told: list[tuple[int, int, int | None, Trust]], more: list[tuple[int, int, int | None, Trust]]
) -> None:
    def reached(rows: list[tuple[int, int, int | None, Trust]]) -> dict[Wave, timedelta]:
        mentions = [
            mention(n, T0 + minute * M, source=f"s{source}", rank=rank, trust=trust)
            for n, (minute, source, rank, trust) in enumerate(rows)
        ]
        found = grades(steps(*mentions))
        return {
            wave: min(at for grade, at in found if grade >= wave) for wave in Wave if found and found[-1][0] >= wave
        }

    before, after = reached(told), reached([*told, *more])
    for wave, at in before.items():
        assert after[wave] <= at


@pytest.mark.parametrize("wave", Wave)
def test_a_table_without_a_grade_never_gives_it(wave: Wave) -> None:
    limits = {m: {w: n for w, n in given.items() if w is not wave} for m, given in TABLE.limits.items()}
    found = steps(*(mention(n, T0 + n * M, rank=1) for n in range(30)), table=replace(TABLE, limits=limits))
    assert found
    assert wave not in [step.wave for step in found]
