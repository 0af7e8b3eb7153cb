"""Parse HTML without letting its shape cost more than its length."""

from __future__ import annotations

import re

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup

from monitor.core.sources import FailureKind
from monitor.crawl.raw import Unreadable
from monitor.crawl.tag_scan import most_attributes

LONGEST_PAGE = 3_000_000
MOST_ELEMENTS = 40_000
# Attributes of a single tag cost the parser by their square.
MOST_ATTRIBUTES = 5_000
# Control characters, plain or by number: what comes after the parser fails on a page that holds one.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:0*(?:[1-8]|1[124-9]|2\d|3[01])(?!\d)|x0*(?:[1-8bcef]|1[0-9a-f])(?![0-9a-f]));?",
    re.IGNORECASE,
)


def tree_of(html: str) -> lxml.html.HtmlElement:
    """Return the page as lxml's tree, of depth 256 at most; raise Unreadable for none and for a monstrous one."""
    text = _CONTROLS.sub("", html[:LONGEST_PAGE])
    if most_attributes(text) > MOST_ATTRIBUTES:
        raise Unreadable(FailureKind.TOO_LARGE, f"more than {MOST_ATTRIBUTES} attributes in a tag")
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Unreadable(FailureKind.UNREADABLE, str(error)[:200]) from None
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise Unreadable(FailureKind.TOO_LARGE, f"more than {MOST_ELEMENTS} elements")
    return tree


def soup_of(html: str) -> BeautifulSoup:
    """Return the page for CSS selectors. It goes through `tree_of`, because Beautiful Soup lifts the limit of depth."""
    return BeautifulSoup(lxml.html.tostring(tree_of(html), encoding="unicode"), "lxml")
