"""What Slack's refusals and silences mean: permanent with a remedy, to be waited for, or undecided."""

from __future__ import annotations

import logging

import pytest

from responders.channels.base import DeliveryFailure, Try
from responders.channels.slack import BadSlackChannel, Slack
from responders.channels.slack_refusals import CONTENT, OURS, REMEDIES, THROTTLED, UNDECIDED
from tests.responders.channels.conftest import MakeSlack
from tests.responders.channels.messages import CHANNEL, message
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Answer, Fault


def refusal(slack: Slack, attempt: Try | None = None) -> DeliveryFailure:
    with pytest.raises(DeliveryFailure) as failed:
        slack.send(message(), attempt or Try())
    return failed.value


@pytest.mark.parametrize("error", sorted(set(REMEDIES) - CONTENT))
def test_every_permanent_refusal_names_a_remedy(fake: FakeSlack, slack: Slack, error: str) -> None:
    fake.fail(Answer({"ok": False, "error": error}))
    failed = refusal(slack)
    assert (failed.said, failed.permanent, failed.may_have_arrived) == (error, True, False)
    assert failed.remedy == REMEDIES[error]
    assert failed.final is (REMEDIES[error] == OURS)


@pytest.mark.parametrize("error", sorted(UNDECIDED))
def test_slacks_own_faults_are_undecided(fake: FakeSlack, slack: Slack, error: str) -> None:
    fake.fail(Answer({"ok": False, "error": error}))
    failed = refusal(slack)
    assert (failed.permanent, failed.may_have_arrived) == (False, True)


@pytest.mark.parametrize("error", ["team_added_to_org", "org_login_required", "something_new"])
def test_what_may_pass_is_tried_again(fake: FakeSlack, slack: Slack, error: str) -> None:
    fake.fail(Answer({"ok": False, "error": error}))
    failed = refusal(slack)
    assert (failed.said, failed.permanent, failed.may_have_arrived) == (error, False, False)


@pytest.mark.parametrize("error", sorted(THROTTLED))
@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"Retry-After": "12"}, 12), ({"retry-after": "3"}, 3), ({}, 30), ({"Retry-After": "soon"}, 30)],
)
def test_too_fast_waits_as_long_as_slack_wants(
    fake: FakeSlack, slack: Slack, error: str, headers: dict[str, str], pause: float
) -> None:
    fake.fail(Answer({"ok": False, "error": error}, 429, headers))
    failed = refusal(slack)
    assert (failed.retry_after, failed.permanent, failed.may_have_arrived) == (pause, False, False)


def test_a_429_without_a_body_is_too_fast(fake: FakeSlack, slack: Slack) -> None:
    fake.fail(Fault.THROTTLED)
    assert refusal(slack).retry_after == 7


@pytest.mark.parametrize(
    "answer", [Answer(b"", 200), Answer(b"<html>", 200), Answer([1], 200), Answer(b"\xff\xfe", 200), Answer(None, 200),
               Answer(b"{}", 200, {"Content-Type": "application/json; charset=none-such"}), Answer({"ok": True}, 503)]
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_undecided(fake: FakeSlack, slack: Slack, answer: Answer) -> None:
    fake.fail(answer)
    failed = refusal(slack)
    assert not failed.permanent
    assert failed.may_have_arrived


def test_a_server_error_is_undecided(fake: FakeSlack, slack: Slack) -> None:
    fake.fail(Fault.SERVER_ERROR)
    failed = refusal(slack)
    assert (failed.permanent, failed.may_have_arrived) == (False, True)
    assert "proxy" in failed.remedy


def test_no_answer_in_time(fake: FakeSlack, make: MakeSlack) -> None:
    fake.fail(Fault.TIMEOUT)
    failed = refusal(make(timeout=1))
    assert (failed.said, failed.may_have_arrived) == ("TimeoutError", True)


def test_nothing_listens() -> None:
    slack = Slack(name="值班", token="xoxb-1", channel=CHANNEL, base_url="http://127.0.0.1:9/api/")
    failed = refusal(slack)
    assert (failed.said, failed.may_have_arrived) == ("ConnectionRefusedError", False)


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
def test_a_wrong_token(make: MakeSlack, token: str, error: str) -> None:
    failed = refusal(make(token=token))
    assert (failed.said, failed.permanent) == (error, True)
    assert "bot token" in failed.remedy


def test_a_channel_that_does_not_know_the_bot(fake: FakeSlack, make: MakeSlack, slack: Slack) -> None:
    assert refusal(make(channel="C0404")).said == "channel_not_found"
    fake.not_joined.add(CHANNEL)
    failed = refusal(slack)
    assert failed.said == "not_in_channel"
    assert "/invite" in failed.remedy


@pytest.mark.parametrize("name", ["#duty", "duty", "", "U0123", "C01 23"])
def test_a_channel_must_be_named_by_its_id(name: str) -> None:
    with pytest.raises(BadSlackChannel, match="Copy the ID"):
        Slack(name="值班", token="xoxb-1", channel=name)


def test_the_token_is_shown_nowhere(make: MakeSlack, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    slack = make(token="xoxb-very-secret")
    failed = refusal(slack)
    assert "xoxb-very-secret" not in f"{failed!r} {vars(failed)} {failed.__context__!r} {slack!r} {caplog.text}"
