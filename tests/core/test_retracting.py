"""A published response is withdrawn: what it met is owed again, as far as nothing else meets it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.rules import load_pack
from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.duties.obligations import MatterFacts
from monitor.core.duties.review import review, taken_up, waive
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    MatterState,
    Response,
    ResponseKind,
    Severity,
)

PACK = load_pack("cn-gov")
T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H, M = timedelta(hours=1), timedelta(minutes=1)
RELEASE, PRESS = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.PRESS_CONFERENCE
FOLLOW_UP = ResponseKind.FOLLOW_UP_RELEASE
FIVE, CONT = "OP-AUTH-5H", "OP-CONT"


class Story:
    """Holds what a database would."""

    def __init__(self) -> None:
        self.facts = MatterFacts(
            id=7, severity=Severity.MAJOR, reached={Severity.MAJOR: T0}, anchors={Anchor.FIRST_REPORTED: T0}
        )
        self.deadlines: dict[tuple[str, int], Deadline] = {}
        self.alerts: dict[str, AlertDraft] = {}
        self.transitions: list[Transition] = []

    def publish(self, number: int, at: datetime, kind: ResponseKind = RELEASE) -> Story:
        responses = sorted((*self.facts.responses, Response(kind, at, number)), key=lambda r: (r.published_at, r.id))
        self.facts = replace(self.facts, responses=tuple(responses))
        return self

    def withdraw(self, number: int, at: datetime) -> Story:
        left = tuple(response for response in self.facts.responses if response.id != number)
        self.facts = replace(self.facts, responses=left, retracted={**self.facts.retracted, number: at})
        return self

    def at(self, now: datetime) -> list[AlertDraft]:
        fresh = []
        for step in review(self.facts, PACK, self.deadlines.values(), now).steps:
            key = (step.deadline.obligation_id, step.deadline.ordinal)
            self.deadlines[key] = replace(step.deadline, id=hash(key))
            self.transitions += step.transitions
            fresh += [alert for alert in step.alerts if alert.key not in self.alerts]
            self.alerts |= {alert.key: alert for alert in step.alerts if alert.key not in self.alerts}
        return [alert for alert in fresh if alert.state is AlertState.PENDING]

    def state(self, name: str, ordinal: int = 1) -> DeadlineState:
        return self.deadlines[name, ordinal].state


@pytest.fixture
def story() -> Story:
    story = Story()
    story.at(T0)
    story.publish(1, T0 + 2 * H).at(T0 + 2 * H)
    assert story.state(FIVE) is DeadlineState.MET
    return story


def told(alerts: list[AlertDraft], name: str) -> list[str]:
    return [alert.point for alert in alerts if alert.obligation_id == name]


def test_what_is_withdrawn_in_time_is_owed_again_and_people_are_woken(story: Story) -> None:
    fresh = story.withdraw(1, T0 + 3 * H).at(T0 + 3 * H)
    again = story.deadlines[FIVE, 1]
    assert (again.state, again.due_at, again.settled_at, again.response_id) == (
        DeadlineState.OPEN, T0 + 5 * H, None, None,
    )  # fmt: skip
    mine = [alert for alert in fresh if alert.obligation_id == FIVE]
    assert [(a.point, a.reason, a.page) for a in mine] == [("retracted", AlertReason.OPENED, True)]
    assert "before:60m" in told(story.at(T0 + 4 * H), FIVE)
    assert "due" in told(story.at(T0 + 5 * H), FIVE)
    assert story.state(FIVE) is DeadlineState.MISSED


def test_what_is_withdrawn_days_later_was_missed_all_along(story: Story) -> None:
    story.withdraw(1, T0 + 72 * H).at(T0 + 72 * H)
    mine = [(t.before, t.after, t.cause, t.at) for t in story.transitions if t.obligation_id == FIVE]
    assert mine[-2:] == [
        (DeadlineState.MET, DeadlineState.OPEN, Cause.RETRACTED, T0 + 72 * H),
        (DeadlineState.OPEN, DeadlineState.MISSED, Cause.TIME_PASSED, T0 + 5 * H),
    ]


def test_another_release_in_time_keeps_it_met_and_wakes_nobody(story: Story) -> None:
    story.publish(2, T0 + 4 * H, PRESS).at(T0 + 4 * H)
    fresh = story.withdraw(1, T0 + 6 * H).at(T0 + 6 * H)
    assert story.deadlines[FIVE, 1].response_id == 2
    assert story.state(FIVE) is DeadlineState.MET
    assert told(fresh, FIVE) == []


def test_a_later_release_makes_it_late(story: Story) -> None:
    story.publish(2, T0 + 9 * H).at(T0 + 9 * H)
    story.withdraw(1, T0 + 10 * H).at(T0 + 10 * H)
    assert (story.state(FIVE), story.deadlines[FIVE, 1].settled_at) == (DeadlineState.MET_LATE, T0 + 9 * H)


def test_the_continuing_duty_counts_again_from_the_release_before(story: Story) -> None:
    story.publish(2, T0 + 10 * H, FOLLOW_UP).at(T0 + 10 * H)
    assert (story.state(CONT, 1), story.deadlines[CONT, 2].started_at) == (DeadlineState.MET, T0 + 10 * H)
    fresh = story.withdraw(2, T0 + 12 * H).at(T0 + 12 * H)
    second = story.deadlines[CONT, 2]
    assert story.state(CONT, 1) is DeadlineState.SUPERSEDED
    assert (second.state, second.started_at, second.due_at) == (DeadlineState.OPEN, T0 + 2 * H, T0 + 26 * H)
    assert "retracted" in told(fresh, CONT)
    assert story.at(T0 + 13 * H) == [], "it is told once"
    story.publish(3, T0 + 20 * H, FOLLOW_UP).at(T0 + 20 * H)
    assert (story.state(CONT, 2), story.deadlines[CONT, 3].started_at) == (DeadlineState.MET, T0 + 20 * H)


def test_two_releases_withdrawn_at_once_unwind_two_turns(story: Story) -> None:
    story.publish(2, T0 + 10 * H, FOLLOW_UP).at(T0 + 10 * H)
    story.publish(3, T0 + 20 * H, FOLLOW_UP).at(T0 + 20 * H)
    story.withdraw(2, T0 + 30 * H).withdraw(3, T0 + 30 * H).at(T0 + 30 * H)
    third = story.deadlines[CONT, 3]
    assert (third.started_at, third.due_at, third.state) == (T0 + 2 * H, T0 + 26 * H, DeadlineState.MISSED)
    assert {story.state(CONT, n) for n in (1, 2)} == {DeadlineState.SUPERSEDED}


def test_a_turn_in_the_middle_is_ended_by_the_next_release(story: Story) -> None:
    story.publish(2, T0 + 10 * H, FOLLOW_UP).at(T0 + 10 * H)
    story.publish(3, T0 + 30 * H, FOLLOW_UP).at(T0 + 30 * H)
    story.withdraw(2, T0 + 40 * H).at(T0 + 40 * H)
    first = story.deadlines[CONT, 1]
    assert (first.state, first.settled_at) == (DeadlineState.MET_LATE, T0 + 30 * H)
    assert story.deadlines[CONT, 3].started_at == T0 + 30 * H


def test_a_dismissed_incident_owes_nothing_until_it_is_taken_up(story: Story) -> None:
    story.facts = replace(story.facts, state=MatterState.DISMISSED)
    story.withdraw(1, T0 + 3 * H).at(T0 + 3 * H)
    assert story.state(FIVE) is DeadlineState.MET
    story.facts = replace(story.facts, state=MatterState.OPEN)
    story.at(T0 + 4 * H)
    assert story.state(FIVE) is DeadlineState.OPEN


def test_a_waiver_taken_back_runs_from_where_it_began() -> None:
    story = Story()
    story.at(T0)
    key = (FIVE, 1)
    story.deadlines[key] = waive(story.deadlines[key], T0 + H).deadline
    story.at(T0 + 2 * H)
    assert story.state(FIVE) is DeadlineState.WAIVED
    step = taken_up(story.deadlines[key], T0 + 6 * H)
    assert [alert.page for alert in step.alerts] == [True]
    story.deadlines[key] = step.deadline
    story.at(T0 + 6 * H)
    assert (story.state(FIVE), story.deadlines[key].due_at) == (DeadlineState.MISSED, T0 + 5 * H)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=6),
    st.lists(st.integers(61, 100), max_size=5),
)
def test_the_state_follows_from_what_is_left_however_it_was_looked_at(
    published: list[tuple[int, bool]], ticks: list[int]
) -> None:
    story = Story()
    story.at(T0)
    for number, (hour, _) in enumerate(published, 1):
        story.publish(number, T0 + hour * H)
    story.at(T0 + 60 * H)
    for number, (_, gone) in enumerate(published, 1):
        if gone:
            story.withdraw(number, T0 + 61 * H)
            story.at(T0 + 61 * H)
    for hour in sorted(ticks):
        story.at(T0 + hour * H)
    left = [hour for hour, gone in published if not gone]
    expected = DeadlineState.MISSED if not left else (DeadlineState.MET if min(left) <= 5 else DeadlineState.MET_LATE)
    assert story.state(FIVE) is expected
    live = [key for key, deadline in story.deadlines.items() if key[0] == CONT and deadline.live]
    assert len(live) <= 1, "of a repeating duty one turn runs at most"
