"""What Slack's errors mean for us: who can mend them, and whether the message may have arrived all the same.

Codes from the Slack documentation, the error tables of chat.postMessage, chat.update and conversations.history.
"""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.web import SlackResponse

from monitor.core.errors import N_
from responders.channels.base import DeliveryFailure
from responders.channels.safe_text import cut, one_line

SAID_LIMIT = 300
PAUSE_WITHOUT_HEADER = 30.0

# The message that was to be updated is gone, another app's, or too old to be edited: a new one takes its place.
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
# Slack refuses the layout, not the message.
CONTENT = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments"})
THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack's words for these: "It's possible some aspect of the operation succeeded before the error was raised."
UNDECIDED = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})

UNREACHABLE = N_("Slack gave no answer. Check that this machine may reach it, or set a proxy.")
NEW_TOKEN = N_("Slack refuses the bot token. Install the app again and set its new bot token (xoxb-…).")
SCOPES = N_("The Slack app lacks a scope. Give it chat:write and channels:history or groups:history, and reinstall it.")
CHANNEL = N_("Slack knows no such channel, or the bot may not see it. Check the channel ID and invite the app.")
INVITE = N_("The bot is not in the channel. Invite it there: /invite and the app's name.")
ARCHIVED = N_("The Slack channel is archived. Choose another one or bring it back.")
ADMIN = N_("The Slack workspace does not let the app post there. Ask its administrator.")
OURS = N_("Slack refuses the form of the message. Please report this.")

REMEDIES: Mapping[str, str] = {
    **dict.fromkeys(
        ("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"),
        NEW_TOKEN,
    ),
    **dict.fromkeys(("missing_scope", "no_permission", "team_access_not_granted"), SCOPES),
    "channel_not_found": CHANNEL,
    "not_in_channel": INVITE,
    **dict.fromkeys(("is_archived", "is_inactive"), ARCHIVED),
    **dict.fromkeys(
        (
            "access_denied",
            "accesslimited",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "messages_tab_disabled",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "two_factor_setup_required",
        ),
        ADMIN,
    ),
    **dict.fromkeys(
        (
            "invalid_arguments",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "metadata_too_large",
            "msg_too_long",
            "no_text",
            *CONTENT,
        ),
        OURS,
    ),
}


class SlackRefusal(DeliveryFailure):
    """Slack answered with an error; `error` is its code."""

    error: str


def refused(response: SlackResponse) -> SlackRefusal:
    """Return the failure that an answer without "ok" means; every known permanent error has a remedy."""
    answer = response.data if isinstance(response.data, dict) else {}
    error = one_line(str(answer.get("error") or f"HTTP {response.status_code}"))
    needed = f" (needed: {one_line(str(answer['needed']))})" if answer.get("needed") else ""
    throttled = response.status_code == 429 or error in THROTTLED
    unsaid = "error" not in answer or "non-JSON" in error
    undecided = response.status_code >= 500 or error in UNDECIDED or unsaid
    failure = SlackRefusal(
        cut(error + needed, SAID_LIMIT),
        permanent=error in REMEDIES and not throttled,
        final=REMEDIES.get(error) == OURS and not throttled,
        retry_after=_pause(response) if throttled else None,
        may_have_arrived=undecided and not throttled,
        remedy=REMEDIES.get(error, UNREACHABLE if undecided else ""),
    )
    failure.error = error
    return failure


def unanswered(error: Exception) -> DeliveryFailure:
    """Return the failure that no answer, or none that can be read, means; says nothing that could hold a token."""
    cause = getattr(error, "reason", None)
    known = cause if isinstance(cause, Exception) else error
    left = not isinstance(known, ConnectionRefusedError)
    return DeliveryFailure(type(known).__name__, may_have_arrived=left, remedy=UNREACHABLE)


def _pause(response: SlackResponse) -> float:
    """Return the seconds of Retry-After, whose case differs between transports."""
    stated = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), "")
    seconds = stated[0] if isinstance(stated, list) else stated
    return float(seconds) if str(seconds).isdigit() else PAUSE_WITHOUT_HEADER
