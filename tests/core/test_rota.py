"""Who is on duty when: any layers, any zone, any changes; the clocks of a zone jump and the rota does not."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.people.rota import (
    Change,
    ChangeKind,
    Hours,
    Layer,
    Rota,
    Stretch,
    gaps,
    on_duty,
    shift_at,
    stretches,
)
from monitor.core.people.wall import instant, wall

# A longer run is asked for with HUIYING_EXAMPLES=10000.
EXAMPLES = settings(max_examples=int(os.environ.get("HUIYING_EXAMPLES", "120")))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
PEOPLE = ("wang", "li", "zhao", "sun")
ALL_WEEK = frozenset(range(7))
H = timedelta(hours=1)
BEGINS = date(2025, 12, 29)

minutes = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
instants = st.integers(0, 366 * 24 * 12).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(minutes=5))
hours = st.builds(Hours, st.frozensets(st.integers(0, 6), min_size=1), minutes, minutes)
layers = st.builds(
    Layer,
    name=st.sampled_from(["first", "second", "third"]),
    members=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4).map(tuple),
    begins=st.just(BEGINS),
    handover=minutes,
    length=st.sampled_from([H, 7 * H, 12 * H, 24 * H, 72 * H, 168 * H]),
    hours=st.lists(hours, max_size=2).map(tuple),
)
rotas = st.builds(
    Rota, st.just("r"), st.just("R"), st.lists(layers, min_size=1, max_size=3).map(tuple), st.sampled_from(ZONES)
)
full = layers.map(lambda one: Layer(one.name, one.members, one.begins, one.handover, one.length))


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    made = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        begins = draw(instants)
        ends = begins + draw(st.integers(1, 400)) * timedelta(minutes=15)
        cancelled = draw(st.none() | st.integers(0, 100).map(lambda n, at=begins: at + n * H))  # type: ignore[misc]
        kind = draw(st.sampled_from(ChangeKind))
        instead_of = draw(st.sampled_from(["", *PEOPLE]))
        contact = draw(st.sampled_from(PEOPLE))
        made.append(
            Change(
                id=number,
                rota="r",
                kind=kind,
                contact=contact,
                instead_of=instead_of,
                begins=begins,
                ends=ends,
                cancelled_at=cancelled,
            )
        )
    return made


def hold_together(found: tuple[Stretch, ...], begin: datetime, end: datetime) -> None:
    assert found[0].begin == begin
    assert found[-1].end == end
    assert all(one.begin < one.end for one in found)
    assert all(one.end == other.begin for one, other in pairwise(found))


@EXAMPLES
@given(rotas, changes(), instants, st.integers(1, 14 * 24))
def test_every_moment_is_in_one_stretch_and_has_the_person_who_is_on_duty_then(
    rota: Rota, made: list[Change], begin: datetime, length: int
) -> None:
    found = stretches(rota, made, begin, begin + length * H)
    hold_together(found, begin, begin + length * H)
    for stretch in found:
        for at in (stretch.begin, stretch.begin + stretch.length / 2, stretch.end - timedelta(microseconds=1)):
            assert on_duty(rota, made, at).contact == stretch.contact


@EXAMPLES
@given(st.lists(layers, max_size=2), full, st.sampled_from(ZONES), instants, st.integers(1, 14 * 24))
def test_a_layer_without_hours_leaves_no_gap(
    above: list[Layer], last: Layer, zone: str, begin: datetime, length: int
) -> None:
    rota = Rota("r", "R", (*above, last), zone)
    assert gaps(rota, (), begin, begin + length * H) == ()
    assert all(stretch.contact in PEOPLE for stretch in stretches(rota, (), begin, begin + length * H))


@EXAMPLES
@given(full, st.sampled_from(ZONES), instants)
def test_turns_follow_one_another_in_order_and_begin_when_the_clocks_show_it(
    layer: Layer, zone: str, begin: datetime
) -> None:
    found = stretches(Rota("r", "R", (layer,), zone), (), begin, begin + 9 * layer.length)
    turns = [stretch.turn for stretch in found]
    assert all(one is not None and other is not None and other > one for one, other in pairwise(turns))
    for stretch in found:
        assert stretch.turn is not None
        assert stretch.contact == layer.members[stretch.turn % len(layer.members)]
    for stretch in found[1:]:
        assert stretch.turn is not None
        said = datetime.combine(layer.begins, layer.handover) + stretch.turn * layer.length
        shown = wall(stretch.begin, ZoneInfo(zone))
        assert shown == said or wall(stretch.begin - timedelta(seconds=1), ZoneInfo(zone)) < said < shown


@EXAMPLES
@given(rotas, changes(), instants, st.integers(1, 300), st.data())
def test_cutting_a_window_in_two_changes_nobody_s_duty(
    rota: Rota, made: list[Change], begin: datetime, length: int, data: st.DataObject
) -> None:
    end = begin + length * H
    middle = begin + data.draw(st.integers(1, length * 60 - 1)) * timedelta(minutes=1)
    whole = _hours_of(stretches(rota, made, begin, end))
    first, second = (_hours_of(stretches(rota, made, a, b)) for a, b in ((begin, middle), (middle, end)))
    for person in {*whole, *first, *second}:
        assert whole.get(person) == first.get(person, timedelta(0)) + second.get(person, timedelta(0))


@EXAMPLES
@given(full, st.sampled_from(ZONES), instants, instants)
def test_a_swap_gives_each_the_other_s_shift_and_keeps_the_total(
    layer: Layer, zone: str, one: datetime, other: datetime
) -> None:
    rota = Rota("r", "R", (layer,), zone)
    first, second = shift_at(rota, (), one), shift_at(rota, (), other)
    if first.contact == second.contact:
        return
    halves = [
        Change(
            id=n,
            rota="r",
            kind=ChangeKind.SWAP,
            contact=b.contact or "",
            instead_of=a.contact or "",
            begins=a.begin,
            ends=a.end,
        )
        for n, (a, b) in enumerate(((first, second), (second, first)), 1)
    ]
    begin, end = min(first.begin, second.begin) - 48 * H, max(first.end, second.end) + 48 * H
    before, after = _hours_of(stretches(rota, (), begin, end)), _hours_of(stretches(rota, halves, begin, end))
    assert sum(before.values(), timedelta(0)) == sum(after.values(), timedelta(0)) == end - begin
    moved = second.length - first.length
    assert after[first.contact] == before[first.contact] + moved
    assert after.get(second.contact, timedelta(0)) == before[second.contact] - moved
    assert on_duty(rota, halves, one).contact == second.contact
    assert on_duty(rota, halves, other).contact == first.contact


def _hours_of(found: tuple[Stretch, ...]) -> dict[str | None, timedelta]:
    total: dict[str | None, timedelta] = {}
    for stretch in found:
        total[stretch.contact] = total.get(stretch.contact, timedelta(0)) + stretch.length
    return total


@EXAMPLES
@given(st.sampled_from(ZONES), st.integers(0, 366 * 24 * 4), st.integers(0, 400))
def test_later_on_the_wall_is_never_earlier_in_truth(zone: str, quarter: int, more: int) -> None:
    said = datetime(2026, 1, 1) + quarter * timedelta(minutes=15)
    one, other = (instant(said + n * timedelta(minutes=7), ZoneInfo(zone)) for n in (0, more))
    assert one <= other
    assert wall(one, ZoneInfo(zone)) >= said
    assert wall(one - timedelta(seconds=1), ZoneInfo(zone)) < said


def test_a_hand_over_at_eight_stays_at_eight_where_the_clocks_change() -> None:
    rota = Rota("r", "R", (Layer("all", PEOPLE, date(2026, 3, 27), time(8), 24 * H),), "Europe/Berlin")
    found = stretches(rota, (), datetime(2026, 3, 28, 7, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC))
    assert [(s.contact, s.length) for s in found] == [("li", 23 * H), ("zhao", 24 * H)]
    autumn = Rota("r", "R", (Layer("all", PEOPLE, date(2026, 10, 24), time(8), 24 * H),), "Europe/Berlin")
    (night,) = stretches(autumn, (), datetime(2026, 10, 24, 6, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC))
    assert (night.contact, night.length) == ("wang", 25 * H)


def test_the_first_layer_that_covers_a_moment_decides() -> None:
    by_day = Layer("by day", ("sun",), BEGINS, time(8), 168 * H, (Hours(frozenset(range(5)), time(8), time(18)),))
    rota = Rota("r", "R", (by_day, Layer("else", ("wang", "li"), BEGINS, time(8), 24 * H)))
    # 9 July 2026 is a Thursday; 10:00 in Beijing is 02:00 UTC.
    assert on_duty(rota, (), datetime(2026, 7, 9, 2, tzinfo=UTC)).layer == "by day"
    assert on_duty(rota, (), datetime(2026, 7, 9, 10, tzinfo=UTC)).layer == "else"
    assert on_duty(rota, (), datetime(2026, 7, 11, 2, tzinfo=UTC)).layer == "else"


def test_hours_that_pass_midnight_belong_to_the_day_on_which_they_begin() -> None:
    night = Layer("night", ("wang",), BEGINS, time(0), 168 * H, (Hours(frozenset({4}), time(22), time(6)),))
    rota = Rota("r", "R", (night,))
    friday = datetime(2026, 7, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert [on_duty(rota, (), friday + n * H).contact for n in (3, 21, 22, 26, 29, 30)] == [
        None,
        None,
        "wang",
        "wang",
        "wang",
        None,
    ]


def test_nobody_is_on_duty_before_a_layer_begins_and_a_change_fills_the_gap() -> None:
    rota = Rota("r", "R", (Layer("all", ("wang",), date(2026, 7, 10), time(8), 24 * H),))
    begin, first = datetime(2026, 7, 9, tzinfo=UTC), datetime(2026, 7, 10, tzinfo=UTC)
    (gap,) = gaps(rota, (), begin, begin + 72 * H)
    assert (gap.begin, gap.end) == (begin, first)
    filled = Change(id=1, rota="r", kind=ChangeKind.OVERRIDE, contact="li", begins=begin, ends=first)
    assert gaps(rota, [filled], begin, begin + 72 * H) == ()
    bound = Change(id=1, rota="r", kind=ChangeKind.OVERRIDE, contact="li", instead_of="sun", begins=begin, ends=first)
    assert len(gaps(rota, [bound], begin, begin + 72 * H)) == 1, "it replaces one who is not on duty"


def test_what_was_changed_later_goes_before_and_what_is_cancelled_held_until_then() -> None:
    rota = Rota("r", "R", (Layer("all", ("wang",), BEGINS, time(8), 24 * H, (Hours(ALL_WEEK, time(0), time(0)),)),))
    at = datetime(2026, 7, 9, tzinfo=UTC)
    first = Change(id=1, rota="r", kind=ChangeKind.OVERRIDE, contact="li", begins=at, ends=at + 8 * H)
    second = Change(
        id=2, rota="r", kind=ChangeKind.TAKE, contact="sun", begins=at + H, ends=at + 4 * H, cancelled_at=at + 2 * H
    )
    people = [on_duty(rota, [second, first], at + n * H).contact for n in range(-1, 9)]
    assert people == ["wang", "li", "sun", *["li"] * 6, "wang"]
