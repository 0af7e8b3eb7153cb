"""Stories in time: a matter's facts change, the clock moves, and its deadlines follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.rules import load_pack
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.duties.obligations import Jurisdiction, MatterFacts
from monitor.core.duties.review import Review, review, waive
from monitor.core.incidents.voices import Voice
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    MatterState,
    Response,
    ResponseKind,
    Severity,
    Trust,
)

PACK = load_pack("cn-gov")
T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
M = timedelta(minutes=1)
# A medium tells it too, so that not everything is only claimed; three accounts repeat a claim that nobody vouches for.
RUMOURED = (
    Voice(item_id=1, title="某厂爆炸", source="paper", trust=Trust.LOCAL_MEDIA, at=T0),
    *(Voice(item_id=n, title="网传某厂爆炸", source=f"account{n}", trust=Trust.PERSONAL, at=T0) for n in (2, 3, 4)),
)


class Story:
    """Holds what a database would: deadlines and alerts by key, transitions in order."""

    def __init__(self, **facts: object) -> None:
        self.facts = MatterFacts(id=7, anchors={Anchor.FIRST_REPORTED: T0}, **facts)  # type: ignore[arg-type]
        self.deadlines: dict[tuple[str, int], Deadline] = {}
        self.alerts: dict[str, AlertDraft] = {}
        self.transitions: list[Transition] = []

    def know(self, **facts: object) -> Story:
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]
        return self

    def at(self, now: datetime) -> list[AlertDraft]:
        """Review at `now`; return the alerts that are new and to be sent."""
        outcome: Review = review(self.facts, PACK, self.deadlines.values(), now)
        fresh = []
        for step in outcome.steps:
            key = (step.deadline.obligation_id, step.deadline.ordinal)
            self.deadlines[key] = replace(step.deadline, id=hash(key))
            self.transitions += step.transitions
            fresh += [alert for alert in step.alerts if alert.key not in self.alerts]
            self.alerts |= {alert.key: alert for alert in step.alerts if alert.key not in self.alerts}
        for aside in outcome.asides:
            if aside.key not in self.alerts:
                self.alerts[aside.key] = aside
                fresh.append(aside)
        return [alert for alert in fresh if alert.state is AlertState.PENDING]

    def deadline(self, obligation: str = "OP-AUTH-5H", ordinal: int = 1) -> Deadline:
        return self.deadlines[obligation, ordinal]

    def respond(self, kind: ResponseKind, published_at: datetime) -> Story:
        response = Response(kind, published_at, id=len(self.facts.responses) + 1)
        return self.know(responses=(*self.facts.responses, response))


def major(**facts: object) -> Story:
    return Story(severity=Severity.MAJOR, reached={Severity.MAJOR: T0}, **facts)


def names(alerts: list[AlertDraft], obligation: str = "OP-AUTH-5H") -> list[str]:
    return [alert.point for alert in alerts if alert.obligation_id == obligation]


def test_a_major_incident_opens_both_clocks_and_tells_at_once() -> None:
    story = major()
    fresh = story.at(T0 + 3 * M)
    assert names(fresh) == ["opened"]
    assert story.deadline().due_at == T0 + 5 * H
    assert story.deadline("OP-PRESS-24H").due_at == T0 + 24 * H
    assert not story.deadline().provisional
    assert all(alert.page for alert in fresh)
    assert ("OP-OTHER-48H", 1) not in story.deadlines


def test_nothing_changes_when_nothing_happened() -> None:
    story = major()
    story.at(T0)
    assert review(story.facts, PACK, story.deadlines.values(), T0).steps == ()


def test_reminders_come_at_half_time_and_before_the_end_then_the_end_itself() -> None:
    story = major(acted_at=T0 + M)
    story.at(T0)
    told = {}
    for minute in range(1, 6 * 60):
        for alert in story.at(T0 + minute * M):
            if alert.obligation_id == "OP-AUTH-5H":
                told[alert.point] = (alert.at - T0) / M
    assert told == {
        "share:0.5": 150,
        "before:60m": 240,
        "before:30m": 270,
        "before:10m": 290,
        "due": 300,
        "overdue:30m": 330,
    }
    assert story.deadline().state is DeadlineState.MISSED


def test_an_unanswered_opening_is_told_again_until_a_person_acts() -> None:
    story = major()
    story.at(T0)
    assert names(story.at(T0 + 10 * M)) == ["again:1"]
    assert names(story.at(T0 + 20 * M)) == ["again:2"]
    story.know(acted_at=T0 + 21 * M)
    assert names(story.at(T0 + 40 * M)) == []
    silent = [a for a in story.alerts.values() if a.point == "again:3" and a.obligation_id == "OP-AUTH-5H"]
    assert [a.silence for a in silent] == [Silence.ACKNOWLEDGED]


def test_an_acknowledgement_never_stops_the_statutory_deadline() -> None:
    story = major(acted_at=T0 + M)
    story.at(T0)
    assert names(story.at(T0 + 240 * M)) == ["before:60m"]
    story.at(T0 + 301 * M)
    assert story.deadline().state is DeadlineState.MISSED


def test_a_release_in_time_meets_the_first_clock_only_and_starts_the_continuing_one() -> None:
    story = major()
    story.at(T0)
    story.respond(ResponseKind.AUTHORITATIVE_RELEASE, T0 + 2 * H)
    fresh = story.at(T0 + 2 * H + M)
    assert story.deadline().state is DeadlineState.MET
    assert story.deadline().settled_at == T0 + 2 * H
    assert [a.reason for a in fresh if a.obligation_id == "OP-AUTH-5H"] == [AlertReason.SETTLED]
    assert story.deadline("OP-PRESS-24H").state is DeadlineState.OPEN
    assert story.deadline("OP-CONT").due_at == T0 + 26 * H
    assert names(story.at(T0 + 300 * M)) == []


def test_a_press_conference_meets_both() -> None:
    story = major()
    story.at(T0)
    story.respond(ResponseKind.PRESS_CONFERENCE, T0 + 4 * H).at(T0 + 4 * H)
    assert story.deadline().state is story.deadline("OP-PRESS-24H").state is DeadlineState.MET


def test_a_late_release_is_met_late_and_the_log_keeps_the_miss() -> None:
    story = major()
    story.at(T0)
    story.at(T0 + 6 * H)
    story.respond(ResponseKind.AUTHORITATIVE_RELEASE, T0 + 7 * H).at(T0 + 7 * H)
    changes = [(t.after, t.at) for t in story.transitions if t.obligation_id == "OP-AUTH-5H"]
    assert changes == [
        (DeadlineState.OPEN, T0),
        (DeadlineState.MISSED, T0 + 5 * H),
        (DeadlineState.MET_LATE, T0 + 7 * H),
    ]


def test_a_release_logged_late_but_published_in_time_is_met() -> None:
    story = major()
    story.at(T0)
    story.at(T0 + 6 * H)
    story.respond(ResponseKind.AUTHORITATIVE_RELEASE, T0 + 4 * H).at(T0 + 8 * H)
    assert story.deadline().state is DeadlineState.MET


def test_continuing_releases_follow_one_another_until_waived() -> None:
    story = major()
    story.at(T0)
    story.respond(ResponseKind.AUTHORITATIVE_RELEASE, T0 + H).at(T0 + H)
    story.respond(ResponseKind.FOLLOW_UP_RELEASE, T0 + 20 * H).at(T0 + 20 * H)
    assert story.deadline("OP-CONT", 1).state is DeadlineState.MET
    second = story.deadline("OP-CONT", 2)
    assert (second.started_at, second.due_at) == (T0 + 20 * H, T0 + 44 * H)
    ended = waive(second, T0 + 21 * H).deadline
    story.deadlines["OP-CONT", 2] = ended
    story.at(T0 + 60 * H)
    assert ("OP-CONT", 3) not in story.deadlines
    assert story.deadline("OP-CONT", 2).state is DeadlineState.WAIVED


def test_missing_people_open_a_provisional_clock_that_news_makes_firm() -> None:
    story = Story(severity=Severity.GENERAL, likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    assert story.deadline().provisional
    story.know(severity=Severity.MAJOR, likely=None)
    fresh = story.at(T0 + H)
    assert not story.deadline().provisional
    assert AlertReason.CONFIRMED in [a.reason for a in fresh]
    assert story.deadline().due_at == T0 + 5 * H


def test_confirmation_by_a_person_makes_it_firm() -> None:
    story = Story(likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    story.know(confirmed=True).at(T0 + 5 * M)
    assert not story.deadline().provisional


def test_dismissal_withdraws_and_a_later_confirmation_takes_it_up_again() -> None:
    story = Story(likely=Severity.MAJOR, reached={Severity.MAJOR: T0})
    story.at(T0)
    story.know(state=MatterState.DISMISSED)
    assert [a.reason for a in story.at(T0 + H)][:1] == [AlertReason.WITHDRAWN]
    assert names(story.at(T0 + 5 * H)) == []
    story.know(state=MatterState.OPEN, confirmed=True)
    fresh = story.at(T0 + 3 * H)
    assert story.deadline().state is DeadlineState.OPEN
    assert story.deadline().due_at == T0 + 5 * H
    assert AlertReason.OPENED in [a.reason for a in fresh]


def test_an_earlier_report_moves_the_start_earlier_and_nothing_moves_it_later() -> None:
    story = major()
    story.at(T0 + 10 * M)
    story.know(anchors={Anchor.FIRST_REPORTED: T0 - H})
    fresh = story.at(T0 + 20 * M)
    assert story.deadline().due_at == T0 + 4 * H
    assert AlertReason.MOVED in [a.reason for a in fresh]
    story.know(anchors={Anchor.FIRST_REPORTED: T0 + H})
    story.at(T0 + 30 * M)
    assert story.deadline().due_at == T0 + 4 * H


def test_the_event_itself_counts_before_its_first_report() -> None:
    story = major(acted_at=None)
    story.know(anchors={Anchor.FIRST_REPORTED: T0, Anchor.OCCURRED: T0 - 2 * H}).at(T0)
    assert story.deadline().anchor is Anchor.OCCURRED
    assert story.deadline().anchors[Anchor.FIRST_REPORTED] == T0


def test_a_level_reached_days_later_counts_from_then() -> None:
    story = Story(severity=Severity.LARGER, reached={Severity.LARGER: T0})
    story.at(T0)
    assert story.deadline("OP-OTHER-48H").state is DeadlineState.OPEN
    risen = T0 + 30 * H
    story.know(severity=Severity.MAJOR, reached={Severity.LARGER: T0, Severity.MAJOR: risen})
    story.at(risen)
    assert story.deadline().anchor is Anchor.LEVEL_REACHED
    assert story.deadline().due_at == risen + 5 * H
    assert story.deadline("OP-OTHER-48H").state is DeadlineState.SUPERSEDED
    assert any(t.cause is Cause.REGRADED for t in story.transitions)


def test_a_correction_downwards_asks_a_person_and_erases_nothing() -> None:
    story = major()
    story.at(T0)
    story.know(severity=Severity.LARGER)
    fresh = story.at(T0 + H)
    assert AlertReason.UPDATED in [a.reason for a in fresh]
    assert story.deadline().state is DeadlineState.OPEN
    assert [a for a in story.at(T0 + H + M) if a.reason is AlertReason.UPDATED] == []


def test_what_lies_elsewhere_opens_nothing_and_what_may_be_ours_is_provisional() -> None:
    elsewhere = major(jurisdiction=Jurisdiction.NOT_OURS)
    elsewhere.at(T0)
    assert elsewhere.deadlines == {}
    perhaps = major(jurisdiction=Jurisdiction.MAYBE)
    perhaps.at(T0)
    assert perhaps.deadline().provisional


def test_hong_kong_is_outside_the_regime() -> None:
    story = major(province="810000")
    story.at(T0)
    assert story.deadlines == {}


def test_an_undated_report_asks_a_person_instead_of_starting_a_clock() -> None:
    story = major(dated=False).know(anchors={})
    fresh = story.at(T0)
    assert story.deadlines == {}
    assert [a.reason for a in fresh] == [AlertReason.TROUBLE]
    assert story.at(T0 + M) == []
    story.know(confirmed=True, anchors={Anchor.CONFIRMED: T0 + H})
    story.at(T0 + H)
    assert (story.deadline().anchor, story.deadline().due_at) == (Anchor.CONFIRMED, T0 + 6 * H)


def test_old_news_is_kept_as_not_applicable() -> None:
    story = major()
    assert story.at(T0 + 100 * H) == []
    assert story.deadline().state is DeadlineState.NOT_APPLICABLE


def test_news_that_comes_after_the_end_gives_exactly_one_alert() -> None:
    story = major()
    fresh = story.at(T0 + 9 * H)
    assert names(fresh) == ["opened"]
    assert story.deadline().state is DeadlineState.MISSED


def test_after_hours_of_silence_one_late_alert_and_the_rest_is_kept_as_skipped() -> None:
    story = major()
    story.at(T0)
    fresh = story.at(T0 + 12 * H)
    assert names(fresh) == ["overdue:240m"]
    skipped = {a.point: a.silence for a in story.alerts.values() if a.obligation_id == "OP-AUTH-5H" and a.silence}
    assert skipped["before:10m"] is Silence.LATER_ALERT_TELLS
    assert set(skipped) == {
        "again:1", "again:2", "again:3", "again:4", "share:0.5", "before:60m", "before:30m", "before:10m", "due",
        "overdue:30m", "overdue:60m", "overdue:120m",
    }  # fmt: skip


def test_a_rumour_has_its_own_clock_met_by_a_clarification() -> None:
    story = Story(voices=RUMOURED)
    story.at(T0)
    assert story.deadline("OP-RUMOUR").due_at == T0 + 48 * H
    story.respond(ResponseKind.CLARIFICATION, T0 + H).at(T0 + H)
    assert story.deadline("OP-RUMOUR").state is DeadlineState.MET


def test_merged_matters_keep_their_deadlines_as_superseded() -> None:
    story = major()
    story.at(T0)
    story.know(state=MatterState.MERGED)
    assert story.at(T0 + H) == []
    assert story.deadline().state is DeadlineState.SUPERSEDED


@given(st.lists(st.integers(1, 3000), max_size=25), st.booleans())
def test_any_split_of_moments_gives_the_same_transitions(minutes: list[int], answered: bool) -> None:
    def run(moments: list[int]) -> tuple[list[Transition], Deadline]:
        story = major()
        story.at(T0)
        if answered:
            story.respond(ResponseKind.AUTHORITATIVE_RELEASE, T0 + 8 * H)
        for minute in sorted(moments):
            story.at(T0 + minute * M)
        return [t for t in story.transitions if t.obligation_id == "OP-AUTH-5H"], story.deadline()

    split, deadline = run([*minutes, 3001])
    whole, same = run([3001])
    assert [(t.before, t.after, t.at) for t in split] == [(t.before, t.after, t.at) for t in whole]
    assert (deadline.state, deadline.due_at) == (same.state, same.due_at)


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=40))
def test_no_point_is_ever_lost_or_told_twice(minutes: list[int]) -> None:
    story = major()
    told: list[str] = []
    for minute in sorted(minutes):
        told += [alert.key for alert in story.at(T0 + minute * M)]
    assert len(told) == len(set(told))
    story.at(T0 + 4001 * M)
    met = {a.point for a in story.alerts.values() if a.obligation_id == "OP-AUTH-5H"}
    assert {"opened", "share:0.5", "before:60m", "before:30m", "before:10m", "due", "overdue:30m"} <= met


@given(st.lists(st.integers(-600, 600), min_size=1, max_size=12))
def test_the_due_moment_only_ever_moves_earlier(offsets: list[int]) -> None:
    story = major()
    story.at(T0)
    before = story.deadline().due_at
    for n, offset in enumerate(offsets):
        story.know(anchors={Anchor.FIRST_REPORTED: T0 + offset * M}).at(T0 + n * M)
        assert story.deadline().due_at <= before
        before = story.deadline().due_at


def test_checking_is_asked_for_exactly_when_something_comes() -> None:
    story = major(acted_at=T0)
    story.at(T0)
    seen = []
    now = story.deadline().check_at
    while now is not None:
        story.at(now)
        seen.append((now - T0) / M)
        now = story.deadline().check_at
    assert seen == pytest.approx([150, 240, 270, 290, 300, 330, 360, 420, 540, 780, 1260])
