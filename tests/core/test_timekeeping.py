"""Which clock is believed: one that jumps is not, until others bear it out; and nothing makes the engine early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.timekeeping import (
    FRESH,
    HELD_BACK,
    ClockTrouble,
    Reading,
    Timekeeping,
    Witness,
    begin,
    behind,
    check,
    witnessed,
)

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
S = timedelta(seconds=1)


def at(seconds: float, *, off: timedelta = timedelta(0), database: timedelta | None = None) -> Reading:
    """Return what the clocks show so many seconds after T0: the wall clock and the database's wrong by so much."""
    true = T0 + seconds * S
    return Reading(true + off, 1000 + seconds, None if database is None else true + database)


def hosts(seconds: float, number: int = 5, *, off: timedelta = timedelta(0)) -> list[Witness]:
    """Return what so many hosts say: the truth, cut to seconds as headers are."""
    said = (T0 + seconds * S + off).replace(microsecond=0)
    return [Witness(f"host{n}", said, 1000 + seconds) for n in range(number)]


def keeping() -> Timekeeping:
    return begin(at(0))


def true_at(seconds: float) -> datetime:
    return T0 + seconds * S


def test_a_wall_clock_that_jumps_is_told_and_not_believed() -> None:
    for off in (2 * H, -2 * H, 3 * S, -3 * S):
        found = check(keeping(), at(2, off=off), ())
        assert found.keeping.at(1002) == true_at(2)
        assert found.troubles == {ClockTrouble.STEPPED: off}
        again = check(found.keeping, at(3600, off=off), ())
        assert again.keeping.at(4600) == true_at(3600)


def test_hosts_that_bear_out_the_wall_clock_let_it_be_adopted() -> None:
    held = check(keeping(), at(2, off=2 * H), ()).keeping
    found = check(held, at(60, off=2 * H), hosts(60, off=2 * H))
    assert found.moved == 2 * H
    assert found.troubles == {}
    assert found.keeping.at(1060) == true_at(60) + 2 * H


def test_hosts_that_bear_out_the_engine_say_that_the_wall_clock_is_wrong() -> None:
    found = check(keeping(), at(60, off=2 * H), hosts(59.4))
    assert found.keeping.at(1060) == true_at(60)
    assert found.troubles == {ClockTrouble.WRONG: 2 * H}


def test_a_start_with_a_wrong_clock_is_corrected_by_the_hosts() -> None:
    for off in (2 * H, -2 * H, timedelta(days=-20000)):
        begun = begin(at(0, off=off))
        found = check(begun, at(3, off=off), hosts(3))
        assert abs(found.keeping.at(1003) - true_at(3)) <= S
        assert list(found.troubles) == [ClockTrouble.WRONG]


def test_two_hosts_or_hosts_that_disagree_decide_nothing() -> None:
    quarrel = [*hosts(2, 2, off=2 * H), *(Witness(f"other{n}", T0, 1002) for n in range(2))]
    for heard in (hosts(2, 2, off=2 * H), quarrel):
        found = check(keeping(), at(2, off=2 * H), heard)
        assert found.keeping.at(1002) == true_at(2)
        assert found.troubles == {ClockTrouble.STEPPED: 2 * H}


def test_one_lying_host_among_many_changes_nothing() -> None:
    liar = Witness("liar", T0 + 100 * H, 1002)
    told, heard = witnessed([*hosts(2, 5), liar], 1002)
    assert heard == 6
    assert told is not None
    assert abs(told - true_at(2)) <= S


def test_what_was_heard_long_ago_counts_no_more() -> None:
    assert witnessed(hosts(0), 1000 + FRESH) != (None, 0)
    assert witnessed(hosts(0), 1001 + FRESH) == (None, 0)


def test_a_slewed_wall_clock_is_followed_as_fast_as_it_is_slewed() -> None:
    kept = keeping()
    for second in range(2, 2000, 2):
        off = second * 0.0005 * S
        found = check(kept, at(second, off=off), ())
        kept = found.keeping
        assert found.troubles == {}
        assert abs(kept.at(1000 + second) - at(second, off=off).wall) < 0.01 * S


def test_a_stop_of_the_process_is_one_long_pause_and_no_jump() -> None:
    found = check(keeping(), at(3600), ())
    assert found.paused == 3600
    assert found.troubles == {}
    assert found.keeping.at(4600) == true_at(3600)


def test_a_database_that_is_ahead_is_told_and_makes_nothing_early() -> None:
    found = check(keeping(), at(2, database=5 * S), ())
    assert found.troubles == {ClockTrouble.DATABASE: 5 * S}
    assert found.keeping.at(1002) == true_at(2)


def test_a_process_ahead_of_the_database_is_held_back_by_a_minute_at_most() -> None:
    ahead = begin(at(0, off=5 * S))
    found = check(ahead, at(2, off=5 * S, database=0 * S), ())
    assert found.keeping.at(1002) == true_at(2)
    far = check(keeping(), at(2, database=-2 * H), ())
    assert far.keeping.at(1002) == true_at(2) - HELD_BACK
    asked_again_later = check(far.keeping, at(3), ())
    assert asked_again_later.keeping.at(1003) == true_at(3) - HELD_BACK, "it does not leap to and fro meanwhile"
    assert check(far.keeping, at(4, database=0 * S), ()).keeping.at(1004) == true_at(4)


def test_a_database_on_the_clock_that_is_not_believed_holds_nothing_back() -> None:
    found = check(keeping(), at(2, off=-2 * H, database=-2 * H), ())
    assert found.keeping.at(1002) == true_at(2)


def test_hosts_decide_whether_the_database_is_right() -> None:
    found = check(keeping(), at(2, database=-30 * S), hosts(2))
    assert found.keeping.at(1002) == true_at(2)
    assert found.troubles == {ClockTrouble.DATABASE: -30 * S}


def test_a_start_behind_what_was_stored_is_told() -> None:
    assert behind(at(0), T0 + H) == H
    assert behind(at(0), T0 + 60 * S) == timedelta(0)
    assert behind(at(0), T0 - H) == timedelta(0)
    assert behind(at(0), None) == timedelta(0)


JUMPS = st.one_of(st.just(0.0), st.floats(5, 8000), st.floats(-8000, -5))


@given(steps=st.lists(st.tuples(st.floats(0.1, 900), JUMPS, st.floats(-8000, 8000)), min_size=1, max_size=30))
def test_whatever_the_other_clocks_do_the_engine_is_never_early(steps: list[tuple[float, float, float]]) -> None:
    kept, seconds = keeping(), 0.0
    for elapsed, wall, database in steps:
        seconds += elapsed
        found = check(kept, at(seconds, off=wall * S, database=database * S), ())
        kept = found.keeping
        late = true_at(seconds) - kept.at(1000 + seconds)
        assert timedelta(0) <= late <= HELD_BACK
