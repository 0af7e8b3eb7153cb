"""A message for one person: each channel rings him and nobody else, and lets no address do more than that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from responders.channels.apprise import RECIPIENT, Apprise
from responders.channels.base import DeliveryFailure, Try
from responders.channels.slack import Slack
from tests.responders.channels.messages import card, message
from tests.responders.channels.robot_pairs import dingtalk, feishu, wecom, wecom_text
from tests.responders.channels.test_apprise import FakeHook
from tests.responders.channels.test_email import mailer
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.smtp import FakeMailServer
from tests.responders.fakes.web import Answer, MovedClock, Request

EVIL = "U1> <!channel"
# What Apprise imports when it first looks for a service.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class PathHook(FakeHook):
    """Keeps under which path it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def handle(self, request: Request) -> Answer:
        self.paths.append(request.path)
        return super().handle(request)


def test_mail_goes_to_the_address_of_the_message() -> None:
    with FakeMailServer() as server:
        mailer(server.port, recipient="").send(replace(message(), to="wang@example.org"), Try())
        [(_, to)] = server.envelopes
        assert to == ["wang@example.org"]


@pytest.mark.parametrize("to", ["", "13800000000", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org"])
def test_mail_without_one_address_is_refused_for_good(to: str) -> None:
    with FakeMailServer() as server:
        with pytest.raises(DeliveryFailure) as failed:
            mailer(server.port, recipient="").send(replace(message(), to=to), Try())
        assert failed.value.final
        assert server.envelopes == []


def test_slack_mentions_the_member_in_the_text_and_in_the_notification(fake: FakeSlack, slack: Slack) -> None:
    slack.send(replace(message("首报", card=card()), to="U0123ABCD"), Try())
    [shown] = fake.posts()
    [reply] = fake.thread(shown.ts)
    assert "<@U0123ABCD>" in str(reply.blocks)
    assert reply.text.startswith("<@U0123ABCD>")
    assert "<@U0123ABCD>" not in str(shown.blocks), "the card is everybody's"


def test_slack_rings_nobody_for_what_is_no_member(fake: FakeSlack, slack: Slack) -> None:
    slack.send(replace(message("首报"), to=EVIL), Try())
    [post] = fake.posts()
    assert "<!channel" not in str(post.blocks) + post.text


def test_wecom_mentions_the_member(clock: MovedClock) -> None:
    for make in (wecom, wecom_text):
        fake, robot = make(clock)
        with fake:
            robot.send(replace(message(), to="wangmin"), Try())
            [taken] = fake.taken
            content = taken[taken["msgtype"]]
            assert content.get("mentioned_list") == ["wangmin"] or content["content"].startswith("<@wangmin>")


def test_dingtalk_mentions_the_number_in_the_text_too(clock: MovedClock) -> None:
    fake, robot = dingtalk(clock)
    with fake:
        robot.send(replace(message(), to="13800000000"), Try())
        [taken] = fake.taken
        assert taken["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}
        assert "@13800000000" in taken["markdown"]["text"]


def test_feishu_mentions_a_member_by_his_open_id_only(clock: MovedClock) -> None:
    fake, robot = feishu(clock)
    with fake:
        robot.send(replace(message(), to="ou_abc123"), Try())
        robot.send(replace(message(), to='all"></at>'), Try())
        first, second = (taken["card"]["elements"][0]["text"] for taken in fake.taken)
        assert first == {"tag": "lark_md", "content": "<at id=ou_abc123></at>"}
        assert second["tag"] == "plain_text"


def test_apprise_puts_the_number_into_the_address() -> None:
    with PathHook() as fake:
        Apprise(name="短信", addresses=[f"{fake.address}/{RECIPIENT}"]).send(replace(message(), to="139/../0"), Try())
        [path] = fake.paths
        assert ".." not in path.split("/")
        assert "139" in path
