"""Find the lists of a page that was never seen before: blocks of like elements, each with a link, often with a date.

Only proposes; whether a proposal is good is seen by reading the page with it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import lxml.html

from monitor.core.sources import ListRule
from monitor.crawl.dates import read_date
from monitor.crawl.page import tree_of

FEWEST = 4
SHORTEST_TITLE = 6
LONGEST_TIME = 40
MOST = 5
SHARE = 0.6
_NAME = re.compile(r"[A-Za-z_][\w-]{0,60}", re.ASCII)
_STATES = re.compile(r"(?:active|current|first|last|odd|even|hover|on|cur)\b|\d", re.IGNORECASE)
_ITEMS = frozenset({"li", "tr", "div", "dd", "dl", "article", "p", "section"})


def rules_of(html: str, now: datetime) -> list[ListRule]:
    """Return rules for the likeliest lists of a page, the best first; `now` is in the source's zone."""
    groups: dict[str, list[lxml.html.HtmlElement]] = defaultdict(list)
    for element in tree_of(html).iter(*_ITEMS):
        if element.getparent() is not None and _headline(element):
            groups[_selector(element)].append(element)
    found = []
    for selector, items in groups.items():
        if len(items) >= FEWEST and not _holds_others(items):
            time = _time(items, now)
            titles = {_headline(item) for item in items}
            score = len(titles) * (3 if time else 1) * min(1.0, sum(map(len, titles)) / len(titles) / 15)
            found.append((score, ListRule(item=selector, time=(time,) if time else (), title=("a@title", "a"))))
    return [rule for _, rule in sorted(found, key=lambda pair: -pair[0])[:MOST]]


def _headline(element: lxml.html.HtmlElement) -> str:
    """Return the longest text of a link in an element, empty where none is long enough for a headline."""
    texts = (" ".join((link.get("title") or link.text_content()).split()) for link in _links(element))
    longest = max(texts, key=len, default="")
    return longest if len(longest) >= SHORTEST_TITLE else ""


def _links(element: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    for link in element.iter("a"):
        if not (link.get("href") or "#").lower().startswith(("#", "javascript:", "mailto:")):
            yield link


def _holds_others(items: Sequence[lxml.html.HtmlElement]) -> bool:
    """Tell whether elements hold several headlines each: then they are blocks of a page, not entries of a list."""
    many = sum(len({link.get("href") for link in _links(item)}) > 3 for item in items)
    return many > len(items) / 2


def _selector(element: lxml.html.HtmlElement) -> str:
    """Return a selector of an element and its like: its own name, below the nearest of its parents that has one."""
    own, steps = _named(element), []
    for parent in element.iterancestors():
        if parent.tag in ("body", "html") or not _NAME.fullmatch(str(parent.tag)):
            break
        name = _named(parent)
        steps.append(name)
        if name != parent.tag:
            break
    return " > ".join([*reversed(steps), own])


def _named(element: lxml.html.HtmlElement) -> str:
    identifier = element.get("id") or ""
    if _NAME.fullmatch(identifier) and not _STATES.search(identifier):
        return f"{element.tag}#{identifier}"
    classes = [name for name in (element.get("class") or "").split() if _NAME.fullmatch(name)]
    lasting = [name for name in classes if not _STATES.search(name)]
    return f"{element.tag}.{lasting[0]}" if lasting else str(element.tag)


def _time(items: Sequence[lxml.html.HtmlElement], now: datetime) -> str:
    """Return the selector of what states a date in most of the items, empty where nothing does."""
    counts: Counter[str] = Counter()
    for item in items:
        counts.update({_named(child) for child in _parts(item) if _is_date(child, now)})
    return next((name for name, count in counts.most_common(1) if count >= SHARE * len(items)), "")


def _parts(item: lxml.html.HtmlElement) -> Iterable[lxml.html.HtmlElement]:
    return (child for child in item.iterdescendants() if isinstance(child.tag, str) and child.tag != "a")


def _is_date(element: lxml.html.HtmlElement, now: datetime) -> bool:
    text = " ".join(element.text_content().split())
    return 0 < len(text) <= LONGEST_TIME and any(c.isdigit() for c in text) and read_date(text, now=now) is not None
