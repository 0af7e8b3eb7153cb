"""Read the plain majority of feeds fast: well-formed RSS 2.0 and Atom that hold nothing out of the ordinary.

Everything else is left to feedparser, and what is read here is read as feedparser reads it, its quirks included; a test
compares the two. So the rule is to decline: an element, an attribute or a namespace that is not listed here, an
element within a text, one that stands twice, a link that feedparser would mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

import feedparser.mixin
import lxml.etree

from monitor.core.freshness import feed_ttl
from monitor.crawl.entries import LONGEST_URL
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry

# A document of this many tags is no feed that anybody writes; its tree would take a hundred bytes for each.
MOST_TAGS = 200_000
# Attributes and namespaces of a single tag cost the parser by their square.
MOST_ATTRIBUTES, MOST_NAMESPACES = 100_000, 500
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
DATE = "{http://purl.org/dc/elements/1.1/}date"
SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
PREFIXES: Mapping[str, str] = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
}
# What feedparser gives a meaning to; elements of any other namespace are kept by it under names of their own.
_KNOWN = {uri.lower(): prefix for uri, prefix in feedparser.mixin._FeedParserMixin.namespaces.items()}  # noqa: SLF001
_MEANT = frozenset({*_KNOWN.values(), *PREFIXES, "xml", "xhtml", "rdf", "xlink"})
_TRADED = "backend.userland.com/rss"
PERIOD, FREQUENCY = f"{SYNDICATION}updatePeriod", f"{SYNDICATION}updateFrequency"
# What tells nothing that we read, whatever attributes it has.
_SILENT = frozenset({
    "author", "category", "cloud", "comments", "copyright", "docs", "enclosure", "generator", "language",
    "lastBuildDate", "managingEditor", "webMaster", CREATOR, f"{{{PREFIXES['slash']}}}comments",
    f"{{{PREFIXES['wfw']}}}commentRss", f"{{{PREFIXES['wfw']}}}comment", f"{SYNDICATION}updateBase",
    *(f"{{{PREFIXES['media']}}}{name}" for name in ("content", "thumbnail", "credit", "keywords", "category")),
    *(f"{{com-wordpress:feed-additions:1}}{name}" for name in ("site", "post-id")),
})  # fmt: skip
_ATOM_SILENT = frozenset(ATOM + name for name in ("category", "generator", "icon", "logo", "rights", "subtitle"))
_ITEM = frozenset({"title", "link", "guid", "description", "pubDate", CONTENT, DATE})
_CHANNEL = frozenset({"title", "link", "description", "pubDate", "ttl", PERIOD, FREQUENCY})
_ATOM_TEXTS = frozenset(ATOM + name for name in ("title", "id", "updated", "published", "summary", "content"))
_PEOPLE = frozenset(ATOM + name for name in ("author", "contributor"))
_PERSON = frozenset(ATOM + name for name in ("name", "uri", "email"))
_IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})
_LINK_ATTRIBUTES = frozenset({"rel", "type", "href", "title", "hreflang", "length"})
_HTML = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
_TEXT_TYPES = frozenset({"text", "html", "text/html", "text/plain"})
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# What feedparser mends in addresses, and the characters that it takes for those of an old Windows.
_MENDED = re.compile(r":///|&\w+;")
_OLD_WINDOWS = re.compile("[\x80-\x9f]")
_BEYOND_LATIN = re.compile("[^\x00-\xff]")


class _Unusual(Exception):
    """Something that feedparser had better read."""


def read_strictly(text: str, *, may_be_empty: bool = False) -> RawDocument | None:
    """Return the entries of a plain feed that holds some; None for anything else. `text` has no document type."""
    if not text.startswith("<") or "<!DOCTYPE" in text or text.count("<") > MOST_TAGS:
        return None
    if text.count("=") > MOST_ATTRIBUTES or text.count("xmlns") > MOST_NAMESPACES:
        return None
    parser = lxml.etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = lxml.etree.fromstring(text.encode("utf-8"), parser)
        if root.tag not in ("rss", f"{ATOM}feed"):
            return None
        _check_prefixes(root, text)
        found = _rss(root) if root.tag == "rss" else _atom(root)
    except (lxml.etree.XMLSyntaxError, UnicodeEncodeError, _Unusual):
        return None
    return found if found.entries or may_be_empty else None


def _check_prefixes(root: lxml.etree._Element, text: str) -> None:
    """Decline where a prefix stands for something else than everybody's: feedparser goes by prefixes, too."""
    said: Iterable[tuple[str | None, str]] = root.nsmap.items()
    if text.count("xmlns") != len(root.nsmap):
        # Each where it stands: what holds within an element would have to be gathered anew for each.
        said = (found for _, found in lxml.etree.iterwalk(root, events=("start-ns",)))
    for prefix, uri in said:
        meant = _KNOWN.get(uri.lower()) if _TRADED not in uri else ""
        if not prefix:
            fits = uri == ATOM[1:-1] or meant is None
        else:
            fits = PREFIXES.get(prefix) == uri or (meant is None and prefix.lower() not in _MEANT)
        if not fits:
            raise _Unusual


def _is_strange(element: lxml.etree._Element) -> bool:
    """Tell whether an element has a prefix of which feedparser knows nothing."""
    return element.prefix is not None and element.prefix.lower() not in _MEANT


def _rss(root: lxml.etree._Element) -> RawDocument:
    # Not as a dict: lxml would look for each of a million attributes from the first one.
    if len(root.attrib) != 1 or root.get("version") != "2.0":
        raise _Unusual
    channels = list(root)
    if len(channels) != 1 or channels[0].tag != "channel" or channels[0].attrib:
        raise _Unusual
    said: dict[str, str] = {}
    entries: list[RawEntry] = []
    for child in channels[0]:
        tag = child.tag
        if tag == "item":
            if len(entries) <= MOST_ENTRIES:
                entries.append(_item(child))
        elif tag == f"{ATOM}link":
            _own_link(child)
        elif tag == "image":
            _only(child, _IMAGE)
        elif tag in _CHANNEL:
            _keep(said, child)
        elif len(child) or not (tag in _SILENT or _is_strange(child)):
            raise _Unusual
    link = _address(said.get("link", ""))
    ttl = feed_ttl(ttl=said.get("ttl", ""), period=said.get(PERIOD, ""), frequency=said.get(FREQUENCY, ""))
    return RawDocument(tuple(entries), base=_absolute(link), ttl=ttl)


def _item(item: lxml.etree._Element) -> RawEntry:
    if item.keys():
        raise _Unusual
    said: dict[str, str] = {}
    lasting = True
    for child in item:
        tag = child.tag
        if tag == "guid" and (names := child.keys()):
            if names != ["isPermaLink"]:
                raise _Unusual
            lasting = child.get("isPermaLink") == "true"
            child.attrib.clear()
        if tag in _ITEM:
            _keep(said, child)
        elif len(child) or not (tag in _SILENT or _is_strange(child) or _is_plain_source(child)):
            raise _Unusual
    identifier = said.get("guid", "")
    if lasting:
        identifier = _address(identifier)
    link = _address(said["link"]) if "link" in said else identifier if lasting else ""
    texts = (said.get(CONTENT, ""), said.get("description", ""))
    return RawEntry(
        title=said.get("title", ""),
        link=link or _absolute(identifier),
        external_id=identifier,
        text=max(texts, key=len),
        time=said.get("pubDate") or said.get(DATE) or "",
    )


def _is_plain_source(source: lxml.etree._Element) -> bool:
    return bool(source.tag == "source" and source.attrib.keys() == ["url"])


def _own_link(link: lxml.etree._Element) -> None:
    """Pass over what a feed says of its own address and its hub."""
    if len(link) or link.get("rel", "").lower() not in ("self", "hub") or not _LINK_ATTRIBUTES.issuperset(link.attrib):
        raise _Unusual
    if not link.get("href"):
        raise _Unusual


def _atom(root: lxml.etree._Element) -> RawDocument:
    _plain_attributes(root)
    entries: list[RawEntry] = []
    said: dict[str, str] = {}
    links: list[tuple[str, str, str]] = []
    for child in root:
        if child.tag == f"{ATOM}entry":
            if len(entries) <= MOST_ENTRIES:
                entries.append(_entry(child))
        elif child.tag in _ATOM_SILENT or child.tag in (f"{ATOM}title", f"{ATOM}updated"):
            if len(child):
                raise _Unusual
        elif len(child) or not _is_strange(child):
            _common(child, said, links)
    return RawDocument(tuple(entries), base=_absolute(_page(said, links)))


def _entry(entry: lxml.etree._Element) -> RawEntry:
    _plain_attributes(entry)
    said: dict[str, str] = {}
    links: list[tuple[str, str, str]] = []
    for child in entry:
        if not len(child) and (child.tag in _ATOM_SILENT or _is_strange(child)):
            continue
        _common(child, said, links)
    identifier = said.get(f"{ATOM}id", "")
    link = _page(said, links) or next((href for rel, _, href in links if rel in ("alternate", "via")), "")
    texts = (said.get(f"{ATOM}content", ""), said.get(f"{ATOM}summary", ""))
    return RawEntry(
        title=said.get(f"{ATOM}title", ""),
        link=link or _absolute(identifier),
        external_id=identifier,
        text=max(texts, key=len),
        time=said.get(f"{ATOM}published") or said.get(f"{ATOM}updated") or "",
    )


def _common(child: lxml.etree._Element, said: dict[str, str], links: list[tuple[str, str, str]]) -> None:
    tag = child.tag
    if tag in _PEOPLE:
        _only(child, _PERSON)
    elif tag == f"{ATOM}link":
        links.append(_link(child))
    elif tag in _ATOM_TEXTS:
        _plain_attributes(child, typed=tag in (f"{ATOM}title", f"{ATOM}summary", f"{ATOM}content"))
        child.attrib.clear()
        _keep(said, child)
        if tag == f"{ATOM}id":
            _address(said[tag])
    else:
        raise _Unusual


def _link(link: lxml.etree._Element) -> tuple[str, str, str]:
    href = link.get("href", "")
    if not href or len(link) or not _LINK_ATTRIBUTES.issuperset(link.attrib):
        raise _Unusual
    return link.get("rel", "alternate").lower(), link.get("type", "text/html").lower(), _address(href)


def _page(said: Mapping[str, str], links: list[tuple[str, str, str]]) -> str:
    """Return the last page that is linked; without one an id counts, as it does for feedparser."""
    pages = [href for rel, kind, href in links if rel == "alternate" and kind in _HTML]
    return pages[-1] if pages else said.get(f"{ATOM}id", "")


def _plain_attributes(element: lxml.etree._Element, *, typed: bool = False) -> None:
    for name, value in element.attrib.items():
        if name != _LANGUAGE and not (typed and name == "type" and value.lower() in _TEXT_TYPES):
            raise _Unusual


def _only(element: lxml.etree._Element, children: frozenset[str]) -> None:
    """Pass over an element that holds nothing but these, and those nothing but text."""
    if element.attrib or any(len(child) or child.attrib or child.tag not in children for child in element):
        raise _Unusual


def _keep(said: dict[str, str], element: lxml.etree._Element) -> None:
    tag = str(element.tag)
    if tag in said or element.keys() or len(element):
        raise _Unusual
    said[tag] = _mended((element.text or "").strip())


def _mended(text: str) -> str:
    """Return a text as feedparser would: UTF-8 that was taken for Latin-1 and encoded again is what it was."""
    if text.isascii():
        return text
    if _BEYOND_LATIN.search(text) is None:
        with suppress(UnicodeError):
            text = text.encode("iso-8859-1").decode("utf-8")
    if _OLD_WINDOWS.search(text):
        raise _Unusual
    return text


def _address(link: str) -> str:
    if len(link) > LONGEST_URL or _MENDED.search(link):
        raise _Unusual
    return link


def _absolute(link: str) -> str:
    return link if link.startswith(("http://", "https://")) else ""
