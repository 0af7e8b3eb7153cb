"""What the reports of one incident say together: figures, grades and places over time, in whatever order they lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.lexicon import load_words
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.history import Incident, Report, fold, merged
from monitor.core.model import Place, Scope, Severity, Speaker, Trust

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
M = timedelta(minutes=1)
_chinese, _, _tables = load_words()
GRADER = Grader(_tables, _chinese.kinds)
LOCAL, OFFICIAL = Trust.LOCAL_MEDIA, Trust.OFFICIAL


def report(number: int, minute: int = 0, **known: object) -> Report:
    told: dict[str, object] = {
        "title": f"第{number}报",
        "source": f"source {number % 3}",
        "trust": LOCAL,
        "first_seen_at": T0 + minute * M,
        "published_at": T0 + minute * M,
        "kind": "chemical",
    }
    return Report(item_id=number, **(told | known))  # type: ignore[arg-type]


def deaths(number: int, minute: int, count: int, **known: object) -> Report:
    return report(number, minute, figures={"deaths": count}, **known)


def grades(incident: Incident) -> list[tuple[Severity | None, Severity | None]]:
    return [(step.severity, step.likely) for step in incident.steps]


def test_a_growing_toll_is_a_step_each_time_it_grows() -> None:
    incident = fold([deaths(1, 0, 2), deaths(2, 10, 2), deaths(3, 20, 9), deaths(4, 30, 12)], GRADER)
    assert [(step.item_id, step.figures["deaths"]) for step in incident.steps] == [(1, 2), (3, 9), (4, 12)]
    assert [s for s, _ in grades(incident)] == [Severity.GENERAL, Severity.LARGER, Severity.MAJOR]
    assert incident.severity is Severity.MAJOR
    assert (incident.first_seen_at, incident.last_seen_at, incident.items) == (T0, T0 + 30 * M, 4)


def test_the_dead_are_not_taken_back_by_a_report_that_lags() -> None:
    incident = fold([deaths(1, 0, 12), deaths(2, 10, 3)], GRADER)
    assert incident.figures["deaths"] == 12
    assert len(incident.steps) == 1


def test_of_the_missing_trapped_and_injured_the_latest_word_counts() -> None:
    first = report(1, 0, figures={"deaths": 3, "missing": 9, "trapped": 4, "injured": 30}, kind="coal_mine")
    later = report(2, 10, figures={"missing": 2, "trapped": 0, "injured": 25}, kind="coal_mine")
    incident = fold([first, later], GRADER)
    assert incident.figures == {"deaths": 3, "missing": 2, "trapped": 0, "injured": 25}
    assert grades(incident) == [(Severity.LARGER, Severity.MAJOR), (Severity.LARGER, None)]


def test_a_natural_disaster_counts_the_missing() -> None:
    known = report(1, figures={"deaths": 0, "missing": 10}, kind="flood")
    assert GRADER.kinds["flood"].table == "natural-disaster"
    assert fold([known], GRADER).severity is Severity.MAJOR
    mine = report(1, figures={"deaths": 0, "missing": 10}, kind="coal_mine")
    assert grades(fold([mine], GRADER)) == [(Severity.GENERAL, Severity.MAJOR)]


def test_a_grade_by_wording_holds_until_figures_are_told() -> None:
    worded = report(1, 0, likely=Severity.MAJOR)
    assert fold([worded, report(2, 5)], GRADER).likely is Severity.MAJOR
    assert grades(fold([worded, deaths(2, 5, 1)], GRADER))[-1] == (Severity.GENERAL, None)


def test_the_kind_is_what_most_trusted_reports_name() -> None:
    told = [report(1, 0, kind="fire"), report(2, 1, kind="explosion", trust=OFFICIAL), report(3, 2, kind="other")]
    assert fold(told, GRADER).kind == "explosion"


def test_the_place_is_the_finest_on_which_the_trusted_agree() -> None:
    vague = Place("620000", name="甘肃")
    fine = Place("620000", "620400", "620402", name="白银区")
    wrong = Place("510000", "510700", name="绵阳")
    told = [report(1, 0, place=vague), report(2, 1, place=wrong), report(3, 2, place=fine, trust=OFFICIAL)]
    assert fold(told, GRADER).place == fine


def test_the_place_is_told_by_those_who_agree_on_the_scope() -> None:
    here, there = Place("440000", name="深圳"), Place("810000", name="香港")
    told = [report(n, n, place=there, scope=Scope.HK_MO_TW) for n in (1, 2)]
    assert fold([*told, report(3, 3, place=here, scope=Scope.DOMESTIC)], GRADER).place == there


def test_what_comes_into_question_is_kept_until_a_report_says_where() -> None:
    motorway = Place(name="沪昆高速", among=("330000", "360000"))
    told = [report(1, 0, place=motorway, scope=Scope.DOMESTIC), report(2, 1)]
    assert fold(told, GRADER).place == motorway
    sure = Place("330000", "330700", name="金华")
    assert fold([*told, report(3, 2, place=sure, scope=Scope.DOMESTIC)], GRADER).place == sure
    both = Place("330000", "330700", name="金华", among=("330700", "331100"))
    assert fold([*told, report(3, 2, place=both, scope=Scope.DOMESTIC)], GRADER).place == both


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ([Scope.UNKNOWN, Scope.UNKNOWN], Scope.UNKNOWN),
        ([Scope.UNKNOWN, Scope.FOREIGN], Scope.FOREIGN),
        ([Scope.DOMESTIC, Scope.FOREIGN], Scope.DOMESTIC),
        ([Scope.DOMESTIC, Scope.FOREIGN, Scope.FOREIGN], Scope.FOREIGN),
        ([Scope.HK_MO_TW, Scope.UNKNOWN, Scope.UNKNOWN], Scope.HK_MO_TW),
        ([Scope.HK_MO_TW, Scope.DOMESTIC], Scope.DOMESTIC),
        ([Scope.HK_MO_TW, Scope.FOREIGN], Scope.HK_MO_TW),
        ([Scope.HK_MO_TW, Scope.HK_MO_TW, Scope.DOMESTIC], Scope.HK_MO_TW),
    ],
)
def test_where_it_happened_is_voted_on_and_home_wins_a_draw(scopes: list[Scope], expected: Scope) -> None:
    assert fold([report(n, n, scope=scope) for n, scope in enumerate(scopes)], GRADER).scope is expected


def test_a_time_that_nobody_trusts_dates_no_incident() -> None:
    undated = report(1, published_at=None, maybe_recent=False)
    assert (fold([undated], GRADER).first_reported_at, fold([undated], GRADER).maybe_recent) == (None, False)
    dated = report(2, 9, published_at=T0 - 60 * M)
    both = fold([undated, dated], GRADER)
    assert (both.first_reported_at, both.maybe_recent) == (T0 - 60 * M, True)


def test_nothing_happened_after_it_was_first_reported() -> None:
    briefing = report(1, 90, occurred_at=T0 + 80 * M, trust=OFFICIAL)
    assert fold([briefing], GRADER).occurred_at == T0 + 80 * M
    assert fold([briefing, report(2, 95, published_at=T0)], GRADER).occurred_at is None
    event = report(3, 96, occurred_at=T0 - 20 * M)
    assert fold([briefing, report(2, 95, published_at=T0), event], GRADER).occurred_at == T0 - 20 * M


def test_one_source_that_speaks_often_is_one_source() -> None:
    told = [report(n, n, source="evening") for n in range(5)]
    assert (fold(told, GRADER).sources, fold(told, GRADER).items) == (1, 5)


FIGURES = st.dictionaries(st.sampled_from(["deaths", "missing", "trapped", "injured", "serious"]), st.integers(0, 40))
KINDS = st.sampled_from(["chemical", "coal_mine", "flood", "fire", "other"])
PLACES = st.sampled_from([Place(), Place("620000"), Place("620000", "620400"), Place("510000", "510700", name="绵阳")])


@st.composite
def reports(draw: st.DrawFn) -> list[Report]:
    """Draw reports of which many became known and were published at the same moments."""
    return [
        report(
            number,
            draw(st.integers(0, 3)),
            published_at=draw(st.sampled_from([None, T0, T0 + M])),
            source=draw(st.sampled_from("ab")),
            trust=draw(st.sampled_from(Trust)),
            kind=draw(KINDS),
            place=draw(PLACES),
            scope=draw(st.sampled_from(Scope)),
            figures=draw(FIGURES),
            likely=draw(st.sampled_from([None, Severity.LARGER, Severity.MAJOR])),
            speaker=draw(st.sampled_from([None, *Speaker])),
        )
        for number in range(draw(st.integers(1, 7)))
    ]


@given(reports(), st.randoms(use_true_random=False))
def test_how_the_reports_lie_does_not_matter(told: list[Report], random: Random) -> None:
    mixed = random.sample(told, len(told))
    assert fold(mixed, GRADER) == fold(told, GRADER)


@given(reports(), st.randoms(use_true_random=False))
def test_which_of_those_that_came_together_was_stored_first_does_not_matter(told: list[Report], random: Random) -> None:
    numbers = random.sample(range(100), len(told))
    again = fold([_renumbered(r, n) for r, n in zip(told, numbers, strict=True)], GRADER)
    before = fold(told, GRADER)
    assert _without_numbers(again) == _without_numbers(before)


def _renumbered(one: Report, number: int) -> Report:
    values = {name: getattr(one, name) for name in Report.__slots__}
    return Report(**(values | {"item_id": number}))


def _without_numbers(incident: Incident) -> dict[str, object]:
    known = {name: getattr(incident, name) for name in Incident.__slots__ if name != "steps"}
    return known | {
        "steps": [(s.at, s.reported_at, s.severity, s.likely, s.figures, s.sentence) for s in incident.steps]
    }


@given(reports())
def test_the_dead_never_become_fewer_once_somebody_vouches_for_them(told: list[Report]) -> None:
    vouched = [report for report in told if not report.claim]
    tolls = [step.figures.get("deaths", 0) for step in (fold(vouched, GRADER).steps if vouched else ())]
    assert tolls == sorted(tolls)
    if any("deaths" in report.figures for report in vouched):
        assert fold(told, GRADER).figures["deaths"] == tolls[-1]


@given(reports())
def test_the_last_step_is_what_is_known(told: list[Report]) -> None:
    incident = fold(told, GRADER)
    last = incident.steps[-1]
    assert (last.severity, last.likely, last.figures) == (incident.severity, incident.likely, incident.figures)
    assert all(one.at <= other.at for one, other in zip(incident.steps, incident.steps[1:], strict=False))
    assert incident.likely is None or incident.severity is None or incident.likely > incident.severity


@given(FIGURES, FIGURES)
def test_merging_figures_forgets_none(known: dict[str, int], news: dict[str, int]) -> None:
    both = merged(known, news)
    assert both.keys() == known.keys() | news.keys()
    assert both.get("deaths", 0) == max(known.get("deaths", 0), news.get("deaths", 0))
    assert all(both[name] == value for name, value in news.items() if name != "deaths")
