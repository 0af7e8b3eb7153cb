"""Parse HTML without letting its shape cost more than its length."""

from __future__ import annotations

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup

from monitor.core.sources import FailureKind
from monitor.crawl.raw import Unreadable

LONGEST_PAGE = 3_000_000
MOST_ELEMENTS = 60_000


def tree_of(html: str) -> lxml.html.HtmlElement:
    """Return the page as lxml's tree, of depth 256 at most; raise Unreadable for none and for a monstrous one."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(html[:LONGEST_PAGE].encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Unreadable(FailureKind.UNREADABLE, str(error)[:200]) from None
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise Unreadable(FailureKind.TOO_LARGE, f"more than {MOST_ELEMENTS} elements")
    return tree


def soup_of(html: str) -> BeautifulSoup:
    """Return the page for CSS selectors. It goes through `tree_of`, because Beautiful Soup lifts the limit of depth."""
    return BeautifulSoup(lxml.html.tostring(tree_of(html), encoding="unicode"), "lxml")
