"""What speaks for and against a present happening, each thing with its points; their sum decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """What kind of thing speaks."""

    BASE = "base"
    SIGN = "sign"
    WORDS = "words"
    DECOY = "decoy"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Weight:
    """One thing that speaks: a sign, a class of words, a decoy class; `words` are those of the text that show it."""

    side: Side
    name: str
    points: int
    words: tuple[str, ...] = ()


def summed(weights: Iterable[Weight]) -> int:
    """Return the points of all together; a happening is believed where they are above zero."""
    return sum(weight.points for weight in weights)
