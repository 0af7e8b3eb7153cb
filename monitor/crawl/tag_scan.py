"""Look through HTML for tags of countless attributes, which cost a parser by their square, without parsing it.

Tags are told as the parser tells them: a quotation mark counts after "=" only, and what is in one ends nothing.
Scripts, styles and comments hold none; what parsers differ on (a title) is looked through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_VALUE = r"=\s*+(?:\"[^\"]*+\"|'[^']*+')"
_TAG = re.compile(rf"<(?P<name>[A-Za-z][^\s/>]*+)(?P<attributes>(?:{_VALUE}|[^>])*+)")
_QUOTED, _BETWEEN = re.compile(_VALUE), re.compile(r"[\s/]+")
_COMMENT_END = re.compile(r"--!?>")
_RAW = frozenset({"script", "style"})


def most_attributes(html: str) -> int:
    """Return of the tag with most attributes how many it may have at most. Takes time by the length of `html`."""
    return max((_count(attributes) for attributes in _attributes(html)), default=0)


def _attributes(html: str) -> Iterator[str]:
    lower = html.lower()
    at = html.find("<")
    while at >= 0:
        if html.startswith("<!--", at):
            # "<!-->" is a whole comment.
            found = _COMMENT_END.search(html, at + 2)
            end = found.end() if found is not None else -1
        else:
            tag = _TAG.match(html, at)
            if tag is None:
                end = at + 1
            else:
                yield tag["attributes"]
                name = tag["name"].lower()
                end = lower.find(f"</{name}", tag.end()) if name in _RAW else tag.end()
        if end < 0:
            return
        at = html.find("<", end)


def _count(attributes: str) -> int:
    # One for each blank, and one for each value that the next name follows at once.
    if len(attributes) < 2:
        return 0
    return sum(1 for _ in _BETWEEN.finditer(_QUOTED.sub(" ", attributes)))
