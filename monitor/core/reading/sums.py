"""Figures that a text tells in parts: which of its mentions are to be added up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from monitor.core.reading.mentions import Mention

_PLACE = re.compile(
    r"[\u4e00-\u9fff]{1,9}?(?:省|市|县|区|州|镇|乡|村|国|盟|旗|方面|境内|一侧|当地|该国)|在[\u4e00-\u9fff]{2,6}"
)
_NAME = re.compile(r"(?!另|其|共|已|致|造|导|又|有|还|再|约|近|超|仍|和|及)[\u4e00-\u9fff]{2,4}")
_HOW = re.compile("当场|现场死|当即|途中|送医|医院|抢救|救治|医治|不治|另|又|随后|还有|重伤后")
_CRITICAL = re.compile("危重|病危|垂危|生命危险")
# Parts may fall this far short of a rounded sum, or exceed it.
ADDED = (0.95, 1.25)


def adding_up_to(rounded: int, body: Sequence[Mention]) -> list[Mention]:
    """Return the first mentions of the text that add up to about `rounded`, or none."""
    parts: dict[int, Mention] = {}
    total = 0
    for mention in body:
        if mention.value not in parts:
            parts[mention.value] = mention
            total += mention.value
        if ADDED[0] * rounded <= total <= ADDED[1] * rounded:
            return list(parts.values())
    return []


def by_place(told: Sequence[Mention], folded: str) -> list[Mention]:
    """Return the mentions to be added up: several in one sentence, each later one led by a place of its own."""
    first = told[0]
    same = [m for m in told if m.sentence.index == first.sentence.index]
    rest = [m for m in same[1:] if _PLACE.search(folded, _clause_start(folded, m.start), m.start)]
    if len(rest) < len(same) - 1:
        rest = [m for m in same[1:] if _NAME.fullmatch(folded, _clause_start(folded, m.start), m.start)]
    if not rest or len(rest) != len(same) - 1 or sum(m.value for m in rest) == first.value:
        return []
    return same


def in_turn(told: Sequence[Mention], folded: str) -> list[Mention]:
    """Return the mentions to be added up where every one tells how or when these died: 2人当场死亡，1人送医后死亡."""
    if len(told) < 2 or any(m.total or m.corrected or m.sentence.title for m in told):
        return []
    begin = _clause_start(folded, told[0].start)
    for mention in told:
        end = _clause_end(folded, mention.start)
        if not _HOW.search(folded, begin, end):
            return []
        begin = end
    spread = told[-1].sentence.index - told[0].sentence.index
    return list(told) if spread < len(told) else []


def of_two_words(told: Sequence[Mention], folded: str) -> list[Mention]:
    """Return two mentions of one sentence, of the critical and of the other severely hurt: 重伤6人，危重2人."""
    for one, other in pairwise(told):
        if one.sentence != other.sentence or one.group != other.group or one.past or other.past:
            continue
        critical = [
            bool(_CRITICAL.search(folded, _clause_start(folded, m.start), _clause_end(folded, m.start)))
            for m in (one, other)
        ]
        if critical[0] != critical[1]:
            return [one, other]
    return []


def _clause_end(folded: str, start: int) -> int:
    return min((at for mark in "，,、；;。" if (at := folded.find(mark, start)) > 0), default=len(folded))


def _clause_start(folded: str, start: int) -> int:
    return max(folded.rfind(mark, 0, start) for mark in "，,、；;。(（") + 1
