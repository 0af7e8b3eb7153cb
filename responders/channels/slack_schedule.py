"""Messages that Slack holds and posts by itself at their time, whether or not this service still runs.

They carry no metadata: Slack takes such a message and then never posts it (documentation of chat.scheduleMessage). So
each is known by a code in its text, which is all of it that chat.scheduledMessages.list gives back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from responders.channels.base import DeliveryFailure, Scheduled
from responders.channels.safe_text import visible
from responders.channels.slack import PAGE, PAGES, Slack
from responders.channels.slack_blocks import escape
from responders.channels.slack_refusals import UNREACHABLE, SlackRefusal

UNKNOWN = "invalid_scheduled_message_id"


class SlackSchedule:
    """What one Slack channel holds for us; needs no further scope than posting."""

    def __init__(self, slack: Slack) -> None:
        self.name = slack.name
        self._slack = slack

    def place(self, text: str, at: datetime) -> str:
        """Let Slack post a text at a moment; return its id there."""
        answer = self._slack.call(
            self._slack.client.chat_scheduleMessage,
            text=escape(visible(text)),
            post_at=int(at.timestamp()),
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )
        if "scheduled_message_id" not in answer:
            raise DeliveryFailure("unreadable", may_have_arrived=True, remedy=UNREACHABLE)
        return str(answer["scheduled_message_id"])

    def remove(self, identifier: str) -> bool:
        """Take a message back; False where Slack holds no such message, or posts it within a minute."""
        try:
            self._slack.call(self._slack.client.chat_deleteScheduledMessage, scheduled_message_id=identifier)
        except SlackRefusal as refusal:
            if refusal.error == UNKNOWN:
                return False
            raise
        return True

    def standing(self) -> Iterator[Scheduled]:
        """Yield every message that Slack holds for this channel."""
        cursor: str | None = None
        for _ in range(PAGES):
            answer = self._slack.call(self._slack.client.chat_scheduledMessages_list, cursor=cursor, limit=PAGE)
            for held in answer.get("scheduled_messages") or ():
                post_at = datetime.fromtimestamp(int(held["post_at"]), UTC)
                yield Scheduled(str(held["id"]), post_at, str(held.get("text", "")))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
        raise DeliveryFailure("too many pages", remedy=UNREACHABLE)
