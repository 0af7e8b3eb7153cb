"""Moments that a release names in Beijing time: 7月9日20时30分, 今日18时, 明早, 两小时后, 每4小时.

A day without an hour means its end, a part of a day without an hour the end of that part: whoever says 明早 owes it
while it is still morning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from monitor.core.beijing import ZONE, instant, local
from monitor.core.reading.numerals import numbers

_PART = "凌晨|清晨|早晨|早上|早间|晨间|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|夜间|深夜|夜里|[早晨晚夜]"
_FIGURES = r"\d{1,2}|[一二两三四五六七八九十]{1,3}"
_WHEN = re.compile(
    r"(?=[\d今明次翌后当本昨前凌清早晨上中正午下傍晚夜深一二两三四五六七八九十])"
    r"(?:(?:(?P<year>20\d\d)年)?(?P<month>1[0-2]|0?[1-9])月(?P<day>3[01]|[12]\d|0?[1-9])[日号]?"
    r"|(?P<alone>3[01]|[12]\d|0?[1-9])(?:日|号(?![\d线楼]))"
    r"|(?P<word>今天|今日|本日|当天|当日|明天|明日|次日|翌日|后天|后日|昨天|昨日|前天|前日|[今明当昨前](?=早|晨|晚|夜|上午|下午)))?"
    rf"(?:[（(][^）)\n]{{1,8}}[）)])?\s?(?P<part>{_PART})?\s?"
    rf"(?:(?P<hour>{_FIGURES})(?:(?:时(?!间|候|期|刻|常|而|代|段)|点(?![多名位个要建原意]))"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-5]?\d(?=分)|[0-5]\d(?![\d人名户辆台])|[一二三四五]?十[一二三四五六七八九]?(?=分))分?)?"
    r"|:(?P<colon>[0-5]\d)(?!\d)))?"
)
_SPAN = re.compile(
    r"(?P<every>每(?:隔)?)?(?:(?P<n>\d{1,3}(?:\.\d)?|[一二两三四五六七八九十]{1,3})个?(?P<half>半)?(?P<unit>小时|分钟|天|日)"
    r"|(?P<only>半)个?(?P<unit2>小时|天))(?P<after>之?[后内]|以[后内])?"
)
# 6时许 has been; 6时 may mean the evening.
_HAPPENED = re.compile("[许左]|发生|接报|接警")
_DAYS_ON = {"今": 0, "本": 0, "当": 0, "明": 1, "次": 1, "翌": 1, "后": 2, "昨": -1, "前": -2}
_ENDS = {
    "凌晨": 6,
    "清晨": 9,
    "早": 9,
    "晨": 9,
    "上午": 12,
    "中午": 13,
    "正午": 13,
    "午间": 13,
    "下午": 18,
    "午后": 18,
    "傍晚": 20,
}
_AFTERNOON = ("下午", "午后", "傍晚", "晚", "夜", "深夜")
_MIDDAY = ("中午", "正午", "午间")
_MINUTES = {"小时": 60, "分钟": 1, "天": 24 * 60, "日": 24 * 60}
LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Named:
    """A moment that a text names at `start`; `exact` where it says the hour, `dated` where it says the day."""

    start: int
    end: int
    at: datetime
    exact: bool
    dated: bool


def moments(folded: str, start: int, end: int, base: datetime, *, ahead: bool) -> Iterator[Named]:
    """Yield the moments named in a stretch of folded text, in order, counted from `base`.

    An hour without a day is the next one where `ahead`, else the last. Moments that cannot be are passed over.
    """
    for found in _WHEN.finditer(folded, start, end):
        at = _at(found, base, ahead=ahead)
        if at is not None:
            exact = found["hour"] is not None
            yield Named(found.start(), found.end(), at, exact, found["part"] is not None or _is_dated(found))


def spans_on(folded: str, start: int, end: int, base: datetime) -> Iterator[Named]:
    """Yield the moments that lie a named span after `base`: 两小时后, 24小时内, 每4小时."""
    for found in _SPAN.finditer(folded, start, end):
        if not (found["every"] or found["after"]):
            continue
        unit = found["unit"] or found["unit2"]
        count = 0.5 if found["only"] else _number(found["n"]) + (0.5 if found["half"] else 0.0)
        span = timedelta(minutes=round(count * _MINUTES[unit]))
        if timedelta(0) < span <= LONGEST:
            yield Named(found.start(), found.end(), base + span, exact=True, dated=True)


def _is_dated(found: re.Match[str]) -> bool:
    return any(found[name] is not None for name in ("month", "alone", "word"))


def _number(text: str) -> float:
    if text[0].isdigit():
        return float(text)
    return next((number.value for number in numbers(text)), 0.0)


def _at(found: re.Match[str], base: datetime, *, ahead: bool) -> datetime | None:
    dated = _is_dated(found)
    # 3时, 一点 and 早 alone may be anything; a bare part of a day names no moment.
    if found["hour"] is None and not dated:
        return None
    day = _day(found, base, ahead=ahead)
    clock = _clock(found)
    if day is None or clock is None:
        return None
    hour, minute = clock
    at = instant(day + timedelta(days=hour // 24), time(hour % 24, minute)).astimezone(ZONE)
    if ahead and at <= base and found["hour"] is not None:
        said_loosely = _HAPPENED.match(found.string, found.end()) is None
        if found["part"] is None and 1 <= hour < 12 and at + timedelta(hours=12) > base and said_loosely:
            return at + timedelta(hours=12)
        if not dated:
            return at + timedelta(days=1)
    if not ahead and not dated and at > base:
        return at - timedelta(days=1)
    return at


def _day(found: re.Match[str], base: datetime, *, ahead: bool) -> date | None:
    today = local(base).date()
    if found["word"]:
        return today + timedelta(days=_DAYS_ON[found["word"][0]])
    if not _is_dated(found):
        return today
    year = int(found["year"] or today.year)
    month = int(found["month"] or today.month)
    try:
        day = date(year, month, int(found["day"] or found["alone"]))
    except ValueError:
        return None
    if found["year"] or (day >= today) == ahead or day == today:
        return day
    return _other(day, by_year=found["month"] is not None, ahead=ahead)


def _other(day: date, *, by_year: bool, ahead: bool) -> date | None:
    """Return the same day of the next or the last year, or month: a notice of the 30th that says 2日 means the next."""
    step = 1 if ahead else -1
    months = day.year * 12 + day.month - 1 + (12 * step if by_year else step)
    try:
        return day.replace(year=months // 12, month=months % 12 + 1)
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> tuple[int, int] | None:
    """Return hour and minute; 24 is the midnight that ends the day."""
    part = found["part"] or ""
    if found["hour"] is None:
        return (_ENDS.get(part) or _ENDS.get(part[:1]) or 24, 0)
    hour = int(_number(found["hour"]))
    minute = 30 if found["half"] else {"一": 15, "三": 45}.get(found["quarter"] or "", 0)
    said = found["minute"] or found["colon"]
    minute = int(_number(said)) if said else minute
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    late = part.startswith(_AFTERNOON) and not (part.startswith(("深夜", "夜")) and hour < 5)
    if 1 <= hour < 12 and (late or (part in _MIDDAY and hour < 3)):
        hour += 12
    return hour, minute
