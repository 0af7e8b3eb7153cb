"""Find what a page states as its time of publication, the most reliable first.

meta elements -> JSON-LD -> microdata and <time> -> attributes -> a full time right below the title -> one further up or
down -> short forms right below the title ("昨天 21:30") -> a day below the title
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import lxml.etree
import lxml.html

from monitor.core.model import TimeNote
from monitor.core.sources import TimeRule
from monitor.crawl.page import LONGEST_PAGE
from monitor.crawl.plain import clean
from monitor.crawl.times import Published, published

NEAR_TITLE = 1500
BELOW_TITLE = 200
LONGEST_LINE = 60
SHORTEST_LINE = 4
MOST_CANDIDATES = 200
NOT_STATED = Published(None, None, TimeNote.MISSING)
_METAS = (
    "pubdate", "article:published_time", "publishdate", "publish_time", "pubtime", "publishedtime", "og:release_date",
    "og:published_time", "apub:time", "datepublished", "dc.date.issued", "dcterms.created", "weibo:article:create_at",
    "article.published", "article:published", "releasedate", "publish-date", "publishtime", "pub_date",
    "parsely-pub-date", "firstpublishedtime", "date", "dc.date",
)  # fmt: skip
_JSON_LD = re.compile(r"\"(?:datePublished|pubDate|uploadDate)\"\s*:\s*\"([^\"]{8,40})\"")
_ATTRIBUTE = re.compile(r"(?:data-)?p(?:ub(?:lish(?:ed)?)?)?[-_]?(?:time|date|at)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = (
    r"(?:(?:20\d\d|19\d\d)\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d)\s?日?"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s20\d\d|\b\d{{1,2}}\s{_MONTH}\s20\d\d)"
)
_CLOCK = (
    r"(?:凌晨|上午|中午|下午|晚上)?\s?\d{1,2}\s?[:时]\s?\d{2}(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?(?:[ ](?-i:[A-Z]{2,4})\b)?"
)
_FULL = re.compile(
    rf"{_DAY}[\s,T-]{{0,5}}(?:(?:at|\S{{2,3}})\s)?{_CLOCK}"
    rf"|\d{{1,2}}:\d\d(?::\d\d)?\s?[ap]\.?m\.?(?:[ ](?-i:[A-Z]{{2,4}}))?,?\s{_DAY}",
    re.IGNORECASE,
)
_UNSEEN = frozenset({"script", "style", "title", "template", "noscript"})
_INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "label", "small", "span", "strong", "time", "u"})
_DAY_ALONE = re.compile(_DAY, re.IGNORECASE)


def best_time(candidates: Iterable[str], now: datetime, zone: str, rule: TimeRule) -> Published:
    """Return the first candidate that is an instant and fits the day that a better one states, else the first day."""
    best = NOT_STATED
    for count, candidate in enumerate(candidates):
        if count >= MOST_CANDIDATES:
            break
        when = published(candidate, now=now, zone=zone, rule=rule)
        if when.at is not None and _fits(when, best):
            return when
        if best.day is None and when.at is None and (when.day is not None or best.note is TimeNote.MISSING):
            best = when
    return best


def _fits(when: Published, known: Published) -> bool:
    if when.day is None or known.day is None or known.note is not TimeNote.DATE_ONLY:
        return True
    return abs(when.day - known.day) <= timedelta(days=1)


def metas(tree: lxml.html.HtmlElement, names: tuple[str, ...]) -> Iterator[str]:
    """Yield what the meta elements of these names say, in the order of the names."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        said = (element.get(attribute) or "" for attribute in ("name", "property", "itemprop"))
        for name in " ".join(said).lower().split():
            found.setdefault(name, element.get("content") or "")
    yield from (value for name in names if (value := found.get(name, "").strip()))


def times_of(tree: lxml.html.HtmlElement, html: str, title: str) -> Iterator[str]:
    """Yield what could be the time of publication, most reliable first."""
    yield from metas(tree, _METAS)
    yield from (match[1] for match in _JSON_LD.finditer(html))
    yield from _marked(tree)
    yield from _in_attributes(tree)
    visible = clean("".join(_visible(tree)), longest=LONGEST_PAGE)
    at = max(visible.find(title, visible.find("\n")), 0) if title else 0
    below = visible[at : at + NEAR_TITLE]
    yield from (match[0] for match in _FULL.finditer(below))
    yield from (match[0] for match in _FULL.finditer(visible[: at + NEAR_TITLE]))
    lines = [line for line in below.split("\n")[1:] if SHORTEST_LINE <= len(line) <= LONGEST_LINE]
    if at:
        yield from _first_lines(lines)
    yield from (match[0] for line in lines if (match := _DAY_ALONE.search(line)))


def _marked(tree: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield what elements say that are marked as a time: microdata of the publication, then any <time>."""
    for element in tree.iter():
        if "datepublished" in (element.get("itemprop") or "").lower().split():
            yield _said(element)
    yield from (_said(element) for element in tree.iter("time"))


def _said(element: lxml.html.HtmlElement) -> str:
    return str(element.get("datetime") or element.get("content") or element.text_content())[:100]


def _in_attributes(tree: lxml.html.HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        for name, value in element.attrib.items():
            if value and _ATTRIBUTE.fullmatch(str(name).lower()):
                yield str(value)[:100]


def _first_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the short lines right below the title that hold a figure or are a word for a time."""
    left = BELOW_TITLE
    for line in lines:
        left -= len(line)
        if left < 0:
            return
        if len(line) <= LONGEST_LINE / 2:
            yield line


def _visible(tree: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield the text that is shown; what stands in one line of the page comes in one line."""
    for action, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if element.tag in _UNSEEN:
            if action == "end" and element.tail:
                yield str(element.tail)
            continue
        if element.tag not in _INLINE:
            yield "\n"
        if said := element.text if action == "start" else element.tail:
            yield " ".join(str(said).split()) + " "
