"""Read when a happening took place, where the text states the hour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from monitor.core.beijing import ZONE, instant, local
from monitor.core.reading.sentences import Sentence

_PARTS = "凌晨|清晨|早晨|早上|早|上午|中午|正午|下午|傍晚|晚上|晚间|夜间|深夜|晚|夜里|夜"
_WHEN = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?:(?P<month>1[0-2]|0?[1-9])月(?P<day>[12]\d|3[01]|0?[1-9])日?|(?P<alone>[12]\d|3[01]|0?[1-9])日|"
    r"(?P<word>今天|今日|今晨|今早|今晚|当天|当日|昨天|昨日|昨晚|昨夜|前天|前日|前晚))?"
    rf"(?:[（(][^）)]{{1,8}}[）)])?\s?(?P<part>{_PARTS})?\s?(?P<hour>2[0-4]|1\d|0?\d)(?:时|点|:(?=[0-5]\d))(?:(?P<minute>[0-5]?\d)分?)?(?!前|后|间|候|刻)"
)
_DAYS_BACK = {"今": 0, "当": 0, "昨": 1, "前": 2}
_EVENING = ("下午", "傍晚", "晚", "夜", "晚上", "晚间", "夜间", "深夜", "夜里")
_NIGHT = ("深夜", "夜里", "夜间", "夜")
_REPORTED = re.compile(r"截至|截止|发稿|电讯?$|记者|发布|召开|举行")
OLDEST = timedelta(days=7)


def occurred_at(folded: str, parts: Sequence[Sentence], published_at: datetime | None) -> datetime | None:
    """Return the first stated hour of the happening in Beijing time.

    None where no hour or no day is stated, where there is no time of publication to count from, or where the result
    lies after the publication or more than seven days before it.
    """
    if published_at is None:
        return None
    for part in parts:
        for found in _WHEN.finditer(folded, part.start, part.end):
            if _REPORTED.search(folded, max(part.start, found.start() - 4), found.start()):
                continue
            day = _day(found, published_at)
            if day is None:
                continue
            at = _at(day, found)
            if at is not None and published_at - OLDEST <= at <= published_at:
                return at
    return None


def _day(found: re.Match[str], published_at: datetime) -> date | None:
    today = local(published_at).date()
    if found["word"]:
        return today - timedelta(days=_DAYS_BACK[found["word"][0]])
    if not (found["month"] or found["alone"]):
        return None
    number = int(found["day"] or found["alone"])
    month = int(found["month"]) if found["month"] else today.month
    year = int(found["year"]) if found["year"] else today.year
    try:
        day = date(year, month, number)
    except ValueError:
        return None
    if day > today and not found["year"]:
        return _earlier(day, by_year=bool(found["month"]))
    return day


def _earlier(day: date, *, by_year: bool) -> date | None:
    """Return the same day of the last year or month: a report of the 2nd that says the 30th means the month before."""
    try:
        if by_year:
            return day.replace(year=day.year - 1)
        return (day.replace(day=1) - timedelta(days=1)).replace(day=day.day)
    except ValueError:
        return None


def _at(day: date, found: re.Match[str]) -> datetime | None:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    part = found["part"] or ("晚" if found["word"] in ("今晚", "昨晚", "昨夜", "前晚") else "")
    evening = part in _EVENING and 1 <= hour < 12 and not (part in _NIGHT and hour < 5)
    if evening or (part in ("中午", "正午") and hour < 3):
        hour += 12
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return instant(day, time(hour, minute)).astimezone(ZONE)
