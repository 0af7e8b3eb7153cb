"""Take the document type out of XML before any parser sees it, and refuse those that are made to explode.

Parsers expand the entities that a document type declares: nested or long ones turn a small feed into gigabytes,
external ones read local files. No feed needs them. The harmless declarations of old RSS versions are simply removed.
"""

from __future__ import annotations

import re

from monitor.core.sources import FailureKind
from monitor.crawl.raw import Unreadable

LONGEST_ENTITY = 1000
MOST_ENTITIES = 500
_OPENING = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_ELEMENT = re.compile(r"<[A-Za-z_]")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([^\s\"'>]{1,200})\s+(SYSTEM\b|PUBLIC\b|\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_REFERENCE = re.compile(r"[&%][^\s;#&%]{1,200};")
_PIECES = re.compile(r"\"[^\"]*\"|'[^']*'|<!--|<\?|[\[\]>]")


def without_doctype(text: str) -> str:
    """Return `text` without its document type; raise Unreadable(HOSTILE_XML) for dangerous declarations."""
    start = _doctype(text)
    if start is None:
        return text
    end = _end(text, start)
    _check(text[start:end])
    return text[:start] + text[end:]


def _doctype(text: str) -> int | None:
    """Find the document type before the first element, past comments and processing instructions."""
    at = 0
    while (opening := text.find("<", at)) >= 0:
        if text.startswith("<!--", opening):
            at = _after(text, "-->", opening)
        elif text.startswith("<?", opening):
            at = _after(text, "?>", opening)
        elif _OPENING.match(text, opening):
            return opening
        elif _ELEMENT.match(text, opening):
            return None
        else:
            at = opening + 1
    return None


def _end(text: str, start: int) -> int:
    depth, at = 0, start
    while (piece := _PIECES.search(text, at)) is not None:
        mark, at = piece[0], piece.end()
        if mark == "<!--":
            at = _after(text, "-->", piece.start())
        elif mark == "<?":
            at = _after(text, "?>", piece.start())
        elif mark == "[":
            depth += 1
        elif mark == "]":
            depth -= 1
        elif mark == ">" and depth <= 0:
            return at
    return len(text)


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _check(declaration: str) -> None:
    for count, match in enumerate(_ENTITY.finditer(declaration), 1):
        parameter, name, value = match.groups()
        if count > MOST_ENTITIES:
            raise Unreadable(FailureKind.HOSTILE_XML, f"more than {MOST_ENTITIES} entities")
        if value[0] not in "\"'":
            if not parameter:
                raise Unreadable(FailureKind.HOSTILE_XML, f"external entity {name[:40]}")
        elif len(value) > LONGEST_ENTITY:
            raise Unreadable(FailureKind.HOSTILE_XML, f"entity {name[:40]} of {len(value)} characters")
        elif _REFERENCE.search(value):
            raise Unreadable(FailureKind.HOSTILE_XML, f"entity {name[:40]} made of others")
