"""What one group of sources had and another had not: habits, lateness, the estimate, each by small made-up months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.missed.estimate import Seen, WhyNone, estimate
from monitor.core.missed.facts import (
    Between,
    Group,
    Happening,
    Member,
    MissedFacts,
    Telling,
    member_of,
)
from monitor.core.missed.report import Missed, WhyLate, missed_of
from monitor.core.model import MatterState, Place, Severity, Trust
from monitor.core.sources import Source, SourceKind
from tests.responders.console.station import T0

H, DAY = timedelta(hours=1), timedelta(days=1)
HERE = Place("620000", "620300")
PRESS, SOCIAL = Member("central_media", False), Member("social", True)
GROUPS = {"central_media": 2, "official": 1, "social": 3}


def happening(number: int, at: datetime, *groups: str, **more: object) -> Happening:
    carried = dict.fromkeys(groups, at)
    values: dict[str, object] = {
        "id": number,
        "title": f"事件{number}",
        "kind": "fire",
        "place": HERE,
        "state": MatterState.OPEN,
        "opened_at": at,
        "severity": Severity.LARGER,
        "ours": True,
        "carried": carried,
        "press": bool(set(groups) - {"social"}),
        "social": "social" in groups,
    }
    return Happening(**{**values, **more})  # type: ignore[arg-type]


def month(*groups: str, n: int = 10) -> list[Happening]:
    return [happening(100 + k, T0 - (k + 2) * DAY, *groups) for k in range(n)]


def compared(happenings: Sequence[Happening], **more: object) -> Missed:
    values: dict[str, object] = {"groups": GROUPS, "now": T0 + DAY + 8 * H}
    return missed_of(
        MissedFacts(since=T0, until=T0 + DAY, happenings=tuple(happenings), **{**values, **more})  # type: ignore[arg-type]
    )


def test_an_empty_day_is_zero_and_not_silence() -> None:
    found = compared([])
    assert found.nothing
    assert (len(found.happenings), found.far, found.measured) == (0, 0, 0)
    assert found.estimate.why_none is WhyNone.ONE_GROUP


def test_who_usually_carries_such_and_did_not_is_named_with_its_habit() -> None:
    found = compared([*month("central_media", "social"), happening(1, T0 + H, "social")])
    (silent,) = found.silent
    assert [(habit.group, habit.carried, habit.alike) for habit in silent.habits] == [("central_media", 10, 10)]
    assert [one.id for one in found.social_only] == [1]
    assert found.carried == {"social": 1}
    assert found.alone == {"social": 1}


def test_a_group_that_carries_four_of_five_is_usual_and_one_that_carries_three_is_not() -> None:
    for told, named in ((8, ["official"]), (7, [])):
        before = month("social", "official", n=told) + [
            happening(200 + k, T0 - (k + 2) * DAY, "social", "central_media") for k in range(10 - told)
        ]
        found = compared([*before, happening(1, T0 + H, "social")])
        assert [habit.group for one in found.silent for habit in one.habits] == named


def test_who_usually_needs_a_day_is_not_missed_after_hours_but_is_after_the_day() -> None:
    slow = [replace(one, carried={**one.carried, "official": one.opened_at + 26 * H}) for one in month("social")]
    fresh = happening(1, T0 + 20 * H, "social")
    assert compared([*slow, fresh], now=T0 + 32 * H).silent == (), "it is twelve hours old"
    (silent,) = compared([*slow, fresh], now=T0 + 46 * H).silent
    assert [(habit.group, habit.carried, habit.alike) for habit in silent.habits] == [("official", 10, 10)]
    quick = [replace(one, carried={**one.carried, "official": one.opened_at + 11 * H}) for one in month("social", n=8)]
    (silent,) = compared([*quick, *slow[8:], fresh], now=T0 + 32 * H).silent
    assert [(habit.group, habit.carried, habit.alike) for habit in silent.habits] == [("official", 8, 10)]


def test_seven_alike_make_no_habit_and_other_kinds_fill_in() -> None:
    seven = month("central_media", "social", n=7)
    fresh = happening(1, T0 + H, "social")
    assert compared([*seven, fresh]).silent == ()
    others = [replace(one, id=one.id + 100, kind="flood") for one in seven]
    (silent,) = compared([*seven, *others, fresh]).silent
    assert silent.habits[0].cell[0] is None


def test_what_is_elsewhere_and_not_major_is_counted_and_not_listed() -> None:
    away = Place("440000", "441900")
    far = happening(1, T0 + H, "social", place=away, ours=False)
    grave = happening(2, T0 + H, "social", place=away, ours=False, severity=Severity.MAJOR)
    nowhere = happening(3, T0 + H, "social", place=Place(), ours=False)
    found = compared([*month("central_media", "social"), far, grave, nowhere])
    assert {one.id for one in found.social_only} == {2, 3}
    assert found.far == 1
    assert len(found.happenings) == 3


def test_dismissed_and_foreign_ones_serve_for_nothing() -> None:
    found = compared(
        [
            happening(1, T0 + H, "social", state=MatterState.DISMISSED),
            happening(2, T0 + H, "social", foreign=True),
        ]
    )
    assert found.happenings == ()


def test_without_any_press_source_nothing_is_social_only() -> None:
    assert compared([happening(1, T0 + H, "social")]).social_only == ()


LATE = Telling(item_id=1, source="paper", member=PRESS, first_seen_at=T0 + 6 * H, published_at=T0 + H)


@pytest.mark.parametrize(
    ("between", "why"),
    [
        (Between(good=3, watched_since=T0 - DAY), WhyLate.BACKDATED),
        (Between(failed=3, watched_since=T0 - DAY), WhyLate.FAILING),
        (Between(watched_since=T0 - DAY), WhyLate.SLOW),
        (Between(watched_since=T0 + 6 * H), WhyLate.NOT_WATCHED),
        (Between(), WhyLate.BROUGHT),
        (None, WhyLate.BROUGHT),
    ],
)
def test_why_it_came_late(between: Between | None, why: WhyLate) -> None:
    one = happening(1, T0 + 6 * H, "central_media", tellings=(replace(LATE, between=between),))
    (late,) = compared([one]).late
    assert (late.why, late.lag) == (why, 5 * H)


def test_what_was_read_in_time_and_counted_late_has_waited() -> None:
    early = replace(LATE, first_seen_at=T0 + H)
    one = happening(1, T0 + 6 * H, "central_media", tellings=(early,))
    (late,) = compared([one]).late
    assert (late.why, late.lag) == (WhyLate.WAITED, 5 * H)


def test_a_late_reprint_does_not_make_an_incident_late_that_was_known_in_time() -> None:
    known = replace(LATE, item_id=2, source="other", first_seen_at=T0 + H + H / 2, published_at=T0 + H + H / 3)
    one = happening(1, T0 + H + H / 2, "central_media", tellings=(known, LATE))
    assert compared([one]).late == ()


def test_what_has_no_trusted_time_or_comes_from_an_archive_is_not_called_late() -> None:
    undated = happening(1, T0 + 6 * H, "official", tellings=(replace(LATE, published_at=None),))
    old = happening(2, T0 + 6 * H, "official", tellings=(replace(LATE, published_at=T0 - 5 * DAY),))
    assert compared([undated, old]).late == ()


def test_a_dismissed_incident_is_told_where_a_further_source_carried_it() -> None:
    before = replace(LATE, source="a", first_seen_at=T0 + H)
    again = replace(LATE, source="a", first_seen_at=T0 + 5 * H)
    other = replace(LATE, source="b", member=Member("official", False), first_seen_at=T0 + 5 * H)
    gone = happening(1, T0 + H, "social", state=MatterState.DISMISSED, dismissed_at=T0 + 2 * H)
    assert compared([], dismissed=(replace(gone, tellings=(before, again)),)).carried_on == ()
    (found,) = compared([], dismissed=(replace(gone, tellings=(before, again, other)),)).carried_on
    assert found.since == {"official": 1}


def test_two_incidents_give_no_number() -> None:
    assert estimate(Seen(2, 2, 1)).why_none is WhyNone.TOO_FEW
    assert estimate(Seen(40, 0, 0)).why_none is WhyNone.ONE_GROUP
    assert estimate(Seen(40, 30, 30)).why_none is WhyNone.CONTAINED


def test_the_estimate_is_chapmans() -> None:
    """The classical figures: 200 marked, 250 caught, 50 of them marked give 985 by Chapman's formula."""
    found = estimate(Seen(200, 250, 50))
    total = 201 * 251 / 51 - 1
    assert found.missed == pytest.approx(total - Seen(200, 250, 50).any)
    assert found.lowest < found.missed < found.highest


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_an_estimate_is_never_below_what_was_seen_and_always_within_its_interval(a: int, b: int, c: int) -> None:
    found = estimate(Seen(a + c, b + c, c))
    if found.why_none is None:
        assert 0 < found.lowest <= found.missed <= found.highest
        assert c >= 7
    else:
        assert found.missed == found.lowest == found.highest == 0


@given(
    st.lists(
        st.tuples(
            st.integers(-20, 23), st.sets(st.sampled_from(sorted(GROUPS)), min_size=1), st.sampled_from(Severity)
        ),
        max_size=40,
    )
)
def test_each_incident_of_the_day_is_counted_once_for_each_group(plan: list[tuple[int, set[str], Severity]]) -> None:
    made = [
        happening(n, T0 + (hours if hours >= 0 else hours * 24) * H, *groups, severity=grade)
        for n, (hours, groups, grade) in enumerate(plan)
    ]
    found = compared(made)
    fresh = [groups for hours, groups, _ in plan if hours >= 0]
    assert len(found.happenings) == len(fresh)
    counts: Mapping[str, int] = found.carried
    assert sum(counts.values()) == sum(map(len, fresh))
    assert sum(found.alone.values()) == sum(len(groups) == 1 for groups in fresh)
    for silent in found.silent:
        assert not {habit.group for habit in silent.habits} & set(silent.happening.carried)


def test_groups_come_from_the_source_unless_one_is_named() -> None:
    bare = Source(id="a", name="a", kind=SourceKind.FEED, url="https://a.example/", trust=Trust.PLATFORM)
    assert member_of(bare) == Member(Group.SOCIAL, True)
    assert member_of(replace(bare, own=True)) == Member(Group.OWN, False)
    assert member_of(replace(bare, trust=Trust.OFFICIAL, group="省级官网")) == Member("省级官网", False)
