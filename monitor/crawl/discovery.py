"""Find out how an address can be read as a source: as a feed, by the feeds that it names, or as a list of links.

address -> feed?                                        -> that feed
        -> page -> feeds it names, feeds in usual places -> those that hold entries
                -> blocks of links, with dates           -> rules, each tried on the page

What a site's robots.txt forbids is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from monitor.core.fetched import Dropped, Entry
from monitor.core.model import BEIJING
from monitor.core.robots import Refusal
from monitor.core.sources import FailureKind, Source, SourceKind, failure_of
from monitor.crawl.addresses import joined
from monitor.crawl.blocked import blocked
from monitor.crawl.blocks import rules_of
from monitor.crawl.decode import Decoded, decode_answer
from monitor.crawl.entries import ready
from monitor.crawl.feeds import read_feed
from monitor.crawl.fetch import ACCEPT, LONGEST_BODY
from monitor.crawl.lists import read_list
from monitor.crawl.page import tree_of
from monitor.crawl.plain import plain_line
from monitor.crawl.raw import RawDocument, Unreadable
from monitor.gate import Answer, Gate, GateFailure
from monitor.gate.robots import Leave

USUAL_PLACES = ("rss.xml", "feed", "rss", "atom.xml", "feed.xml", "index.xml")
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
MOST_FEEDS = 10
INTERVALS = tuple(timedelta(minutes=m) for m in (5, 10, 15, 30, 60, 120))
FEWEST_TIMES = 3
# Less visible text than this, beside scripts: what a reader sees is made in his browser.
BARE = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to read an address: the group and values of its entry in sources.yaml, and what would be read."""

    group: str
    values: Mapping[str, Any]
    entries: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    charset: str

    @property
    def gap(self) -> timedelta | None:
        """The usual time between two entries, None where too few say when they were published."""
        times = sorted(entry.published_at for entry in self.entries if entry.published_at is not None)
        if len(times) < FEWEST_TIMES:
            return None
        return timedelta(seconds=median((later - earlier).total_seconds() for earlier, later in pairwise(times)))

    @property
    def interval(self) -> timedelta:
        """How often to look: twice as often as something new comes, within reason."""
        gap = self.gap
        if gap is None:
            return INTERVALS[1]
        return next((one for one in reversed(INTERVALS) if one <= gap / 2), INTERVALS[0])


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found; `reason` where nothing was. `scripted` tells of a page that only scripts fill."""

    proposals: tuple[Proposal, ...] = ()
    reason: FailureKind | None = None
    detail: str = ""
    scripted: bool = False


def discover(gate: Gate, url: str, now: datetime) -> Discovery:
    """Look at `url` and propose how to read it; never raises for what a server does."""
    leave = Leave(gate, now)
    answer = _fetch(gate, url, leave)
    if isinstance(answer, Discovery):
        return answer
    decoded = decode_answer(answer)
    try:
        return Discovery((_feed(answer, decoded, url, now),))
    except Unreadable as failure:
        if failure.kind is not FailureKind.NOT_A_FEED or "<" not in decoded.text:
            return Discovery(reason=failure.kind, detail=failure.detail)
    return _page(gate, answer, decoded, leave)


def _fetch(gate: Gate, url: str, leave: Leave) -> Answer | Discovery:
    def refusal(address: str) -> Refusal | None:
        return leave.refusal(Source(id="new", name="", kind=SourceKind.FEED, url=address), address)

    if (refused := refusal(url)) is not None:
        return Discovery(reason=refused.reason, detail=refused.detail)
    accept = f"{ACCEPT[SourceKind.FEED].partition(', */*')[0]}, text/html;q=0.9, */*;q=0.5"
    try:
        answer = gate.get(url, headers={"accept": accept}, longest_body=LONGEST_BODY, refuses=refusal)
    except GateFailure as failure:
        return Discovery(reason=failure.kind, detail=failure.detail)
    failed = failure_of(answer.status)
    if failed is None:
        return answer
    mark = blocked(decode_answer(answer).text, asked=url, answered=answer.url)
    if mark and failed in (FailureKind.FORBIDDEN, FailureKind.UNEXPECTED_STATUS, FailureKind.RATE_LIMITED):
        return Discovery(reason=FailureKind.CAPTCHA_OR_LOGIN, detail=f"HTTP {answer.status}, {mark}")
    return Discovery(reason=failed, detail=f"HTTP {answer.status}")


def _feed(answer: Answer, decoded: Decoded, url: str, now: datetime) -> Proposal:
    try:
        document = read_feed(answer.body, decoded, content_type=answer.headers.get("content-type", ""))
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile document breaks in a parser costs this look only
        raise Unreadable(FailureKind.UNREADABLE, f"{type(error).__name__}: {error}"[:200]) from None
    address = answer.moved_to or url
    name = _title(decoded.text) or urlsplit(address).hostname or address
    return _proposal("feeds", {"name": name, "url": address}, SourceKind.FEED, document, answer, decoded, now)


def _proposal(
    group: str,
    values: dict[str, Any],
    kind: SourceKind,
    document: RawDocument,
    answer: Answer,
    decoded: Decoded,
    now: datetime,
) -> Proposal:
    source = Source(id="new", name=values["name"], kind=kind, url=values["url"])
    entries, dropped = ready(source, document, url=answer.url, now=now)
    return Proposal(group, values, tuple(entries), tuple(dropped), decoded.charset)


def _title(text: str) -> str:
    """Return the first title of a feed or page: that of the whole."""
    lower = text[:200_000].lower()
    start = lower.find("<title")
    opened = lower.find(">", start)
    end = lower.find("</title", opened)
    if start < 0 or opened < 0 or end < 0:
        return ""
    return plain_line(text[opened + 1 : end].replace("<![CDATA[", "").replace("]]>", ""), longest=60)


def _page(gate: Gate, answer: Answer, decoded: Decoded, leave: Leave) -> Discovery:
    try:
        named = list(dict.fromkeys(_named_feeds(decoded.text, answer.url)))
    except Unreadable as failure:
        return Discovery(reason=failure.kind, detail=failure.detail)
    feeds = list(_alive(gate, named, leave)) or list(_alive(gate, _usual_places(answer.url), leave, most=1))
    lists = list(_lists(answer, decoded, leave.now))
    if feeds or lists:
        return Discovery((*feeds, *lists))
    if mark := blocked(decoded.text, asked=answer.url, answered=answer.url):
        return Discovery(reason=FailureKind.CAPTCHA_OR_LOGIN, detail=mark)
    return Discovery(reason=FailureKind.NOTHING_MATCHED, detail=_title(decoded.text), scripted=_scripted(decoded.text))


def _named_feeds(html: str, url: str) -> Iterator[str]:
    """Yield the addresses of the feeds that a page names, those in its head first."""
    tree = tree_of(html)
    base = joined(url, next((str(one.get("href")) for one in tree.iter("base") if one.get("href")), ""))
    for link in tree.iter("link"):
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        if "alternate" in (link.get("rel") or "").lower().split() and kind in FEED_TYPES and link.get("href"):
            yield _joined(base, str(link.get("href")))
    for link in tree.iter("a"):
        words = str(link.get("href") or "").lower().replace("-", "/").replace("_", "/").replace(".", "/").split("/")
        if {"rss", "atom", "feed", "feeds"} & set(words):
            yield _joined(base, str(link.get("href")))


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def _usual_places(url: str) -> list[str]:
    near = [urljoin(url, place) for place in USUAL_PLACES[:1]]
    return list(dict.fromkeys([*near, *(urljoin(url, f"/{place}") for place in USUAL_PLACES)]))


def _alive(gate: Gate, urls: Iterable[str], leave: Leave, *, most: int = MOST_FEEDS) -> Iterator[Proposal]:
    """Yield the feeds among addresses that hold entries."""
    found = 0
    for url in list(urls)[:MOST_FEEDS]:
        answer = _fetch(gate, url, leave) if url.startswith(("http://", "https://")) else None
        if not isinstance(answer, Answer):
            continue
        try:
            yield _feed(answer, decode_answer(answer), url, leave.now)
        except Unreadable:
            continue
        found += 1
        if found == most:
            return


def _lists(answer: Answer, decoded: Decoded, now: datetime) -> Iterator[Proposal]:
    """Yield the lists of a page that hold entries when they are read as a source of that rule would be."""
    address = answer.moved_to or answer.url
    name = _title(decoded.text) or urlsplit(address).hostname or address
    for rule in rules_of(decoded.text, now.astimezone(ZoneInfo(BEIJING))):
        try:
            document = read_list(decoded.text, rule, url=answer.url)
        except Unreadable:
            continue
        values: dict[str, Any] = {"name": name, "url": address, "item": rule.item}
        values |= {"time": rule.time[0]} if rule.time else {}
        found = _proposal("lists", {**values, "article": True}, SourceKind.LIST, document, answer, decoded, now)
        if found.entries:
            yield found


def _scripted(html: str) -> bool:
    tree = tree_of(html)
    scripts = sum(1 for _ in tree.iter("script"))
    for element in list(tree.iter("script", "style", "noscript", "title")):
        element.drop_tree()
    return scripts > 0 and len(" ".join(tree.text_content().split())) < BARE
