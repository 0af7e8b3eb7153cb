"""Whether a document names a hub that tells of what is new in it (WebSub, W3C Recommendation of 2018, section 4).

Looked for by its few tags and not by the reader of the feed: which reader reads it is another matter. The Link header
goes before the document.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

# A feed says so before its first entry.
LOOKED_AT = 64 * 1024
LONGEST = 2000
_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>]*)")
_REL = re.compile(r"""(?:^|[\s;])rel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,/>"']+))""", re.IGNORECASE)
_HREF = re.compile(r"""[\s]href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_TAG = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?link\b([^<>]{1,4000})>", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry)[\s>]", re.IGNORECASE)

_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class HubLink:
    """A hub and the address under which it knows the document; both empty where there is none."""

    hub: str = ""
    topic: str = ""


def hub_link(link_header: str, text: str, url: str) -> HubLink:
    """Return what a document that was read at `url` names; one without its own address (rel=self) has that one."""
    links = [*_in_header(link_header[:16_000]), *_in_document(text)]
    hub = next((found for rel, href in links if rel == "hub" and (found := _usable(url, href))), "")
    if not hub:
        return HubLink()
    topic = next((found for rel, href in links if rel == "self" and (found := _usable(url, href))), "")
    return HubLink(hub, topic or url)


def _in_header(value: str) -> Iterator[tuple[str, str]]:
    for found in _HEADER.finditer(value):
        for rel in _rels(found[2]):
            yield rel, found[1].strip()


def _in_document(text: str) -> Iterator[tuple[str, str]]:
    if text.lstrip("\ufeff \t\r\n")[:1] == "{":
        yield from _in_json(text)
        return
    head = text[:LOOKED_AT]
    first = _ENTRY.search(head)
    head = head[: first.start()] if first else head
    if "hub" not in head.lower():
        return
    for found in _TAG.finditer(head):
        href = _HREF.search(found[1])
        address = html.unescape(next((part for part in href.groups() if part), "")) if href else ""
        for rel in _rels(found[1]):
            yield rel, address


def _in_json(text: str) -> Iterator[tuple[str, str]]:
    if '"hubs"' not in text:
        return
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return
    hubs = document.get("hubs") if isinstance(document, dict) else None
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub":
            yield "hub", str(hub.get("url") or "")
            yield "self", str(document.get("feed_url") or "")


def _rels(attributes: str) -> list[str]:
    found = _REL.search(attributes)
    return next((part for part in found.groups() if part), "").lower().split() if found else []


def _usable(url: str, href: str) -> str:
    """Return the address that a link means, "" where it is none that could be asked."""
    try:
        address = urljoin(url, href.strip())
        parts = urlsplit(address)
    except ValueError:
        return ""
    fits = parts.scheme in ("http", "https") and parts.hostname and len(address) <= LONGEST
    return address.partition("#")[0] if fits and not _UNSAFE.search(address) else ""
