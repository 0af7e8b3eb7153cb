"""What is fuzzed: each target reads an input as the crawl would, and checks what must hold whatever the input is.

A target may only refuse in the way that its reader documents. What it hands on is plain, bounded and not in the future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from monitor.core.fetched import Dropped, Entry
from monitor.core.freshness import LONGEST as LONGEST_FRESH
from monitor.core.freshness import feed_ttl, max_age
from monitor.core.model import BEIJING
from monitor.core.robots import LONGEST_DELAY, robots_of
from monitor.core.sources import ApiRule, ArticleRule, ListRule, PushRule, Source, SourceKind, TimeRule
from monitor.crawl.apis import read_api
from monitor.crawl.article import read_article
from monitor.crawl.blocked import blocked
from monitor.crawl.blocks import rules_of
from monitor.crawl.decode import Decoded, decode
from monitor.crawl.entries import LONGEST_URL, ready
from monitor.crawl.feeds import read_feed
from monitor.crawl.lists import read_list
from monitor.crawl.opml import read_opml
from monitor.crawl.plain import LONGEST_TEXT, LONGEST_TITLE
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, Unreadable
from monitor.crawl.rows import RowForm, raw_of, rows_of
from monitor.crawl.times import AHEAD, Published, day_in_url, published
from monitor.gate import GateFailure
from monitor.gate.bodies import read_body
from monitor.gate.target import Target
from monitor.gate.waiting import retry_after

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
URL = "https://news.example/index.html"
LONGEST_BODY = 200_000
CONTROLS = frozenset(map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0x202E, 0x2028))) - {"\u2028"}
Target_ = Callable[[bytes], None]
T = TypeVar("T")


def _source(kind: SourceKind = SourceKind.FEED) -> Source:
    return Source(id="s", name="s", kind=kind, url=URL)


def _text(body: bytes) -> str:
    return decode(body).text


def _is_plain(text: str, longest: int) -> None:
    assert len(text) <= longest
    assert not CONTROLS & set(text)
    assert not any("\ud800" <= character <= "\udfff" for character in text)


def _is_sound(when: Published) -> None:
    if when.at is not None:
        assert when.at.tzinfo is not None
        assert when.at <= NOW + AHEAD
    assert when.day is None or when.day <= (NOW + timedelta(days=2)).date()


def _are_ready(document: RawDocument) -> None:
    found: tuple[list[Entry], list[Dropped]] = ready(_source(), document, url=URL, now=NOW)
    entries, dropped = found
    assert len({entry.key for entry in entries}) == len(entries) <= MOST_ENTRIES
    assert len(entries) + len(dropped) >= min(len(document.entries), MOST_ENTRIES)
    for entry in entries:
        assert entry.title
        _is_plain(entry.title, LONGEST_URL)
        _is_plain(entry.text, LONGEST_TEXT)
        assert not entry.url or entry.url.startswith(("http://", "https://"))
        assert len(entry.url) <= LONGEST_URL
        assert entry.published_at is None or entry.published_at <= NOW + AHEAD


def feed(body: bytes) -> None:
    """Read a feed."""
    with suppress(Unreadable):
        _are_ready(read_feed(body, decode(body), content_type="application/xml"))


def listed(body: bytes) -> None:
    """Read a list page by selectors, and look for its lists."""
    text = _text(body)
    rule = ListRule(item="li, tr", title=("a@title", "a", "."), time=("span", "td"), text=("p",), heat=("b",))
    for one in (rule, ListRule(item="li", cdata=True)):
        with suppress(Unreadable):
            _are_ready(read_list(text, one, url=URL))
    with suppress(Unreadable):
        for proposed in islice(rules_of(text, NOW), 2):
            _are_ready(read_list(text, proposed, url=URL))


def article(body: bytes) -> None:
    """Read an article page, by itself and by selectors."""
    text = _text(body)
    blocked(text, asked=URL, answered=URL + "/login")
    rule = ArticleRule(text=("article", "#text"), title=("h1",), time=("time", ".time"))
    for one in (None, rule):
        with suppress(Unreadable):
            found = read_article(text, now=NOW, zone=BEIJING, rule=one)
            assert found.text
            _is_plain(found.text, LONGEST_TEXT)
            _is_plain(found.title, LONGEST_TITLE)
            _is_sound(found.published)


def date(body: bytes) -> None:
    """Read a stated time, under every rule."""
    text = _text(body)
    for rule in TimeRule:
        _is_sound(published(text, now=NOW, zone=BEIJING, rule=rule))
    day = day_in_url(text, now=NOW)
    assert day is None or day <= (NOW + timedelta(days=1)).date()


def charset(body: bytes) -> None:
    """Decode bytes under a label that is part of them."""
    label, _, rest = body.partition(b"\n")
    for content_type in ("", f"text/html; charset={label.decode('latin-1')}"):
        for cut in (False, True):
            found: Decoded = decode(rest, content_type=content_type, cut=cut)
            assert found.text.encode("utf-8", "surrogatepass") is not None
            assert len(found.text) <= len(rest) * 2


def robots(body: bytes) -> None:
    """Read a robots.txt and ask it of a path that is part of it."""
    text = _text(body)
    said = robots_of(text)
    assert timedelta(0) <= said.delay <= LONGEST_DELAY
    for path in ("/", text.rpartition("\n")[2][:200], "/a%2F*b$"):
        refusing = said.refusing(path)
        assert refusing is None or not refusing.allow


def opml(body: bytes) -> None:
    """Read a list of sources."""
    with suppress(Unreadable):
        for outline in read_opml(body).found:
            assert all(isinstance(value, str) for value in outline.attributes.values())


def rows(body: bytes) -> None:
    """Read what is brought to us, in every form."""
    rule = PushRule(title=("title", "标题"), text=("text", "a.b[0]"), url=("url",), time=("time",), heat=("heat",))
    for form in RowForm:
        with suppress(Unreadable):
            found = [raw_of(row, rule) for row in rows_of(body, form)]
            _are_ready(RawDocument(tuple(one for one in found if not hasattr(one, "reason"))))


def api(body: bytes) -> None:
    """Read a JSON answer by paths."""
    text = _text(body)
    usual = ApiRule(items="data[]", title="title", url="url", id="id", time="time", text="text", heat="heat")
    odd = ApiRule(items="*", title="{title}{id}", url="https://x.example/?q={title}", skip_if="ad", after="=")
    for rule in (usual, odd):
        with suppress(Unreadable):
            _are_ready(read_api(text, rule))


def headers(body: bytes) -> None:
    """Read what a server says beside a body, and follow where it sends us."""
    text = body.decode("latin-1")
    wait = retry_after(text, NOW)
    assert wait is None or wait >= timedelta(0)
    first, _, second = text.partition("\n")
    assert timedelta(0) <= max_age(first, second) <= LONGEST_FRESH
    assert timedelta(0) <= feed_ttl(ttl=first, period=second, frequency=second) <= LONGEST_FRESH
    decode(b"\xb1\xac\xd5\xa8", content_type=text)
    with suppress(GateFailure):
        target = Target.of(text, base=Target.of(URL))
        assert target.scheme in ("http", "https")
        assert "\n" not in target.authority


def packed(body: bytes) -> None:
    """Unpack a body, in every packing that is taken and one that is not."""
    for packing in ("gzip", "deflate", "identity", "br", "gzip, gzip"):
        with suppress(GateFailure):
            unpacked, cut = read_body(_pieces(body), packing=packing, longest=LONGEST_BODY)
            assert len(unpacked) <= LONGEST_BODY
            assert cut or len(unpacked) <= LONGEST_BODY


def _pieces(body: bytes) -> Iterable[bytes]:
    return (body[at : at + 100] for at in range(0, len(body), 100))


TARGETS: Mapping[str, Target_] = {
    "feed": feed, "list": listed, "article": article, "date": date, "charset": charset, "robots": robots, "opml": opml,
    "rows": rows, "api": api, "headers": headers, "packed": packed,
}  # fmt: skip
