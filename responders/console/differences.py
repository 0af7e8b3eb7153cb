"""What an edit changed, sentence by sentence, as a page can mark it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]+|[^。！？!?；;\n]+")


class Mark(StrEnum):
    """What became of a piece of the text before."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and what became of it."""

    mark: Mark
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts as one, with what went and what came marked."""
    return tuple(_pieces(SENTENCE.findall(before), SENTENCE.findall(after)))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for op, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            yield Piece(Mark.SAME, "".join(old[a:b]))
            continue
        if b > a:
            yield Piece(Mark.GONE, "".join(old[a:b]))
        if d > c:
            yield Piece(Mark.NEW, "".join(new[c:d]))
