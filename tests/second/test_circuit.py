"""The endpoint is left alone while it fails, and asked again more and more seldom; people are told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.second.circuit import AGAIN, LONGEST_WISH, OPENS_AT, Circuit, Point, Told, alert_of, circuit_of
from monitor.core.second.opinion import PastRequest, RequestOutcome

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
M, H = timedelta(minutes=1), timedelta(hours=1)
Outcome = RequestOutcome
ENDED = [outcome for outcome in Outcome if outcome is not Outcome.ASKING]


def after(*outcomes: RequestOutcome, retry_at: datetime | None = None) -> Circuit:
    """Return how it stands after the outcomes, the latest last and now."""
    newest, *older = reversed(outcomes)
    return circuit_of([PastRequest(newest, NOW, retry_at, "said"), *(PastRequest(o, NOW - M) for o in older)])


def test_it_opens_after_five_faults_in_a_row_and_rests_longer_and_longer() -> None:
    assert circuit_of([]) == Circuit()
    assert not after(*[Outcome.TIMEOUT] * 4).is_open
    assert after(*[Outcome.TIMEOUT] * 5).until == NOW + 5 * M
    assert after(*[Outcome.TIMEOUT] * 7).until == NOW + 20 * M
    assert after(*[Outcome.TIMEOUT] * 30).until == NOW + H
    assert after(*[Outcome.TIMEOUT] * 30).rests(NOW + 59 * M)
    assert not after(*[Outcome.TIMEOUT] * 30).rests(NOW + H)


def test_an_answer_closes_it() -> None:
    assert after(*[Outcome.TIMEOUT] * 30, Outcome.ANSWERED) == Circuit()
    assert not after(*[Outcome.UNREACHED] * 4, Outcome.ANSWERED, *[Outcome.UNREACHED] * 4).is_open


def test_a_few_items_that_make_the_model_ramble_do_not_open_it() -> None:
    assert not after(*[Outcome.UNREADABLE] * 19).is_open
    assert after(*[Outcome.UNREADABLE] * 20).is_open, "a model that never answers rightly is told of"
    assert after(*[Outcome.UNREADABLE] * 20).said == "", "but not in its own words"
    assert after(*[Outcome.TIMEOUT] * 5).said == "said"
    assert not after(*[Outcome.DECLINED] * 30).is_open


def test_a_wish_to_wait_is_obeyed_within_reason() -> None:
    assert after(Outcome.THROTTLED, retry_at=NOW + 20 * M).rests(NOW + 19 * M)
    assert not after(Outcome.THROTTLED, retry_at=NOW + 20 * M).is_open
    assert after(Outcome.THROTTLED, retry_at=NOW + 900 * H).until == NOW + LONGEST_WISH
    assert after(*[Outcome.THROTTLED] * 6, retry_at=NOW + 2 * H).until == NOW + 2 * H


@given(st.lists(st.sampled_from(ENDED), min_size=1, max_size=40))
def test_it_always_ends_and_knows_whose_fault_it_is(outcomes: list[RequestOutcome]) -> None:
    circuit = after(*outcomes)
    assert circuit.until is None or circuit.until <= NOW + H
    since_good = next((n for n, o in enumerate(reversed(outcomes)) if o is Outcome.ANSWERED), len(outcomes))
    assert not circuit.is_open or since_good >= OPENS_AT


@pytest.mark.parametrize(
    ("circuit", "last", "point"),
    [
        (Circuit(), None, None),
        (Circuit(is_open=True), None, Point.DOWN),
        (Circuit(is_open=True), Told(4, Point.DOWN, NOW - H), None),
        (Circuit(is_open=True), Told(4, Point.DOWN, NOW - AGAIN), Point.DOWN),
        (Circuit(is_open=True), Told(4, Point.OVER, NOW - H), Point.DOWN),
        (Circuit(), Told(4, Point.DOWN, NOW - H), Point.OVER),
        (Circuit(), Told(4, Point.OVER, NOW - H), None),
    ],
)
def test_people_are_told_once(circuit: Circuit, last: Told | None, point: Point | None) -> None:
    draft = alert_of(circuit, last, "10.1.0.20:8000", NOW)
    assert (draft.point if draft else None) == point
    assert draft is None or (draft.page, draft.matter_id) == (False, None)
