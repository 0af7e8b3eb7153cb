"""Weigh how likely it is that somebody wrote a text, to choose between readings of the same bytes.

A cost is a negative logarithm of a probability: readings of the same bytes can be compared by their sums. The commonest
Chinese characters cost what their frequency says; a letter costs less within a word of its own script than elsewhere;
what nobody writes in news, private characters and drawn boxes, costs most. ASCII says nothing, for all readings agree.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import yaml

_TEXT = yaml.safe_load(Path(__file__).with_name("characters.yaml").read_text(encoding="utf-8"))
# Up to which rank a character costs what: frequencies of the archives behind the table, in bands.
_BANDS = ((10, 4.6), (50, 5.6), (100, 6.2), (300, 6.7), (1000, 7.8), (2000, 9.2), (3500, 10.8))
_RUN = re.compile(r"[^\x00-\x7f]+")
START = 3.0
RARE_HAN = 13.0
LETTER = 5.0
EXTENDED = 8.0
SYLLABLE = 9.0
FOREIGN = 11.0
SWITCH = 5.0
SYMBOL = 15.0
NOBODY = 20.0
ELSEWHERE = 8.0
BROKEN = 25.0
# Spaces, dashes, quotation marks and the like, of every language.
_USUAL = (
    dict.fromkeys("，。、：；！？“”‘’《》【】（）—…", 4.0)
    | dict.fromkeys("　「」『』〈〉－～％\xa0–„•·°£€￥", 6.0)
    | dict.fromkeys("«»©®™²³×", 9.0)
)
_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "HANGUL", "HIRAGANA", "KATAKANA", "ARABIC", "HEBREW", "THAI"})
_AT_HOME = frozenset({"", "CJK", "LATIN"})


def _ranked() -> dict[str, float]:
    costs: dict[str, float] = {}
    for text in _TEXT.values():
        for rank, character in enumerate("".join(str(text).split()), 1):
            cost = next(cost for last, cost in _BANDS if rank <= last)
            costs[character] = min(cost, costs.get(character, cost))
    return costs


_COSTS = _ranked() | _USUAL


def cost(text: str, *, chinese: bool = False) -> float:
    """Return what `text` costs: the sum over everything that is not ASCII, and something for each stretch of it.

    `chinese` tells that the character set is a Chinese one: nobody writes Russian or Greek in those.
    """
    runs = _RUN.findall(text)
    elsewhere = any(_script(run[0]) not in _AT_HOME for run in runs)
    return sum(START + _cost_of_run(run, chinese) for run in runs) + (ELSEWHERE if elsewhere else 0.0)


def _cost_of_run(run: str, chinese: bool) -> float:  # noqa: FBT001
    total = 0.0
    for character in run:
        known = _COSTS.get(character)
        total += _strange(character, chinese) if known is None else known
    return total + sum(_beside(first, second) for first, second in pairwise(run))


def _beside(first: str, second: str) -> float:
    """Return what it costs that two characters stand side by side: scripts do not mix, capitals begin a word."""
    if first in _COSTS and second in _COSTS:
        return 0.0
    one, other = _script(first), _script(second)
    if one != other:
        return SWITCH if one and other else 0.0
    if one == "LATIN":
        return SWITCH
    return SWITCH if second.isupper() and first.islower() else 0.0


@lru_cache(maxsize=20_000)
def _strange(character: str, chinese: bool) -> float:  # noqa: FBT001
    """Return what a character costs that is in no table."""
    if character == "\ufffd":
        return BROKEN
    if "\u3400" <= character <= "\u9fff":
        return RARE_HAN
    kind = unicodedata.category(character)
    if kind in ("Co", "Cn", "Cc", "Cf", "Cs") or "\u2500" <= character <= "\u259f":
        return NOBODY
    if kind[0] == "L" or kind[0] == "M":
        script = _script(character)
        if script in ("CJK", "HANGUL"):
            return RARE_HAN if script == "CJK" else SYLLABLE
        if script not in _SCRIPTS or "\u024f" < character < "\u0370":
            return SYMBOL
        return FOREIGN if chinese else EXTENDED if "\u00ff" < character < "\u0250" else LETTER
    return SYMBOL


@lru_cache(maxsize=20_000)
def _script(character: str) -> str:
    """Return the first word of a letter's name ("LATIN", "CJK"), empty for what is no letter."""
    if unicodedata.category(character)[0] not in "LM":
        return ""
    return unicodedata.name(character, "").partition(" ")[0]
