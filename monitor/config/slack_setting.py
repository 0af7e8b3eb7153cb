"""How Slack's door is set up in huiying.yaml, and what of it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from monitor.config.document import Document, Problem
from monitor.config.setting_fields import Secret
from monitor.config.source_fields import WebAddress
from monitor.core.errors import N_


class SlackAppSetting(BaseModel):
    """Buttons, forms and the command in Slack; the app is the one whose bot token the Slack channels use."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: Secret = Field(description="The bot token, xoxb-…")
    app_token: Secret | None = Field(default=None, description="The app-level token, xapp-…, for Socket Mode")
    signing_secrets: list[Secret] = Field(
        default=[], max_length=3, description="For signed requests instead of Socket Mode; several while one is renewed"
    )
    base_url: WebAddress = "https://slack.com/api/"


def no_door(document: Document, app: Mapping[str, Any] | None, channels: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield why Slack's door could not be opened: no way in, or no channel whose messages carry the buttons."""
    if app is None:
        return
    if not app.get("app_token") and not app.get("signing_secrets"):
        message = N_("slack_app needs an app_token (xapp-…) for Socket Mode, or signing_secrets for signed requests.")
        yield document.problem(("slack_app",), message)
    if not any(channel.get("kind") == "slack" for channel in channels):
        message = N_("slack_app needs a channel of kind slack: its messages carry the buttons.")
        yield document.problem(("slack_app",), message)
