"""Read the article out of its page: title, text, and the time of publication with minutes where the page states it.

selectors of the source, where given -> else what the page says of itself (meta elements, JSON-LD, <time>)
  -> else, for the text, automatic extraction; for the time, the first full time near the title
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import lxml.etree
import lxml.html
import trafilatura
from bs4 import BeautifulSoup

from monitor.core.model import TimeNote
from monitor.core.sources import ArticleRule, FailureKind, TimeRule
from monitor.crawl.lists import first
from monitor.crawl.page import LONGEST_PAGE, soup_of, tree_of
from monitor.crawl.plain import clean, plain, plain_line
from monitor.crawl.raw import Unreadable
from monitor.crawl.times import Published, published

NEAR_TITLE = 1500
SHORT = 40
MANY_LINKS = 3
MOSTLY_LINKS = 0.6
PROSE = 200
_TITLE_METAS = ("articletitle", "og:title", "twitter:title", "title")
_TIME_METAS = (
    "pubdate", "article:published_time", "publishdate", "publish_time", "pubtime", "publishedtime", "og:release_date",
    "og:published_time", "apub:time", "datepublished", "dc.date.issued", "dcterms.created", "weibo:article:create_at",
    "article.published", "releasedate", "publish-date", "firstpublishedtime", "date",
)  # fmt: skip
_JSON_LD_TIME = re.compile(r"\"(?:datePublished|pubDate|uploadDate)\"\s*:\s*\"([^\"]{8,40})\"")
_FULL_TIME = re.compile(
    r"(?:20\d\d|19\d\d)\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?[\sT]{0,5}(?:\S{2,3}\s)?\d{1,2}\s?[:时]\s?\d{2}(?::\d\d)?"
)
NOT_STATED = Published(None, None, TimeNote.MISSING)
_SENTENCE_END = re.compile(r"[。！？!?….”』」）)】]$")
_BLOCKS = frozenset({"ul", "ol", "dl", "table", "div", "section", "aside", "nav", "footer", "p"})
_SITE_NAME = re.compile(r"\s*(?:[_|]|--| [-–—] ).*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says: plain text only."""

    title: str = ""
    text: str = ""
    published: Published = NOT_STATED


def read_article(
    html: str,
    *,
    now: datetime,
    zone: str,
    rule: ArticleRule | None = None,
    time_rule: TimeRule = TimeRule.AS_STATED,
) -> Article:
    """Return the article of a page; raise Unreadable: UNREADABLE where it is none, NOTHING_MATCHED where it is bare."""
    tree = tree_of(html)
    rule = rule or ArticleRule()
    chosen = soup_of(html) if rule.text or rule.title or rule.time else None
    title = plain_line(first(chosen, rule.title)) if chosen and rule.title else ""
    title = title or _title(tree)
    stated = first(chosen, rule.time) if chosen and rule.time else ""
    when = _best_time([stated] if stated else _times(tree, html, title), now, zone, time_rule)
    text = _chosen_text(chosen, rule) if chosen and rule.text else ""
    text = text or _text(tree) or _text(tree_of(html), all_blocks=True)
    if not text:
        raise Unreadable(FailureKind.NOTHING_MATCHED, f"no text under {title[:80]!r}")
    return Article(title=title, text=text, published=when)


def _metas(tree: lxml.html.HtmlElement, names: tuple[str, ...]) -> Iterator[str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        found.setdefault(name.lower(), element.get("content") or "")
    yield from (value for name in names if (value := found.get(name, "").strip()))


def _title(tree: lxml.html.HtmlElement) -> str:
    page = plain_line(tree.findtext(".//title") or "")
    metas = [plain_line(value) for value in _metas(tree, _TITLE_METAS)]
    headings = [plain_line(element.text_content()) for element in tree.iter("h1", "h2")]
    for candidate in (*metas[:1], *headings):
        if len(candidate) >= 4 and candidate in page:
            return _SITE_NAME.sub("", candidate) or candidate
    return metas[0] if metas else _SITE_NAME.sub("", page) or page or next(iter(headings), "")


def _times(tree: lxml.html.HtmlElement, html: str, title: str) -> Iterator[str]:
    """Yield what could be the time of publication, most reliable first."""
    yield from _metas(tree, _TIME_METAS)
    yield from (match[1] for match in _JSON_LD_TIME.finditer(html))
    yield from (str(element.get("datetime") or element.text_content())[:100] for element in tree.iter("time"))
    visible = clean("\n".join(_visible(tree)), longest=LONGEST_PAGE)
    at = max(visible.find(title, visible.find("\n")), 0) if title else 0
    yield from (match[0] for match in _FULL_TIME.finditer(visible[at : at + NEAR_TITLE]))
    yield from (match[0] for match in _FULL_TIME.finditer(visible[: at + NEAR_TITLE]))


def _visible(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        if element.tag not in ("script", "style", "title") and element.text:
            yield str(element.text)
        if element.tail:
            yield str(element.tail)


def _best_time(candidates: list[str] | Iterator[str], now: datetime, zone: str, rule: TimeRule) -> Published:
    """Return the first candidate that is an instant, else the first that is a day."""
    best = NOT_STATED
    for candidate in candidates:
        when = published(candidate, now=now, zone=zone, rule=rule)
        if when.at is not None:
            return when
        if best.day is None and (when.day is not None or best.note is TimeNote.MISSING):
            best = when
    return best


def _chosen_text(page: BeautifulSoup, rule: ArticleRule) -> str:
    for selector in rule.text:
        parts = [plain(str(found)) for found in page.select(selector, limit=20)]
        if text := "\n".join(part for part in parts if part):
            return clean(text)
    return ""


def _text(tree: lxml.html.HtmlElement, *, all_blocks: bool = False) -> str:
    if not all_blocks:
        _without_link_blocks(tree)
    try:
        found = trafilatura.extract(tree, output_format="txt", include_comments=False, include_tables=True)
    except Exception as error:  # noqa: BLE001 - whatever a hostile page breaks in the extractor costs this page only
        raise Unreadable(FailureKind.UNREADABLE, f"{type(error).__name__}: {error}"[:200]) from None
    return _without_tail(clean(found or ""))


def _without_link_blocks(tree: lxml.html.HtmlElement) -> None:
    """Remove blocks that are mostly links: other headlines on the page would be read as part of the article."""
    sizes: dict[lxml.html.HtmlElement, tuple[int, int, int]] = {}
    doomed = []
    for _, element in lxml.etree.iterwalk(tree, events=("end",)):
        own = len("".join((element.text or "").split()))
        children = [(sizes.pop(child), len("".join((child.tail or "").split()))) for child in element]
        text = own + sum(size[0] + tail for size, tail in children)
        linked = text if element.tag == "a" else sum(size[1] for size, _ in children)
        links = (element.tag == "a") + sum(size[2] for size, _ in children)
        sizes[element] = (text, linked, links)
        if element.tag in _BLOCKS and links >= MANY_LINKS and linked > MOSTLY_LINKS * text and text - linked < PROSE:
            doomed.append((element, text))
    whole = sum(size[0] for size in sizes.values())
    for element, text in doomed:
        if text < whole / 2 and element.getparent() is not None:
            element.drop_tree()


def _without_tail(text: str) -> str:
    """Cut the short lines without an end of sentence that follow an article: editors, tags, names of apps."""
    lines = text.split("\n")
    end = len(lines)
    while end > 1 and len(lines[end - 1]) < SHORT and not _SENTENCE_END.search(lines[end - 1]):
        end -= 1
    kept = "\n".join(lines[:end])
    return kept if len(kept) > len(text) / 2 else text
