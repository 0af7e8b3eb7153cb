"""What a page of the console may hold: the elements and attributes of its templates, nothing that runs.

A text that became markup shows as an element or an attribute that no template has, as a script that is not one of our
files, or as an address that no template writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from responders.console.pages import TEMPLATES
from responders.documents import official_html

Attributes = list[tuple[str, str | None]]
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "poster", "data", "srcset", "ping")
FILES = {"script": "src", "link": "href", "img": "src"}
# A paper stands in a page as its own template makes it; its charts are drawn here.
PAPER = Path(official_html.__file__).with_name("official.html")
DRAWN = r"/bulletins/\d+/\d+\.png"
NEVER = {"style", "srcdoc", "background", "http-equiv", "manifest", "ping", "srcset"}
# They are removed from every text; what people write themselves stands in its field as it is.
HIDING = re.compile("[\x00\x08\x0b\x0c\x1b\u202a-\u202e\u2066-\u2069]")
# Made by code: the time with its instant, what a search found.
BY_CODE = {"time", "datetime", "mark", "class", "del", "ins"}


class Seen(HTMLParser):
    """Gathers start tags, comments, what stands in scripts and styles, and what stands outside of fields."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.odd: list[str] = []
        self.text: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Keep a start tag."""
        self.tags.append((tag, attrs))
        self._in = tag

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._in = ""

    def handle_comment(self, data: str) -> None:
        """Keep a comment: no template sends one."""
        self.odd.append(f"comment {data[:80]}")

    def handle_decl(self, decl: str) -> None:
        """Keep a declaration other than that of the page."""
        if decl.lower() != "doctype html":
            self.odd.append(f"declaration {decl[:80]}")

    def unknown_decl(self, data: str) -> None:
        """Keep a marked section."""
        self.odd.append(f"section {data[:80]}")

    def handle_pi(self, data: str) -> None:
        """Keep a processing instruction."""
        self.odd.append(f"instruction {data[:80]}")

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if self._in in ("script", "style") and data.strip():
            self.odd.append(f"{self._in}: {data[:80]}")
        if self._in not in ("textarea", "option"):
            self.text.append(data)


@cache
def vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """Return the elements and the attributes that the templates have."""
    seen = Seen()
    whole = ""
    for path in (*TEMPLATES.glob("*.html"), PAPER):
        bare = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        whole += bare
        seen.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", bare, flags=re.DOTALL))
        seen.close()
        seen.reset()
    # A block inside a start tag adds attributes that stand in no tag of their own file.
    added = set(re.findall(r"\bdata-[a-z-]+", whole))
    tags = {tag for tag, _ in seen.tags} | BY_CODE
    return frozenset(tags), frozenset({name for _, attrs in seen.tags for name, _ in attrs} | added | BY_CODE)


def intruders(html: str) -> list[str]:
    """Return what a page holds that is not ours."""
    seen = Seen()
    seen.feed(html)
    seen.close()
    return [*seen.odd, *(fault for tag, attrs in seen.tags for fault in _faults(tag, attrs)), *_hiding(seen)]


def _faults(tag: str, attrs: Attributes) -> Iterator[str]:
    tags, names = vocabulary()
    here = f"<{tag} {attrs}"[:200]
    if tag not in tags:
        yield f"element: {here}"
    for name, value in attrs:
        if name not in names or name in NEVER or name.startswith("on"):
            yield f"attribute {name}: {here}"
        if name in ADDRESSES and not _is_ours(tag, name, value or "", dict(attrs)):
            yield f"address {value}: {here}"
    if tag == "script" and "src" not in dict(attrs):
        yield f"inline: {here}"


def _is_ours(tag: str, name: str, value: str, attrs: dict[str, str | None]) -> bool:
    """Tell whether an address is one of ours, or a link to the web that tells its goal nothing."""
    if FILES.get(tag) == name:
        return value.startswith("/static/") or (tag == "img" and re.fullmatch(DRAWN, value) is not None)
    if value.startswith(("#", "?")) or (value.startswith("/") and value[1:2] not in ("/", "\\")):
        return True
    if tag == "a" and urlsplit(value).scheme in ("http", "https"):
        return attrs.get("rel") == "noopener noreferrer"
    return tag == "a" and value.startswith("tel:")


def _hiding(seen: Seen) -> list[str]:
    return [f"hides: {found[0]!r}" for text in seen.text if (found := HIDING.search(text))]
