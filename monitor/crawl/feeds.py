"""Read feeds: plain RSS 2.0 and Atom strictly and fast, JSON Feed by hand, all else with feedparser, apart from us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from monitor.core.fetched import Dropped, DropReason
from monitor.core.sources import FailureKind
from monitor.crawl.apart import READERS
from monitor.crawl.decode import Decoded
from monitor.crawl.doctype import without_doctype
from monitor.crawl.loose import start_of
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry, Unreadable
from monitor.crawl.strict import read_strictly


def read_feed(body: bytes, decoded: Decoded, *, content_type: str = "") -> RawDocument:
    """Return the entries of a feed; raise Unreadable(NOT_A_FEED, EMPTY, HOSTILE_XML)."""
    if decoded.text.lstrip("\ufeff \t\r\n")[:1] == "{":
        return _json_feed(decoded.text)
    text = without_doctype(decoded.text)
    known = "<" in text and not decoded.replaced
    found = read_strictly(text) if known else None
    return found or READERS.read(body, text if known else None, content_type)


def _json_feed(text: str) -> RawDocument:
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(FailureKind.NOT_A_FEED, f"JSON: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    version = str(document.get("version", "")) if isinstance(document, dict) else ""
    if not isinstance(items, list) or "jsonfeed" not in version:
        raise Unreadable(FailureKind.NOT_A_FEED, f"JSON without the marks of a JSON Feed: {start_of(text)}")
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
