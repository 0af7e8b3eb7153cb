"""Stories of what a release promised: each promise is a deadline of its own, and ends when it said."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.rules import load_pack
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.duties.obligations import MatterFacts, RulePack
from monitor.core.duties.review import review, waive
from monitor.core.model import AlertReason, Anchor, DeadlineState, MatterState, Response, ResponseKind, Severity

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
H = timedelta(hours=1)
M = timedelta(minutes=1)
OPEN, MISSED, MET, LATE = DeadlineState.OPEN, DeadlineState.MISSED, DeadlineState.MET, DeadlineState.MET_LATE
GONE = DeadlineState.WITHDRAWN
RELEASE, FOLLOW_UP, CLARIFICATION = (
    ResponseKind.AUTHORITATIVE_RELEASE,
    ResponseKind.FOLLOW_UP_RELEASE,
    ResponseKind.CLARIFICATION,
)


def only(pack: RulePack) -> RulePack:
    return replace(pack, obligations=tuple(rule for rule in pack.obligations if rule.id == "OP-PROMISE"))


PACK = only(load_pack())


def release(hours: float, promises: float | None = None, *, id: int, kind: ResponseKind = RELEASE) -> Response:  # noqa: A002 - as in the type
    return Response(kind, T0 + hours * H, id, promised_at=None if promises is None else T0 + promises * H)


class Story:
    """One incident, reviewed again and again as facts arrive."""

    def __init__(self) -> None:
        anchors = {Anchor.OCCURRED: T0, Anchor.FIRST_REPORTED: T0}
        self.facts = MatterFacts(
            id=1, severity=Severity.LARGER, anchors=anchors, reached={Severity.LARGER: T0}, news_at=T0, vouched_at=T0
        )
        self.known: dict[int, Deadline] = {}
        self.changes: list[Transition] = []
        self.told: list[AlertReason] = []

    def at(self, hours: float, **facts: object) -> Story:
        self.facts = replace(self.facts, **facts)  # type: ignore[arg-type]
        done = review(self.facts, PACK, list(self.known.values()), T0 + hours * H)
        for step in done.steps:
            self.known[step.deadline.ordinal] = replace(step.deadline, id=step.deadline.ordinal)
            self.changes += step.transitions
            self.told += [alert.reason for alert in step.alerts if alert.state.value == "pending"]
        return self

    def states(self) -> dict[int, DeadlineState]:
        return {ordinal: self.known[ordinal].state for ordinal in sorted(self.known)}


def test_a_promise_runs_from_the_release_to_the_moment_that_it_named() -> None:
    story = Story().at(1).at(2, responses=(release(2, 6, id=7),))
    (deadline,) = story.known.values()
    assert (deadline.ordinal, deadline.started_at, deadline.due_at) == (7, T0 + 2 * H, T0 + 6 * H)
    assert (deadline.state, deadline.anchor, deadline.provisional) == (OPEN, Anchor.PROMISED, False)
    assert story.told == [AlertReason.OPENED]
    story.at(4.1)
    story.at(5.6)
    assert story.told == [AlertReason.OPENED, AlertReason.REMINDER, AlertReason.REMINDER]
    story.at(6)
    assert story.states() == {7: MISSED}
    assert story.told[-1] is AlertReason.DUE


def test_a_release_without_a_promise_opens_nothing() -> None:
    assert Story().at(2, responses=(release(2, id=1),)).known == {}


def test_a_promise_of_the_past_is_none() -> None:
    assert release(2, 2, id=1).promised_at is None
    assert Story().at(2, responses=(release(2, 1, id=1),)).known == {}


@pytest.mark.parametrize(("hours", "state"), [(3.9, OPEN), (4, MET), (5, MET), (6, MET), (6.5, LATE)])
def test_the_next_release_keeps_it_from_the_middle_of_the_time_on(hours: float, state: DeadlineState) -> None:
    responses = (release(2, 6, id=1), release(hours, id=2, kind=FOLLOW_UP))
    story = Story().at(2, responses=responses[:1]).at(max(hours, 2), responses=responses)
    assert story.states() == {1: state}
    assert Story().at(hours, responses=responses).states() == {1: state}


def test_a_clarification_keeps_no_promise() -> None:
    story = Story().at(5, responses=(release(2, 6, id=1), release(5, id=2, kind=CLARIFICATION)))
    assert story.states() == {1: OPEN}


def test_a_new_promise_soon_after_replaces_the_old_one() -> None:
    first, second = release(2, 6, id=1), release(3, 9, id=2, kind=FOLLOW_UP)
    story = Story().at(2, responses=(first,)).at(3, responses=(first, second))
    assert story.states() == {1: GONE, 2: OPEN}
    assert [change.cause for change in story.changes if change.ordinal == 1] == [Cause.APPLIES, Cause.DUTY_ENDED]
    story.at(8, responses=(first, second, release(8, id=3, kind=FOLLOW_UP)))
    assert story.states() == {1: GONE, 2: MET}


def test_a_new_promise_in_the_second_half_keeps_the_old_one() -> None:
    story = Story().at(5, responses=(release(2, 6, id=1), release(5, 9, id=2, kind=FOLLOW_UP)))
    assert story.states() == {1: MET, 2: OPEN}


def test_waiving_one_promise_waives_no_other() -> None:
    story = Story().at(2, responses=(release(2, 6, id=1),))
    story.known[1] = waive(story.known[1], T0 + 3 * H).deadline
    story.at(5, responses=(release(2, 6, id=1), release(5, 9, id=2)))
    assert story.states() == {1: DeadlineState.WAIVED, 2: OPEN}


def test_what_was_withdrawn_was_promised_all_the_same() -> None:
    story = Story().at(2, responses=(release(2, 6, id=1),))
    story.at(3, responses=(), retracted={1: T0 + 3 * H})
    assert story.states() == {1: OPEN}
    story.at(6.1)
    assert story.states() == {1: MISSED}


def test_a_release_that_kept_it_and_was_withdrawn_leaves_it_owed() -> None:
    first, second = release(2, 6, id=1), release(5, id=2, kind=FOLLOW_UP)
    story = Story().at(5, responses=(first, second))
    assert story.states() == {1: MET}
    story.at(5.5, responses=(first,), retracted={2: T0 + 5.5 * H})
    assert story.states() == {1: OPEN}
    story.at(7)
    assert story.states() == {1: MISSED}


def test_a_promise_of_long_ago_that_is_logged_now_opens_no_clock() -> None:
    for number in (1, 5):
        story = Story().at(100, responses=(release(2, 6, id=number),))
        assert story.states() == {number: DeadlineState.NOT_APPLICABLE}
        assert story.told == []


def test_a_dismissed_incident_owes_no_promise() -> None:
    story = Story().at(2, responses=(release(2, 6, id=1),)).at(3, state=MatterState.DISMISSED)
    assert story.states() == {1: GONE}


moments = st.lists(
    st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(1, 30))),
    min_size=1,
    max_size=6,
    unique_by=lambda m: m[0],
)


@given(moments, st.integers(0, 60), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_in_whatever_order_it_is_looked_at_the_same_is_owed(
    made: list[tuple[int, int | None]], until: int, chance: random.Random
) -> None:
    responses = tuple(
        release(at, None if span is None else at + span, id=n) for n, (at, span) in enumerate(sorted(made), 1)
    )
    known = [r for r in responses if r.published_at <= T0 + until * H]
    at_once = Story().at(until, responses=tuple(known))
    step_by_step = Story()
    for hour in sorted({*(chance.randint(0, until) for _ in range(8)), until}):
        step_by_step.at(hour, responses=tuple(r for r in known if r.published_at <= T0 + hour * H))
    assert step_by_step.states() == at_once.states()
    for ordinal, deadline in at_once.known.items():
        promise = next(r for r in responses if r.id == ordinal)
        assert (deadline.started_at, deadline.due_at) == (promise.published_at, promise.promised_at)
