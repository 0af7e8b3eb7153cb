"""Read a date and time as sources write them: ISO 8601, RFC 822, Chinese forms, relative ones, epoch seconds.

Says what is written, not what to make of it: a time without a zone stays without one. Never raises on any text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from monitor.crawl.ago import how_long_ago
from monitor.crawl.numerals import with_figures
from monitor.crawl.zones import ZONE, zone_at, zone_is_unknown

LONGEST = 200
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<mon>{'|'.join(_MONTHS)})[a-z]*\.?"
_DATES = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<y>\d{4})\s?[-/.年]\s?(?P<m>\d{1,2})\s?[-/.月]\s?(?P<d>\d{1,2})(?!\d)\s?[日号]?",
        r"(?<!\d)(?P<y>\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})(?!\d)日?",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)(?:T?(?P<compact>[0-2]\d[0-5]\d(?:[0-5]\d)?))?(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})[\s-]{{1,3}}{_MONTH},?[\s-]{{1,3}}(?P<y>\d{{4}}|\d\d)(?!\d)",
        rf"\b{_MONTH}\s{{1,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<y>\d{{4}})(?!\d)",
        rf"\b{_MONTH}\s{{1,3}}(?P<d>\d{{1,2}})\s{{1,3}}(?=\d\d:\d\d)(?=.{{5,40}}\s(?P<y>\d{{4}})(?!\d))",
        r"(?<!\d)(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})(?!\d)\s?[日号]?",
        r"(?<![\d./-])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?!\d)",
        r"(?<![\d./-])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})(?!\d)",
        r"(?<![\d./-])(?P<near>\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\d./-])",
        r"(?<![\d./-])(?P<m>\d\d)[-/](?P<d>\d\d)(?![\d./-])",
        r"(?P<word>今(?:[天日]|(?=[早晚夜晨]))|昨(?:[天日]|(?=[早晚夜晨]))|大?前[天日]|明(?:[天日]|(?=[早晚晨]))|后[天日]|today|yesterday|tomorrow)",
        r"(?<!下)(?<!下个)(?P<week>上个?|这个?|本)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])",
    )
)
_WORDS = {"今": 0, "昨": 1, "前": 2, "大": 3, "明": -1, "后": -2, "tod": 0, "yes": 1, "tom": -1}
_WEEKDAYS = "一二三四五六日"
_LUNAR_DAY = r"(?:[初廿]?(?:\d{1,2}日?|[一二三四五六七八九十]{1,3})|初)?"
_LUNAR = re.compile(
    rf"[农阴]历\s?(?:[^\W\d]{{1,4}}年\s?)?(?:闰?(?:\d{{1,2}}|[正腊冬一二三四五六七八九十]{{1,2}})月)?{_LUNAR_DAY}"
    rf"|(?:[正腊冬]月|大年){_LUNAR_DAY}|[初廿][一二三四五六七八九十]|除夕"
)
# A time of day after one of these belongs to a day that nothing here tells.
_OTHER_DAY = re.compile(
    r"农历|次日|翌日|下个?(?:周|星期|礼拜)|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b", re.IGNORECASE
)
_HALF = (
    r"(?P<half>凌晨|清晨|清早|早上|早晨|早|晨|上午|中午|正午|午间|下午|午后|傍晚|晚上|晚间|晚"
    r"|夜里|夜间|深夜|半夜|午夜|夜)"
)
_AFTERNOON = frozenset({"下午", "午后", "傍晚"})
_NOON = frozenset({"中午", "正午", "午间"})
_LATE = frozenset({"夜", "夜里", "夜间", "深夜", "半夜", "午夜"})
_NIGHT = _LATE | {"晚", "晚上", "晚间"}
_TIME = re.compile(
    rf"{_HALF}?\s?(?<!\d)(?P<H>\d{{1,2}})\s?(?::(?P<M>\d\d)(?!\d)(?::(?P<S>\d\d)(?:[.,]\d{{1,9}})?)?"
    rf"|[时点]\s?(?:(?P<half_hour>半)|(?P<quarters>[13])\s?刻|(?P<Mz>\d{{1,2}})\s?分?(?:(?P<Sz>\d{{1,2}})\s?秒)?)?)"
    rf"(?:\s?(?P<ampm>[ap])\.?m\b\.?)?",
    re.ASCII | re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# What programs write (RFC 5322, section 3.3), which most feeds do.
_WRITTEN = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(?P<d>\d{{1,2}}) (?P<mon>{'|'.join(name.title() for name in _MONTHS)}) (?P<y>20\d\d)"
    r" (?P<H>[01]\d|2[0-3]):(?P<M>[0-5]\d):(?P<S>[0-5]\d) (?:GMT|UTC|[+-]\d{4})",
    re.ASCII,
)
_EPOCH = re.compile(r"(?P<seconds>\d{10})(?P<millis>\d{3})?(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a text states: a day, perhaps a time of that day, perhaps a zone. `relative` times are counted from now."""

    day: date
    time: time | None = None
    zone: tzinfo | None = None
    relative: bool = False


def read_date(text: str, *, now: datetime) -> Stated | None:
    """Return the first date or time that `text` states, or None.

    `now` is an instant in the source's zone; it fills in a missing year or day and is what "3小时前" counts from.
    """
    if (written := _WRITTEN.fullmatch(text)) is not None:
        return _as_written(written, now)
    text = unicodedata.normalize("NFKC", text[:LONGEST]).strip()
    text = _LUNAR.sub("农历 ", with_figures(text))
    return _epoch(text) or _relative(text, now) or _absolute(text, now)


def _as_written(match: re.Match[str], now: datetime) -> Stated | None:
    for day in _days({name: match[name] for name in ("y", "mon", "d")}, now):
        clock = time(int(match["H"]), int(match["M"]), int(match["S"]))
        return Stated(day, clock, zone_at(match.string, match.end("S"), now))
    return None


def _epoch(text: str) -> Stated | None:
    match = _EPOCH.fullmatch(text)
    if match is None:
        return None
    moment = datetime.fromtimestamp(int(match["seconds"]), UTC)
    return Stated(moment.date(), moment.time(), UTC)


def _relative(text: str, now: datetime) -> Stated | None:
    found = how_long_ago(text)
    if found is None:
        return None
    ago, unit = found
    try:
        moment = now - ago
    except OverflowError:
        return None
    return _of_moment(moment) if unit < timedelta(days=1) else Stated(moment.date(), relative=True)


def _of_moment(moment: datetime) -> Stated:
    return Stated(moment.date(), moment.time().replace(microsecond=0), moment.tzinfo, relative=True)


def _absolute(text: str, now: datetime) -> Stated | None:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            for day in _days(match.groupdict(), now):
                return _with_time(day, match, text, now)
    alone = _TIME.search(text)
    if alone is None or _DIGIT.search(text, 0, alone.start()) or _OTHER_DAY.search(text, 0, alone.start()):
        return None
    if (found := _clock(alone)) is None:
        return None
    clock, later = found
    zone = zone_at(text, alone.end(), now)
    moment = datetime.combine(now.date() + timedelta(days=later), clock, zone or now.tzinfo)
    if moment > now + timedelta(minutes=10):
        moment -= timedelta(days=1)
    return Stated(moment.date(), clock, zone)


def _with_time(day: date, match: re.Match[str], text: str, now: datetime) -> Stated:
    compact = match.groupdict().get("compact")
    if compact:
        try:
            clock = time(int(compact[:2]), int(compact[2:4]), int(compact[4:] or 0))
        except ValueError:
            return Stated(day)
        return Stated(day, clock, zone_at(text, match.end(), now))
    found = _TIME.search(text, match.end(), match.end() + 24) or _before(text, match.start())
    moment = _clock(found) if found else None
    if found is None or moment is None:
        return Stated(day)
    clock, later = moment
    if zone_is_unknown(text, found.end()):
        return Stated(day)
    return Stated(day + timedelta(days=later), clock, zone_at(text, found.end(), now))


def _before(text: str, end: int) -> re.Match[str] | None:
    """Return the time that stands right before a date ("14:48 2026-11-20")."""
    found = _TIME.search(text, max(0, end - 16), end)
    if found is None:
        return None
    zone = ZONE.match(text, found.end(), end)
    return None if text[zone.end() if zone else found.end() : end].strip(" ,") else found


def _days(parts: dict[str, str | None], now: datetime) -> Iterator[date]:
    """Yield the one day that the parts of a date mean, or nothing where they mean none."""
    if word := (parts.get("word") or "").lower():
        yield now.date() - timedelta(days=_WORDS.get(word[0], _WORDS.get(word[:3], 0)))
        return
    if weekday := parts.get("weekday"):
        yield _weekday(weekday, parts.get("week") or "", now.date())
        return
    month = _MONTHS.index(str(parts["mon"])[:3].lower()) + 1 if parts.get("mon") else int(parts["m"] or 0)
    day = int(parts["d"] or 0)
    stated = parts.get("y") or parts.get("near")
    if parts.get("near") and int(str(stated)) not in (now.year % 100, (now.year - 1) % 100):
        return
    if stated:
        years = [int(stated) if len(stated) == 4 else 2000 + int(stated) - (100 if int(stated) > 68 else 0)]
    else:
        years = list(range(now.year + 1, now.year - 8, -1))
    for year in years:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if stated or found <= now.date() + timedelta(days=1):
            yield found
            return


def _weekday(name: str, week: str, today: date) -> date:
    """Return the day that "周三", "本周三" or "上周三" means: without a word for the week the last one there was."""
    number = _WEEKDAYS.index(name.replace("天", "日"))
    if not week:
        return today - timedelta(days=(today.weekday() - number) % 7)
    return today - timedelta(days=today.weekday() - number + (7 if week.startswith("上") else 0))


def _clock(match: re.Match[str]) -> tuple[time, int] | None:
    """Return the time of day and by how many days it runs over ("晚12点" is the next day's 0:00)."""
    hour = int(match["H"])
    minute = 30 if match["half_hour"] else int(match["M"] or match["Mz"] or 15 * int(match["quarters"] or 0))
    second = min(int(match["S"] or match["Sz"] or 0), 59)
    half = match["half"] or ""
    pm = half in _AFTERNOON or half in _NIGHT or (match["ampm"] or "").lower() == "p"
    if (pm and hour < 12 and not (half in _LATE and hour < 5)) or (half in _NOON and hour < 4):
        hour += 12
    elif hour == 12 and half in _NIGHT:
        hour = 24
    elif hour == 12 and (half == "凌晨" or (match["ampm"] or "").lower() == "a"):
        hour = 0
    if hour > 24 or minute > 59 or (hour == 24 and minute > 59):
        return None
    return time(hour % 24, minute, second), hour // 24
