"""Who gets which edition of a briefing and when; what an edition leaves out; what the charts count."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.beijing import day_of, instant, local
from monitor.core.briefing import briefing_of
from monitor.core.briefing_course import DAYS, GRADES, JUDGED, SPAN_DAYS, SPANS, CourseFacts, Judged, course_of
from monitor.core.briefing_readers import LONGEST_DELAY, OWN, Edition, moment_of
from monitor.core.briefing_scope import LeftOut, concerns
from monitor.core.missed.facts import MissedFacts
from monitor.core.model import DeadlineState, MatterState, Place, Scope, Severity
from monitor.core.unsubscribing import address_of, token_of
from tests.core.briefing_examples import DAY, NOW, H, M, alert, change, deadline, facts, incident

COUNTY = Edition(region="210402")
OFFICE = Edition(office="fushun")
HERE = Place("210000", "210400", "210402")
ELSEWHERE = Place("210000", "210200", "210202")


@given(st.times(), st.text(max_size=20), st.integers(0, 400))
def test_the_moment_is_on_its_day_soon_after_and_never_crowded(at: time, seed: str, later: int) -> None:
    at = at.replace(second=0, microsecond=0)
    day = DAY + timedelta(days=later)
    moment = moment_of(day, at, seed)
    assert day_of(moment) == day
    assert timedelta(0) <= moment - instant(day, at) <= LONGEST_DELAY + M
    assert local(moment).minute not in (0, 30)
    assert moment - instant(day, at) == moment_of(DAY, at, seed) - instant(DAY, at), "the same every day"


def test_offices_send_at_different_moments() -> None:
    moments = {moment_of(DAY, time(8, 27), f"office {n}") for n in range(200)}
    assert len(moments) > 120


@pytest.mark.parametrize("at", [time(23, 50), time(23, 57), time(23, 58), time(23, 59)])
def test_near_midnight_a_clock_that_is_looked_at_twice_a_minute_sees_it_come(at: time) -> None:
    moments = [local(moment_of(DAY, at, f"office {n}")).time() for n in range(300)]
    assert at <= min(moments)
    assert max(moments) <= max(at, time(23, 58))


def test_an_edition_has_a_name_of_its_own() -> None:
    assert OWN.key == ""
    assert len({Edition("en").key, COUNTY.key, OFFICE.key, Edition("en", "210402").key, OWN.key}) == 5


@pytest.mark.parametrize(
    ("place", "scope", "told"),
    [
        (HERE, Scope.DOMESTIC, True),
        (Place("210000", "210400"), Scope.DOMESTIC, True),
        (Place("210000"), Scope.DOMESTIC, True),
        (Place(), Scope.UNKNOWN, True),
        (ELSEWHERE, Scope.DOMESTIC, False),
        (Place("520000"), Scope.DOMESTIC, False),
        (Place(), Scope.FOREIGN, False),
    ],
    ids=["here", "our city", "our province", "nowhere", "another city", "another province", "abroad"],
)
def test_a_county_is_told_what_is_not_certainly_elsewhere(place: Place, scope: Scope, told: bool) -> None:
    assert concerns(incident(place=place, scope=scope), COUNTY, frozenset()) is told


def test_an_office_is_told_what_it_was_given_wherever_it_lies() -> None:
    both = Edition(region="210402", office="fushun")
    far = incident(place=ELSEWHERE)
    assert concerns(far, OFFICE, frozenset({"fushun", "dalian"}))
    assert not concerns(far, OFFICE, frozenset({"dalian"}))
    assert not concerns(incident(place=HERE), OFFICE, frozenset())
    assert concerns(far, both, frozenset({"fushun"}))
    assert concerns(incident(place=HERE), both, frozenset())


def test_an_edition_leaves_out_all_that_lies_elsewhere_and_counts_it() -> None:
    ours, theirs = incident(1, place=HERE, opened_at=NOW - H), incident(2, place=ELSEWHERE, opened_at=NOW - H)
    known = facts(
        ours,
        theirs,
        live=(deadline(1, 1), deadline(2, 2, provisional=True), deadline(3, 99)),
        changes=tuple(change(deadline(3 + n, n), DeadlineState.MET) for n in (1, 2, 3)),
        unsent=(alert(1, matter_id=2), alert(2, matter_id=None), alert(3, matter_id=3)),
        course=CourseFacts(
            (ours, theirs),
            (
                Judged(theirs, NOW - 48 * H, DeadlineState.MISSED),
                Judged(None, NOW - 48 * H, DeadlineState.MET),
            ),
        ),
        missed=MissedFacts(since=NOW - 24 * H, until=NOW, now=NOW),
    )
    whole, part = briefing_of(known), briefing_of(known, COUNTY)
    assert {new.incident.id for new in whole.opened} == {1, 2}
    assert [new.incident.id for new in part.opened] == [1]
    assert [one.deadline.id for one in part.running] == [1, 3], "nobody knows where 3 lies"
    assert [one.deadline.id for one in part.ended] == [4, 6]
    assert [one.id for one in part.unsent] == [2, 3], "what is about the service itself stays"
    assert part.questions == ()
    assert sum(map(sum, part.course.ended.values())) == 1
    assert whole.missed is not None
    assert part.missed is None, "it compares what lies elsewhere"
    assert (whole.left_out, part.left_out) == (LeftOut(), LeftOut(1, 1))


@given(
    st.lists(st.tuples(st.integers(-60, 60), st.sampled_from([*Severity, None])), max_size=30),
    st.lists(st.tuples(st.integers(-120, 60), st.sampled_from(DeadlineState)), max_size=30),
)
def test_the_charts_count_each_once_in_its_span(
    opened: list[tuple[int, Severity | None]], ended: list[tuple[int, DeadlineState]]
) -> None:
    incidents = tuple(
        incident(n, opened_at=NOW + 12 * hours * H, severity=severity) for n, (hours, severity) in enumerate(opened)
    )
    judged = tuple(Judged(None, NOW + 12 * hours * H, state) for hours, state in ended)
    course = course_of(DAY, CourseFacts(incidents, judged))
    assert (len(course.days), course.days[-1]) == (DAYS, DAY - timedelta(days=1))
    assert (len(course.spans), course.spans[-1][1]) == (SPANS, DAY - timedelta(days=1))
    assert set(course.opened) == set(GRADES)
    for grade in GRADES:
        within = [i for i in incidents if i.presumed is grade and course.days[0] <= day_of(i.opened_at) < DAY]
        assert sum(course.opened[grade]) == len(within)
    for state in JUDGED:
        first = DAY - timedelta(days=SPANS * SPAN_DAYS)
        assert sum(course.ended[state]) == sum(j.state is state and first <= day_of(j.due_at) < DAY for j in judged)


def test_what_was_dismissed_or_merged_is_on_no_chart() -> None:
    at = instant(DAY - timedelta(days=3), time(12))
    known = [incident(n, opened_at=at, state=state) for n, state in enumerate(MatterState)]
    counted = sum(map(sum, course_of(DAY, CourseFacts(tuple(known))).opened.values()))
    assert counted == len(MatterState) - 2


def test_a_day_of_the_chart_begins_at_midnight_in_beijing() -> None:
    day = date(2026, 7, 8)
    last = datetime.combine(day, time(23, 59, 59), tzinfo=instant(day, time()).tzinfo)
    course = course_of(
        DAY, CourseFacts((incident(1, opened_at=last), incident(2, opened_at=last + timedelta(seconds=1))))
    )
    assert course.opened[Severity.MAJOR][-1] == 1


def test_a_token_is_its_readers_alone_and_hides_his_address() -> None:
    key, addresses = b"k" * 32, ["a@b.example", "c@d.example"]
    tokens = [token_of(key, address) for address in addresses]
    assert [address_of(key, token, addresses) for token in tokens] == addresses
    assert address_of(b"x" * 32, tokens[0], addresses) is None
    assert address_of(key, tokens[0], ["c@d.example"]) is None
    for wrong in ("", tokens[0][:-1], tokens[0] + "A", "é" * 22, "\udc80", "A" * 9000):
        assert address_of(key, wrong, addresses) is None
    assert all(token.isascii() and "@" not in token and len(token) == 22 for token in tokens)
