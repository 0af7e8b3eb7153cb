"""Apprise: sent but never confirmed, its addresses secret, its absence a mistake with a remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from responders.channels import apprise as module
from responders.channels.apprise import Apprise, AppriseMissing, BadAppriseAddress
from responders.channels.base import DeliveryFailure, Try
from tests.responders.channels.messages import CONSOLE, HOSTILE, message
from tests.responders.fakes.markup import hidden, live
from tests.responders.fakes.web import Answer, Fault, Request, WebFake

# What Apprise imports when it first looks for a service.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class FakeHook(WebFake):
    """Takes what Apprise's own JSON notification posts."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[dict[str, Any]] = []

    def handle(self, request: Request) -> Answer:
        self.taken.append(json.loads(request.body))
        return Answer({"errcode": 93000, "errmsg": "a refusal that Apprise does not read"})

    @property
    def address(self) -> str:
        return self.url.replace("http://", "json://") + "/hook-secret"


@pytest.fixture
def fake() -> Iterator[FakeHook]:
    with FakeHook() as running:
        yield running


def test_an_alert_is_sent_but_not_confirmed(fake: FakeHook) -> None:
    receipt = Apprise(name="其他", addresses=[fake.address]).send(message("隧道塌方"), Try())
    assert not receipt.confirmed
    [taken] = fake.taken
    assert taken["title"] == "🔴 隧道塌方"
    assert taken["type"] == "failure"
    assert f"{CONSOLE.label}: {CONSOLE.url}" in taken["message"]


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_title_arrives_and_nothing_of_it_is_live(fake: FakeHook, title: str) -> None:
    Apprise(name="其他", addresses=[fake.address]).send(message(title), Try())
    [taken] = fake.taken
    for text in (taken["title"], taken["message"]):
        assert live(text) == []
        assert hidden(text) == []


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.THROTTLED, Fault.DROPPED_REPLY])
def test_what_apprise_calls_a_failure_is_one(fake: FakeHook, fault: Fault) -> None:
    fake.fail(fault)
    with pytest.raises(DeliveryFailure) as failed:
        Apprise(name="其他", addresses=[fake.address]).send(message(), Try())
    assert (failed.value.permanent, failed.value.may_have_arrived) == (False, True)


def test_a_repeat_says_so(fake: FakeHook) -> None:
    Apprise(name="其他", addresses=[fake.address]).send(message(), Try(may_repeat=True))
    assert "This may be a repeat" in fake.taken[0]["message"]


def test_an_address_is_a_secret(fake: FakeHook) -> None:
    assert "hook-secret" not in repr(Apprise(name="其他", addresses=[fake.address]))
    with pytest.raises(BadAppriseAddress, match="number 2 of channel 其他") as refused:
        Apprise(name="其他", addresses=[fake.address, "nothing://hook-secret"])
    assert "hook-secret" not in str(refused.value)


def test_without_the_package_the_channel_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "apprise", None)
    with pytest.raises(AppriseMissing, match=r"huiying\[notify-more\]"):
        Apprise(name="其他", addresses=["json://h.example"])
