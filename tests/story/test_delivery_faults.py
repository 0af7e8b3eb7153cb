"""Whatever goes wrong between the outbox and the people: nothing is lost, nothing doubled that need not be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from monitor.core.duties.alerting import Silence
from monitor.core.duties.delivering import LEASE, LONGEST_RETRY
from monitor.core.duties.pacing import Pace
from monitor.core.errors import N_
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Message, Receipt, Try
from responders.channels.slack import Slack
from responders.documents.messages import Scene
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Fault
from tests.story.office import MovedClock
from tests.story.outbox import AWAY, SILENT, Killed, Post, Told, at_once, moments, plain

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
REVOKED = DeliveryFailure("token_revoked", permanent=True, remedy=N_("Set a new bot token."))
REFUSED = DeliveryFailure("msg_too_long", final=True, remedy=N_("Shorten it."))


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def fake(clock: MovedClock) -> Iterator[FakeSlack]:
    with FakeSlack(burst=50, clock=lambda: clock().timestamp()) as fake:
        yield fake


def slack_of(fake: FakeSlack, timeout: int = 5) -> Slack:
    return Slack(name="slack", token=fake.token, channel="C0123ABCD", base_url=fake.base_url, timeout=timeout)


def heard(fake: FakeSlack) -> list[str]:
    """Return the keys of all alerts that stand in the channel, replies as well."""
    return [post.key for post in fake.channels["C0123ABCD"] if post.metadata["event_payload"]["part"] == "alert"]


class KilledAfterSending:
    """A channel whose process dies once the provider has taken the message."""

    can_reconcile = True

    def __init__(self, slack: Slack) -> None:
        self.name = slack.name
        self._slack = slack

    def send(self, message: Message, attempt: Try) -> Receipt:
        self._slack.send(message, attempt)
        raise Killed

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        return self._slack.find(message, attempt)


@pytest.mark.parametrize("arrived", [True, False])
def test_after_the_process_died_in_the_middle_slack_is_asked_and_nothing_doubled(
    database: Database, fake: FakeSlack, clock: MovedClock, arrived: bool
) -> None:
    slack = slack_of(fake)
    dying = KilledAfterSending(slack) if arrived else Told("slack", [Killed()])
    before = Post(database, [dying], clock)
    before.put("a", matter=before.matter())
    with pytest.raises(Killed):
        before.tick()
    assert [d.state for d in before.alert("a").deliveries] == [DeliveryState.SENDING]

    after = Post(database, [slack], clock)
    after.tick()
    assert len(after.alert("a").deliveries) == 1, "the attempt may still be under way"
    clock.now += LEASE + SECOND
    after.tick()
    assert after.alert("a").state is AlertState.SENT
    assert heard(fake) == ["a"]
    assert len(fake.posts()) == 1
    assert "repeat" not in fake.channels["C0123ABCD"][-1].shown, "what was asked about is no repeat"


def test_a_channel_that_cannot_be_asked_repeats_and_says_so(database: Database) -> None:
    channel = Told(answers=[Killed()])
    post = Post(database, [channel])
    post.put("a")
    with pytest.raises(Killed):
        post.tick()
    post.clock.now += LEASE + SECOND
    post.tick()
    assert [attempt.may_repeat for _, attempt in channel.sent] == [False, True]
    assert post.alert("a").state is AlertState.SENT


def test_two_processes_at_once_never_make_the_same_attempt(database: Database) -> None:
    slow = threading.Event()

    def wait(_message: Message, _attempt: Try) -> Receipt:
        slow.wait(0.05)
        return Receipt()

    channel = Told(answers=[wait for _ in range(40)])
    post = Post(database, [channel])
    for n in range(12):
        post.put(f"a{n}")
    one, other = post.deliver(), post.deliver()
    assert at_once(lambda: one.tick(post.clock()), lambda: other.tick(post.clock())) == []
    assert sorted(channel.keys) == sorted({f"a{n}" for n in range(12)})
    assert {alert.state for alert in post.alerts()} == {AlertState.SENT}


def test_who_read_the_list_before_another_took_the_alert_leaves_it(database: Database) -> None:
    """The second process read what waits before the first had begun, and comes to the alert when that has ended."""
    taker, other = Told("told"), Told("other", [AWAY])
    post = Post(database, [taker, other])
    post.put("a")
    late = post.deliver()
    post.tick()
    assert post.alert("a").state is AlertState.PENDING, "the other channel has not taken it"
    assert late.turns.begin(post.alert("a").id, post.clock()) is None
    assert taker.keys == ["a"]


def test_an_attempt_begins_when_it_is_made_not_when_its_tick_began(database: Database) -> None:
    """Else the last of a slow tick would look as if they had died long ago, and another process would repeat them."""
    clock = MovedClock()

    def slow(_message: Message, _attempt: Try) -> Receipt:
        clock.advance(minutes=2)
        return Receipt()

    post = Post(database, [Told(answers=[slow, slow, slow])], clock)
    begun_at = clock()
    for key in ("a", "b", "c"):
        post.put(key)
    post.tick()
    assert [moments(post.alert(key)) for key in ("a", "b", "c")] == [[begun_at + n * 2 * MINUTE] for n in range(3)]


def test_two_first_alerts_of_one_incident_make_one_card(database: Database, fake: FakeSlack, clock: MovedClock) -> None:
    post = Post(database, [slack_of(fake)], clock)
    number = post.matter()
    for key in ("a", "b", "c"):
        post.put(key, matter=number)
    processes = [Post(database, [slack_of(fake)], clock).deliveries[0] for _ in range(3)]
    assert at_once(*(lambda p=p: p.tick(clock()) for p in processes)) == []
    for _ in range(3):
        clock.now += SECOND
        post.tick()
    (card,) = fake.posts()
    assert sorted(p.key for p in fake.thread(card.ts)) == ["a", "b", "c"]
    assert {alert.state for alert in post.alerts()} == {AlertState.SENT}


def test_a_message_that_the_provider_refuses_is_not_tried_again_and_says_what_to_do(database: Database) -> None:
    channel, other = Told("chat", [REFUSED]), Told("mail")
    post = Post(database, [channel, other])
    post.put("a")
    post.tick(5, every=MINUTE)
    assert channel.keys == ["a"]
    alert = post.alert("a")
    assert (alert.state, alert.silence) == (AlertState.SENT, None)
    refused = next(d for d in alert.deliveries if d.channel == "chat")
    assert (refused.state, refused.said, refused.retry_at) == (DeliveryState.REFUSED, "msg_too_long", None)
    assert refused.remedy == "Shorten it."


def test_what_every_channel_refuses_is_undeliverable(database: Database) -> None:
    post = Post(database, [Told("chat", [REFUSED]), Told("mail", [REFUSED])])
    post.put("a")
    post.tick()
    assert (post.alert("a").state, post.alert("a").silence) == (
        AlertState.UNDELIVERABLE,
        Silence.REFUSED_EVERYWHERE.value,
    )


def test_what_a_person_can_mend_is_tried_again_slowly_while_the_alert_is_useful(database: Database) -> None:
    channel = Told("chat", [REVOKED] * 99)
    post = Post(database, [channel])
    begun_at = post.clock()
    post.put("a", useful=2 * HOUR)
    post.tick(121, every=MINUTE)
    alert = post.alert("a")
    assert [(at - begun_at) // MINUTE for at in moments(alert)] == [0, 1, 6, 21, 51, 81, 111]
    assert {(d.state, d.said) for d in alert.deliveries} == {(DeliveryState.REFUSED, "token_revoked")}
    assert (alert.state, alert.silence) == (AlertState.UNDELIVERABLE, Silence.REFUSED_EVERYWHERE.value)


def test_after_a_restart_with_a_good_setting_all_that_was_refused_goes_out_at_once(database: Database) -> None:
    """The console took it, the chat's webhook is wrong for an hour; then somebody sets the right one and restarts."""
    before = Post(database, [Told("console"), Told("chat", [REVOKED] * 99)])
    for key in ("a", "b", "c"):
        before.put(key)
    before.tick(60, every=MINUTE)
    assert {alert.state for alert in before.alerts()} == {AlertState.PENDING}
    mended = Told("chat")
    after = Post(database, [Told("console"), mended], before.clock)
    after.clock.now += SECOND
    after.tick()
    assert sorted(mended.keys) == ["a", "b", "c"]
    assert {alert.state for alert in after.alerts()} == {AlertState.SENT}


def test_once_a_channel_gets_through_again_nothing_that_it_refused_rests_on(database: Database) -> None:
    channel = Told("chat", [REVOKED] * 3)
    post = Post(database, [channel])
    for key in ("a", "b", "c"):
        post.put(key)
    post.tick(3, every=MINUTE)
    assert channel.answers == [], "one a minute, whatever the number of alerts"
    post.tick(2)
    assert {alert.state for alert in post.alerts()} == {AlertState.PENDING}
    post.clock.now += MINUTE
    post.put("new")
    post.tick(3)
    assert {alert.state for alert in post.alerts()} == {AlertState.SENT}
    assert sorted(channel.keys[3:]) == ["a", "b", "c", "new"]


def test_pauses_grow_up_to_five_minutes(database: Database) -> None:
    channel = Told(answers=[AWAY] * 12)
    post = Post(database, [channel])
    post.put("a")
    pauses = []
    for attempts in range(1, 11):
        post.tick()
        (*_, last) = post.alert("a").deliveries
        assert last.retry_at is not None
        pauses.append(last.retry_at - last.started_at)
        post.clock.now = last.retry_at - SECOND
        post.tick()
        assert len(channel.sent) == attempts
        post.clock.now += SECOND
    assert pauses[:7] == [timedelta(seconds=s) for s in (5, 10, 20, 40, 80, 160, 300)]
    assert set(pauses[7:]) == {LONGEST_RETRY}


def test_a_provider_that_asks_for_a_pause_gets_it_from_all_alerts(database: Database) -> None:
    channel = Told(answers=[DeliveryFailure("ratelimited", retry_after=40)])
    post = Post(database, [channel])
    post.put("a")
    post.put("b")
    post.tick(40)
    assert channel.keys == ["a"]
    post.clock.now += SECOND
    post.tick()
    assert sorted(channel.keys) == ["a", "a", "b"]
    assert {alert.state for alert in post.alerts()} == {AlertState.SENT}


def test_the_providers_rate_is_kept_by_all_processes_together(database: Database) -> None:
    channel = Told()
    post = Post(database, [channel], pace=Pace(per_minute=5))
    processes = [post.deliver() for _ in range(3)]
    for n in range(12):
        post.put(f"a{n}")
    counts = []
    for _ in range(3):
        for process in processes:
            process.tick(post.clock())
        counts.append(len(channel.sent))
        post.clock.now += MINUTE
    assert counts == [5, 10, 12]


def test_while_a_provider_is_away_for_hours_what_is_no_longer_useful_is_told_so_and_the_rest_goes_out(
    database: Database,
) -> None:
    channel = Told(answers=[SILENT] * 1000)
    post = Post(database, [channel])
    post.put("short", useful=HOUR)
    post.put("long", useful=24 * HOUR)
    post.tick(36, every=10 * MINUTE)
    short = post.alert("short")
    assert (short.state, short.silence) == (AlertState.EXPIRED, Silence.NO_LONGER_USEFUL.value)
    assert post.alert("long").state is AlertState.PENDING
    channel.answers.clear()
    post.tick(2, every=10 * MINUTE)
    assert post.alert("long").state is AlertState.SENT
    assert channel.keys[-1] == "long"
    assert channel.sent[-1][1].may_repeat


def test_an_alert_under_way_when_its_use_ends_is_not_called_expired(database: Database) -> None:
    post = Post(database, [Told(answers=[Killed()])])
    post.put("a", useful=MINUTE)
    post.clock.now += 50 * SECOND
    with pytest.raises(Killed):
        post.tick()
    post.clock.now += 20 * SECOND
    post.deliveries[0].sweep(post.clock())
    assert post.alert("a").state is AlertState.PENDING
    post.clock.now += LEASE
    post.deliveries[0].sweep(post.clock())
    assert post.alert("a").state is AlertState.EXPIRED


def test_a_slow_channel_delays_no_other(database: Database) -> None:
    free, hanging = threading.Event(), threading.Event()

    def hang(_message: Message, _attempt: Try) -> Receipt:
        hanging.set()
        free.wait(20)
        return Receipt()

    slow, quick = Told("slow", [hang]), Told("quick")
    post = Post(database, [slow, quick])
    post.put("a")
    thread = threading.Thread(target=lambda: post.deliveries[0].tick(post.clock()))
    thread.start()
    assert hanging.wait(20)
    assert post.deliveries[1].tick(post.clock()) == 1
    assert quick.keys == ["a"]
    free.set()
    thread.join(20)
    assert post.alert("a").state is AlertState.SENT


@pytest.mark.parametrize("raised", [KeyError("facts"), ZeroDivisionError()])
def test_an_alert_that_cannot_be_composed_stops_no_other(database: Database, raised: Exception) -> None:
    def compose(connection: Connection, scene: Scene) -> Message:
        if scene.alert.key == "poison":
            raise raised
        return plain(connection, scene)

    post = Post(database, [Told()], compose=compose)
    post.put("poison", page=True)
    post.put("sound")
    post.tick()
    assert post.alert("sound").state is AlertState.SENT
    (attempt,) = post.alert("poison").deliveries
    assert attempt.state is DeliveryState.UNREACHABLE
    assert type(raised).__name__ in attempt.said
    assert not attempt.may_have_arrived
    post.tick(2)
    assert len(post.alert("poison").deliveries) == 1, "it rests between its attempts"


def test_a_query_that_fails_while_composing_stops_no_other(database: Database) -> None:
    def compose(connection: Connection, scene: Scene) -> Message:
        if scene.alert.key == "poison":
            connection.exec_driver_sql("SELECT no_such_column")
        return plain(connection, scene)

    post = Post(database, [Told()], compose=compose)
    post.put("poison", page=True)
    post.put("sound")
    post.tick()
    assert post.alert("sound").state is AlertState.SENT
    assert post.alert("poison").deliveries[0].state is DeliveryState.UNREACHABLE


def test_what_no_channel_carries_is_told_at_once(database: Database) -> None:
    post = Post(database, [Told()])
    post.put("a", reason=AlertReason.BRIEFING)
    post.tick()
    assert (post.alert("a").state, post.alert("a").silence) == (
        AlertState.UNDELIVERABLE,
        Silence.NO_CHANNEL.value,
    )


def test_slack_away_and_back_gives_every_alert_once(database: Database, fake: FakeSlack, clock: MovedClock) -> None:
    post = Post(database, [slack_of(fake)], clock)
    number = post.matter()
    faults = [Fault.DROPPED_REPLY, Fault.SERVER_ERROR, Fault.GARBAGE, Fault.THROTTLED, Fault.DROPPED_REPLY]
    for fault in faults:
        fake.fail(fault, on="chat.postMessage")
    for key in ("a", "b", "c"):
        post.put(key, matter=number)
    post.tick(200, every=2 * SECOND)
    assert sorted(heard(fake)) == ["a", "b", "c"]
    assert len(fake.posts()) == 1
