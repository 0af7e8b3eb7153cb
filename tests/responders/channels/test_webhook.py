"""The signed webhook: a receiver written from the specification believes it, and every refusal is understood."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.config.channel_limits import load_limits
from monitor.gate import Gate, GateSettings
from responders.channels.base import DeliveryFailure, Try
from responders.channels.gate_poster import GatePoster
from responders.channels.robot import BadWebhook
from responders.channels.webhook import BadSecret, Webhook
from tests.responders.channels.messages import HOSTILE, message
from tests.responders.fakes.receiver import FakeReceiver
from tests.responders.fakes.web import Answer, Fault, MovedClock

KEY = b"k" * 24
SECRET = "whsec_" + base64.b64encode(KEY).decode()
LIMITS = load_limits()["webhook"]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def fake(clock: MovedClock) -> Iterator[FakeReceiver]:
    with FakeReceiver(key=KEY, clock=clock) as running:
        yield running


@pytest.fixture
def webhook(fake: FakeReceiver, clock: MovedClock) -> Iterator[Webhook]:
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        yield made(fake.address, GatePoster(gate), clock)


def made(url: str, poster: GatePoster, clock: MovedClock, secret: str = SECRET) -> Webhook:
    return Webhook(name="平台", url=url, secret=secret, poster=poster, limits=LIMITS, timeout=1.5, clock=clock)


def failure(webhook: Webhook) -> DeliveryFailure:
    with pytest.raises(DeliveryFailure) as failed:
        webhook.send(message(), Try())
    return failed.value


def test_a_receiver_believes_the_signature_and_reads_the_message(webhook: Webhook, fake: FakeReceiver) -> None:
    receipt = webhook.send(message(), Try())
    told = fake.told[receipt.provider_id]
    assert receipt.confirmed
    assert told["key"] == message().key
    assert told["title"] == message().title
    assert told["links"][0]["url"] == message().links[0].url
    assert not told["may_repeat"]
    assert (told["to"], told["drill"]) == ("", False)


def test_a_receiver_learns_whom_to_ring_and_that_it_is_a_drill(webhook: Webhook, fake: FakeReceiver) -> None:
    receipt = webhook.send(replace(message(), to="13800000000", drill=True), Try())
    told = fake.told[receipt.provider_id]
    assert (told["to"], told["drill"]) == ("13800000000", True)


def test_every_attempt_at_one_message_carries_the_same_id(webhook: Webhook, fake: FakeReceiver) -> None:
    fake.fail(Fault.LATE_REPLY)
    assert failure(webhook).may_have_arrived
    assert fake.meets(lambda: len(fake.told) == 1)
    webhook.send(message(), Try(may_repeat=True))
    assert (len(fake.told), fake.repeats) == (1, 1)
    assert next(iter(fake.told.values()))["may_repeat"]


@pytest.mark.parametrize(
    ("answer", "permanent", "final", "pause", "arrived"),
    [
        (Answer({"accepted": False, "said": "模板未报备"}), False, False, None, False),
        (Answer({}, 410), True, False, None, False),
        (Answer({}, 302, {"Location": "http://elsewhere.example/"}), True, False, None, False),
        (Answer({"said": "too long"}, 413), True, True, None, False),
        (Answer({}, 429, {"Retry-After": "7"}), False, False, 7.0, False),
        (Answer({}, 503, {"Retry-After": "999999"}), False, False, 3600.0, False),
        (Answer(b"<html>", 502), False, False, None, True),
    ],
)
def test_every_refusal_is_understood(
    webhook: Webhook,
    fake: FakeReceiver,
    answer: Answer,
    permanent: bool,
    final: bool,
    pause: float | None,
    arrived: bool,
) -> None:
    fake.fail(answer)
    failed = failure(webhook)
    assert (failed.permanent, failed.final, failed.retry_after) == (permanent, final, pause)
    assert failed.may_have_arrived is arrived
    assert failed.remedy
    assert fake.told == {}


def test_a_wrong_secret_or_a_wrong_clock_is_for_a_person_to_mend(fake: FakeReceiver, clock: MovedClock) -> None:
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        wrong = made(fake.address, GatePoster(gate), clock, "another")
        slow = made(fake.address, GatePoster(gate), MovedClock(clock.now - 600))
        for webhook in (wrong, slow):
            failed = failure(webhook)
            assert (failed.permanent, failed.final) == (True, False)
            assert "secret" in failed.remedy


def test_an_address_that_is_not_allowed_is_not_reached(fake: FakeReceiver, clock: MovedClock) -> None:
    with Gate(GateSettings()) as gate:
        failed = failure(made(fake.address, GatePoster(gate), clock))
    assert failed.permanent
    assert not failed.may_have_arrived
    assert fake.requests == []
    assert fake.url not in f"{failed!r} {failed.said} {failed.__cause__} {failed.__context__}"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_arrive_within_the_limit(webhook: Webhook, fake: FakeReceiver, name: str) -> None:
    told = replace(message(HOSTILE[name]), body=HOSTILE[name] * 40)
    receipt = webhook.send(told, Try())
    assert "\n" not in fake.told[receipt.provider_id]["title"]


def test_settings_that_cannot_work_are_refused(clock: MovedClock) -> None:
    with Gate(GateSettings()) as gate, pytest.raises(BadSecret):
        made("https://duty.example.org/", GatePoster(gate), clock, "whsec_***")
    with Gate(GateSettings()) as gate, pytest.raises(BadWebhook):
        made("duty.example.org", GatePoster(gate), clock)
