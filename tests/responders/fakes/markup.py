"""What a chat program would make live in a text: links, mentions, tags, emphasis. Deliberately more eager than any."""

from __future__ import annotations

import html
import re

CONSTRUCTS = re.compile(
    r"!?\[[^\]\n]*\]\([^)\n]*\)"  # links and pictures
    r"|<[^>\n]*>"  # tags, <@user>, <font>, <at id=all>
    r"|(?<![\w.])@[\w.]+"  # @all, @13800000000
    r"|\*\*[^*\n]+\*\*|__[^_\n]+__|(?<![\w*])\*[^*\n]+\*(?![\w*])"  # emphasis
    r"|(?<!\w)_[^_\n]+_(?!\w)|~~[^~\n]+~~"
    r"|`[^`\n]+`"
    r"|^\s*(?:\#{1,6}\s|>|[-+]\s|={3,}|-{3,})",
    re.MULTILINE,
)


def live(text: str) -> list[str]:
    """Return the live constructs of a Markdown text, also those that hide behind HTML entities."""
    return CONSTRUCTS.findall(text) + (CONSTRUCTS.findall(html.unescape(text)) if html.unescape(text) != text else [])


HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def hidden(text: str) -> list[str]:
    """Return the control and direction characters in a text; line feeds are no such thing."""
    return HIDDEN.findall(text)


def has_half_surrogate(value: object) -> bool:
    """Tell whether any text in a JSON value holds half of a surrogate pair, which no UTF-8 can carry."""
    if isinstance(value, dict):
        return any(has_half_surrogate(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(has_half_surrogate, value))
    return isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value)
