"""Numbers as people write them, Arabic and Chinese: 23, 1,200, 3.5万, 一千二百万, 二十余, 数十, 近百, 两千多."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "仨": 3}
TENS = {"十": 10, "百": 100, "千": 1000, "廿": 20, "卅": 30}
GREAT = {"万": 10_000, "亿": 100_000_000}
# 数十 and 几百 say "several": the least that several can mean.
SEVERAL = 2
LARGEST = 10**13

_BEFORE = r"(?P<before>大约|将近|接近|超过|至少|不少于|不低于|多达|高达|约|近|超|逾|上(?=[十百千万])|达(?=[十百千万]))?"
_ARABIC = r"\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d{1,4})?"
_CHINESE = r"[数几好][十百千万]+|[零一二两三四五六七八九十百千廿卅]+|(?<![零一二两三四五六七八九十百千廿卅\d])[万亿](?=[余名人元])"
NUMBER = re.compile(
    rf"{_BEFORE}\s?(?<![第\d.])(?P<core>{_ARABIC}|{_CHINESE})"
    r"(?P<more>(?:余|多|几|来)(?=[十百千万亿名位人具个口元\s])|\+)?(?P<great>[十百千]?[万亿]{1,2}|[百千](?=[余多名位人]))?"
    r"(?P<rest>[一二两三四五六七八九\d][\d一二两三四五六七八九零十百千]*万?)?(?P<after>余|多|几|来|左右)?"
)
_GROUPED = re.compile(r"([零一二两三四五六七八九十百千廿卅\d]*)([万亿]|$)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text; `start` and `end` are offsets, words such as 约 and 余 included."""

    value: float
    start: int
    end: int
    approximate: bool = False


def numbers(text: str, start: int = 0, end: int | None = None) -> Iterator[Number]:
    """Find the numbers of folded `text` in order; ordinals such as 第3 are passed over."""
    for found in NUMBER.finditer(text, start, len(text) if end is None else end):
        value = _value(found["core"])
        great = found["great"]
        if value is None or (found["rest"] and not great):
            value = _value(found["core"] + (found["rest"] or "")) if not great else None
        if value is None:
            continue
        for unit in great or "":
            value *= TENS.get(unit) or GREAT[unit]
        if great and found["rest"]:
            value += _value(found["rest"]) or 0
        if value > LARGEST:
            continue
        vague = bool(found["before"] or found["more"] or found["after"]) or found["core"][0] in "数几好"
        yield Number(value, found.start(), found.end(), vague)


def _value(core: str) -> float | None:
    """Return the value of a bare number, or None where the characters make none."""
    if core[0].isdigit():
        plain = core.replace(",", "")
        return _mixed(plain) if not plain.replace(".", "", 1).isdigit() else float(plain)
    if core[0] in "数几好":
        core = "二" + core[1:]
    if len(core) > 1 and all(char in DIGITS for char in core):
        return float("".join(str(DIGITS[char]) for char in core)) if len(core) <= 9 else None
    return _mixed(core)


def _mixed(core: str) -> float | None:
    total = 0.0
    for part, great in _GROUPED.findall(core):
        if not part and not great:
            continue
        small = _small(part) if part else 1
        if small is None:
            return None
        total = (total + small) * GREAT[great] if great == "亿" else total + small * GREAT.get(great, 1)
    return total or None


def _small(part: str) -> float | None:
    """Return the value of a number below ten thousand written with 千百十; 一百二 is 120."""
    if part.isascii():
        return float(part)
    total, digit, unit = 0.0, None, 10
    for char in part:
        if char in DIGITS:
            digit = DIGITS[char]
            unit = 10 if char == "零" else unit
        elif char in TENS:
            unit = TENS[char]
            total += unit * (1 if digit is None else digit or 1) if unit < 20 or char in "百千" else unit
            digit = None
        else:
            return None
    if digit is not None:
        total += digit * (unit // 10 if unit >= 100 and part[-2:-1] in ("百", "千") else 1)
    return total
