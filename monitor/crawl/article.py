"""Read the article out of its page: title, text, and the time of publication with minutes where the page states it.

selectors of the source, where given -> else what the page says of itself (meta elements, JSON-LD, <time>)
  -> else, for the text, automatic extraction without what is hidden, other headlines, the title and the page's
     furniture; for the time, what stands near the title
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import lxml.etree
import lxml.html
import trafilatura
from bs4 import BeautifulSoup

from monitor.core.sources import ArticleRule, FailureKind, TimeRule
from monitor.crawl.lists import first
from monitor.crawl.page import soup_of, tree_of
from monitor.crawl.page_times import NOT_STATED, best_time, metas, times_of
from monitor.crawl.plain import clean, plain, plain_line
from monitor.crawl.prose import prose
from monitor.crawl.raw import Unreadable
from monitor.crawl.times import Published

MANY_LINKS = 3
MOSTLY_LINKS = 0.6
PROSE = 200
_TITLE_METAS = ("articletitle", "og:title", "twitter:title", "title")
_BLOCKS = frozenset({"ul", "ol", "dl", "table", "div", "section", "aside", "nav", "footer", "p"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
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
    when = best_time([stated] if stated else times_of(tree, html, title), now, zone, time_rule)
    text = _chosen_text(chosen, rule) if chosen and rule.text else ""
    text = text or _text(tree, title) or _text(tree_of(html), title, all_blocks=True)
    if not text:
        raise Unreadable(FailureKind.NOTHING_MATCHED, f"no text under {title[:80]!r}")
    return Article(title=title, text=text, published=when)


def _title(tree: lxml.html.HtmlElement) -> str:
    page = plain_line(tree.findtext(".//title") or "")
    stated = [plain_line(value) for value in metas(tree, _TITLE_METAS)]
    headings = [plain_line(element.text_content()) for element in tree.iter("h1", "h2")]
    for candidate in (*stated[:1], *headings):
        if len(candidate) >= 4 and candidate in page:
            return _SITE_NAME.sub("", candidate) or candidate
    return stated[0] if stated else _SITE_NAME.sub("", page) or page or next(iter(headings), "")


def _chosen_text(page: BeautifulSoup, rule: ArticleRule) -> str:
    for selector in rule.text:
        parts = [plain(str(found)) for found in page.select(selector, limit=20)]
        if text := "\n".join(part for part in parts if part):
            return clean(text)
    return ""


def _text(tree: lxml.html.HtmlElement, title: str, *, all_blocks: bool = False) -> str:
    if not all_blocks:
        _without_hidden(tree)
        _without_link_blocks(tree)
    try:
        found = trafilatura.extract(tree, output_format="txt", include_comments=False, include_tables=True)
    except Exception as error:  # noqa: BLE001 - whatever a hostile page breaks in the extractor costs this page only
        raise Unreadable(FailureKind.UNREADABLE, f"{type(error).__name__}: {error}"[:200]) from None
    return prose(clean(found or ""), title)


def _without_hidden(tree: lxml.html.HtmlElement) -> None:
    """Remove what the page does not show, unless it is much of it: some show an article once a script has run."""
    hidden = [
        element for element in tree.iter() if "hidden" in element.attrib or _HIDDEN.search(element.get("style") or "")
    ]
    whole = len(tree.text_content())
    for element in hidden:
        if len(element.text_content()) < whole / 3 and element.getparent() is not None:
            element.clear(keep_tail=True)


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
            element.clear(keep_tail=True)
