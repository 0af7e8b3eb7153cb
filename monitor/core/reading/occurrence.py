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
# The hour of a meeting, a bulletin or a call is not that of the happening: told by the clause that the hour opens.
_REPORTS = re.compile(
    r"召开|举行[^，,;；。]{0,12}会(?![场的])|会(?:议|商)?[^，,;；。]{0,12}举行|通报|接报|接到|发布|公布|获悉|记者|消息|调度|抵达|赶到|发稿"
)
_CLAUSE = re.compile(r"[许左右前后，, ]*[^，,;；。]*")
# "于14时许发生", "发生在14时": said of the happening itself, so that the day may have been named before.
_HAPPENED_BEFORE = re.compile(r"发生(?:在|于|时间[为是:：]?)[^，,;；。\d]{0,6}$")
_HAPPENED_AFTER = re.compile(r"[许左右]{0,3}发生")
OLDEST = timedelta(days=7)


def occurred_at(folded: str, parts: Sequence[Sentence], published_at: datetime | None) -> datetime | None:
    """Return the first stated hour of the happening in Beijing time.

    None where no hour or no day is stated, where there is no time of publication to count from, or where the result
    lies after the publication or more than seven days before it.
    """
    if published_at is None:
        return None
    named: date | None = None
    for part in parts:
        for found in _WHEN.finditer(folded, part.start, part.end):
            day = _day(found, published_at)
            named = day or named
            happened = _is_said_of_happening(folded, part, found)
            if not happened and _is_of_a_report(folded, part, found):
                continue
            if day is None and happened:
                day = named or local(published_at).date()
            if day is None:
                continue
            at = _at(day, found)
            if at is not None and published_at - OLDEST <= at <= published_at:
                return at
    return None


def _is_said_of_happening(folded: str, part: Sentence, found: re.Match[str]) -> bool:
    before = _HAPPENED_BEFORE.search(folded, max(part.start, found.start() - 14), found.start())
    return before is not None or _HAPPENED_AFTER.match(folded, found.end(), part.end) is not None


def _is_of_a_report(folded: str, part: Sentence, found: re.Match[str]) -> bool:
    if _REPORTED.search(folded, max(part.start, found.start() - 4), found.start()):
        return True
    clause = _CLAUSE.match(folded, found.end(), part.end)
    return clause is not None and _REPORTS.search(folded, clause.start(), clause.end()) is not None


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
