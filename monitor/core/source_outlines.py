"""A source as an outline of OPML 2.0 and back, so that nothing which stands in sources.yaml is lost on the way. Pure.

What other programs understand stands in OPML's own attributes; every field of ours in an attribute beside them, which
is believed where both are there. What another program wrote and means nothing here is kept with the source and given
out again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NoReturn
from urllib.parse import urlsplit

NAMESPACE = "urn:huiying:sources"
OWN = f"{{{NAMESPACE}}}"
KEPT, FOLDERS, PART, BASE = "outline", "folders", "part", "base"
# Files that earlier versions wrote tell the part of sources.yaml by a name that a field of the source has now.
OLD_PART = "group"
FEEDS = ("feeds", "rsshub")
LONGEST_ID = 60
# What XML 1.0 can hold.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ATTRIBUTE = re.compile(r"(?:\{[^{}\s<>&\"']{1,200}\})?[A-Za-z_][\w.-]{0,100}", re.ASCII)
_WORDS = re.compile(r"[a-z0-9]+")
# Parts of addresses that tell no feed from another.
_COMMON = frozenset(
    {"www", "rss", "feed", "feeds", "atom", "xml", "index", "html", "htm", "php", "com", "cn", "org", "net", "gov"}
)


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source as it stands in sources.yaml: its group, its values as written; `base` is the instance of a route."""

    group: str
    values: Mapping[str, Any]
    base: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """The source's id."""
        return str(self.values.get("id", ""))

    @property
    def url(self) -> str:
        """Where it is read; empty where it is brought to us."""
        route = self.values.get("route")
        return self.base.rstrip("/") + str(route) if route is not None else str(self.values.get("url", ""))


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline without children: its attributes, the names of the folders around it, its line in the file."""

    attributes: Mapping[str, str]
    folders: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


def outline_of(entry: SourceEntry) -> Outline:
    """Return a source as an outline."""
    values = dict(entry.values)
    kept, folders = values.pop(KEPT, {}), values.pop(FOLDERS, [])
    attributes = _usual(entry) | {name: text for name, text in kept.items() if _can_stand(name, text)}
    for name, value in {**values, **({KEPT: kept} if kept else {})}.items():
        attributes[OWN + name] = _written(value)
    attributes[OWN + PART] = entry.group
    if entry.base:
        attributes[OWN + BASE] = _written(entry.base)
    return Outline(attributes, tuple(folders))


def entry_of(outline: Outline, taken: Collection[str] = ()) -> SourceEntry | None:
    """Return the source that an outline describes, None where it describes none; a new id is none of `taken`."""
    own = {name.removeprefix(OWN): _read(text) for name, text in outline.attributes.items() if name.startswith(OWN)}
    others = {name: text for name, text in outline.attributes.items() if not name.startswith(OWN)}
    if own:
        return _ours(own, others, outline)
    plain = {name.lower(): text for name, text in others.items()}
    url = plain.get("xmlurl", "").strip()
    if not url:
        return None
    name = " ".join((plain.get("title") or plain.get("text") or "").split()) or url
    values: dict[str, Any] = {"id": new_id(url, taken), "name": name, "url": url}
    return _with_rest(SourceEntry("feeds", values, line=outline.line), others, outline)


def _ours(own: dict[str, Any], others: Mapping[str, str], outline: Outline) -> SourceEntry:
    kept, base = own.pop(KEPT, {}), own.pop(BASE, "")
    part = own.pop(PART if PART in own else OLD_PART, "feeds")
    entry = SourceEntry(str(part), own, base=str(base), line=outline.line)
    return _with_rest(entry, others, outline, kept=kept if isinstance(kept, dict) else {})


def _with_rest(
    entry: SourceEntry, others: Mapping[str, str], outline: Outline, *, kept: Mapping[str, Any] = MappingProxyType({})
) -> SourceEntry:
    """Return a source with the folders around it, and what of the outline it would not write by itself."""
    values, usual = dict(entry.values), _usual(entry)
    if outline.folders:
        values[FOLDERS] = list(outline.folders)
    rest = {**kept, **{name: text for name, text in others.items() if usual.get(name) != text}}
    if rest:
        values[KEPT] = rest
    return SourceEntry(entry.group, values, base=entry.base, line=entry.line)


def _usual(entry: SourceEntry) -> dict[str, str]:
    """Return what other programs read of a source: a feed to subscribe to, anything else is only a link."""
    name, url = ILLEGAL.sub("", str(entry.values.get("name", ""))), ILLEGAL.sub("", entry.url)
    usual = {"text": name, "title": name, "type": "rss" if entry.group in FEEDS else "link"}
    if url:
        usual["xmlUrl" if entry.group in FEEDS else "url"] = url
    return usual


def _can_stand(name: str, text: Any) -> bool:
    return isinstance(text, str) and bool(ATTRIBUTE.fullmatch(name)) and not ILLEGAL.search(text)


def _written(value: Any) -> str:
    """Return a value as an attribute: a text as it is, unless it could be taken for JSON, everything else as JSON."""
    if isinstance(value, str) and not ILLEGAL.search(value) and _read(value) == value:
        return value
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if ILLEGAL.search(text) else text


def _read(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return text


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


def new_id(url: str, taken: Collection[str]) -> str:
    """Return a lasting id for the source at `url`, none of those `taken`."""
    try:
        parts = urlsplit(url)
        words = _WORDS.findall((parts.hostname or "").lower()) + _WORDS.findall(parts.path.lower())
    except ValueError:
        words = []
    telling = [word for word in words if word not in _COMMON] or ["source"]
    wanted = "-".join(telling)[:LONGEST_ID].strip("-")
    wanted = wanted if len(wanted) > 1 else f"source-{wanted}"
    number, found = 1, wanted
    while found in taken:
        number += 1
        found = f"{wanted[: LONGEST_ID - len(str(number)) - 1]}-{number}"
    return found
