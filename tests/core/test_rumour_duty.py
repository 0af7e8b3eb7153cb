"""The duty to clarify: it begins when a claim grows or is denied, and ends when officials confirm it."""

from __future__ import annotations

from dataclasses import replace

from monitor.core.duties.deadlines import Cause
from monitor.core.duties.review import review
from monitor.core.incidents.voices import Voice
from monitor.core.model import AlertReason, Anchor, DeadlineState, MatterState, RumourState, Severity, Speaker, Trust
from tests.core.test_deadlines import PACK, T0, H, M, Story, names

RUMOUR, FIVE = "OP-RUMOUR", "OP-AUTH-5H"


def claim(number: int, minute: int = 0) -> Voice:
    return Voice(
        item_id=number, title="网传某厂爆炸", source=f"account{number}", trust=Trust.PERSONAL, at=T0 + minute * M
    )


WHISPER = (claim(1),)
GROWN = (claim(1), claim(2, 20), claim(3, 40))
DENIAL = Voice(item_id=8, title="网传某厂爆炸不实", source="police", trust=Trust.OFFICIAL, at=T0 + 90 * M, denies=True)
OFFICIAL = Voice(item_id=9, title="某厂爆炸", source="bureau", trust=Trust.OFFICIAL, at=T0 + 90 * M)


def test_a_whisper_is_watched_and_the_duty_counts_from_when_it_had_grown() -> None:
    story = Story(voices=WHISPER)
    assert story.at(T0) == []
    story.know(voices=GROWN).at(T0 + 40 * M)
    deadline = story.deadline(RUMOUR)
    assert (deadline.anchor, deadline.started_at) == (Anchor.RUMOUR_SPREAD, T0 + 40 * M)
    assert (deadline.due_at, deadline.provisional) == (T0 + 40 * M + 48 * H, False)


def test_a_claim_that_grows_on_its_third_day_is_not_overdue_at_once() -> None:
    late = tuple(replace(voice, at=voice.at + 71 * H) for voice in GROWN[1:])
    story = Story(voices=(claim(1), *late, claim(4, 71 * 60)))
    story.at(T0 + 72 * H)
    assert story.deadline(RUMOUR).state is DeadlineState.OPEN


def test_a_denial_of_a_single_whisper_is_owed_a_clarification_too() -> None:
    story = Story(voices=(*WHISPER, DENIAL))
    story.at(T0 + 2 * H)
    assert story.deadline(RUMOUR).started_at == DENIAL.at


def test_a_denial_after_the_growth_moves_no_start() -> None:
    story = Story(voices=GROWN)
    story.at(T0 + H)
    before = story.deadline(RUMOUR)
    story.know(voices=(*GROWN, DENIAL)).at(T0 + 2 * H)
    after = story.deadline(RUMOUR)
    assert (after.anchors, after.due_at) == (before.anchors, before.due_at)


def test_a_rumour_that_officials_confirm_is_owed_none_and_the_reason_is_told() -> None:
    story = Story(voices=GROWN)
    story.at(T0 + H)
    told = story.know(voices=(*GROWN, OFFICIAL)).at(T0 + 2 * H)
    assert story.deadline(RUMOUR).state is DeadlineState.WITHDRAWN
    assert story.transitions[-1].cause is Cause.RUMOUR_CONFIRMED
    assert [(alert.reason, alert.point) for alert in told] == [(AlertReason.WITHDRAWN, "rumour_confirmed")]
    assert story.at(T0 + 3 * H) == []


def test_a_confirmed_rumour_leaves_the_other_duties_alone() -> None:
    story = Story(voices=GROWN, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0 + H)
    assert story.deadline(FIVE).provisional
    story.know(voices=(*GROWN, OFFICIAL), severity=Severity.MAJOR).at(T0 + 2 * H)
    assert (story.deadline(FIVE).state, story.deadline(FIVE).provisional) == (DeadlineState.OPEN, False)


def test_where_reports_are_taken_out_a_person_is_asked_and_nothing_ends_by_itself() -> None:
    story = Story(voices=GROWN)
    story.at(T0 + H)
    told = story.know(voices=WHISPER).at(T0 + 2 * H)
    assert names(told, RUMOUR) == ["doubt:rumour"]
    assert story.deadline(RUMOUR).state is DeadlineState.OPEN


def test_what_is_only_claimed_starts_no_firm_clock_even_with_a_firm_grade() -> None:
    story = Story(voices=GROWN, severity=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0 + H)
    assert story.deadline(FIVE).provisional
    story.know(confirmed=True, anchors={Anchor.FIRST_REPORTED: T0, Anchor.CONFIRMED: T0 + H}).at(T0 + H)
    assert not story.deadline(FIVE).provisional


def test_a_denial_asks_a_person_once_and_ends_no_clock() -> None:
    story = Story(voices=WHISPER, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    story.know(voices=(*WHISPER, DENIAL))
    outcome = review(story.facts, PACK, story.deadlines.values(), T0 + 2 * H)
    assert outcome.doubted is not None
    assert (outcome.doubted.key, outcome.doubted.detail["title"]) == ("matter:7:denied", DENIAL.title)
    assert outcome.hearing is not None
    assert outcome.hearing.rumour is not None
    assert outcome.hearing.rumour.state is RumourState.DENIED
    story.at(T0 + 2 * H)
    assert story.deadline(FIVE).state is DeadlineState.OPEN
    story.know(acted_at=T0 + 2 * H).at(T0 + 6 * H)
    assert story.deadline(FIVE).state is DeadlineState.MISSED


def test_a_denial_of_what_has_no_clock_but_the_rumours_own_asks_nothing() -> None:
    story = Story(voices=(*WHISPER, DENIAL))
    assert review(story.facts, PACK, (), T0 + 2 * H).doubted is None


def test_a_growing_rumour_needs_nobodys_time_and_undated_old_posts_start_nothing() -> None:
    story = Story(voices=GROWN, dated=False).know(anchors={})
    story.at(T0 + H)
    assert story.deadline(RUMOUR).state is DeadlineState.OPEN
    old = Story(voices=tuple(replace(voice, maybe_recent=False) for voice in GROWN), dated=False).know(anchors={})
    assert old.at(T0 + H) == []
    assert old.deadlines == {}


def test_posts_of_last_year_that_are_found_now_start_nothing() -> None:
    story = Story(voices=tuple(replace(voice, at=voice.at - 8000 * H) for voice in GROWN))
    story.at(T0)
    assert story.deadline(RUMOUR).state is DeadlineState.NOT_APPLICABLE


def test_hearsay_in_a_paper_is_a_claim_like_any_other() -> None:
    papers = tuple(
        replace(voice, trust=Trust.LOCAL_MEDIA, speaker=Speaker.HEARSAY, source=f"paper{voice.item_id}")
        for voice in GROWN
    )
    story = Story(voices=papers)
    story.at(T0 + H)
    assert story.deadline(RUMOUR).state is DeadlineState.OPEN


def test_a_dismissed_incident_is_asked_about_where_its_claim_grows_and_not_where_it_is_denied() -> None:
    story = Story(voices=WHISPER, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    story.know(state=MatterState.DISMISSED).at(T0 + M)
    denied = review(story.know(voices=(*WHISPER, DENIAL)).facts, PACK, story.deadlines.values(), T0 + 2 * H)
    assert denied.asides == ()
    grown = review(story.know(voices=GROWN).facts, PACK, story.deadlines.values(), T0 + 2 * H)
    assert [asked.key for asked in grown.asides] == ["matter:7:spreading"]
    assert grown.steps == ()


def test_a_clarification_that_was_dismissed_with_its_incident_is_not_asked_about_again() -> None:
    story = Story(voices=GROWN)
    story.at(T0 + H)
    story.know(state=MatterState.DISMISSED).at(T0 + 2 * H)
    assert review(story.facts, PACK, story.deadlines.values(), T0 + 3 * H).asides == ()
