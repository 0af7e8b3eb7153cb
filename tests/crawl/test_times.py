"""What a source says of the time, and what may be made of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import NaiveTime
from monitor.core.model import TimeNote
from monitor.core.sources import TimeRule
from monitor.crawl.dates import read_date
from monitor.crawl.times import day_in_url, published

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("raw", "moment", "note"),
    [
        ("2026年11月20日 14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("2026年11月20日14时48分", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("2026年11月20日下午2:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("2026年11月20日下午2点半", "2026-11-20T14:30", TimeNote.ZONE_ASSUMED),
        ("２０２６年１１月２０日　１４：４８", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("二〇二六年十一月二十日十四时四十八分", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("发布时间：2026-11-20 14:48　来源：某报", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("2026-11-20 星期五 14:48:05", "2026-11-20T14:48:05", TimeNote.ZONE_ASSUMED),
        ("14:48 2026-11-20", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("2026/11/20 14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("2026.11.20 14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("20261120144805", "2026-11-20T14:48:05", TimeNote.ZONE_ASSUMED),
        ("11-20 14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("11月20日 14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("12-31 10:00", "2025-12-31T10:00", TimeNote.ZONE_ASSUMED),
        ("今天 14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("昨天 21:30", "2026-11-19T21:30", TimeNote.ZONE_ASSUMED),
        ("昨晚11点", "2026-11-19T23:00", TimeNote.ZONE_ASSUMED),
        ("前天 08:05", "2026-11-18T08:05", TimeNote.ZONE_ASSUMED),
        ("晚8时许", "2026-11-19T20:00", TimeNote.ZONE_ASSUMED),
        ("11月19日晚8时许", "2026-11-19T20:00", TimeNote.ZONE_ASSUMED),
        ("凌晨3时", "2026-11-20T03:00", TimeNote.ZONE_ASSUMED),
        ("14:48", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("23:50", "2026-11-19T23:50", TimeNote.ZONE_ASSUMED),
        ("3小时前", "2026-11-20T12:00", TimeNote.STATED),
        ("半小时前", "2026-11-20T14:30", TimeNote.STATED),
        ("5 分钟前", "2026-11-20T14:55", TimeNote.STATED),
        ("刚刚", "2026-11-20T15:00", TimeNote.STATED),
        ("三小时前", "2026-11-20T12:00", TimeNote.STATED),
        ("两小时前", "2026-11-20T13:00", TimeNote.STATED),
        ("十分钟前", "2026-11-20T14:50", TimeNote.STATED),
        ("二十五分钟前", "2026-11-20T14:35", TimeNote.STATED),
        ("1小时20分钟前", "2026-11-20T13:40", TimeNote.STATED),
        ("一小时零五分钟前", "2026-11-20T13:55", TimeNote.STATED),
        ("一个半小时前", "2026-11-20T13:30", TimeNote.STATED),
        ("两个半小时前", "2026-11-20T12:30", TimeNote.STATED),
        ("1.5小时前", "2026-11-20T13:30", TimeNote.STATED),
        ("半个小时前", "2026-11-20T14:30", TimeNote.STATED),
        ("1 hr ago", "2026-11-20T14:00", TimeNote.STATED),
        ("2h ago", "2026-11-20T13:00", TimeNote.STATED),
        ("5m ago", "2026-11-20T14:55", TimeNote.STATED),
        ("大前天 10:00", "2026-11-17T10:00", TimeNote.ZONE_ASSUMED),
        ("今晨6时许", "2026-11-20T06:00", TimeNote.ZONE_ASSUMED),
        ("11月19日中午1点", "2026-11-19T13:00", TimeNote.ZONE_ASSUMED),
        ("11月19日中午12点半", "2026-11-19T12:30", TimeNote.ZONE_ASSUMED),
        ("11月19日夜里11点", "2026-11-19T23:00", TimeNote.ZONE_ASSUMED),
        ("11月19日夜里两点", "2026-11-19T02:00", TimeNote.ZONE_ASSUMED),
        ("11月20日零时20分", "2026-11-20T00:20", TimeNote.ZONE_ASSUMED),
        ("零点三十分", "2026-11-20T00:30", TimeNote.ZONE_ASSUMED),
        ("下午两点半", "2026-11-20T14:30", TimeNote.ZONE_ASSUMED),
        ("11月19日下午三点二十", "2026-11-19T15:20", TimeNote.ZONE_ASSUMED),
        ("8点一刻", "2026-11-20T08:15", TimeNote.ZONE_ASSUMED),
        ("11月19日下午三点三刻", "2026-11-19T15:45", TimeNote.ZONE_ASSUMED),
        ("二十时三十分", "2026-11-19T20:30", TimeNote.ZONE_ASSUMED),
        ("11月3日8时许", "2026-11-03T08:00", TimeNote.ZONE_ASSUMED),
        ("周三 10:00", "2026-11-18T10:00", TimeNote.ZONE_ASSUMED),
        ("星期五 10:00", "2026-11-20T10:00", TimeNote.ZONE_ASSUMED),
        ("上周五 10:00", "2026-11-13T10:00", TimeNote.ZONE_ASSUMED),
        ("2026年11月19日 农历十月十一 20:15", "2026-11-19T20:15", TimeNote.ZONE_ASSUMED),
        ("2026年11月19日（农历十月十一日） 20:15", "2026-11-19T20:15", TimeNote.ZONE_ASSUMED),
        ("26-11-19 20:15", "2026-11-19T20:15", TimeNote.ZONE_ASSUMED),
        ("24年12月31日 20:15", "2024-12-31T20:15", TimeNote.ZONE_ASSUMED),
        ("19/11/2026 20:15", "2026-11-19T20:15", TimeNote.ZONE_ASSUMED),
        ("02:48:07 PM IST Nov 19, 2026", "2026-11-19T17:18:07", TimeNote.STATED),
        ("2 hours ago", "2026-11-20T13:00", TimeNote.STATED),
        ("Fri, 20 Nov 2026 14:48:00 +0800", "2026-11-20T14:48", TimeNote.STATED),
        ("Fri, 20 Nov 2026 06:48:00 GMT", "2026-11-20T14:48", TimeNote.STATED),
        ("20 Nov 26 06:48 UT", "2026-11-20T14:48", TimeNote.STATED),
        ("Fri, 20 Nov 2026 01:48:00 EST", "2026-11-20T14:48", TimeNote.STATED),
        ("Fri, 20 Nov 2026 14:48:00 CST", "2026-11-20T14:48", TimeNote.STATED),
        ("Fri, 20 Nov 2026 14:48:00", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("Fri Nov 20 14:48:00 +0800 2026", "2026-11-20T14:48", TimeNote.STATED),
        ("Fri Nov 20 2026 14:48:00 GMT+0800 (China Standard Time)", "2026-11-20T14:48", TimeNote.STATED),
        ("2026-11-20T06:48:00Z", "2026-11-20T14:48", TimeNote.STATED),
        ("2026-11-20T06:48:00.123Z", "2026-11-20T14:48", TimeNote.STATED),
        ("2026-11-20T14:48:00+08:00", "2026-11-20T14:48", TimeNote.STATED),
        ("2026-11-20T14:48+08", "2026-11-20T14:48", TimeNote.STATED),
        ("2026-11-20 14:48 GMT+8", "2026-11-20T14:48", TimeNote.STATED),
        ("2026-11-20 14:48 北京时间", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("Nov 20, 2026 2:48 PM", "2026-11-20T14:48", TimeNote.ZONE_ASSUMED),
        ("1795157280", "2026-11-20T14:48", TimeNote.STATED),
        ("1795157280000", "2026-11-20T14:48", TimeNote.STATED),
    ],
)
def test_stated_times_become_instants(raw: str, moment: str, note: TimeNote) -> None:
    when = published(raw, now=NOW, zone="Asia/Shanghai")
    assert (when.at, when.note) == (at(moment), note)
    assert when.day == at(moment).date()
    assert when.raw == raw


@pytest.mark.parametrize(
    ("raw", "note", "day"),
    [
        ("", TimeNote.MISSING, None),
        ("   ", TimeNote.MISSING, None),
        ("不详", TimeNote.UNREADABLE, None),
        ("2026-13-45", TimeNote.UNREADABLE, None),
        ("第35期", TimeNote.UNREADABLE, None),
        ("20日14时", TimeNote.UNREADABLE, None),
        ("2026年第12期", TimeNote.UNREADABLE, None),
        ("2026年第35号", TimeNote.UNREADABLE, None),
        ("大年初一", TimeNote.UNREADABLE, None),
        ("大年初一 8:00", TimeNote.UNREADABLE, None),
        ("正月初五上午8时", TimeNote.UNREADABLE, None),
        ("农历十月十一日", TimeNote.UNREADABLE, None),
        ("腊月二十三", TimeNote.UNREADABLE, None),
        ("除夕夜20时", TimeNote.UNREADABLE, None),
        ("次日8时", TimeNote.UNREADABLE, None),
        ("下周三 10:00", TimeNote.UNREADABLE, None),
        ("Fri 10:00", TimeNote.UNREADABLE, None),
        ("凌晨", TimeNote.UNREADABLE, None),
        ("几分钟前", TimeNote.UNREADABLE, None),
        ("9999年前", TimeNote.UNREADABLE, None),
        ("明天 8:00", TimeNote.FUTURE, None),
        ("后天", TimeNote.FUTURE, None),
        ("今晚8点", TimeNote.FUTURE, TODAY),
        ("半天前", TimeNote.DATE_ONLY, TODAY),
        ("3个月前", TimeNote.DATE_ONLY, date(2026, 8, 22)),
        ("1年前", TimeNote.DATE_ONLY, date(2025, 11, 20)),
        ("周三", TimeNote.DATE_ONLY, date(2026, 11, 18)),
        ("2026-11-20", TimeNote.DATE_ONLY, TODAY),
        ("[11-20]", TimeNote.DATE_ONLY, TODAY),
        ("20261120", TimeNote.DATE_ONLY, TODAY),
        ("2天前", TimeNote.DATE_ONLY, date(2026, 11, 18)),
        ("昨天", TimeNote.DATE_ONLY, date(2026, 11, 19)),
        ("Fri, 20 Nov 2026 00:00:00 +0800", TimeNote.DATE_ONLY, TODAY),
        ("Fri, 20 Nov 2026 00:00:00 GMT", TimeNote.DATE_ONLY, TODAY),
        ("Thu, 19 Nov 2026 16:00:00 GMT", TimeNote.DATE_ONLY, TODAY),
        ("2026-11-20 25:61", TimeNote.DATE_ONLY, TODAY),
        ("2026-11-20 15:11", TimeNote.FUTURE, TODAY),
        ("Fri, 20 Nov 2026 14:48:00 GMT", TimeNote.FUTURE, TODAY),
        ("2026-11-21 05:00", TimeNote.FUTURE, TODAY),
        ("2026-11-21 05:01", TimeNote.FUTURE, None),
        ("2026-11-21", TimeNote.FUTURE, TODAY),
        ("2026-11-22", TimeNote.FUTURE, None),
        ("2099-01-01", TimeNote.FUTURE, None),
        ("1970-01-01 08:00:00", TimeNote.ABSURD, None),
        ("0001-01-01T00:00:00Z", TimeNote.ABSURD, None),
    ],
)
def test_what_cannot_start_a_deadline_says_why(raw: str, note: TimeNote, day: date | None) -> None:
    when = published(raw, now=NOW, zone="Asia/Shanghai")
    assert (when.at, when.note, when.day) == (None, note, day)


def test_ten_minutes_ahead_are_forgiven() -> None:
    assert published("2026-11-20 15:10", now=NOW, zone="Asia/Shanghai").at == NOW + timedelta(minutes=10)


def test_a_source_known_to_label_beijing_time_as_gmt_is_corrected() -> None:
    rule = TimeRule.LOCAL_LABELLED_GMT
    for raw in ("Fri, 20 Nov 2026 14:48:00 GMT", "2026-11-20T14:48:00Z", "Fri, 20 Nov 2026 14:48:00 +0000"):
        when = published(raw, now=NOW, zone="Asia/Shanghai", rule=rule)
        assert (when.at, when.note) == (at("2026-11-20T14:48"), TimeNote.ZONE_CORRECTED)
    honest = published("Fri, 20 Nov 2026 14:48:00 +0800", now=NOW, zone="Asia/Shanghai", rule=rule)
    assert honest.note is TimeNote.STATED


def test_a_source_whose_times_are_no_times_keeps_the_day() -> None:
    when = published("2026-11-20 08:00", now=NOW, zone="Asia/Shanghai", rule=TimeRule.DATE_ONLY)
    assert (when.at, when.day, when.note) == (None, TODAY, TimeNote.DATE_ONLY)


def test_a_naive_time_is_the_source_s_own() -> None:
    assert published("2026-11-20 06:48", now=NOW, zone="UTC").at == at("2026-11-20T14:48")
    assert published("Fri, 20 Nov 2026 00:48:00 CST", now=NOW, zone="America/Chicago").at == at("2026-11-20T14:48")


def test_the_fetch_time_must_name_a_moment() -> None:
    with pytest.raises(NaiveTime):
        published("2026-11-20", now=datetime(2026, 11, 20), zone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://gov.example/xw/202611/t20261120_1.shtml", TODAY),
        ("https://news.example/2026/11-20/10.shtml", TODAY),
        ("https://news.example/20261120/abc/c.html", TODAY),
        ("https://news.example/2026/11/20/x.html", TODAY),
        ("https://news.example/20270101/abc/c.html", None),
        ("https://news.example/20261399/abc/c.html", None),
        ("https://news.example/article/1234567890", None),
    ],
)
def test_the_day_is_read_from_an_address(url: str, day: date | None) -> None:
    assert day_in_url(url, now=NOW) == day


parts = st.sampled_from(
    ["2026", "11", "年", "月", "日", "-", ":", "时", "GMT", "+0800", "Nov", " ", "晚", "前", "小时", "T", "Z"]
)


@given(raw=st.text(max_size=60) | st.lists(parts, max_size=12).map("".join), rule=st.sampled_from(TimeRule))
def test_no_text_raises_and_no_instant_lies_ahead(raw: str, rule: TimeRule) -> None:
    when = published(raw, now=NOW, zone="Asia/Shanghai", rule=rule)
    if when.at is not None:
        assert when.at <= NOW + timedelta(minutes=10)
        assert when.at.year >= 1990
    assert when.day is None or when.day <= TODAY + timedelta(days=1)


@given(moment=st.datetimes(datetime(1992, 1, 1), datetime(2026, 11, 20, 6, 59)))
def test_every_minute_survives_in_every_form(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0, tzinfo=BEIJING)
    forms = ["%Y年%m月%d日 %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:00", "%a, %d %b %Y %H:%M:00 +0800", "%Y%m%d%H%M%S"]
    for form in forms:
        when = published(moment.strftime(form), now=NOW, zone="Asia/Shanghai")
        if (moment.hour, moment.minute) == (0, 0):
            assert when.day == moment.date()
        else:
            assert when.at == moment, form


HALVES = (
    (range(5), "凌晨"), (range(5, 9), "早上"), (range(9, 12), "上午"), (range(12, 13), "中午"), (range(13, 18), "下午"),
    (range(18, 24), "晚上"),
)  # fmt: skip
NUMERALS = "零一二三四五六七八九"


def in_words(number: int) -> str:
    """Return a number below 60 as it is written in Chinese."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones]
    return (NUMERALS[tens] if tens > 1 else "") + "十" + (NUMERALS[ones] if ones else "")


def chinese_forms(moment: datetime) -> list[str]:
    """Return a moment as Chinese sources write it, without the year."""
    half = next(name for hours, name in HALVES if moment.hour in hours)
    hour = moment.hour - 12 if moment.hour > 12 else moment.hour
    day = f"{moment.month}月{moment.day}日"
    written = f"{in_words(moment.month)}月{in_words(moment.day)}日"
    return [
        f"{day} {moment:%H:%M}",
        f"{moment:%m-%d %H:%M}",
        f"{day}{moment.hour}时{moment.minute}分许",
        f"{day}{half}{hour}点{moment.minute:02}分",
        f"{day}{half}{hour}:{moment.minute:02}",
        f"{written}{half}{in_words(hour)}时{in_words(moment.minute)}分",
        f"发布时间：{day}　{moment:%H：%M}　来源：某报",
    ]


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)),
    before=st.integers(1, 300 * 24 * 60),
)
def test_a_day_without_its_year_is_the_last_that_was(now: datetime, before: int) -> None:
    here = now.replace(second=0, microsecond=0, tzinfo=BEIJING)
    moment = here - timedelta(minutes=before)
    if (moment.hour, moment.minute) == (0, 0):
        return
    for form in chinese_forms(moment):
        assert published(form, now=here, zone="Asia/Shanghai").at == moment, form


@given(minutes=st.integers(1, 59), hours=st.integers(1, 23), days=st.integers(1, 30))
def test_what_was_so_long_ago_is_counted_from_now(minutes: int, hours: int, days: int) -> None:
    for amount in (str(minutes), in_words(minutes)):
        assert published(f"{amount}分钟前", now=NOW, zone="Asia/Shanghai").at == NOW - timedelta(minutes=minutes)
    for amount in (str(hours), in_words(hours)):
        when = published(f"{amount}小时{minutes}分钟前", now=NOW, zone="Asia/Shanghai")
        assert when.at == NOW - timedelta(hours=hours, minutes=minutes)
        half = published(f"{amount}个半小时前", now=NOW, zone="Asia/Shanghai")
        assert half.at == NOW - timedelta(hours=hours + 0.5)
    assert published(f"{in_words(days)}天前", now=NOW, zone="Asia/Shanghai").day == TODAY - timedelta(days=days)


def test_new_year_s_eve_read_on_new_year_s_day_is_last_year_s() -> None:
    now = datetime(2027, 1, 1, 0, 20, tzinfo=BEIJING)
    for raw in ("12月31日 23:50", "12-31 23:50", "昨天 23:50", "昨晚11点50分", "周四 23:50", "30分钟前"):
        assert published(raw, now=now, zone="Asia/Shanghai").at == at("2026-12-31T23:50"), raw


@given(
    moment=st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)),
    zone=st.sampled_from(("GMT", "UTC", "+0800", "-0330", "+1400", "+9900")),
    named=st.booleans(),
)
def test_what_a_program_writes_means_the_same_among_other_words(moment: datetime, zone: str, named: bool) -> None:
    written = f"{moment:%a, %d %b %Y %H:%M:%S} {zone}" if named else f"{moment:%d %b %Y %H:%M:%S} {zone}"
    alone, among = read_date(written, now=NOW), read_date(f"发布于 {written} 来源", now=NOW)
    assert alone == among
    assert alone is not None
    assert (alone.day, alone.time) == (moment.date(), moment.time().replace(microsecond=0))
