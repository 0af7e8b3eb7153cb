"""What becomes of an alert in the outbox, decided from its attempts, its circumstances and the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.duties.alerting import Silence
from monitor.core.duties.delivering import (
    FIRST_RETRY,
    LEASE,
    LONGEST_RETRY,
    TAKEN,
    Circumstances,
    Verdict,
    hindered,
    judge,
    pause,
    refusals_in_a_row,
    slow_pause,
    unsure_since,
)
from monitor.core.model import LIVE, AlertReason, AlertState, DeadlineState, DeliveryState, MatterState
from monitor.core.views import AlertView, DeliveryView

T0 = datetime(2026, 7, 9, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ASKING = [
    AlertReason.TROUBLE,
    AlertReason.UPDATED,
    AlertReason.CONFIRMED,
    AlertReason.WAVE,
    AlertReason.REVIEW,
    AlertReason.ASSIGNMENT,
    AlertReason.PLAN,
]
NEWS = [AlertReason.SETTLED, AlertReason.WITHDRAWN, AlertReason.BRIEFING, AlertReason.HANDOFF]


def attempt(
    channel: str, state: DeliveryState, *, began: timedelta = timedelta(0), retry: timedelta | None = None
) -> DeliveryView:
    retry_at = None if retry is None else T0 + retry
    return DeliveryView(channel=channel, state=state, started_at=T0 + began, ended_at=None, retry_at=retry_at)


def alert(
    *deliveries: DeliveryView, reason: AlertReason = AlertReason.REMINDER, point: str = "before:30m"
) -> AlertView:
    return AlertView(
        id=1,
        key="a",
        reason=reason,
        matter_id=1,
        obligation_id="X",
        ordinal=1,
        point=point,
        page=True,
        at=T0,
        created_at=T0,
        not_before=T0,
        useful_until=T0 + HOUR,
        state=AlertState.PENDING,
        silence=None,
        deliveries=deliveries,
    )


OPEN = Circumstances(MatterState.OPEN, None, DeadlineState.OPEN)


def test_an_alert_is_sent_once_every_channel_is_done_and_one_took_it() -> None:
    took, refused = attempt("a", DeliveryState.ACCEPTED), attempt("b", DeliveryState.REFUSED)
    assert judge(alert(took), OPEN, ["a", "b"], T0) == Verdict(AlertState.PENDING)
    assert judge(alert(took, refused), OPEN, ["a", "b"], T0) == Verdict(AlertState.SENT)
    everywhere = alert(attempt("a", DeliveryState.REFUSED), refused)
    assert judge(everywhere, OPEN, ["a", "b"], T0) == Verdict(AlertState.UNDELIVERABLE, Silence.REFUSED_EVERYWHERE)
    assert judge(alert(), OPEN, [], T0) == Verdict(AlertState.UNDELIVERABLE, Silence.NO_CHANNEL)


def test_what_stands_only_in_the_services_own_output_has_reached_nobody() -> None:
    written = attempt("console", DeliveryState.ACCEPTED)
    refused, took = attempt("chat", DeliveryState.REFUSED), attempt("chat", DeliveryState.ACCEPTED)
    names = ["console", "chat"]
    none = Verdict(AlertState.UNDELIVERABLE, Silence.REFUSED_EVERYWHERE)
    assert judge(alert(written, refused), OPEN, names, T0, unread=["console"]) == none
    assert judge(alert(written, took), OPEN, names, T0, unread=["console"]) == Verdict(AlertState.SENT)
    assert judge(alert(written), OPEN, ["console"], T0, unread=["console"]) == Verdict(AlertState.SENT)
    away = alert(written, attempt("chat", DeliveryState.UNREACHABLE))
    late = judge(away, OPEN, names, T0 + HOUR, unread=["console"])
    assert late == Verdict(AlertState.EXPIRED, Silence.NO_LONGER_USEFUL)


@pytest.mark.parametrize("reason", sorted(set(AlertReason) - {*ASKING, *NEWS}))
@pytest.mark.parametrize("state", sorted(set(DeadlineState) - LIVE))
def test_an_alert_of_a_deadline_stops_with_the_deadline(reason: AlertReason, state: DeadlineState) -> None:
    over = Circumstances(MatterState.OPEN, None, state)
    assert judge(alert(reason=reason), over, ["a"], T0) == Verdict(AlertState.SUPPRESSED, Silence.SETTLED)
    assert judge(alert(reason=reason), OPEN, ["a"], T0) == Verdict(AlertState.PENDING)


@pytest.mark.parametrize("state", [MatterState.DISMISSED, MatterState.MERGED])
def test_a_dismissed_incident_asks_nobody_any_more_but_what_became_of_it_is_told(state: MatterState) -> None:
    around = Circumstances(state, None, DeadlineState.WITHDRAWN)
    for reason in AlertReason:
        silence = judge(alert(reason=reason), around, ["a"], T0).silence
        assert silence == (None if reason in NEWS else Silence.DISMISSED), reason


@pytest.mark.parametrize("why", [Silence.SIGNED, Silence.REASSIGNED])
def test_what_asks_for_a_receipt_stops_once_it_is_given_or_owed_by_others(why: Silence) -> None:
    asks = alert(reason=AlertReason.ASSIGNMENT)
    over = Circumstances(MatterState.OPEN, overtaken=why)
    assert judge(asks, over, ["a"], T0) == Verdict(AlertState.SUPPRESSED, why)
    assert judge(asks, Circumstances(MatterState.OPEN, T0), ["a"], T0) == Verdict(AlertState.PENDING)


@pytest.mark.parametrize("point", ["grown", "spreading"])
def test_what_asks_whether_a_dismissal_still_holds_is_asked_of_the_dismissed(point: str) -> None:
    question = alert(reason=AlertReason.TROUBLE, point=point)
    assert judge(question, Circumstances(MatterState.DISMISSED), ["a"], T0) == Verdict(AlertState.PENDING)
    assert judge(question, Circumstances(MatterState.MERGED), ["a"], T0).silence is Silence.DISMISSED


@pytest.mark.parametrize("point", ["again:1", "overdue:60m"])
def test_only_repeats_stop_when_somebody_acts(point: str) -> None:
    acted, before = (Circumstances(MatterState.OPEN, at, DeadlineState.OPEN) for at in (T0, T0 - SECOND))
    assert judge(alert(point=point), acted, ["a"], T0).silence is Silence.ACKNOWLEDGED
    assert judge(alert(point=point), before, ["a"], T0).state is AlertState.PENDING
    assert judge(alert(point="due", reason=AlertReason.DUE), acted, ["a"], T0).state is AlertState.PENDING


def test_an_attempt_under_way_holds_its_lease_and_no_longer() -> None:
    sending = attempt("a", DeliveryState.SENDING)
    for past, busy in ((LEASE - SECOND, True), (LEASE, False)):
        assert hindered([sending], T0 + past) is busy
        verdict = judge(alert(attempt("a", DeliveryState.SENDING, began=HOUR)), OPEN, ["a"], T0 + HOUR + past)
        assert (verdict.state is AlertState.PENDING) is busy


def test_a_channel_rests_until_its_next_try() -> None:
    failed = attempt("a", DeliveryState.UNREACHABLE, retry=timedelta(seconds=5))
    assert hindered([failed], T0 + 4 * SECOND)
    assert not hindered([failed], T0 + 5 * SECOND)
    assert not hindered([], T0)


def test_what_somebody_can_mend_is_refused_only_until_then() -> None:
    wrong_token = attempt("a", DeliveryState.REFUSED, retry=timedelta(minutes=1))
    assert hindered([wrong_token], T0 + 59 * SECOND)
    assert not hindered([wrong_token], T0 + 60 * SECOND)
    assert judge(alert(wrong_token), OPEN, ["a"], T0) == Verdict(AlertState.PENDING)
    over = judge(alert(wrong_token), OPEN, ["a"], T0 + HOUR)
    assert over == Verdict(AlertState.UNDELIVERABLE, Silence.REFUSED_EVERYWHERE)
    away = alert(wrong_token, attempt("b", DeliveryState.UNREACHABLE))
    assert judge(away, OPEN, ["a", "b"], T0 + HOUR).state is AlertState.EXPIRED
    assert hindered([attempt("a", DeliveryState.REFUSED)], T0 + HOUR), "the message itself is refused"


def test_refusals_pause_for_one_five_fifteen_and_then_thirty_minutes() -> None:
    assert [slow_pause(n) // timedelta(minutes=1) for n in range(1, 7)] == [1, 5, 15, 30, 30, 30]
    refused, away, cut = (attempt("a", DeliveryState(s)) for s in ("refused", "unreachable", "sending"))
    for tries, count in (([], 0), ([refused], 1), ([refused, away, refused, refused], 2), ([refused, cut], 1)):
        assert refusals_in_a_row(tries) == count


@given(st.integers(1, 10**6))
def test_pauses_never_shrink_and_stay_in_their_bounds(failures: int) -> None:
    assert FIRST_RETRY <= pause(failures) <= pause(failures + 1) <= LONGEST_RETRY


STATES = st.sampled_from(list(DeliveryState))


@given(st.lists(st.tuples(st.sampled_from("ab"), STATES), max_size=6), st.integers(-60, 120))
def test_no_verdict_contradicts_the_attempts(tries: list[tuple[str, DeliveryState]], minutes: int) -> None:
    now = T0 + timedelta(minutes=minutes)
    verdict = judge(alert(*(attempt(name, state) for name, state in tries)), OPEN, ["a", "b"], now)
    last = dict(tries)
    if verdict.state is AlertState.SENT:
        assert {DeliveryState.ACCEPTED, DeliveryState.UNCONFIRMED} & set(last.values())
    if verdict.state is AlertState.UNDELIVERABLE:
        assert last == dict.fromkeys("ab", DeliveryState.REFUSED)
    if verdict.state is AlertState.PENDING and now >= T0 + HOUR:
        raise AssertionError("an alert that is no longer useful waits on")
    if verdict.state in (AlertState.EXPIRED, AlertState.UNDELIVERABLE):
        assert verdict.silence is not None


@given(st.lists(st.tuples(STATES, st.booleans()), max_size=6))
def test_doubt_begins_with_the_first_attempt_whose_end_is_unknown(tries: list[tuple[DeliveryState, bool]]) -> None:
    views = [
        DeliveryView(
            channel="a",
            state=state,
            started_at=T0 + n * SECOND,
            ended_at=None,
            retry_at=None,
            may_have_arrived=unsure and state not in TAKEN,
        )
        for n, (state, unsure) in enumerate(tries)
    ]
    doubtful = [v.started_at for v in views if v.state is DeliveryState.SENDING or v.may_have_arrived]
    assert unsure_since(views) == min(doubtful, default=None)


RESTING = Circumstances(MatterState.OPEN, None, DeadlineState.OPEN, T0 - SECOND, paused=True)
PUT_OFF = Circumstances(MatterState.OPEN, None, DeadlineState.OPEN, T0 + HOUR)


@pytest.mark.parametrize(
    ("reason", "point", "around", "silence"),
    [
        (AlertReason.REMINDER, "before:30m", RESTING, Silence.PAUSED),
        (AlertReason.OPENED, "again:1", RESTING, Silence.PAUSED),
        (AlertReason.DUE, "due", RESTING, Silence.PAUSED),
        (AlertReason.MOVED, "paused:20260709T120000", RESTING, None),
        (AlertReason.OPENED, "retracted", RESTING, None),
        (AlertReason.UPDATED, "doubt:start:20260709T120000", RESTING, None),
        (AlertReason.DUE, "due", PUT_OFF, Silence.END_MOVED),
        (AlertReason.OVERDUE, "overdue:30m", PUT_OFF, Silence.END_MOVED),
        (AlertReason.REMINDER, "before:30m", PUT_OFF, None),
    ],
)
def test_what_waits_is_silenced_while_the_time_stands_still_or_once_the_end_is_put_off(
    reason: AlertReason, point: str, around: Circumstances, silence: Silence | None
) -> None:
    assert judge(alert(reason=reason, point=point), around, ["a"], T0).silence is silence
