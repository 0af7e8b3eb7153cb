"""Numbers as people write them, Arabic and Chinese: 23, 1,200, 3.5万, 一千二百万, 二十余, 数十, 近百, 两千多."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
TENS = {"十": 10, "廿": 20, "卅": 30, "百": 100, "千": 1000}
GREAT = {"万": 10_000, "亿": 100_000_000}
# 数十 and 几百 say "several": the least that several can mean.
SEVERAL = 2
LARGEST = 10**13

_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,9}(?:\.\d{1,4})?(?!\d)"
_BEFORE = r"大约|将近|接近|超过|至少|不少于|不低于|多达|高达|约|近|超|逾|(?:上|达)(?=[十百千万])"
_VAGUE = r"[余多几](?=[十百千万亿名位人具个口元\s]|$)|来(?=[十百千万亿名位人个])"
_PIECE = rf"{_ARABIC}|[零一二两三四五六七八九十廿卅百千万亿]"
_NUMBER = re.compile(
    rf"(?:(?P<before>{_BEFORE})\s?)?(?<![第\d.a-z])"
    rf"(?P<run>(?:(?:[数几]|好几)(?=[十百千万])|{_ARABIC}|[零一二两三四五六七八九十廿卅百千]|[万亿](?=[余多名人元]))"
    rf"(?:{_PIECE}|{_VAGUE})*)"
    rf"(?P<range>(?:-|—|~|～|至|到)(?:{_ARABIC}|[一二两三四五六七八九十百]+)(?=[余多]?[人名]))?(?P<after>余|多|左右|\s?\+)?"
)
_TOKEN = re.compile(rf"{_ARABIC}|.")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text; `start` and `end` are offsets, words such as 约 and 余 included."""

    value: float
    start: int
    end: int
    approximate: bool = False


def numbers(text: str, start: int = 0, end: int | None = None) -> Iterator[Number]:
    """Find the numbers of folded `text` in order; ordinals such as 第3 are passed over, of 3至5 the lesser counts."""
    for found in _NUMBER.finditer(text, start, len(text) if end is None else end):
        value, vague = _read(_TOKEN.findall(found["run"]))
        if value <= LARGEST:
            rounded = vague or bool(found["before"] or found["range"] or found["after"])
            yield Number(value, found.start(), found.end(), rounded)


def _read(run: list[str]) -> tuple[float, bool]:
    """Return the value of a run of digits and units, and whether a word in it makes it approximate."""
    if len(run) > 1 and all(piece in DIGITS for piece in run):
        return _digits(run)
    total, section, number, vague = 0.0, 0.0, 0.0, False
    unit, follows = 1, False
    for piece in run:
        if piece in TENS:
            section += (number or 1) * TENS[piece]
            number, unit, follows = 0, TENS[piece], True
        elif piece in GREAT:
            whole = total + section + number if piece == "亿" else section + number
            total = (whole or 1) * GREAT[piece] + (0 if piece == "亿" else total)
            section, number, unit, follows = 0, 0, GREAT[piece], True
        elif piece in DIGITS or piece[0].isdigit():
            if number:
                vague = True
                continue
            number = DIGITS[piece] if piece in DIGITS else float(piece.replace(",", ""))
            follows = follows and piece in DIGITS and piece != "零"
            unit = 1 if piece == "零" or not follows else unit
        else:
            vague = True
            number = number or (SEVERAL if piece in "数好" or (piece == "几" and not section + total) else 0)
    # 一百二 is 120 and 两万五 25,000: a last digit right after a unit counts the next lower one.
    tail = number * unit / 10 if follows and unit >= 100 else number
    return total + section + tail, vague


def _digits(run: list[str]) -> tuple[float, bool]:
    """Read bare Chinese digits: 二零二六 digit by digit, 三五人 as the lesser of two guesses."""
    if len(run) == 2 and "零" not in run:
        return float(min(DIGITS[piece] for piece in run)), True
    return float("".join(str(DIGITS[piece]) for piece in run[:13])), False
