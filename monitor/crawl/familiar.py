"""Know again what the last answer of a feed held: most of it is what it was ten minutes ago.

An entry is known by its mark: a hash of the text in which it stands where that can be told at a glance, and else of
what was read of it. What is known is cut out before the document is read. Only what is well-formed without it is read
so, and nothing that is new is passed over: what is cut out is, to the letter, what has been stored.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monitor.crawl.raw import MOST_ENTRIES

# By its mark each entry that is stored, with a hash of the address under which it is known; 0 where it has none.
Marks = Mapping[int, int]
NOTHING: Marks = MappingProxyType({})
NAMES = {"rss": "item", "feed": "entry"}
_ROOT = re.compile(r"<(rss|feed)[\s>]")
# However an entry may begin and end; one that begins otherwise than plainly makes the count odd.
_SPELLINGS = {name: re.compile(rf"</?{name}(?=[\s/>])") for name in NAMES.values()}
_MARKS = ("<!--", "-->", "<![CDATA[", "]]>")
_ENCLOSED = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The text of a feed in pieces: what stands before its entries, each of them, what stands after."""

    head: str
    entries: tuple[str, ...]
    tail: str

    @property
    def marks(self) -> tuple[int, ...]:
        """The marks of the entries, in their order."""
        return tuple(map(mark_of, self.entries))

    def without(self, known: Container[int]) -> Pieces:
        """Leave out what is known."""
        return Pieces(self.head, tuple(entry for entry in self.entries if mark_of(entry) not in known), self.tail)

    @property
    def text(self) -> str:
        """All of it together."""
        return self.head + "".join(self.entries) + self.tail


def mark_of(entry: str) -> int:
    """Return the mark of an entry, whether it stands last or not: only then nothing follows it but the end."""
    return hash(entry.rstrip())


def pieces_of(text: str) -> Pieces | None:
    """Take the text of a feed apart; None where its entries do not plainly follow one another."""
    root = _ROOT.search(text)
    name = NAMES[root[1]] if root else ""
    opening, closing = f"<{name}>", f"</{name}>"
    count = text.count(opening)
    if not name or not 0 < count <= MOST_ENTRIES or 2 * count != len(_SPELLINGS[name].findall(text)):
        return None
    head, *rest = text.split(opening)
    last, end, tail = rest[-1].partition(closing)
    entries = [*rest[:-1], last + end]
    if not all(entry.count(closing) == 1 and entry.rstrip().endswith(closing) for entry in entries):
        return None
    if not all(map(_stands_by_itself, (head, *entries, tail))):
        return None
    return Pieces(head, tuple(opening + entry for entry in entries), tail)


def _stands_by_itself(part: str) -> bool:
    """Tell whether no comment and no marked section reaches beyond a part: what is in one is no entry."""
    if not any(mark in part for mark in _MARKS):
        return True
    rest = _ENCLOSED.sub("", part)
    return not any(mark in rest for mark in _MARKS)
