"""A tight rate: no page waits behind a backlog, the backlog drains within the rate, and nothing is lost or doubled."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from monitor.config.channel_limits import load_limits
from monitor.core.duties.pacing import Pace
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Message, Receipt, Try
from responders.channels.digest import digest_in
from responders.channels.dingtalk import DingTalk
from responders.documents.messages import Scene
from responders.language import Words
from tests.responders.fakes.gate import OpenGate
from tests.responders.fakes.robots import FakeDingTalk
from tests.story.office import MovedClock
from tests.story.outbox import AWAY, SILENT, Killed, Post, Told, at_once, plain

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
together = digest_in(Words("zh"), "http://127.0.0.1:8765")
LIMITS = load_limits()["dingtalk"]


def office(database: Database, channel: Told) -> Post:
    return Post(database, [channel], pace=LIMITS.pace, digest=together)


def notices(post: Post, many: int) -> None:
    for n in range(many):
        post.put(f"notice-{n}", reason=AlertReason.UPDATED)


def test_500_notices_wait_and_a_page_goes_out_at_once_at_any_moment(database: Database) -> None:
    clock = MovedClock()
    with FakeDingTalk(clock=lambda: clock().timestamp()) as fake:
        robot = DingTalk(name="told", url=fake.webhook, poster=OpenGate(), limits=LIMITS)
        post = Post(database, [robot], clock, pace=LIMITS.pace, digest=together)
        notices(post, 500)
        waited: list[timedelta] = []
        for n in range(150):
            if n % 13 == 5:
                post.put(f"page-{n}", page=True)
            post.tick()
            waited += [
                post.clock() - alert.created_at
                for alert in post.alerts()
                if alert.page and alert.state is AlertState.PENDING
            ]
            post.clock.now += SECOND
        assert waited == [], "a page never waits behind notices"
        assert {alert.state for alert in post.alerts()} == {AlertState.SENT}
        assert len(fake.taken) < 60
        answers = [attempt for alert in post.alerts() for attempt in alert.deliveries]
        assert {attempt.state for attempt in answers} == {DeliveryState.ACCEPTED}, "the provider never had to refuse"
        assert len(answers) == len(post.alerts()), "each was told once"


def test_processes_that_begin_at_the_same_moment_never_exceed_the_rate_together(database: Database) -> None:
    channel = Told()
    post = Post(database, [channel], pace=Pace(per_minute=7))
    for n in range(30):
        post.put(f"page-{n}", page=True)
    processes = [post.deliver() for _ in range(4)]
    assert at_once(*[partial(process.tick, post.clock()) for process in processes]) == []
    assert len(channel.sent) == 7
    post.clock.now += MINUTE
    assert at_once(*[partial(process.tick, post.clock()) for process in processes]) == []
    assert len(channel.sent) == 14


def test_a_few_notices_are_told_one_by_one(database: Database) -> None:
    channel = Told()
    post = office(database, channel)
    notices(post, 9)
    post.tick()
    assert len(channel.keys) == 9
    assert not any(key.startswith("digest:") for key in channel.keys)


def test_once_the_minute_is_nearly_used_up_several_are_one_message_and_each_points_to_it(database: Database) -> None:
    channel = Told()
    post = office(database, channel)
    notices(post, 9)
    post.tick()
    for n in range(8):
        post.put(f"later-{n}", reason=AlertReason.UPDATED)
    post.tick()
    assert [key.partition(":")[0] for key in channel.keys[9:]] == ["digest"]
    later = [alert for alert in post.alerts() if alert.key.startswith("later")]
    assert len({alert.deliveries[0].digest_id for alert in later}) == 1
    assert {alert.state for alert in later} == {AlertState.SENT}


def test_a_page_is_never_hidden_in_a_digest(database: Database) -> None:
    channel = Told()
    post = office(database, channel)
    notices(post, 20)
    post.put("page", page=True)
    post.tick()
    assert channel.keys[0] == "page"
    assert channel.keys[1].startswith("digest:")


@pytest.mark.parametrize("answer", [AWAY, SILENT, DeliveryFailure("msg too long", final=True)])
def test_a_digest_that_fails_is_told_later_and_loses_none_of_its_notices(
    database: Database, answer: DeliveryFailure
) -> None:
    channel = Told(answers=[answer])
    post = office(database, channel)
    notices(post, 18)
    post.tick()
    assert {alert.state for alert in post.alerts()} == {AlertState.PENDING}
    post.clock.now += MINUTE
    post.tick(240)
    assert {alert.state for alert in post.alerts()} == {AlertState.SENT}


def test_a_process_that_dies_in_a_digest_repeats_it_as_one_message_that_says_so(database: Database) -> None:
    before = office(database, Told(answers=[Killed()]))
    notices(before, 18)
    with pytest.raises(Killed):
        before.tick()
    channel = Told()
    after = Post(database, [channel], before.clock, pace=LIMITS.pace, digest=together)
    after.clock.now += 4 * MINUTE
    after.tick()
    assert [attempt.may_repeat for _, attempt in channel.sent] == [True], "eighteen notices, one repeat"
    assert {alert.state for alert in after.alerts()} == {AlertState.SENT}


def test_a_notice_that_cannot_be_written_takes_no_other_with_it(database: Database) -> None:
    def poisoned(connection: Connection, scene: Scene) -> Message:
        if scene.alert.key == "notice-4":
            raise ValueError("poison")
        return plain(connection, scene)

    channel = Told()
    post = Post(database, [channel], compose=poisoned, pace=LIMITS.pace, digest=together)
    notices(post, 18)
    post.tick()
    states = {alert.key: alert.state for alert in post.alerts()}
    assert states.pop("notice-4") is AlertState.PENDING
    assert set(states.values()) == {AlertState.SENT}
    assert not post.alert("notice-4").deliveries[0].may_have_arrived


def test_an_interrupted_digest_stays_one_message_when_there_is_room_again(database: Database) -> None:
    post = office(database, Told(answers=[SILENT]))
    channel = post.channels[0]
    assert isinstance(channel, Told)
    notices(post, 17)
    post.tick()
    for n in range(17 - 6):
        with database.write() as connection:
            connection.exec_driver_sql(f"UPDATE alert SET state = 'expired' WHERE key = 'notice-{n}'")
    post.clock.now += 5 * MINUTE
    post.tick()
    assert len(channel.sent) == 2
    assert channel.sent[1][1].may_repeat


def test_of_a_digest_only_what_still_matters_is_told(database: Database) -> None:
    said: list[Message] = []

    def keep(message: Message, attempt: Try) -> Receipt:
        said.append(message)
        return Receipt()

    channel = Told(answers=[keep])
    post = office(database, channel)
    notices(post, 16)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alert SET state = 'suppressed' WHERE key = 'notice-3'")
    post.put("other", reason=AlertReason.UPDATED)
    post.tick()
    assert said[0].title == "16 条通知合并发送"
    assert "notice-3" not in said[0].body
    assert said[0].links[0].url.endswith("/alerts")
