"""Figures that no fate of people states: the loss in money, and how many were in a craft that was lost."""

from __future__ import annotations

import re

from monitor.core.model import Figure
from monitor.core.reading.numerals import numbers
from monitor.core.reading.tokens import PERSON

# Only what stands near the beginning tells of the craft that the text is about.
OPENING = 400
WORTH_REACH = 24
CRAFT_REACH = 10
_LOSS = re.compile(r"(?:直接)?(?:经济|财产)损失|损失")
_WORTH = re.compile(r"价值")
_RUINED = re.compile(r"烧毁|吞噬|被毁|付之一炬|化为灰烬|受损|被烧|毁于")
_IN_CRAFT = re.compile(
    r"[机船车艇舟轮]上(?:人员|乘客|旅客|乘员)?(?:总?共有?|总?计|载有?|搭载|有|坐有)?|(?<![满超])载(?:有|着|了)?"
)
_WRECKED = re.compile(r"坠毁|坠机|失事|空难|坠[海江河湖崖桥]|沉没|翻沉|倾覆|翻船|沉船|坠入")


def loss_yuan(folded: str, shown: str) -> Figure | None:
    """Return the first stated loss in yuan; other currencies and what was saved are none."""
    for pattern, ruin in ((_LOSS, False), (_WORTH, True)):
        for word in pattern.finditer(folded):
            number = next(numbers(folded, word.end(), min(len(folded), word.end() + WORTH_REACH)), None)
            if number is None:
                continue
            after = folded[number.end : number.end + WORTH_REACH]
            if after.startswith(("元", "人民币")) and (not ruin or _RUINED.search(after)):
                sentence = _sentence(folded, shown, word.start(), number.end)
                return Figure(int(number.value), sentence, number.start, approximate=number.approximate)
    return None


def aboard(folded: str, shown: str) -> Figure | None:
    """Return how many were in a craft that was lost: 客机坠毁，机上共58人."""
    wreck = _WRECKED.search(folded, 0, OPENING)
    for found in _IN_CRAFT.finditer(folded, 0, OPENING) if wreck else ():
        number = next(numbers(folded, found.end(), min(len(folded), found.end() + CRAFT_REACH)), None)
        if number and number.start == found.end() and PERSON.match(folded, number.end):
            sentence = _sentence(folded, shown, found.start(), number.end)
            return Figure(int(number.value), sentence, number.start, approximate=number.approximate)
    return None


def _sentence(folded: str, shown: str, start: int, end: int) -> str:
    begin = max(folded.rfind(mark, 0, start) for mark in "。\n；") + 1
    stops = [stop for mark in "。\n" if (stop := folded.find(mark, end)) > 0]
    return shown[begin : min(stops, default=len(folded))].strip()
