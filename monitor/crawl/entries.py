"""Turn entries as written into entries ready to be stored: plain text, one address, a judged time, a key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.core.fetched import Dropped, DropReason, Entry
from monitor.core.identity import canonical_url, is_plain, item_key
from monitor.core.model import TimeNote
from monitor.core.sources import Identity, Source
from monitor.crawl.addresses import joined
from monitor.crawl.plain import clean, plain, plain_line
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry
from monitor.crawl.times import day_in_url, published

LONGEST_URL = 2000
LONGEST_ID = 500
LONGEST_AUTHOR = 200
TITLE_FROM_TEXT = 80
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_HEAT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*([万亿]?)", re.ASCII)
# The most that every database keeps in an integer.
MOST_HEAT = 2**31 - 1
_HEAT_UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}


def marks_of(document: RawDocument) -> tuple[int, ...]:
    """Return the marks of the entries, in their order: of their texts, or else of what was read of them."""
    return document.marks or tuple(map(hash, document.entries))


def addresses(document: RawDocument, url: str) -> list[int]:
    """Return hashes of the addresses of the entries of `document`, fetched from `url`; 0 where one has none."""
    base = joined(url, document.base)
    found = (canonical_url(_address(raw.link, base)) for raw in document.entries)
    return [hash(address) if address else 0 for address in found]


def marked(document: RawDocument, url: str) -> dict[int, int]:
    """Return the marks of the entries, each with a hash of its address where it has an id besides, else 0."""
    found = zip(marks_of(document), document.entries, addresses(document, url), strict=True)
    return {mark: address if raw.external_id else 0 for mark, raw, address in found}


def ready(
    source: Source, document: RawDocument, *, url: str, now: datetime, familiar: Container[int] = frozenset()
) -> tuple[list[Entry], list[Dropped]]:
    """Return the entries of `document`, fetched from `url`, and everything that was left out with its reason.

    Entries whose marks are `familiar` were made before, from the very same words, and are passed over.
    """
    raws = document.entries[:MOST_ENTRIES]
    dropped = list(document.dropped)
    if len(document.entries) > MOST_ENTRIES:
        dropped.append(Dropped(DropReason.TOO_MANY, detail=f"more than {MOST_ENTRIES}"))
    base = joined(url, document.base)
    links = [_address(raw.link, base) for raw in raws]
    shared = _shared(raws, links)
    entries: dict[str, Entry] = {}
    marks = marks_of(document) if familiar else ()
    for position, (raw, link) in enumerate(zip(raws, links, strict=True), 1):
        if familiar and marks[position - 1] in familiar:
            continue
        try:
            entry = _entry(source, raw, link, position, now, by_id=canonical_url(link) in shared)
        except Exception as error:  # noqa: BLE001 - whatever a hostile entry breaks costs this entry only
            dropped.append(Dropped(DropReason.BROKEN, plain_line(raw.title)[:200], f"{type(error).__name__}: {error}"))
            continue
        if not entry.title:
            dropped.append(Dropped(DropReason.NO_CONTENT, detail=entry.external_id or raw.link[:200]))
        elif entry.key in entries:
            dropped.append(Dropped(DropReason.DUPLICATE, entry.title, entry.url or entry.external_id))
        else:
            entries[entry.key] = entry
    return list(entries.values()), dropped


def _entry(source: Source, raw: RawEntry, link: str, position: int, now: datetime, *, by_id: bool) -> Entry:
    title, text = plain_line(raw.title), plain(raw.text)
    external_id = clean(raw.external_id, longest=LONGEST_ID)
    when = published(clean(raw.time), now=now, zone=source.timezone, rule=source.time_rule)
    day = when.day
    if day is None and when.note in (TimeNote.MISSING, TimeNote.UNREADABLE):
        day = day_in_url(link, now=now)
    key = item_key(
        source_id=source.id,
        url="" if _is_front_page(link) and source.identity is Identity.AUTO else link,
        external_id=external_id,
        title=title,
        text=text,
        identity=Identity.ID if by_id and source.identity is Identity.AUTO else source.identity,
    )
    return Entry(
        key=key,
        title=title or _beginning(text) or link,
        external_id=external_id,
        url=link,
        text=text,
        published_at=when.at,
        published_day=day,
        published_raw=when.raw,
        time_note=when.note,
        rank=_rank((raw.rank or position) if source.ranked else raw.rank),
        heat=_heat(raw.heat),
        author=plain_line(raw.author, longest=LONGEST_AUTHOR),
    )


def _address(link: str, base: str) -> str:
    """Return the absolute http or https address that `link` means, or "" (scripts, mail, unsafe characters)."""
    if len(link) <= LONGEST_URL and is_plain(link):
        return link
    try:
        url = urljoin(base, link.strip().replace(" ", "%20")) if link.strip() else ""
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    return "" if len(url) > LONGEST_URL or _UNSAFE.search(url) else url


def _shared(raws: Iterable[RawEntry], links: Iterable[str]) -> set[str]:
    """Return the addresses that several entries with ids of their own point to: they tell none of them apart."""
    pairs = {(canonical_url(link), raw.external_id) for raw, link in zip(raws, links, strict=True) if link}
    counts = Counter(address for address, identifier in pairs if identifier)
    return {address for address, count in counts.items() if count > 1}


def _is_front_page(link: str) -> bool:
    parts = urlsplit(link)
    return parts.path in ("", "/") and not parts.query and not parts.fragment.startswith(("!", "/"))


def _beginning(text: str) -> str:
    return text.partition("\n")[0][:TITLE_FROM_TEXT].strip()


def _rank(rank: int | None) -> int | None:
    return None if rank is None or abs(rank) > MOST_HEAT else rank


def _heat(text: str) -> int | None:
    match = _HEAT.search(text[:50])
    if match is None:
        return None
    return min(int(float(match[1].replace(",", "")) * _HEAT_UNITS[match[2]]), MOST_HEAT)
