"""A robot through the real gate: the loopback fake is reached only where it is allowed."""

from __future__ import annotations

import pytest

from monitor.gate.gate import Gate
from monitor.gate.pool import GateSettings
from responders.channels.base import DeliveryFailure, Try
from responders.channels.dingtalk import DingTalk
from responders.channels.gate_poster import GatePoster
from responders.channels.wecom import WeCom
from tests.responders.channels.messages import HOSTILE, message
from tests.responders.channels.robot_pairs import LIMITS
from tests.responders.fakes.robots import FakeDingTalk, FakeWeCom
from tests.responders.fakes.web import Fault

OPEN = GateSettings(allow=("127.0.0.1",))


def failure(gate: Gate, url: str, timeout: float = 5) -> DeliveryFailure:
    robot = WeCom(name="群", url=url, poster=GatePoster(gate), limits=LIMITS["wecom"], timeout=timeout)
    with pytest.raises(DeliveryFailure) as failed:
        robot.send(message(), Try())
    assert "k-693axxx6" not in f"{failed.value!r} {vars(failed.value)} {failed.value.__context__!r}"
    return failed.value


def test_messages_and_signatures_pass_the_gate_unharmed() -> None:
    with Gate(OPEN) as gate, FakeDingTalk(secret="SECa+/=b") as fake:
        robot = DingTalk(
            name="群", url=fake.webhook, poster=GatePoster(gate), limits=LIMITS["dingtalk"], secret="SECa+/=b"
        )
        for title in list(HOSTILE.values())[:15]:
            robot.send(message(title), Try())
        assert len(fake.taken) == 15


def test_what_the_gate_refuses_is_permanent() -> None:
    with Gate(GateSettings()) as gate, FakeWeCom() as fake:
        failed = failure(gate, fake.webhook)
        assert (failed.said, failed.permanent, failed.may_have_arrived) == ("address_refused", True, False)
        assert fake.requests == []
        assert failure(gate, "https://h.example:99999/?key=k-693axxx6").said == "bad_url"


def test_no_answer_through_the_gate_is_undecided() -> None:
    with Gate(OPEN) as gate, FakeWeCom() as fake:
        fake.fail(Fault.LATE_REPLY)
        failed = failure(gate, fake.webhook, timeout=2)
        assert (failed.said, failed.permanent, failed.may_have_arrived) == ("timeout", False, True)
        fake.fail(Fault.DROPPED_REPLY)
        failed = failure(gate, fake.webhook)
        assert (failed.permanent, failed.may_have_arrived) == (False, True)
        assert fake.meets(lambda: len(fake.taken) == 2)
