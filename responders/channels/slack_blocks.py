"""A message as Slack Block Kit: text in plain_text objects, which Slack does not parse, within Slack's limits.

Limits from the Slack documentation: text object 3,000 characters, header block 150, 50 blocks a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from responders.channels.base import Button, Tone
from responders.channels.layout import Parts, marked
from responders.channels.safe_text import NOTHING, cut, harmless, head, visible

HEADER_LIMIT = 150
SECTION_LIMIT = 3000
FALLBACK_LIMIT = 1000
BUTTON_LIMIT = 75
# Slack refuses blocks of about 13,000 characters in all (slackapi/bolt-js issue 2509), once at 11,341 characters of
# text (issue 2867): the sum is undocumented and counts the containers.
TOTAL_LIMIT = 9000


def escape(text: str) -> str:
    """Escape the three characters that Slack parses in every text object ("Formatting message text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_size(text: str) -> int:
    """Return the length of `text` once it is escaped."""
    return len(escape(text))


def blocks(said: Parts, tone: Tone) -> list[dict[str, object]]:
    """Return the blocks of a message: header, the text in sections, the links; a cut shows its mark."""
    title = marked(said.title, tone)
    header = cut(title, HEADER_LIMIT, size=escaped_size)
    text = said.text if header == title else f"{said.title}\n{said.text}"
    links = _links(said)
    built: list[dict[str, object]] = [{"type": "header", "text": plain(header)}]
    built += [{"type": "section", "text": plain(part)} for part in _sections(cut(text, TOTAL_LIMIT, size=escaped_size))]
    if links:
        built.append(section(links))
    if said.buttons:
        built.append({"type": "actions", "block_id": "acts", "elements": [button(one) for one in said.buttons]})
    return built


def button(one: Button) -> dict[str, object]:
    """Return a button; Slack cuts no label by itself but refuses the whole message."""
    shown: dict[str, object] = {
        "type": "button",
        "text": plain(cut(one.label, BUTTON_LIMIT, size=escaped_size)),
        "action_id": one.id,
    }
    return shown | {"value": one.value} | ({"style": one.style} if one.style else {})


def paragraphs(text: str) -> list[dict[str, object]]:
    """Return a text of any length as sections that Slack does not parse; a cut shows its mark."""
    told = cut(visible(text).strip() or NOTHING, TOTAL_LIMIT, size=escaped_size)
    return [{"type": "section", "text": plain(part)} for part in _sections(told)]


def mention(member: str) -> str:
    """Return what rings a member of the workspace, by his ID; whatever is no ID rings nobody and is shown as it is."""
    return f"<@{member}>" if re.fullmatch(r"[UW][A-Z0-9]{2,}", member) else escape(member)


def section(text: str) -> dict[str, object]:
    """Return a block of marked-up text, which must be our own."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def fallback(said: Parts, tone: Tone) -> str:
    """Return the escaped text of the notification, and of the message where Slack refuses the blocks."""
    return escape(cut(f"{marked(said.title, tone)}\n{said.text}".strip(), FALLBACK_LIMIT, size=escaped_size))


def plain(text: str) -> dict[str, object]:
    """Return a text object that Slack does not parse."""
    return {"type": "plain_text", "text": escape(text), "emoji": False}


def _sections(text: str) -> Iterator[str]:
    """Yield `text` in parts that fit a section each, broken between lines where a line end is near."""
    while text := text.strip():
        part = head(text, SECTION_LIMIT, size=escaped_size)
        line_end = part.rfind("\n")
        if len(part) < len(text) and line_end > len(part) // 2:
            part = part[:line_end]
        yield part
        text = text[len(part) :]


def _links(said: Parts) -> str:
    """Return the links as mrkdwn, as many as fit one section; labels keep no markup of their own."""
    kept = ""
    for link in said.links:
        longer = f"{kept}\n<{escape(link.url)}|{harmless(link.label)}>".strip()
        if len(longer) > SECTION_LIMIT - 4:
            return f"{kept}\n[…]"
        kept = longer
    return kept
