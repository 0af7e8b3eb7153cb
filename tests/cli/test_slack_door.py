"""What check and doctor say of Slack's door, and the manifest that people copy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.cli.terminal import Terminal
from tests.responders.fakes.slack_app import FakeSlackApp

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "slack.md").read_text("utf-8")
DUTY = """
contacts:
  - {{id: wang, name: 王敏, ways: [{{channel: slack, to: U0WANG}}]{linked}}}
policies:
  - {{id: usual, steps: [{{after: 0, contact: [wang]}}]}}
"""


def settings(
    terminal: Terminal, slack: FakeSlackApp | None, *, linked: bool = True, app: dict[str, str] | None = None
) -> None:
    base = slack.base_url if slack else "https://slack.com/api/"
    told = {"token": "xoxb-1-right", "app_token": "xapp-1-right", "base_url": base, **(app or {})}
    channel = f"{{kind: slack, token: xoxb-1-right, channel: C0123ABCD, base_url: {base}}}"
    lines = [f"channels: [{channel}]", "duty: duty.yaml", "http: {allow: [127.0.0.1]}", "slack_app:"]
    lines += [f"  {name}: {value}" for name, value in told.items() if value]
    (terminal.folder / "huiying.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    link = ", slack: [T0HOME/U0WANG]" if linked else ""
    (terminal.folder / "duty.yaml").write_text(DUTY.format(linked=link), "utf-8")


def findings(told: str) -> dict[str, str]:
    return {line[2:].partition(": ")[0]: line for line in told.splitlines()}


def test_check_says_how_presses_come_in_and_who_is_linked(terminal: Terminal) -> None:
    settings(terminal, None)
    assert "Slack buttons: Socket Mode; 1 of 1 contacts linked" in terminal.run("check")


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ({"app_token": "xoxb-2"}, "app_token is no app-level token"),
        ({"token": "xoxp-1"}, "token is no bot token"),
        ({"token": "xoxb-2"}, "no channel of kind slack has the same bot token"),
        ({"app_token": "", "signing_secrets": "[s]"}, "signed requests need console: public_url"),
        ({"app_token": ""}, "slack_app needs an app_token"),
    ],
)
def test_check_names_what_is_wrong(terminal: Terminal, app: dict[str, str], said: str) -> None:
    settings(terminal, None, app=app)
    assert said in terminal.run("check", code=1)


def test_a_member_that_is_none_and_one_that_stands_twice_are_refused(terminal: Terminal) -> None:
    settings(terminal, None)
    duty = terminal.folder / "duty.yaml"
    duty.write_text(duty.read_text("utf-8").replace("T0HOME/U0WANG", "wang"), "utf-8")
    assert "is no member of Slack" in terminal.run("check", code=1)
    duty.write_text(duty.read_text("utf-8").replace("[wang]", "[T0HOME/U0WANG, T0HOME/U0WANG]"), "utf-8")
    assert "a second time" in terminal.run("check", code=1)


def test_doctor_tries_tokens_scopes_and_the_way_in(terminal: Terminal) -> None:
    with FakeSlackApp() as slack:
        settings(terminal, slack)
        told = findings(terminal.run("doctor"))
        assert told["Slack bot"].startswith("✓")
        assert told["Slack Socket Mode"].startswith("✓")
        assert told["Slack members"].startswith("✓")
        assert "Type /huiying there" in told["Slack events"]
        slack.scopes -= {"commands", "users:read"}
        slack.ticket_error = "missing_scope"
        settings(terminal, slack, linked=False)
        terminal.run("doctor", code=1)
        told = findings(terminal.printed)
        assert told["Slack bot"].startswith("✗")
        assert "commands" in told["Slack bot"]
        assert "connections:write" in told["Slack Socket Mode"]
        assert told["Slack members"].startswith("✗")


def test_the_manifest_that_is_shown_has_what_the_door_needs() -> None:
    [shown] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(display_information.*?)```", GUIDE, re.DOTALL)]
    assert {"chat:write", "commands", "users:read"} <= set(shown["oauth_config"]["scopes"]["bot"])
    assert shown["settings"]["interactivity"]["is_enabled"]
    assert shown["settings"]["socket_mode_enabled"]
    assert shown["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]
    assert [one["command"] for one in shown["features"]["slash_commands"]] == ["/huiying"]
    assert shown["features"]["app_home"]["home_tab_enabled"]
    assert len(shown["features"]["slash_commands"][0]["description"]) <= 2000
