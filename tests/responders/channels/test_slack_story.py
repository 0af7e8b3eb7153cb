"""The story of one incident in Slack: the card, its thread, and what a crash or a lost answer leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from responders.channels.base import DeliveryFailure, Tone, Try
from responders.channels.slack import Slack
from responders.channels.slack_refusals import GONE
from tests.responders.channels.conftest import MakeSlack
from tests.responders.channels.messages import CHANNEL, CONSOLE, card, message
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Answer, Fault, MovedClock


def just_before(clock: MovedClock) -> datetime:
    return datetime.fromtimestamp(clock.now, UTC) - timedelta(seconds=1)


def test_the_first_alert_posts_the_card_and_then_replies_in_its_thread(fake: FakeSlack, slack: Slack) -> None:
    receipt = slack.send(message("首报", key="a-1", card=card()), Try())
    [shown] = fake.posts()
    [reply] = fake.thread(shown.ts)
    assert receipt.card_ref == f"{CHANNEL}:{shown.ts}"
    assert receipt.provider_id == reply.ts
    assert receipt.confirmed
    assert "🔴 某县隧道塌方" in shown.shown
    assert "时钟: 剩余 5 小时" in shown.shown
    assert shown.links == [(CONSOLE.url, CONSOLE.label)]
    assert "首报" in reply.shown
    assert (shown.metadata["event_type"], reply.metadata["event_type"]) == ("huiying_alert", "huiying_alert")
    assert (shown.key, reply.key) == ("incident-12", "a-1")


def test_later_alerts_keep_the_one_card_up_to_date(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    ref = slack.send(message("首报", key="a-1", card=card()), Try()).card_ref
    clock.advance(3600)
    again = slack.send(message("剩一半", key="a-2", card=card(state="剩余 2.5 小时")), Try(card_ref=ref))
    clock.advance(3600)
    slack.send(
        message("已发布", key="a-3", tone=Tone.DONE, card=card(tone=Tone.DONE, state="已回应")), Try(card_ref=ref)
    )
    [shown] = fake.posts()
    assert again.card_ref == ref
    assert "🟢" in shown.shown
    assert "时钟: 已回应" in shown.shown
    assert len(shown.edits) == 2
    assert shown.key == "incident-12"
    assert [reply.key for reply in fake.thread(shown.ts)] == ["a-1", "a-2", "a-3"]


def test_a_message_without_a_card_is_posted_plainly(fake: FakeSlack, slack: Slack) -> None:
    receipt = slack.send(message("日报", key="brief-1", tone=Tone.CALM), Try())
    [post] = fake.posts()
    assert (receipt.provider_id, receipt.card_ref) == (post.ts, None)
    assert post.key == "brief-1"


def test_a_deleted_card_is_posted_anew(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    first = slack.send(message(key="a-1", card=card()), Try())
    assert first.card_ref is not None
    fake.delete(first.card_ref.split(":")[1])
    clock.advance(60)
    second = slack.send(message(key="a-2", card=card(state="剩余 1 小时")), Try(card_ref=first.card_ref))
    [shown] = fake.posts()
    assert second.card_ref == f"{CHANNEL}:{shown.ts}" != first.card_ref
    assert "剩余 1 小时" in shown.shown
    assert [reply.key for reply in fake.thread(shown.ts)] == ["a-2"]


@pytest.mark.parametrize("error", sorted(GONE))
def test_a_card_that_cannot_be_edited_gets_a_successor(
    fake: FakeSlack, slack: Slack, clock: MovedClock, error: str
) -> None:
    ref = slack.send(message(key="a-1", card=card()), Try()).card_ref
    clock.advance(60)
    fake.fail(Answer({"ok": False, "error": error}), on="chat.update")
    assert slack.send(message(key="a-2", card=card()), Try(card_ref=ref)).card_ref != ref
    assert len(fake.posts()) == 2


def test_urgent_replies_show_in_the_channel_where_that_is_asked_for(
    fake: FakeSlack, make: MakeSlack, clock: MovedClock
) -> None:
    loud = make(broadcast=frozenset({Tone.URGENT}))
    ref = loud.send(message(key="a-1", card=card()), Try()).card_ref
    for key, tone in (("a-2", Tone.URGENT), ("a-3", Tone.NOTICE)):
        clock.advance(60)
        loud.send(message(key=key, tone=tone, card=card()), Try(card_ref=ref))
    assert [post.key for post in fake.posts()] == ["incident-12", "a-2"]


# A crash, or an answer that never came


def test_a_crash_between_card_and_reply_leaves_one_card(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    since = just_before(clock)
    said = message(key="a-1", card=card())
    slack._show(card(), Try())  # as far as the process came
    clock.advance(30)
    assert slack.find(said, Try(since=since)) is None
    receipt = slack.send(said, Try(since=since, may_repeat=True))
    [shown] = fake.posts()
    assert receipt.card_ref == f"{CHANNEL}:{shown.ts}"
    assert [reply.key for reply in fake.thread(shown.ts)] == ["a-1"]


def test_a_crash_after_the_reply_is_found_and_nothing_is_sent_twice(
    fake: FakeSlack, slack: Slack, clock: MovedClock
) -> None:
    since = just_before(clock)
    said = message(key="a-1", card=card())
    sent = slack.send(said, Try())
    clock.advance(30)
    assert slack.find(said, Try(since=since)) == sent
    assert slack.find(said, Try(card_ref=sent.card_ref, since=since)) == sent
    assert slack.find(message(key="a-2", card=card()), Try(since=since)) is None


def test_a_plain_message_is_found(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    since = just_before(clock)
    sent = slack.send(message(key="brief-1"), Try())
    assert slack.find(message(key="brief-1"), Try(since=since)) == sent
    assert slack.find(message(key="brief-2"), Try(since=since)) is None


@pytest.mark.parametrize("fault", [Fault.DROPPED_REPLY, Fault.LATE_REPLY])
def test_an_answer_that_never_comes_is_undecided_and_then_found(
    fake: FakeSlack, make: MakeSlack, clock: MovedClock, fault: Fault
) -> None:
    slack, since = make(timeout=1), just_before(clock)
    fake.fail(fault, on="chat.postMessage")
    with pytest.raises(DeliveryFailure) as failed:
        slack.send(message(key="brief-1"), Try())
    assert failed.value.may_have_arrived
    assert not failed.value.permanent
    assert fake.meets(lambda: bool(fake.posts()))
    assert len(fake.posts()) == 1, "the SDK must not try again by itself"
    assert slack.find(message(key="brief-1"), Try(since=since)) is not None


def test_what_is_older_than_the_attempt_is_not_found(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    slack.send(message(key="brief-1"), Try())
    clock.advance(3600)
    assert slack.find(message(key="brief-1"), Try(since=just_before(clock))) is None


def test_a_busy_channel_is_read_page_by_page(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    since = just_before(clock)
    sent = slack.send(message(key="a-1", card=card()), Try())
    for number in range(7):
        clock.advance(2)
        slack.send(message(key=f"brief-{number}"), Try())
    fake.page_limit = 3
    assert slack.find(message(key="a-1", card=card()), Try(since=since)) == sent


def test_a_reply_whose_card_was_deleted_meanwhile_is_found_at_the_top(
    fake: FakeSlack, slack: Slack, clock: MovedClock
) -> None:
    since = just_before(clock)
    ref = slack.send(message(key="a-1", card=card()), Try()).card_ref
    assert ref is not None
    clock.advance(10)
    card_ts = ref.split(":")[1]
    fake.delete(card_ts)
    ours = {"event_type": "huiying_alert", "event_payload": {"key": "a-2"}}
    stray = slack.client.chat_postMessage(channel=CHANNEL, text="x", thread_ts=card_ts, metadata=ours)
    found = slack.find(message(key="a-2", card=card()), Try(card_ref=ref, since=since))
    assert found is not None
    assert found.provider_id == stray["ts"] == fake.posts()[0].ts


def test_a_bot_that_may_not_read_says_so_and_still_sends(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    fake.scopes.discard("channels:history")
    with pytest.raises(DeliveryFailure) as failed:
        slack.find(message(card=card()), Try(since=just_before(clock)))
    assert failed.value.permanent
    assert failed.value.said == "missing_scope (needed: channels:history)"
    assert "channels:history" in failed.value.remedy
    slack.send(message(key="a-1", card=card()), Try(since=just_before(clock), may_repeat=True))
    [shown] = fake.posts()
    assert "This may be a repeat" in fake.thread(shown.ts)[0].shown


def test_a_successor_whose_answer_was_lost_stays_the_only_one(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    first = slack.send(message(key="a-1", card=card()), Try())
    assert first.card_ref is not None
    fake.delete(first.card_ref.split(":")[1])
    clock.advance(60)
    since = just_before(clock)
    fake.fail(Fault.DROPPED_REPLY, on="chat.postMessage")
    with pytest.raises(DeliveryFailure):
        slack.send(message(key="a-2", card=card()), Try(card_ref=first.card_ref))
    clock.advance(60)
    attempt = Try(card_ref=first.card_ref, since=since)
    assert slack.find(message(key="a-2", card=card()), attempt) is None
    second = slack.send(message(key="a-2", card=card()), attempt)
    [shown] = fake.posts()
    assert second.card_ref == f"{CHANNEL}:{shown.ts}"


def test_a_thread_that_is_gone_holds_nothing(fake: FakeSlack, slack: Slack, clock: MovedClock) -> None:
    assert (
        slack.find(message(key="a-1", card=card()), Try(card_ref=f"{CHANNEL}:1.000001", since=just_before(clock)))
        is None
    )


def test_a_failure_between_card_and_reply_hands_the_card_back(clock: MovedClock) -> None:
    with FakeSlack(clock=clock, burst=1) as fake:
        slack = Slack(name="值班", token=fake.token, channel=CHANNEL, base_url=fake.base_url)
        with pytest.raises(DeliveryFailure) as failed:
            slack.send(message(key="a-1", card=card()), Try())
        assert (failed.value.said, failed.value.retry_after, failed.value.permanent) == ("ratelimited", 1, False)
        [shown] = fake.posts()
        assert failed.value.card_ref == f"{CHANNEL}:{shown.ts}"
        clock.advance(1)
        receipt = slack.send(message(key="a-1", card=card()), Try(card_ref=failed.value.card_ref))
        assert receipt.card_ref == failed.value.card_ref
        assert len(fake.posts()) == 1
        assert [reply.key for reply in fake.thread(shown.ts)] == ["a-1"]
