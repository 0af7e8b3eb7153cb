"""What a source says of the time, and what may be made of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import NaiveTime
from monitor.core.model import TimeNote
from monitor.core.sources import TimeRule
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
