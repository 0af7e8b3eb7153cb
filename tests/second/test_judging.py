"""A second reading can raise a question and nothing else; what is milder, elsewhere, unsure or known raises none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.rules import load_pack
from monitor.core.duties.obligations import Jurisdiction
from monitor.core.model import Assessment, Casualties, Decoy, Figure, Item, Place, Reason, Scope, Severity, Speaker, Why
from monitor.core.second.doubt import Doubt, doubt_of, to_ask
from monitor.core.second.judging import Standing, Weighed, concerns, duty_from, may_ask, question, weigh
from monitor.core.second.opinion import Asks, Certainty, Claim, Limits, Opinion, ReadingState

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
OURS, ELSEWHERE = Jurisdiction.OURS, Jurisdiction.NOT_OURS
LARGER, MAJOR = Severity.LARGER, Severity.MAJOR
State = ReadingState


def opinion(*, certainty: Certainty = Certainty.HIGH, decoy: Decoy | None = None, **figures: int) -> Opinion:
    claims = {name: Claim(count, "x") for name, count in figures.items()}
    return Opinion(is_incident=True, claims=claims, certainty=certainty, decoy=decoy)


def weighed(
    told: Opinion,
    grade: Severity | None,
    standing: Standing | None = None,
    *,
    where: Jurisdiction = OURS,
    first: bool = False,
) -> Weighed:
    return weigh(told, grade, standing, where, first_reports=first, duty=LARGER)


KNOWN = Standing("matter:7", {"deaths": 3}, LARGER, 7)


@pytest.mark.parametrize(
    ("found", "state", "pages"),
    [
        (weighed(opinion(deaths=12), MAJOR), State.ASKED, True),
        (weighed(opinion(), None), State.ASKED, False),
        (weighed(opinion(deaths=1), Severity.GENERAL), State.ASKED, False),
        (weighed(opinion(deaths=12), MAJOR, where=ELSEWHERE), State.ELSEWHERE, False),
        (weighed(opinion(deaths=12), MAJOR, where=Jurisdiction.MAYBE), State.ASKED, True),
        (weighed(opinion(deaths=12, certainty=Certainty.LOW), MAJOR), State.UNSURE, False),
        (weighed(opinion(deaths=12, decoy=Decoy.DRILL), MAJOR), State.AGREES, False),
        (weighed(Opinion(is_incident=False), None), State.AGREES, False),
        (weighed(Opinion(is_incident=False), None, first=True), State.MILDER, False),
        (weighed(opinion(deaths=12), MAJOR, KNOWN), State.ASKED, True),
        (weighed(opinion(deaths=4), LARGER, KNOWN), State.ASKED, False),
        (weighed(opinion(deaths=3, injured=9), LARGER, KNOWN), State.ASKED, False),
        (weighed(opinion(deaths=3), LARGER, KNOWN), State.AGREES, False),
        (weighed(opinion(deaths=1), Severity.GENERAL, KNOWN), State.MILDER, False),
        (weighed(opinion(), None, KNOWN), State.MILDER, False),
        (weighed(opinion(deaths=3), LARGER, Standing("item:5", {"deaths": 3}, LARGER)), State.KNOWN, False),
    ],
)
def test_what_a_reading_leads_to(found: Weighed, state: ReadingState, pages: bool) -> None:
    assert (found.state, found.pages, found.graver) == (state, pages, state is State.ASKED)


figures = st.dictionaries(st.sampled_from(["deaths", "missing", "trapped", "injured"]), st.integers(0, 50))
grades = st.none() | st.sampled_from(list(Severity))


@given(figures, grades, figures, grades)
def test_what_is_no_graver_is_never_asked(
    told: dict[str, int], grade: Severity | None, known: dict[str, int], standing: Severity | None
) -> None:
    claims = {name: Claim(count, "x") for name, count in told.items()}
    found = weighed(Opinion(is_incident=True, claims=claims), grade, Standing("matter:1", known, standing, 1))
    graver = (grade or 0) > (standing or 0) or any(told[name] > known.get(name, 0) for name in told)
    assert found.graver is graver
    assert not found.pages or (grade or 0) > (standing or 0)


@pytest.mark.parametrize(
    ("place", "scope", "standing", "where"),
    [
        (Place(), Scope.DOMESTIC, None, Jurisdiction.MAYBE),
        (Place("330000"), Scope.DOMESTIC, None, ELSEWHERE),
        (Place(), Scope.FOREIGN, None, ELSEWHERE),
        (Place(), Scope.UNKNOWN, Standing("matter:7", place=Place("330000")), ELSEWHERE),
        (Place(), Scope.UNKNOWN, Standing("matter:7", scope=Scope.FOREIGN), ELSEWHERE),
        (Place(), Scope.DOMESTIC, Standing("matter:7", scope=Scope.FOREIGN), Jurisdiction.MAYBE),
        (Place("210000", "210100"), Scope.DOMESTIC, Standing("matter:7", place=Place("330000")), OURS),
    ],
)
def test_an_item_without_a_place_is_where_its_incident_is(
    place: Place, scope: Scope, standing: Standing | None, where: Jurisdiction
) -> None:
    assert concerns(place, scope, standing, "210100") is where


def test_a_question_is_one_for_each_grade_of_an_incident() -> None:
    asked = [question(KNOWN, Weighed(State.ASKED, graver=True, grade=g), {}, NOW) for g in (MAJOR, MAJOR, None)]
    assert [draft.key for draft in asked] == ["second:matter:7:major"] * 2 + ["second:matter:7:none"]
    assert asked[0].matter_id == 7
    assert question(Standing("item:5"), Weighed(State.ASKED, graver=True), {}, NOW).matter_id is None


@given(st.integers(1, 20), st.integers(1, 60), st.lists(st.booleans(), max_size=120))
def test_no_more_is_asked_than_the_limits(per_hour: int, per_day: int, wishes: list[bool]) -> None:
    asked: list[bool] = []
    for pages in wishes:
        if may_ask(Limits(per_hour, per_day), pages=pages, in_hour=len(asked), in_day=len(asked)):
            asked.append(pages)
    most = min(per_hour, per_day)
    assert len(asked) <= most
    assert sum(wishes) < most or sum(asked) >= most - max(1, most // 2), "what can wait crowds nothing out"


def test_a_duty_begins_at_the_lowest_grade_of_the_pack() -> None:
    assert duty_from(load_pack("cn-gov")) is LARGER


def assessed(**told: object) -> Assessment:
    return Assessment(**{"is_incident": True, **told})  # type: ignore[arg-type]


HERE = Place("210000", "210100")


@pytest.mark.parametrize(
    ("assessment", "doubt"),
    [
        (assessed(place=HERE, severity=LARGER, casualties=Casualties(deaths=Figure(3))), Doubt.NONE),
        (assessed(place=HERE, severity=LARGER, likely=MAJOR), Doubt.PRESUMED),
        (assessed(place=HERE), Doubt.NO_FIGURES),
        (assessed(severity=LARGER), Doubt.NO_PLACE),
        (assessed(severity=LARGER, speaker=Speaker.HEARSAY), Doubt.RUMOUR),
        (assessed(scope=Scope.FOREIGN, decoy=Decoy.FOREIGN), Doubt.ABROAD),
        (assessed(is_incident=False, decoy=Decoy.DRILL), Doubt.DECOY),
        (assessed(is_incident=False, follow_up=True), Doubt.FOLLOW_UP),
        (assessed(is_incident=False, because=(Reason(Why.KIND_WORD), Reason(Why.NO_SIGNAL))), Doubt.NOT_BELIEVED),
        (assessed(is_incident=False, because=(Reason(Why.NO_SIGNAL),)), Doubt.NONE),
        (assessed(is_incident=False, because=(Reason(Why.NO_SIGNAL), Reason(Why.ATTRIBUTION))), Doubt.NONE),
    ],
)
def test_what_leaves_doubt(assessment: Assessment, doubt: Doubt) -> None:
    assert doubt_of(assessment) is doubt
    item = Item("题", published_at=NOW, first_seen_at=NOW)
    for asks in Asks:
        asked = to_ask(item, assessment, asks, "000000", NOW, maybe_recent=True)
        assert asked == (None if doubt is Doubt.NONE and asks is Asks.DOUBTFUL else doubt)


def test_what_is_old_or_surely_elsewhere_is_not_asked_about() -> None:
    decoy = assessed(is_incident=False, decoy=Decoy.DRILL)
    fresh = Item("题", published_at=NOW - timedelta(hours=23))
    old = Item("题", published_at=NOW - timedelta(hours=25))
    assert to_ask(fresh, decoy, Asks.ALL, "210100", NOW, maybe_recent=True)
    assert not to_ask(old, decoy, Asks.ALL, "210100", NOW, maybe_recent=True)
    assert not to_ask(Item("题"), decoy, Asks.ALL, "210100", NOW, maybe_recent=False)
    elsewhere = assessed(is_incident=False, decoy=Decoy.DRILL, place=Place("330000", "330100"))
    assert not to_ask(fresh, elsewhere, Asks.ALL, "210100", NOW, maybe_recent=True)
