"""WeCom group robot."""

from __future__ import annotations

from monitor.core.errors import N_
from responders.channels.base import REPEAT_NOTE, Message
from responders.channels.layout import fitted, marked, parts, within
from responders.channels.robot import TOO_FAST, Poster, Refusal, Robot
from responders.channels.safe_text import cut, harmless, utf8_size

# WeCom developer documentation, path 91770 (group robot): sizes in UTF-8 bytes, 20 messages a minute and robot.
MARKDOWN_BYTES = 4096
TEXT_BYTES = 2048
TITLE_BYTES = 400
LINKS_SHARE = 0.4

NEW_ROBOT = N_("The robot was removed or its address is wrong. Add a robot to the group and set its new webhook.")
ROBOT_STOPPED = N_("The robot was stopped. Let the owner of the group switch it on again.")


class WeCom(Robot):
    """Posts Markdown, or plain text for groups that are read in WeChat, which shows no Markdown."""

    per_minute = 20
    # WeCom developer documentation, path 90313 (error codes).
    refusals = {  # noqa: RUF012 - never changed
        45009: Refusal(retry_after=60.0, remedy=TOO_FAST),
        93000: Refusal(permanent=True, remedy=NEW_ROBOT),
        93004: Refusal(permanent=True, remedy=ROBOT_STOPPED),
        93008: Refusal(permanent=True, remedy=NEW_ROBOT),
        40008: Refusal(final=True),
        40058: Refusal(final=True),
        44004: Refusal(final=True),
    }

    def __init__(
        self,
        *,
        name: str,
        url: str,
        poster: Poster,
        plain: bool = False,
        timeout: float = 10.0,
        repeat_note: str = REPEAT_NOTE,
    ) -> None:
        super().__init__(name=name, url=url, poster=poster, timeout=timeout, repeat_note=repeat_note)
        self._plain = plain

    def payload(self, message: Message, note: str) -> dict[str, object]:
        """Return a text or Markdown message; nothing of the message itself is live."""
        said = parts(message, note=note)
        title = marked(cut(harmless(said.title), TITLE_BYTES, size=utf8_size), message.tone)
        if self._plain:
            links = [f"{harmless(link.label)}: {link.url}" for link in said.links]
            rung = {"mentioned_list": [message.to]} if message.to else {}
            return {"msgtype": "text", "text": {"content": _content(title, said.text, links, TEXT_BYTES), **rung}}
        links = [f"[{harmless(link.label)}]({link.url})" for link in said.links]
        whom = f"<@{harmless(message.to)}>\n" if message.to else ""
        content = whom + _content(f"**{title}**", said.text, links, MARKDOWN_BYTES - utf8_size(whom))
        return {"msgtype": "markdown", "markdown": {"content": content}}


def _content(title: str, text: str, links: list[str], limit: int) -> str:
    end = within(links, int(limit * LINKS_SHARE), size=utf8_size)
    return fitted(f"{title}\n", harmless(text), end, limit, size=utf8_size)
