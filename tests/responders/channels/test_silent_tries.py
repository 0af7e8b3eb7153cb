"""Each channel can be tried without ringing anybody, as far as its provider permits; what is wrong has its remedy."""

from __future__ import annotations

from io import StringIO

import pytest

from responders.channels.base import DeliveryFailure, Triable
from responders.channels.console import Console
from responders.channels.email import Email, Security
from responders.channels.robot import ONLY_THE_WAY, Robot
from responders.channels.slack import Slack
from responders.channels.slack_refusals import ARCHIVED, CHANNEL, INVITE, NEW_TOKEN
from responders.channels.wecom import WeCom
from tests.responders.channels.conftest import MakeSlack
from tests.responders.channels.messages import CHANNEL as CHANNEL_ID
from tests.responders.fakes.gate import OpenGate
from tests.responders.fakes.robots import RobotFake
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.smtp import FakeMailServer


def failure(channel: Triable) -> DeliveryFailure:
    with pytest.raises(DeliveryFailure) as caught:
        channel.try_silently()
    return caught.value


@pytest.mark.parametrize("scope", ["channels:read", "channels:history"])
def test_slack_is_tried_whole_and_nobody_sees_it(fake: FakeSlack, slack: Slack, scope: str) -> None:
    fake.scopes |= {scope}
    assert slack.try_silently().whole
    assert fake.posts() == []


def test_what_is_wrong_at_slack_is_told_with_its_remedy(fake: FakeSlack, slack: Slack, make: MakeSlack) -> None:
    assert failure(make(token="xoxb-old")).remedy == NEW_TOKEN
    assert failure(make(channel="C999")).remedy == CHANNEL
    fake.scopes.add("channels:read")
    fake.archived.add(CHANNEL_ID)
    assert failure(slack).remedy == ARCHIVED
    fake.archived.clear()
    fake.not_joined.add(CHANNEL_ID)
    assert failure(slack).remedy == INVITE
    fake.scopes.discard("channels:read")
    assert failure(slack).remedy == INVITE


def mailbox(port: int, **login: str) -> Email:
    options = {"sender": "huiying@example.org", "recipient": "duty@example.org", "security": Security.PLAIN}
    return Email(name="mail:duty@example.org", host="127.0.0.1", port=port, timeout=5, **options, **login)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_a_mail_server_is_tried_up_to_the_login_and_gets_no_mail() -> None:
    with FakeMailServer(login=("huiying", "right")) as server:
        assert mailbox(server.port, user="huiying", password="right").try_silently().whole
        wrong = failure(mailbox(server.port, user="huiying", password="wrong"))
        assert wrong.permanent
        assert server.taken == []
        port = server.port
    assert not failure(mailbox(port)).may_have_arrived


def test_a_robot_is_reached_and_nothing_is_posted(pair: tuple[RobotFake, Robot]) -> None:
    fake, robot = pair
    tried = robot.try_silently()
    assert (tried.whole, tried.note) == (False, ONLY_THE_WAY)
    assert (fake.taken, [request.method for request in fake.requests]) == ([], ["GET"])


def test_a_robot_that_cannot_be_reached_is_told_without_its_key() -> None:
    robot = WeCom(name="群", url="http://127.0.0.1:9/cgi-bin/webhook/send?key=secret-key", poster=OpenGate())
    failed = failure(robot)
    assert failed.said == "ConnectionRefusedError"
    assert "secret-key" not in repr(failed) + robot.way


def test_what_needs_no_try_has_none() -> None:
    assert not isinstance(Console(StringIO()), Triable)
