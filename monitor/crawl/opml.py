"""Read and write OPML 2.0 (http://opml.org/spec2.opml): strictly, because such a file comes from anywhere.

A document type is refused, harmless or not: no OPML needs one. Nothing is fetched, whatever the file names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import lxml.etree

from monitor.core.source_outlines import ILLEGAL, NAMESPACE, OWN, Outline
from monitor.core.sources import FailureKind
from monitor.crawl.decode import decode
from monitor.crawl.doctype import without_doctype
from monitor.crawl.raw import Unreadable

LONGEST = 20_000_000
MOST_OUTLINES = 100_000
DEEPEST = 50
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What of a file is no outline of a source, and what it says of itself."""

    line: int
    said: str


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of a file that may be sources, and what else it held."""

    found: tuple[Outline, ...]
    leftovers: tuple[Leftover, ...] = ()


def _text(body: bytes) -> str:
    """Return a file as text: a program wrote it, so where it may be UTF-8 by what it says, it is (XML 1.0, 4.3.3)."""
    said = _ENCODING.match(body)
    if said is None or said[1].lower() == b"utf-8":
        with suppress(UnicodeDecodeError):
            return body.decode("utf-8")
    return decode(body).text


def read_opml(body: bytes) -> Outlines:
    """Return what an OPML file holds; raise Unreadable(TOO_LARGE, HOSTILE_XML, UNREADABLE) with the line."""
    if len(body) > LONGEST:
        raise Unreadable(FailureKind.TOO_LARGE, f"{len(body)} > {LONGEST}")
    text = _text(body).lstrip("\ufeff")
    if without_doctype(text) != text:
        raise Unreadable(FailureKind.HOSTILE_XML, "DOCTYPE")
    root = _root(text)
    if lxml.etree.QName(root).localname.lower() != "opml":
        raise Unreadable(FailureKind.UNREADABLE, f"<{lxml.etree.QName(root).localname[:40]}>")
    outlines: list[Outline] = []
    leftovers = [Leftover(_line(one), f"<{one.tag}> {(one.text or '').strip()[:80]}") for one in _head(root)]
    for body_element in root.iterchildren("{*}body", "body"):
        for folders, element in _walk(body_element, ()):
            attributes = {str(name): str(value) for name, value in element.attrib.items()}
            line = _line(element)
            if len(element) and "xmlUrl" not in attributes and OWN + "id" not in attributes:
                more = {name: value for name, value in attributes.items() if name not in ("text", "title")}
                leftovers += [Leftover(line, f"{folders[-1]}: {name}={value[:80]}") for name, value in more.items()]
            else:
                outlines.append(Outline(attributes, folders[:-1] if len(element) else folders, line))
            if len(outlines) > MOST_OUTLINES:
                raise Unreadable(FailureKind.TOO_LARGE, f"> {MOST_OUTLINES}")
    return Outlines(tuple(outlines), tuple(leftovers))


def _root(text: str) -> lxml.etree._Element:
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        encoding="utf-8",
    )  # fmt: skip
    try:
        return lxml.etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Unreadable(FailureKind.UNREADABLE, str(error)[:200]) from None


def _line(element: lxml.etree._Element) -> int:
    return int(str(element.sourceline or 0))


def _head(root: lxml.etree._Element) -> Iterator[lxml.etree._Element]:
    """Yield what the head says beyond what every file says of itself."""
    for head in root.iterchildren("{*}head", "head"):
        for element in head.iterchildren():
            if element.tag not in ("title", "dateCreated", "dateModified", "docs"):
                yield element


def _walk(
    element: lxml.etree._Element, folders: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], lxml.etree._Element]]:
    """Yield each outline below, with the names of the folders around it; a folder's own name is the last of them."""
    if len(folders) > DEEPEST:
        raise Unreadable(FailureKind.UNREADABLE, f"line {_line(element)}: more than {DEEPEST} folders deep")
    for child in element.iterchildren("{*}outline", "outline"):
        inside = (*folders, str(child.get("text") or child.get("title") or "")) if len(child) else folders
        yield inside, child
        yield from _walk(child, inside)


def write_opml(outlines: Iterable[Outline], *, title: str) -> bytes:
    """Return an OPML file with the outlines in their order, each within its folders."""
    root = lxml.etree.Element("opml", nsmap={"huiying": NAMESPACE}, version="2.0")
    lxml.etree.SubElement(lxml.etree.SubElement(root, "head"), "title").text = ILLEGAL.sub("", title)
    body = lxml.etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], lxml.etree._Element] = {(): body}
    for outline in outlines:
        for depth in range(1, len(outline.folders) + 1):
            path = outline.folders[:depth]
            if path not in folders:
                folders[path] = lxml.etree.SubElement(folders[path[:-1]], "outline", text=ILLEGAL.sub("", path[-1]))
        lxml.etree.SubElement(folders[outline.folders], "outline", dict(outline.attributes))
    lxml.etree.indent(root)
    return lxml.etree.tostring(root, encoding="utf-8", xml_declaration=True)
