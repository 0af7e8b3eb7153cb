"""Read RSS, Atom and RDF of any form with feedparser.

feedparser gets bytes only (a text it could take for an address or a file name) and neither sanitises nor resolves:
every field is stripped to plain text later, which is safer than its allow-list. Its dates are not used: it misreads
Chinese ones.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import feedparser

from monitor.core.freshness import feed_ttl
from monitor.core.sources import FailureKind
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry, Unreadable

DATES = ("published", "updated", "created")
# What the longest body can hold of tags if they hold something, too; feedparser needs a second for 100,000 of them.
MOST_MARKS = 400_000
# By these its time grows with their square: tags that are not closed, prefixes, attributes of one tag.
MOST_OPEN, MOST_PREFIXES, MOST_ATTRIBUTES = 50_000, 5_000, 1_000
LONGEST_TAG = 1_000_000
_ENDLESS_TAG = re.compile(rb"<[A-Za-z/][^<>]{%d,}+(?!>)" % LONGEST_TAG)
_LONG_TAG = re.compile(rb"<[^<>]{4000,}")
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_ENTRY = re.compile(rb"<(?:[A-Za-z][\w.-]{0,30}:)?(?:item|entry)[\s/>]", re.IGNORECASE)


def read_loosely(body: bytes, *, decoded: bool, content_type: str) -> RawDocument:
    """Return what feedparser makes of a document; raise Unreadable(NOT_A_FEED, EMPTY, UNREADABLE).

    `decoded` tells that the bytes are UTF-8 whatever the document or its header says. More entries than are taken are
    cut off before they are read; one is left, so that the cut shows.
    """
    if decoded:
        cut = next(islice(_ENTRY.finditer(body), MOST_ENTRIES + 1, None), None)
        body = body if cut is None else body[: cut.start()]
    if too_many := _beyond_reading(body):
        raise Unreadable(FailureKind.UNREADABLE, f"more than {too_many}")
    body = _without_endless_tag(body)
    kind = content_type.partition(";")[0].strip() or "application/xml"
    headers = {"content-type": f"{kind}; charset=utf-8" if decoded else content_type}
    found = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.entries:
        if not found.get("version"):
            raise Unreadable(FailureKind.NOT_A_FEED, start_of(body[:1600].decode("utf-8", "replace")))
        raise Unreadable(FailureKind.EMPTY, str(found["version"]))
    entries = tuple(_entry(entry) for entry in found.entries[: MOST_ENTRIES + 1])
    ttl = feed_ttl(
        ttl=_field(found.feed, "ttl"),
        period=_field(found.feed, "sy_updateperiod"),
        frequency=_field(found.feed, "sy_updatefrequency"),
    )
    return RawDocument(entries, base=_base(found.feed), ttl=ttl)


def _beyond_reading(body: bytes) -> str:
    """Return of what a document holds more than any feed needs and feedparser copes with; nothing where it does not."""
    for mark in (b"<", b"&"):
        if body.count(mark) > MOST_MARKS:
            return f"{MOST_MARKS} {mark.decode()}"
    if body.count(b"xmlns") > MOST_PREFIXES:
        return f"{MOST_PREFIXES} xmlns"
    if any(tag[0].count(b"=") > MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(body)):
        return f"{MOST_ATTRIBUTES} attributes in a tag"
    if _open(body) > MOST_OPEN and _open(_without_cdata(body)) > MOST_OPEN:
        return f"{MOST_OPEN} tags that are not closed"
    return ""


def _without_endless_tag(body: bytes) -> bytes:
    """Leave out a tag that never ends, and what follows: nothing can be read of it, and feedparser tries for long."""
    endless = _ENDLESS_TAG.search(body)
    return body[: endless.start()] if endless else body


def _open(body: bytes) -> int:
    ends = 2 * body.count(b"</") + body.count(b"/>") + body.count(b"<!") + body.count(b"<?")
    return body.count(b"<") - ends


def _without_cdata(body: bytes) -> bytes:
    """Leave out what is plain text to a parser, whatever it looks like."""
    first, *others = body.split(_CDATA)
    return first + b"".join(part.partition(_CDATA_END)[2] for part in others)


def _base(feed: Mapping[str, Any]) -> str:
    link = _field(feed, "link")
    return link if link.startswith(("http://", "https://")) else ""


def _entry(entry: Mapping[str, Any]) -> RawEntry:
    texts = [str(part.get("value") or "") for part in _many(entry, "content")]
    texts.append(_field(entry, "summary"))
    identifier = _field(entry, "id")
    link = _field(entry, "link") or next(
        (str(part.get("href") or "") for part in _many(entry, "links") if part.get("rel") in ("alternate", "via")), ""
    )
    return RawEntry(
        title=_field(entry, "title"),
        link=link or (identifier if identifier.startswith(("http://", "https://")) else ""),
        external_id=identifier,
        text=max(texts, key=len),
        time=next((value for name in DATES if (value := _field(entry, name))), ""),
    )


def _field(entry: Mapping[str, Any], name: str) -> str:
    """Return a text field as it stands; feedparser's own look-up puts other fields in the place of missing ones."""
    value = dict.get(entry, name) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""


def _many(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = dict.get(entry, name) if isinstance(entry, dict) else None
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def start_of(text: str) -> str:
    """Return the beginning of a document, to be shown to people."""
    return " ".join(text[:400].split())[:100]
