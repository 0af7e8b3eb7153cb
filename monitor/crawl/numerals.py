"""Turn the Chinese numerals of dates and times into figures ("二〇二六年十一月二十日", "下午两点半", "三小时前")."""

from __future__ import annotations

import re

_FIGURES = "〇一二三四五六七八九"
_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
_WORD = r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|零?[一二三四五六七八九]|两|零)"
_NUMBER = re.compile(
    rf"(?<![〇零一二两三四五六七八九十百千万几数星期周])({_WORD})(?=[月日号时点分秒刻天周年]|个半?[小钟月星]|小时|钟头|星期)"
    rf"|(?<=[时点])({_WORD})(?![〇零一二两三四五六七八九十百千万来多几])"
)


def with_figures(text: str) -> str:
    """Return `text` with figures where a numeral is part of a date, a time or a span of time."""
    text = _YEAR.sub(lambda match: "".join(str(max(0, _FIGURES.find(figure))) for figure in match[0]), text)
    return _NUMBER.sub(lambda match: str(_number(match[1] or match[2])), text)


def _number(word: str) -> int:
    if word == "两":
        return 2
    tens, ten, ones = word.lstrip("零").partition("十")
    if not ten:
        return _FIGURES.index(tens) if tens else 0
    return (_FIGURES.index(tens) if tens else 1) * 10 + (_FIGURES.index(ones) if ones else 0)
