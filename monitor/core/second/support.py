"""Whether an answer is borne out by the text it was given: what it quotes stands there, its numbers in what it quotes.

What the text itself says may be false all the same; this only keeps out what the second reader made up.
"""

from __future__ import annotations

import re

from monitor.core.reading.english_casualties import stated_numbers
from monitor.core.reading.numerals import numbers
from monitor.core.second.opinion import COUNTED, Opinion
from monitor.core.text import fold, is_chinese

SHORTEST_QUOTE = 4
# A number of these is none of people: a date, a time, an age, a measure.
_NO_PEOPLE = re.compile(r"\s*(?:年|月|日|号|时|点|分|秒|岁|级|度|米|里|公里|千米|吨|元|%|层|楼|届|辆|艘|架|小时|天|周)")
_SPACE = re.compile(r"\s+")


def made_up(opinion: Opinion, text: str) -> str:
    """Return the first part of an answer that `text` does not bear out ("quote", "deaths", …), or an empty text."""
    whole = _plain(text)
    if opinion.is_incident and not _stands(opinion.quote, whole):
        return "quote"
    if opinion.quote and not _stands(opinion.quote, whole):
        return "quote"
    for name in COUNTED:
        claim = opinion.claims.get(name)
        if claim is not None and not (_stands(claim.quote, whole) and _states(claim.quote, claim.count)):
            return name
    return ""


def _plain(text: str) -> str:
    """Return a text as it is compared: widths and case folded, without white space."""
    return _SPACE.sub("", fold(text))


def _stands(quote: str, whole: str) -> bool:
    words = _plain(quote)
    return len(words) >= SHORTEST_QUOTE and words in whole


def _states(quote: str, count: int) -> bool:
    """Tell whether a quote states so many people; none need no number, and one need not be counted."""
    if count == 0:
        return True
    folded = fold(quote)
    if is_chinese(quote):
        stated = {int(number.value) for number in numbers(folded) if not _NO_PEOPLE.match(folded, number.end)}
    else:
        stated = set(stated_numbers(folded))
    return count in stated or (count == 1 and not stated)
