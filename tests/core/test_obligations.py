"""The law's stories: which duties hold, from when, and what becomes of them as a matter's facts change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.duties.alerting import Silence, passed
from monitor.core.duties.deadlines import Cause
from monitor.core.duties.obligations import (
    Applicability,
    Applies,
    Jurisdiction,
    MatterFacts,
    Reminders,
    RumourRule,
    applicability,
    jurisdiction,
)
from monitor.core.duties.review import review
from monitor.core.duties.terms import hours
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    MatterState,
    Place,
    Response,
    ResponseKind,
    Scope,
    Severity,
)
from tests.core.test_deadlines import PACK, RUMOURED, T0, H, M, Story, major, names

FIVE, DAY, TWO_DAYS, CONT, RUMOUR = "OP-AUTH-5H", "OP-PRESS-24H", "OP-OTHER-48H", "OP-CONT", "OP-RUMOUR"
PUBLIC = [
    ResponseKind.AUTHORITATIVE_RELEASE,
    ResponseKind.PRESS_CONFERENCE,
    ResponseKind.FOLLOW_UP_RELEASE,
    ResponseKind.CLARIFICATION,
    ResponseKind.REPLY,
]
RELEASE, PRESS = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.PRESS_CONFERENCE
GRADES = [None, *Severity]


@pytest.mark.parametrize(
    ("code", "scope", "region", "expected"),
    [
        ("620402", Scope.DOMESTIC, "620000", Jurisdiction.OURS),
        ("620402", Scope.DOMESTIC, "000000", Jurisdiction.OURS),
        ("620000", Scope.DOMESTIC, "620400", Jurisdiction.MAYBE),
        ("620400", Scope.DOMESTIC, "620402", Jurisdiction.MAYBE),
        ("620700", Scope.DOMESTIC, "620400", Jurisdiction.NOT_OURS),
        ("510000", Scope.DOMESTIC, "620000", Jurisdiction.NOT_OURS),
        (None, Scope.UNKNOWN, "620000", Jurisdiction.MAYBE),
        (None, Scope.UNKNOWN, "000000", Jurisdiction.MAYBE),
        (None, Scope.DOMESTIC, "620000", Jurisdiction.MAYBE),
        (None, Scope.DOMESTIC, "000000", Jurisdiction.OURS),
        (None, Scope.FOREIGN, "000000", Jurisdiction.NOT_OURS),
        ("810000", Scope.HK_MO_TW, "000000", Jurisdiction.NOT_OURS),
        ("810000", Scope.HK_MO_TW, "440000", Jurisdiction.NOT_OURS),
        ("810000", Scope.HK_MO_TW, "810000", Jurisdiction.OURS),
        ("620402", Scope.FOREIGN, "620000", Jurisdiction.NOT_OURS),
    ],
)
def test_whose_it_is(code: str | None, scope: Scope, region: str, expected: Jurisdiction) -> None:
    place = Place() if code is None else Place(f"{code[:2]}0000", f"{code[:4]}00", code)
    if code is not None and code.endswith("0000"):
        place = Place(code)
    elif code is not None and code.endswith("00"):
        place = Place(f"{code[:2]}0000", code)
    assert jurisdiction(place, scope, region) is expected


REGIONS = ["000000", "330000", "330100", "330106", "330600", "340000", "419001", "110000", "110105", "810000"]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("330000", Jurisdiction.OURS),
        ("330100", Jurisdiction.MAYBE),
        ("330106", Jurisdiction.MAYBE),
        ("330600", Jurisdiction.MAYBE),
        ("330300", Jurisdiction.NOT_OURS),
        ("340000", Jurisdiction.NOT_OURS),
    ],
)
def test_of_several_that_come_into_question_each_is_asked_and_no_other(region: str, expected: Jurisdiction) -> None:
    assert jurisdiction(Place("330000", among=("330100", "330600")), Scope.DOMESTIC, region) is expected


@given(st.sampled_from(REGIONS), st.lists(st.sampled_from(REGIONS[1:]), min_size=2, max_size=4, unique=True))
def test_a_place_that_is_one_of_several_is_never_denied_to_any_of_them(region: str, among: list[str]) -> None:
    either = jurisdiction(Place(among=tuple(among)), Scope.DOMESTIC, region)
    each = {
        jurisdiction(Place(f"{code[:2]}0000", f"{code[:4]}00", code), Scope.DOMESTIC, region)
        for code in among
        if not code.endswith("00")
    }
    assert either is not Jurisdiction.NOT_OURS or each <= {Jurisdiction.NOT_OURS}
    assert (region in among) <= (either is not Jurisdiction.NOT_OURS)


@given(
    st.sampled_from(GRADES), st.sampled_from(GRADES), st.booleans(), st.sampled_from(Jurisdiction), st.integers(1, 5)
)
def test_of_the_first_answer_and_the_other_concern_never_both_are_sure(
    severity: Severity | None, likely: Severity | None, confirmed: bool, whose: Jurisdiction, sources: int
) -> None:
    facts = MatterFacts(
        id=1, severity=severity, likely=likely, confirmed=confirmed, jurisdiction=whose, sources=sources
    )
    holds = {o.id: applicability(o.applies, facts) for o in PACK.obligations}
    assert holds[FIVE] is holds[DAY]
    assert not (holds[FIVE] is Applicability.FIRM and holds[TWO_DAYS] is not Applicability.NO)
    if whose is Jurisdiction.NOT_OURS and not confirmed:
        assert set(holds.values()) == {Applicability.NO}
    elif max(severity or 0, likely or 0) >= Severity.LARGER:
        assert {holds[FIVE], holds[TWO_DAYS]} != {Applicability.NO}


def test_a_sure_major_incident_has_five_and_twenty_four_hours_from_the_event() -> None:
    story = major().know(anchors={Anchor.FIRST_REPORTED: T0, Anchor.OCCURRED: T0 - H})
    story.at(T0)
    assert (story.deadline(FIVE).anchor, story.deadline(FIVE).due_at) == (Anchor.OCCURRED, T0 + 4 * H)
    assert story.deadline(DAY).due_at == T0 + 23 * H
    assert [o.due for o in PACK.obligations if o.id in (FIVE, DAY, TWO_DAYS)] == [hours(5), hours(24), hours(48)]


def test_the_earliest_of_the_anchors_counts_in_whatever_order_they_are_listed() -> None:
    story = major().know(anchors={Anchor.FIRST_REPORTED: T0, Anchor.OCCURRED: T0 + 90 * M})
    story.at(T0 + 2 * H)
    assert (story.deadline(FIVE).anchor, story.deadline(FIVE).due_at) == (Anchor.FIRST_REPORTED, T0 + 5 * H)


def test_a_presumed_grade_that_is_denied_asks_a_person_who_may_end_it() -> None:
    story = Story(severity=Severity.GENERAL, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    assert story.deadline(FIVE).provisional
    asked = story.know(likely=None).at(T0 + H)
    assert {a.obligation_id for a in asked if a.reason is AlertReason.UPDATED} == {FIVE, DAY, TWO_DAYS}
    assert story.deadline(FIVE).state is DeadlineState.OPEN
    story.know(state=MatterState.DISMISSED).at(T0 + 2 * H)
    assert story.deadline(FIVE).state is DeadlineState.WITHDRAWN


def test_a_rise_before_the_five_hours_are_over_still_counts_from_the_event() -> None:
    story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0})
    story.at(T0)
    story.know(severity=Severity.MAJOR, reached={Severity.LARGER: T0, Severity.MAJOR: T0 + 4 * H}).at(T0 + 4 * H)
    assert story.deadline(FIVE).due_at == T0 + 5 * H
    assert story.deadline(DAY).due_at == T0 + 24 * H
    assert story.deadline(TWO_DAYS).state is DeadlineState.SUPERSEDED


def test_a_rise_by_a_persons_word_supersedes_as_well() -> None:
    story = Story(severity=Severity.LARGER, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    assert {story.deadline(name).state for name in (FIVE, TWO_DAYS)} == {DeadlineState.OPEN}
    fresh = story.know(confirmed=True).at(T0 + H)
    assert story.deadline(TWO_DAYS).state is DeadlineState.SUPERSEDED
    assert [a for a in fresh if a.reason is AlertReason.UPDATED] == []


def test_what_was_already_due_is_not_moved_by_a_later_rise() -> None:
    story = major()
    story.at(T0 + 6 * H)
    due_at = story.deadline(FIVE).due_at
    story.know(severity=Severity.EXTRAORDINARY, reached={Severity.MAJOR: T0, Severity.EXTRAORDINARY: T0 + 7 * H})
    story.at(T0 + 7 * H)
    assert (story.deadline(FIVE).due_at, story.deadline(FIVE).state) == (due_at, DeadlineState.MISSED)


def test_a_missed_other_concern_is_kept_in_the_log_when_the_grade_rises() -> None:
    story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0})
    story.at(T0)
    story.at(T0 + 49 * H)
    story.know(severity=Severity.MAJOR, reached={Severity.LARGER: T0, Severity.MAJOR: T0 + 50 * H}).at(T0 + 50 * H)
    changes = [(t.after, t.at) for t in story.transitions if t.obligation_id == TWO_DAYS]
    assert changes == [
        (DeadlineState.OPEN, T0),
        (DeadlineState.MISSED, T0 + 48 * H),
        (DeadlineState.SUPERSEDED, T0 + 50 * H),
    ]
    assert story.deadline(FIVE).due_at == T0 + 55 * H


@pytest.mark.parametrize(
    ("kind", "met"),
    [
        (RELEASE, {FIVE}),
        (PRESS, {FIVE, DAY}),
        (ResponseKind.FOLLOW_UP_RELEASE, set()),
        (ResponseKind.CLARIFICATION, {RUMOUR}),
        (ResponseKind.REPLY, set()),
    ],
)
def test_which_duties_a_response_meets(kind: ResponseKind, met: set[str]) -> None:
    story = major(voices=RUMOURED)
    story.at(T0)
    story.respond(kind, T0 + H).at(T0 + H)
    done = {name for (name, _), d in story.deadlines.items() if d.state is DeadlineState.MET}
    assert done - ({RUMOUR} if kind is PRESS else set()) == met


def test_any_answer_meets_the_duty_towards_other_concern() -> None:
    for kind in PUBLIC:
        story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0})
        story.at(T0)
        story.respond(kind, T0 + H).at(T0 + H)
        assert story.deadline(TWO_DAYS).state is DeadlineState.MET


def test_a_release_before_the_grade_was_reached_has_met_the_duty_already() -> None:
    story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0})
    story.at(T0)
    story.respond(RELEASE, T0 + 2 * H).at(T0 + 2 * H)
    story.know(severity=Severity.MAJOR, reached={Severity.LARGER: T0, Severity.MAJOR: T0 + 30 * H})
    fresh = story.at(T0 + 30 * H)
    assert story.deadline(FIVE).state is DeadlineState.MET
    assert names(fresh) == [f"settled:{(T0 + 35 * H):%Y%m%dT%H%M%S}"]
    assert story.deadline(DAY).state is DeadlineState.OPEN
    assert (story.deadline(CONT).state, story.deadline(CONT).due_at) == (DeadlineState.OPEN, T0 + 54 * H)


@given(st.lists(st.tuples(st.sampled_from(ResponseKind), st.integers(1, 1800)), max_size=6), st.randoms())
def test_the_order_in_which_responses_are_logged_does_not_matter(told: list[tuple[ResponseKind, int]], random) -> None:  # type: ignore[no-untyped-def]
    def outcome(order: list[tuple[ResponseKind, int]]) -> dict[str, tuple[DeadlineState, object]]:
        story = major(voices=RUMOURED)
        story.at(T0)
        for kind, minute in order:
            story.respond(kind, T0 + minute * M).at(T0 + 1800 * M)
        story.at(T0 + 1800 * M)
        return {name: (story.deadline(name).state, story.deadline(name).settled_at) for name in (FIVE, DAY, RUMOUR)}

    assert outcome(told) == outcome(random.sample(told, len(told)))


def test_the_continuing_duty_follows_the_last_release_and_not_a_clarification() -> None:
    story = major()
    story.at(T0)
    story.respond(RELEASE, T0 + H).at(T0 + H)
    story.respond(ResponseKind.CLARIFICATION, T0 + 10 * H).at(T0 + 10 * H)
    assert (story.deadline(CONT).state, story.deadline(CONT).due_at) == (DeadlineState.OPEN, T0 + 25 * H)
    story.at(T0 + 26 * H)
    assert story.deadline(CONT).state is DeadlineState.MISSED
    story.respond(ResponseKind.FOLLOW_UP_RELEASE, T0 + 27 * H).at(T0 + 27 * H)
    assert story.deadline(CONT).state is DeadlineState.MET_LATE
    assert story.deadline(CONT, 2).due_at == T0 + 51 * H


def test_a_rumour_of_a_small_matter_needs_a_clarification_only() -> None:
    story = Story(severity=None, voices=RUMOURED)
    story.at(T0)
    assert {name for name, _ in story.deadlines} == {RUMOUR}
    story.respond(RELEASE, T0 + H).at(T0 + H)
    assert story.deadline(RUMOUR).state is DeadlineState.OPEN
    story.respond(PRESS, T0 + 2 * H).at(T0 + 2 * H)
    assert story.deadline(RUMOUR).state is DeadlineState.MET


def test_where_nothing_is_dated_any_more_a_running_deadline_keeps_its_start() -> None:
    story = Story(voices=RUMOURED)
    story.at(T0)
    before = story.deadline(RUMOUR)
    story.know(anchors={}, dated=False).at(T0 + H)
    assert (story.deadline(RUMOUR).started_at, story.deadline(RUMOUR).due_at) == (before.started_at, before.due_at)
    story.at(T0 + 49 * H)
    assert story.deadline(RUMOUR).state is DeadlineState.MISSED


def test_graver_news_of_a_dismissed_matter_are_asked_about_once_for_each_grade() -> None:
    story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0})
    story.at(T0)
    story.know(state=MatterState.DISMISSED)
    assert review(story.facts, PACK, story.deadlines.values(), T0 + H).grown is None
    for grade in (Severity.MAJOR, Severity.EXTRAORDINARY):
        story.know(severity=grade)
        found = [review(story.facts, PACK, story.deadlines.values(), T0 + n * H).grown for n in (1, 2)]
        assert [asked is not None and asked.key for asked in found] == [f"matter:7:grown:{grade.name.lower()}"] * 2
    assert (FIVE, 1) not in story.deadlines


def test_a_dismissed_presumption_that_news_prove_is_asked_about() -> None:
    story = Story(severity=Severity.GENERAL, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    story.know(state=MatterState.DISMISSED).at(T0 + M)
    assert review(story.facts, PACK, story.deadlines.values(), T0 + H).grown is None
    story.know(severity=Severity.MAJOR, likely=None)
    assert review(story.facts, PACK, story.deadlines.values(), T0 + H).grown is not None


def test_fresh_news_of_what_was_too_old_open_the_duties_of_its_grade_overdue_and_tell() -> None:
    story = major()
    assert story.at(T0 + 80 * H) == []
    fresh = story.know(news_at=T0 + 80 * H).at(T0 + 80 * H + 5 * M)
    assert {a.obligation_id: a.point for a in fresh} == {FIVE: "opened", DAY: "opened"}
    assert (story.deadline(FIVE).state, story.deadline(FIVE).due_at) == (DeadlineState.MISSED, T0 + 5 * H)
    changes = [(t.before, t.after, t.cause) for t in story.transitions if t.obligation_id == FIVE]
    assert changes == [
        (None, DeadlineState.NOT_APPLICABLE, Cause.TOO_OLD),
        (DeadlineState.NOT_APPLICABLE, DeadlineState.OPEN, Cause.FRESH_NEWS),
        (DeadlineState.OPEN, DeadlineState.MISSED, Cause.TIME_PASSED),
    ]
    assert story.at(T0 + 81 * H) == []


def test_a_persons_word_opens_what_was_too_old() -> None:
    story = major()
    story.at(T0 + 100 * H)
    story.know(confirmed=True, vouched_at=T0 + 101 * H).at(T0 + 101 * H)
    assert story.deadline(FIVE).state is DeadlineState.MISSED
    assert story.deadline(DAY).state is DeadlineState.MISSED


def test_fresh_news_of_an_old_lesser_concern_open_nothing() -> None:
    story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0}).know(news_at=T0 + 80 * H)
    assert story.at(T0 + 80 * H) == []
    assert story.deadline(TWO_DAYS).state is DeadlineState.NOT_APPLICABLE


def test_a_follow_up_of_what_was_too_old_asks_a_person_once() -> None:
    story = major()
    story.at(T0 + 80 * H)
    assert review(story.facts, PACK, story.deadlines.values(), T0 + 80 * H).aged is None
    story.know(hinted_at=T0 + 80 * H)
    asked = [review(story.facts, PACK, story.deadlines.values(), T0 + n * H).aged for n in (80, 90)]
    assert [a is not None and a.key for a in asked] == ["matter:7:too_old"] * 2
    story.know(confirmed=True, vouched_at=T0 + 91 * H).at(T0 + 91 * H)
    assert review(story.facts, PACK, story.deadlines.values(), T0 + 91 * H).aged is None


def test_a_rule_that_left_the_pack_leaves_its_deadline_running() -> None:
    story = major()
    story.at(T0)
    fewer = replace(PACK, obligations=tuple(o for o in PACK.obligations if o.id != FIVE))
    outcome = review(story.facts, fewer, story.deadlines.values(), T0 + 6 * H)
    (step,) = [s for s in outcome.steps if s.deadline.obligation_id == FIVE]
    assert [t.cause for t in step.transitions] == [Cause.TIME_PASSED]
    # It goes on as it opened, its reminders included: nobody who relies on them must miss the end for an edited file.
    assert {a.point for a in step.alerts if a.state is AlertState.PENDING} == {"doubt:rule", "overdue:60m"}
    assert {"due", "before:30m"} <= {a.point for a in step.alerts}
    assert (step.deadline.state, step.deadline.check_at) == (DeadlineState.MISSED, T0 + 7 * H)
    dismissed = replace(story.facts, state=MatterState.DISMISSED)
    (ended,) = [
        s.deadline for s in review(dismissed, fewer, story.deadlines.values(), T0 + H).steps
        if s.deadline.obligation_id == FIVE
    ]  # fmt: skip
    assert ended.state is DeadlineState.WITHDRAWN


def test_a_reminder_is_told_although_a_later_repeat_is_silenced() -> None:
    story = major()
    story.at(T0)
    obligation = PACK.obligation(FIVE)
    assert obligation is not None
    tight = replace(obligation, reminders=Reminders(shares=(0.1,), until_acknowledged=(20 * M, 40 * M)))
    told = {alert.point: alert.silence for alert in passed(story.deadline(FIVE), tight, T0 + M, T0 + 50 * M)}
    assert told == {"share:0.1": None, "again:1": Silence.ACKNOWLEDGED, "again:2": Silence.ACKNOWLEDGED}


def test_each_condition_of_a_rule_is_needed() -> None:
    facts = MatterFacts(
        id=1, severity=Severity.MAJOR, voices=RUMOURED, responses=(Response(RELEASE, T0),), province="620000"
    )
    rule = Applies(at_least=Severity.MAJOR, rumour=RumourRule(), after=frozenset({RELEASE}), except_provinces=("71",))
    assert applicability(rule, facts) is Applicability.FIRM
    for lacking in (
        replace(facts, severity=Severity.LARGER),
        replace(facts, voices=()),
        replace(facts, responses=(Response(PRESS, T0),)),
        replace(facts, province="710000"),
        replace(facts, kind="question"),
    ):
        assert applicability(rule, lacking) is Applicability.NO
