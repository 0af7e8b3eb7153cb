"""An official paper as finished texts: what stands above the title, the parts in their order, what stands below.

The same paper is written for the word processor (official_docx), for the browser and for the printer. Names of the
elements and their order: GB/T 9704-2012.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

# XML 1.0 has no way to write these; a direction of writing that was turned stays turned for the rest of the line.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
DIGITS = "零一二三四五六七八九"
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part, without its number, which follows from its place; `level` from 1 to 4."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text; `lead` is its beginning in bold, `small` makes it a note. A line break stays one."""

    text: str
    lead: str = ""
    small: bool = False

    @property
    def loose(self) -> bool:
        """Tell whether its lines are not to be spread to equal length: an address leaves a line half empty."""
        return "://" in self.text


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its head; `widths` are shares of the line, all alike where there are none."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as PNG over the share `width` of the line; `said` tells the same to who cannot see it."""

    png: bytes
    said: str
    width: float = 1.0


Part = Heading | Paragraph | Grid | Picture


@dataclass(frozen=True, slots=True)
class Official:
    """An official paper. What is empty is left out.

    `masthead` is the name in red at the head (发文机关标志), `number` the issue (期号) or reference (发文字号). `marks`
    stand above it in the corner (份号、密级、紧急程度), `signer` beside the number (签发人). `to` are those addressed
    (主送), `by` and `day` the signature (发文机关署名、成文日期), `notes` the last block (版记: 抄送, 编审签, 印发).
    """

    language: str
    title: str
    parts: tuple[Part, ...]
    masthead: str = ""
    number: str = ""
    marks: tuple[str, ...] = ()
    signer: str = ""
    to: str = ""
    by: str = ""
    day: str = ""
    notes: tuple[str, ...] = ()


def writable(text: str) -> str:
    """Return `text` with what no document can hold, or what turns the direction of writing, replaced visibly."""
    return UNWRITABLE.sub("\ufffd", text)


def numbered(parts: Iterable[Part], language: str) -> Iterator[Part]:
    """Yield the parts with their headings numbered by level (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）)."""
    counts = [0] * LEVELS
    for part in parts:
        if not isinstance(part, Heading):
            yield part
            continue
        level = min(max(part.level, 1), LEVELS)
        counts[level - 1] += 1
        counts[level:] = [0] * (LEVELS - level)
        yield replace(part, level=level, text=_number(counts[:level], language) + part.text)


def chinese_number(n: int) -> str:
    """Write a number from 1 to 99 as headings have it: 一, 十, 十一, 二十, 九十九."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else ("" if tens == 1 else DIGITS[tens]) + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def shares(grid: Grid) -> Sequence[float]:
    """Return the widths of a table's columns, which make 1 together."""
    widths = grid.widths or (1.0,) * len(grid.heads)
    whole = sum(widths)
    return [width / whole for width in widths]


def _number(counts: Sequence[int], language: str) -> str:
    n = counts[-1]
    if not language.startswith("zh"):
        return ".".join(map(str, counts)) + (". " if len(counts) == 1 else " ")
    if len(counts) == 1:
        return f"{chinese_number(n)}、" if n < 100 else f"{n}、"
    if len(counts) == 2:
        return f"（{chinese_number(n)}）" if n < 100 else f"（{n}）"
    return f"{n}. " if len(counts) == 3 else f"（{n}）"
