"""A start that a person states for a turn of a recurring duty: it holds for that turn and those after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind
from monitor.core.duties.permitted import TurnsFollowed, refuse_reset, refuse_start
from monitor.core.model import Anchor
from tests.core.test_series import CLIMB, DAILY, MET, MISSED, OPEN, RECURRING, REPORT, T0, TWICE, D, H, Tale, told_of


def stated(at: datetime, decided: datetime) -> Adjustment:
    return Adjustment(kind=AdjustmentKind.SET_ANCHOR, at=at, decided_at=decided, by="处长", reason="更正")


def state(tale: Tale, ordinal: int, at: datetime, now: datetime) -> Tale:
    tale.know(adjustments={("X", ordinal): (stated(at, now),)}).at(now)
    return tale


def ends(tale: Tale) -> list[float]:
    return [(tale.deadlines[n].due_at - T0) / H for n in sorted(tale.deadlines)]


def test_the_turns_to_come_count_from_the_stated_start_of_the_first() -> None:
    tale = Tale(DAILY)
    tale.at(T0)
    state(tale, 1, T0 - 6 * H, T0 + H)
    assert ends(tale) == [18]
    tale.at(T0 + 3 * D)
    assert ends(tale) == [18, 42, 66, 90]


def test_the_stated_start_of_a_later_turn_moves_it_and_those_after_it_and_none_before() -> None:
    tale = Tale(DAILY)
    tale.at(T0)
    tale.log(REPORT, T0 + 2 * H).at(T0 + 2 * H)
    tale.at(T0 + 26 * H)
    before = tale.deadlines[1]
    state(tale, 2, T0 + 30 * H, T0 + 31 * H)
    assert tale.deadlines[1] == before
    tale.at(T0 + 4 * D)
    assert ends(tale) == [24, 54, 78, 102]
    assert tale.states == [MET, MISSED, MISSED, OPEN]


def test_a_turn_with_fixed_times_ends_at_the_next_of_them_after_the_stated_start() -> None:
    """Started at 20:00 in Beijing; the report was owed from 17:30 on, so the next fixed time is the same 08:30."""
    tale = Tale(TWICE)
    tale.at(T0)
    state(tale, 1, T0 - 2.5 * H, T0 + H)
    assert ends(tale) == [12.5]
    # From 09:00 the next morning on, the 17:00 of that day is the first.
    later = Tale(TWICE)
    later.at(T0)
    state(later, 1, T0 + 13 * H, T0 + 14 * H)
    assert ends(later) == [21]


def test_a_start_is_stated_for_the_newest_turn_only() -> None:
    tale = Tale(DAILY)
    tale.at(T0 + 25 * H)
    first, newest = tale.deadlines[1], tale.deadlines[2]
    asked = stated(T0 - H, T0 + 25 * H)
    with pytest.raises(TurnsFollowed) as told:
        refuse_start(first, DAILY, newest, asked)
    assert told.value.facts == {"id": 1, "ordinal": 1, "newest": 2}
    refuse_start(newest, DAILY, newest, asked)
    anew = replace(asked, kind=AdjustmentKind.RESET, ground="补正")
    with pytest.raises(TurnsFollowed):
        refuse_reset(first, replace(DAILY, reset=("补正",)), newest, anew)
    # Hops count from reports, so that one may be stated without moving another.
    refuse_start(first, CLIMB, newest, asked)


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(RECURRING)),
    st.integers(-600, 600),
    st.lists(st.integers(1, 4 * 24 * 60), max_size=4),
    st.lists(st.integers(1, 4 * 24 * 60), max_size=6),
)
def test_any_split_of_moments_gives_the_same_turns_after_a_stated_start(
    recurring: str, shift: int, reported: list[int], looks: list[int]
) -> None:
    decided = T0 + 11 * H
    minute = H / 60

    def run(moments: list[int]) -> Tale:
        tale = Tale(RECURRING[recurring], acted_at=T0)
        tale.at(T0)
        state(tale, 1, T0 + shift * minute, decided)
        for at in sorted(decided + m * minute for m in {*moments, *reported}):
            if (at - decided) / minute in reported:
                tale.log(REPORT, at)
            tale.at(at)
        tale.at(T0 + 5 * D)
        return tale

    split, whole = run(looks), run([])
    assert told_of(split) == told_of(whole)
    starts = [split.deadlines[n].started_at for n in sorted(split.deadlines)]
    held = [split.deadlines[n].due_at for n in sorted(split.deadlines)]
    assert starts[1:] == held[:-1]
    assert Anchor.STATED in split.deadlines[1].anchors
