"""Read the entries of an HTML list page by the CSS selectors of its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from bs4 import Tag

from monitor.core.fetched import Dropped, DropReason
from monitor.core.sources import FailureKind, ListRule
from monitor.crawl.addresses import joined
from monitor.crawl.page import soup_of
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry, Unreadable

MOST_STRINGS = 500
_OPENING, _CLOSING = "<![CDATA[", "]]>"


def read_list(text: str, rule: ListRule, *, url: str) -> RawDocument:
    """Return the entries of a list page; raise Unreadable(NOTHING_MATCHED) where the selectors find none."""
    if rule.cdata:
        text = "\n".join(_sections(text))
    try:
        page = soup_of(text)
    except Unreadable as failure:
        kind = FailureKind.NOTHING_MATCHED if failure.kind is FailureKind.UNREADABLE else failure.kind
        raise Unreadable(kind, f"{failure.detail}: {rule.item}") from None
    entries: list[RawEntry] = []
    dropped: list[Dropped] = []
    items = page.select(rule.item, limit=MOST_ENTRIES + 1)
    for item in items:
        entry = _entry(item, rule)
        if not entry.title:
            dropped.append(Dropped(DropReason.NO_TITLE, detail=entry.link[:200]))
        elif not entry.link or entry.link.lower().startswith(("javascript:", "#", "mailto:")):
            dropped.append(Dropped(DropReason.BAD_LINK, entry.title[:200], entry.link[:200]))
        else:
            entries.append(entry)
    if not entries:
        found = f"{len(items)} items" if items else "no item"
        raise Unreadable(FailureKind.NOTHING_MATCHED, f"{found}: {rule.item}")
    base = page.select_one("base[href]")
    return RawDocument(tuple(entries), tuple(dropped), joined(url, str(base["href"])) if base else "")


def _sections(text: str) -> Iterator[str]:
    """Yield what stands in CDATA sections, in one pass: a section without an end is looked for once."""
    at = text.find(_OPENING)
    while at >= 0:
        start = at + len(_OPENING)
        end = text.find(_CLOSING, start)
        if end < 0:
            return
        yield text[start:end]
        at = text.find(_OPENING, end)


def _entry(item: Tag, rule: ListRule) -> RawEntry:
    time = first(item, rule.time)
    title = first(item, rule.title)
    if time and title != time:
        title = title.removesuffix(time).removeprefix(time).strip()
    return RawEntry(
        title=title,
        link=first(item, rule.link),
        text=first(item, rule.text),
        time=time,
        heat=first(item, rule.heat),
    )


def first(item: Tag, selectors: Iterable[str]) -> str:
    """Return what the first selector that finds something finds: "a@href" an attribute, "@href" and "." the item's."""
    for selector in selectors:
        css, at, attribute = selector.partition("@")
        css = css.strip()
        found = item if css in ("", ".") else item.select_one(css)
        if found is None:
            continue
        text = _attribute(found, attribute.strip()) if at else _text(found)
        if text:
            return text
    return ""


def _attribute(element: Tag, name: str) -> str:
    value = element.get(name) or ""
    return " ".join((" ".join(value) if isinstance(value, list) else value).split())


def _text(element: Tag) -> str:
    """Return the text of an element, its beginning only where it holds half a page."""
    return " ".join(" ".join(islice(element.stripped_strings, MOST_STRINGS)).split())
