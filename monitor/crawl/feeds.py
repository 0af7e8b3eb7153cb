"""Read RSS, Atom and RDF with feedparser, and JSON Feed by hand.

feedparser gets bytes only (a text it could take for an address or a file name) and neither sanitises nor resolves:
every field is stripped to plain text later, which is safer than its allow-list. Its dates are not used: it misreads
Chinese ones. A faster strict reader can go in front of `_by_feedparser`, for documents that are well formed.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any

import feedparser

from monitor.core.fetched import Dropped, DropReason
from monitor.core.freshness import feed_ttl
from monitor.core.sources import FailureKind
from monitor.crawl.decode import Decoded
from monitor.crawl.doctype import without_doctype
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry, Unreadable

_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,40})|([0-9]{1,40}));?", re.IGNORECASE)
# Some leave out the address that the version should be.
_BARE_VERSIONS = frozenset({"1", "1.0", "1.1"})
DATES = ("published", "updated", "created")


def read_feed(body: bytes, decoded: Decoded, *, content_type: str = "") -> RawDocument:
    """Return the entries of a feed; raise Unreadable(NOT_A_FEED, EMPTY, HOSTILE_XML)."""
    if decoded.text.lstrip("\ufeff \t\r\n")[:1] == "{":
        return _json_feed(decoded.text)
    return _by_feedparser(body, decoded, content_type)


def _by_feedparser(body: bytes, decoded: Decoded, content_type: str) -> RawDocument:
    text = _REFERENCE.sub(_existing, without_doctype(decoded.text))
    known = "<" in text
    data = text.encode("utf-8", "replace") if known else body
    kind = content_type.partition(";")[0].strip() or "application/xml"
    headers = {"content-type": f"{kind}; charset=utf-8" if known else content_type}
    found = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.entries:
        if not found.get("version"):
            raise Unreadable(FailureKind.NOT_A_FEED, _start_of(decoded.text))
        raise Unreadable(FailureKind.EMPTY, str(found["version"]))
    entries = tuple(_entry(entry) for entry in found.entries[: MOST_ENTRIES + 1])
    ttl = feed_ttl(
        ttl=_field(found.feed, "ttl"),
        period=_field(found.feed, "sy_updateperiod"),
        frequency=_field(found.feed, "sy_updatefrequency"),
    )
    return RawDocument(entries, base=_base(found.feed), ttl=ttl)


def _existing(reference: re.Match[str]) -> str:
    """Return a reference as it is if its character exists: for one that does not, feedparser gives up on the feed."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return "\ufffd" if number > 0x10FFFF or 0xD800 <= number < 0xE000 else reference[0]


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


def _json_feed(text: str) -> RawDocument:
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(FailureKind.NOT_A_FEED, f"JSON: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    version = str(document.get("version", "")) if isinstance(document, dict) else ""
    bare = version in _BARE_VERSIONS and ("feed_url" in document or "home_page_url" in document)
    if not isinstance(items, list) or not ("jsonfeed" in version or bare):
        raise Unreadable(FailureKind.NOT_A_FEED, f"JSON without the marks of a JSON Feed: {_start_of(text)}")
    if not items:
        raise Unreadable(FailureKind.EMPTY, version)
    entries = (_json_entry(item) for item in items[: MOST_ENTRIES + 1] if isinstance(item, dict))
    dropped = (Dropped(DropReason.NO_CONTENT, detail=repr(item)[:80]) for item in items if not isinstance(item, dict))
    return RawDocument(tuple(entries), tuple(dropped), base=_text(document.get("home_page_url")))


def _json_entry(item: Mapping[str, Any]) -> RawEntry:
    texts = [item.get(name) for name in ("content_text", "content_html", "summary")]
    return RawEntry(
        title=_text(item.get("title")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        external_id=_text(item.get("id")),
        text=max((_text(text) for text in texts), key=len),
        time=_text(item.get("date_published")) or _text(item.get("date_modified")),
    )


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _start_of(text: str) -> str:
    return " ".join(text[:400].split())[:100]
