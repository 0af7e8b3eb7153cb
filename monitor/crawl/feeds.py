"""Read feeds: plain RSS 2.0 and Atom strictly and fast, JSON Feed by hand, all else with feedparser, apart from us."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.core.fetched import Dropped, DropReason
from monitor.core.sources import FailureKind
from monitor.crawl.apart import READERS
from monitor.crawl.decode import Decoded
from monitor.crawl.doctype import without_doctype
from monitor.crawl.familiar import NOTHING, Marks, pieces_of
from monitor.crawl.loose import start_of
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry, Unreadable, refuse_countless
from monitor.crawl.strict import read_strictly

_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,40})|([0-9]{1,40}));?", re.IGNORECASE)
# Some leave out the address that the version should be.
_BARE_VERSIONS = frozenset({"1", "1.0", "1.1"})


def read_feed(body: bytes, decoded: Decoded, *, content_type: str = "", known: Marks = NOTHING) -> RawDocument:
    """Return the entries of a feed; raise Unreadable(NOT_A_FEED, EMPTY, HOSTILE_XML).

    Those that are `known` by their marks may be passed over.
    """
    if decoded.text.lstrip("\ufeff \t\r\n")[:1] == "{":
        return _json_feed(decoded.text)
    text = _REFERENCE.sub(_existing, without_doctype(decoded.text))
    if "<" not in text:
        return READERS.read(body, None, content_type)
    return _plain_feed(text, known) or READERS.read(body, text, content_type)


def _plain_feed(text: str, known: Marks) -> RawDocument | None:
    pieces = pieces_of(text)
    if pieces is None:
        return read_strictly(text)
    marks = pieces.marks
    passed = tuple(mark for mark in marks if mark in known)
    if passed:
        new = pieces.without(known)
        found = read_strictly(new.text, may_be_empty=True)
        if found is not None and len(found.entries) == len(new.entries):
            return replace(found, marks=new.marks, passed=passed)
    found = read_strictly(text)
    # Where one text is not one entry, none can be told by its text.
    return found and replace(found, marks=marks if len(found.entries) == len(marks) else ())


def _existing(reference: re.Match[str]) -> str:
    """Return a reference as it is if its character exists: for one that does not, feedparser gives up on the feed."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return "\ufffd" if number > 0x10FFFF or 0xD800 <= number < 0xE000 else reference[0]


def _json_feed(text: str) -> RawDocument:
    refuse_countless(text)
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(FailureKind.NOT_A_FEED, f"JSON: {error}") from None
    items = document.get("items") if isinstance(document, dict) else None
    version = str(document.get("version", "")) if isinstance(document, dict) else ""
    bare = version in _BARE_VERSIONS and ("feed_url" in document or "home_page_url" in document)
    if not isinstance(items, list) or not ("jsonfeed" in version or bare):
        raise Unreadable(FailureKind.NOT_A_FEED, f"JSON without the marks of a JSON Feed: {start_of(text)}")
    if not items:
        raise Unreadable(FailureKind.EMPTY, version)
    taken = items[: MOST_ENTRIES + 1]
    entries = (_json_entry(item) for item in taken if isinstance(item, dict))
    dropped = (Dropped(DropReason.NO_CONTENT, detail=repr(item)[:80]) for item in taken if not isinstance(item, dict))
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
