"""Complete an entry from its own page: the full text, and the time of publication where the list gave none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.fetched import CharsetRule, Entry
from monitor.core.model import TimeNote
from monitor.core.sources import FailureKind, Source, failure_of
from monitor.crawl.article import Article, read_article
from monitor.crawl.blocked import blocked
from monitor.crawl.decode import decode_answer
from monitor.crawl.page import LONGEST_PAGE
from monitor.crawl.raw import Unreadable
from monitor.gate import Gate, GateFailure, Refuses

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
SHORT_TEXT = 200
_LOST = frozenset({TimeNote.DATE_ONLY, TimeNote.MISSING, TimeNote.UNREADABLE, TimeNote.ABSURD, TimeNote.FUTURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """An entry after a look at its own page; `reason` says why the page added nothing."""

    entry: Entry
    reason: FailureKind | None = None
    detail: str = ""
    status: int | None = None
    bytes: int = 0
    charset_rule: CharsetRule = CharsetRule.NONE
    elapsed: timedelta = timedelta(0)


def wants_page(source: Source, entry: Entry) -> bool:
    """Tell whether the page of a new entry is to be read: the source says so and the entry has an address."""
    return source.article is not None and bool(entry.url)


def complete(gate: Gate, source: Source, entry: Entry, now: datetime, refuses: Refuses | None = None) -> Completed:
    """Read the page of a new entry and fill in its text, and its time of publication where the list gave none.

    Never raises for what a server does; the entry comes back as it was where the page brings nothing. Where a redirect
    leads `refuses` is asked about.
    """
    if not entry.url:
        return Completed(entry=entry, reason=FailureKind.BAD_URL, detail="no address")
    headers = {"accept": ACCEPT}
    if _same_host(entry.url, source.url):
        headers |= dict(source.headers)
    try:
        answer = gate.get(entry.url, headers=headers, tls=source.tls, longest_body=LONGEST_PAGE, refuses=refuses)
    except GateFailure as failure:
        return Completed(entry=entry, reason=failure.kind, detail=failure.detail, elapsed=failure.elapsed)
    done = Completed(entry=entry, status=answer.status, bytes=len(answer.body), elapsed=answer.elapsed)
    if (failed := failure_of(answer.status)) is not None:
        return replace(done, reason=failed, detail=f"HTTP {answer.status}")
    kind = answer.headers.get("content-type", "text/html").lower()
    if not any(word in kind for word in ("html", "xml", "text/plain")):
        return replace(done, reason=FailureKind.UNREADABLE, detail=kind[:80])
    decoded = decode_answer(answer)
    done = replace(done, charset_rule=decoded.rule)
    article = _article(decoded.text, source, now)
    bare = isinstance(article, Unreadable) or len(article.text) < SHORT_TEXT
    if bare and (mark := blocked(decoded.text, asked=entry.url, answered=answer.url)):
        return replace(done, reason=FailureKind.CAPTCHA_OR_LOGIN, detail=mark)
    if isinstance(article, Unreadable):
        return replace(done, reason=article.kind, detail=article.detail)
    return replace(done, entry=_filled(entry, article))


def _article(html: str, source: Source, now: datetime) -> Article | Unreadable:
    try:
        return read_article(html, now=now, zone=source.timezone, rule=source.article, time_rule=source.time_rule)
    except Unreadable as unreadable:
        return unreadable
    except Exception as error:  # noqa: BLE001 - whatever a hostile page breaks in a parser costs this page only
        return Unreadable(FailureKind.UNREADABLE, f"{type(error).__name__}: {error}"[:200])


def _same_host(url: str, other: str) -> bool:
    return url.split("/")[:3] == other.split("/")[:3]


def _filled(entry: Entry, article: Article) -> Entry:
    text = article.text if len(article.text) > len(entry.text) else entry.text
    title = article.title if entry.title == entry.url and article.title else entry.title
    stated = article.published
    gap = abs((stated.day - entry.published_day).days) if stated.day and entry.published_day else 0
    if entry.time_note not in _LOST or gap > 1 or (stated.at is None and entry.published_day is not None):
        return replace(entry, title=title, text=text)
    return replace(
        entry,
        title=title,
        text=text,
        published_at=stated.at,
        published_day=stated.day,
        published_raw=stated.raw or entry.published_raw,
        time_note=stated.note if stated.note is not TimeNote.MISSING else entry.time_note,
    )
