"""Persons told of without a number: 母子溺亡, 司机当场死亡, 老人和女孩遇难, 撞死行人."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.core.reading.lexicon import Fate, Sign
from monitor.core.reading.tokens import Token

REACH = 20
# Words such as 重症 stand near many people whom they do not mean.
NEAR = 6
VICTIM_REACH = 10
PAIR_REACH = 8
# Verbs whose object is the victim: 撞死行人.
_TRANSITIVE = "撞砸压轧碾炸夹挤咬"
_LED_TO = re.compile("导致|致使|造成|致")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of `count` persons; `start` is where they are named."""

    fate: Fate
    count: int
    start: int


def persons(folded: str, clause: Sequence[Token]) -> Iterator[Told]:
    """Yield what a clause without a number tells of persons."""
    people: list[Token] = []
    for n, token in enumerate(clause):
        if token.letter in (Sign.ONE, Sign.TWO):
            people.append(token)
        if token.letter not in "DMISL" or (token.letter == "I" and folded[token.start] not in _TRANSITIVE):
            continue
        after = clause[n + 1] if n + 1 < len(clause) else None
        reach = NEAR if token.letter in "SL" else REACH
        if people and token.letter != "I" and token.start - people[-1].end <= reach:
            yield Told(Fate(token.letter), _count(folded, people), people[-1].start)
        elif after and _is_victim(folded, token, after):
            yield Told(Fate(token.letter), 1, token.start)


def led_to(folded: str, clause: Sequence[Token], subject: Sequence[Token]) -> Iterator[Told]:
    """Yield what came of the `subject` named in the clause before: 一名妇女被轧住右脚，导致严重受伤."""
    if not subject or any(token.letter in ("N", Sign.ONE, Sign.TWO) for token in clause):
        return
    for token in clause:
        if token.letter in "DS" and _LED_TO.search(folded, max(0, token.start - REACH), token.start):
            yield Told(Fate(token.letter), _count(folded, subject[-1:]), token.start)
            return


def _is_victim(folded: str, token: Token, after: Token) -> bool:
    """Tell whether the person named after a verb such as 撞死 is its victim."""
    near = after.start - token.end <= VICTIM_REACH
    return near and after.letter == Sign.ONE and folded[token.start] in _TRANSITIVE


def _count(folded: str, people: Sequence[Token]) -> int:
    """Return how many persons the last words for people name: 母子 two, 老人和女孩 two, 司机 one."""
    last = people[-1]
    if last.letter == Sign.TWO:
        return 2
    between = folded[people[-2].end : last.start] if len(people) > 1 else ""
    return 2 if len(between) <= PAIR_REACH and any(mark in between for mark in "和与及") else 1
