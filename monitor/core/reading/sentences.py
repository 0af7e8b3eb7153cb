"""Cut a text into sentences by offsets; nothing is copied that need not be."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENDS = re.compile(r"[。！？；!?;\n…]+[”’」』\"）)]*|(?<=[a-z)\]])\.(?=\s)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the folded text; `title` tells whether it belongs to the title."""

    start: int
    end: int
    index: int
    title: bool


def sentences(folded: str, title_end: int) -> tuple[Sentence, ...]:
    """Cut `folded` at the ends of sentences; what begins before `title_end` is title."""
    found: list[Sentence] = []
    start = 0
    for end in [m.end() for m in _ENDS.finditer(folded)] + [len(folded)]:
        if folded[start:end].strip():
            found.append(Sentence(start, end, len(found), start < title_end))
        start = end
    return tuple(found)
