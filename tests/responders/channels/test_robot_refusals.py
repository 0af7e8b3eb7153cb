"""What a robot's refusals and silences mean, and that its key is shown nowhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest

from monitor.core.errors import Mistake
from responders.channels.base import Try
from responders.channels.dingtalk import DingTalk
from responders.channels.feishu import Feishu
from responders.channels.robot import BadWebhook, Robot
from responders.channels.wecom import WeCom
from tests.responders.channels.messages import message
from tests.responders.channels.robot_pairs import LIMITS, dingtalk, failure, feishu, wecom
from tests.responders.fakes.gate import OpenGate
from tests.responders.fakes.robots import FakeDingTalk, FakeFeishu, FakeWeCom, RobotFake
from tests.responders.fakes.web import Answer, Fault, MovedClock

Make = Callable[..., tuple[RobotFake, Robot]]


def test_a_robot_that_is_gone_is_permanent_and_names_the_remedy(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    fake.key = "another"
    failed = failure(robot)
    assert failed.permanent
    assert not failed.final, "another webhook mends it"
    assert not failed.may_have_arrived
    assert "webhook" in failed.remedy
    assert failed.said.split()[0] in ("93000", "300005", "19001")
    assert fake.taken == []


def test_too_many_messages_wait_as_long_as_the_provider_wants(pair: tuple[RobotFake, Robot], clock: MovedClock) -> None:
    fake, robot = pair
    pause = {FakeWeCom: 60, FakeDingTalk: 600, FakeFeishu: 20}[type(fake)]
    for _ in range(fake.per_minute):
        robot.send(message(), Try())
        clock.advance(0.3)
    failed = failure(robot)
    assert (failed.permanent, failed.retry_after, failed.may_have_arrived) == (False, pause, False)
    assert LIMITS[fake.kind].pace.per_minute == fake.per_minute
    clock.advance(max(pause, 60))
    robot.send(message(), Try())
    assert len(fake.taken) == fake.per_minute + 1


@pytest.mark.parametrize(
    "words", ["too many request", "Send too fast", "api freq out of limit", "request frequency limited"]
)
def test_an_unknown_code_is_known_by_its_words(pair: tuple[RobotFake, Robot], words: str) -> None:
    fake, robot = pair
    fake.fail(Answer({"errcode": 999_999, "errmsg": words, "code": 999_999, "msg": words}))
    failed = failure(robot)
    assert not failed.permanent
    assert failed.retry_after is not None


def test_an_unknown_refusal_is_tried_again(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    fake.fail(Answer({"errcode": -1, "errmsg": "system busy", "code": -1, "msg": "system busy"}))
    failed = failure(robot)
    assert (failed.said, failed.permanent, failed.may_have_arrived) == ("-1 system busy", False, False)


@pytest.mark.parametrize(
    ("fault", "said_start", "may_have_arrived", "arrived"),
    [
        (Fault.SERVER_ERROR, "HTTP 503", True, 0),
        (Fault.GARBAGE, "HTTP 200", True, 0),
        (Fault.THROTTLED, "HTTP 429", False, 0),
        (Fault.TIMEOUT, "TimeoutError", True, 0),
        (Fault.DROPPED_REPLY, "ConnectionResetError", True, 1),
        (Fault.LATE_REPLY, "TimeoutError", True, 1),
    ],
)
@pytest.mark.parametrize("make", [wecom, dingtalk, feishu])
def test_no_readable_answer_is_no_success(
    clock: MovedClock, make: Make, fault: Fault, said_start: str, *, may_have_arrived: bool, arrived: int
) -> None:
    fake, robot = make(clock, timeout=1.5 if fault in (Fault.TIMEOUT, Fault.LATE_REPLY) else 5)
    fake.fail(fault)
    failed = failure(robot)
    assert failed.said == said_start
    assert not failed.permanent
    assert failed.may_have_arrived is may_have_arrived
    assert failed.retry_after == (60.0 if fault is Fault.THROTTLED else None)
    assert failed.remedy
    assert fake.meets(lambda: len(fake.taken) == arrived)
    fake.__exit__(None, None, None)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'{"errcode": "0"}', b'{"errcode": true, "code": false}', b'"ok"', b"[" * 100_000]
)
def test_only_the_number_nought_is_success(pair: tuple[RobotFake, Robot], body: bytes) -> None:
    fake, robot = pair
    fake.fail(Answer(body))
    assert failure(robot).said == "HTTP 200"


def test_a_good_body_under_a_server_error_is_undecided(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    fake.fail(Answer({"errcode": 0, "errmsg": "ok", "code": 0, "msg": "ok"}, 502))
    assert failure(robot).may_have_arrived


def test_nothing_listens() -> None:
    robot = WeCom(
        name="群", url="http://127.0.0.1:9/cgi-bin/webhook/send?key=k", poster=OpenGate(), limits=LIMITS["wecom"]
    )
    failed = failure(robot)
    assert (failed.said, failed.may_have_arrived, failed.permanent) == ("ConnectionRefusedError", False, False)


class GateRefused(Mistake):
    message = "The address {url} is refused."


class ClosedGate:
    def post_json(self, url: str, payload: object, *, timeout: float) -> tuple[int, bytes]:
        raise GateRefused(url=url)

    def reach(self, url: str, *, timeout: float) -> None:
        raise GateRefused(url=url)


def test_an_address_that_the_gate_refuses_is_permanent() -> None:
    failed = failure(
        WeCom(name="群", url="https://h.example/send?key=k-secret", poster=ClosedGate(), limits=LIMITS["wecom"])
    )
    assert (failed.said, failed.permanent) == ("GateRefused", True)
    assert "k-secret" not in everything_about(failed)


def everything_about(error: BaseException) -> str:
    """Return all that a log could show of an exception, the exceptions behind it included."""
    chain = f"{error!r} {error.__cause__!r} {error.__context__!r} {vars(error)}"
    return chain + "".join(traceback.format_exception(error))


@pytest.mark.parametrize("fault", [*Fault, None])
@pytest.mark.parametrize("make", [wecom, dingtalk, feishu])
def test_the_key_is_shown_nowhere(
    clock: MovedClock, make: Make, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    fake, robot = make(clock, timeout=1.5)
    key, fake.key = fake.key, fake.key if fault else "another"
    if fault:
        fake.fail(fault)
    failed = failure(robot)
    shown = everything_about(failed) + repr(robot) + str(failed) + caplog.text
    assert key not in shown
    assert "s3cret" not in shown
    assert "SECa" not in shown
    fake.__exit__(None, None, None)


def test_a_webhook_that_is_no_address_is_named_by_its_channel() -> None:
    with pytest.raises(BadWebhook, match="值班群") as refused:
        WeCom(name="值班群", url="k-secret", poster=OpenGate(), limits=LIMITS["wecom"])
    assert "k-secret" not in str(refused.value)


@pytest.mark.parametrize(("make", "remedy"), [(dingtalk, "signing secret"), (feishu, "signing secret")])
@pytest.mark.parametrize("secret", ["", "wrong"])
def test_a_wrong_or_missing_signature_is_permanent(clock: MovedClock, make: Make, remedy: str, secret: str) -> None:
    fake, robot = make(clock, secret=secret)
    failed = failure(robot)
    fake.__exit__(None, None, None)
    assert failed.permanent
    assert failed.said.split()[0] in ("310000", "19021")
    assert remedy in failed.remedy or "clock" in failed.remedy


def test_a_wrong_clock_is_told_from_a_wrong_secret(clock: MovedClock) -> None:
    with FakeDingTalk(secret="s", clock=clock) as fake:
        robot = DingTalk(
            name="群",
            url=fake.webhook,
            poster=OpenGate(),
            limits=LIMITS["dingtalk"],
            secret="s",
            clock=lambda: clock.now - 7200,
        )
        failed = failure(robot)
    assert (failed.said, failed.permanent) == ("310000 invalid timestamp", True)
    assert "clock" in failed.remedy


def test_keywords_are_named_as_the_cause(clock: MovedClock) -> None:
    with FakeDingTalk(clock=clock) as ding, FakeFeishu(clock=clock) as fei:
        ding.keywords = fei.keywords = ("舆情",)
        failures = [
            failure(DingTalk(name="群", url=ding.webhook, poster=OpenGate(), limits=LIMITS["dingtalk"])),
            failure(Feishu(name="群", url=fei.webhook, poster=OpenGate(), limits=LIMITS["feishu"])),
        ]
    assert [failed.said.split()[0] for failed in failures] == ["310000", "19024"]
    assert all(failed.permanent and "keywords" in failed.remedy for failed in failures)


@pytest.mark.parametrize(
    ("words", "permanent"),
    [("Bad Request: fail to parse", True), ("too many request", False), ("unknown card value", True)],
)
def test_feishu_9499_means_two_things(clock: MovedClock, words: str, permanent: bool) -> None:
    fake, robot = feishu(clock)
    fake.fail(Answer({"code": 9499, "msg": words, "data": {}}, 400))
    failed = failure(robot)
    fake.__exit__(None, None, None)
    assert failed.permanent is permanent
    assert (failed.retry_after is None) is permanent


def test_an_older_feishu_answer_is_read(clock: MovedClock) -> None:
    fake, robot = feishu(clock)
    fake.fail(Answer({"StatusCode": 0, "StatusMessage": "success"}))
    assert robot.send(message(), Try()).confirmed
    fake.__exit__(None, None, None)
