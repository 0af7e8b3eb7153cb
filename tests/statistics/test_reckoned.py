"""What is reckoned purely: spans, divisions, months, outlets, periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.beijing import local
from monitor.core.errors import NaiveTime
from monitor.core.listed import Listed
from monitor.core.model import Place
from monitor.core.statistics.alert_tables import is_night
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.incident_tables import UNKNOWN, division_of, months
from monitor.core.statistics.outlets import outlet_of
from monitor.core.statistics.reckoned import Column, Statistic, Unit, count, median, share, slowest_tenth
from responders.statistics import PeriodTooLong, PeriodUpsideDown, UnreadablePeriod, period
from tests.statistics.pieces import opened

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
SPANS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)


@given(SPANS)
def test_nine_of_ten_took_no_longer_and_the_median_lies_in_the_middle(seconds: list[int]) -> None:
    spans = [(number, timedelta(seconds=span)) for number, span in enumerate(seconds)]
    slow, half = slowest_tenth(Listed.DEADLINES, spans), median(Listed.DEADLINES, spans)
    assert slow.value in seconds
    assert sum(span <= (slow.value or 0) for span in seconds) >= 0.9 * len(seconds)
    assert sum(span >= (slow.value or 0) for span in seconds) >= 0.1 * len(seconds)
    assert sum(span <= (half.value or 0) for span in seconds) >= 0.5 * len(seconds)
    assert slow.ids == half.ids == tuple(range(len(seconds)))


def test_of_nothing_there_is_no_share_and_no_span() -> None:
    assert share(count(Listed.DEADLINES, []), count(Listed.DEADLINES, [])).value is None
    assert median(Listed.DEADLINES, []) == Statistic(None, Unit.DURATION, Listed.DEADLINES)
    assert count(Listed.ALERTS, [3, 1, 3]) == Statistic(2, of=Listed.ALERTS, ids=(1, 3))


@pytest.mark.parametrize(
    ("code", "region", "division"),
    [
        ("620302", "620000", "620300"),
        ("620302", "620300", "620302"),
        ("620302", "000000", "620000"),
        ("620000", "620000", "620000"),
        ("620302", "620302", "620302"),
        (None, "620000", UNKNOWN),
    ],
)
def test_incidents_are_gathered_by_the_division_below_the_region(code: str | None, region: str, division: str) -> None:
    place = Place(county=code) if code else Place()
    assert division_of(opened(1, place=place), region) == division


@given(st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)), st.timedeltas(timedelta(minutes=1), timedelta(900)))
def test_every_moment_of_a_period_lies_in_one_of_its_months(begins: datetime, length: timedelta) -> None:
    since = begins.replace(tzinfo=UTC)
    asked = Asked(since=since, until=since + length, region="620000")
    found = months(asked)
    last = since + length - timedelta(microseconds=1)
    assert (found[0], found[-1]) == (f"{local(since):%Y-%m}", f"{local(last):%Y-%m}")
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://mp.weixin.qq.com/s/x", Column.WEIXIN),
        ("https://channels.weixin.qq.com/v/1", Column.VIDEO),
        ("https://M.Weibo.CN./detail/1", Column.WEIBO),
        ("https://notweibo.com/1", Column.WEBSITE),
        ("https://yjj.example.gov.cn/tb/1.html", Column.WEBSITE),
        ("", Column.NO_ADDRESS),
        ("现场口头通报", Column.NO_ADDRESS),
        ("https://[::1", Column.NO_ADDRESS),
    ],
)
def test_the_outlet_follows_from_the_address(url: str, outlet: Column) -> None:
    assert outlet_of(url) is outlet


@pytest.mark.parametrize(
    ("first", "last", "begins", "ends"),
    [
        ("", "", "2026-01-01", "2026-07-10"),
        ("2025", "2025", "2025-01-01", "2026-01-01"),
        ("2025-12", "2025-12", "2025-12-01", "2026-01-01"),
        ("2024/2/29", "2024-02-29", "2024-02-29", "2024-03-01"),
    ],
)
def test_a_period_is_named_by_days_months_or_years(first: str, last: str, begins: str, ends: str) -> None:
    since, until = period(first, last, NOW)
    assert (local(since).isoformat(), local(until).isoformat()) == (
        f"{begins}T00:00:00+08:00",
        f"{ends}T00:00:00+08:00",
    )


@pytest.mark.parametrize("typed", ["x", "2026-13", "2026-02-30", "2026-", "٢٠٢٦", "1066", "2026-1-1-1", "0000", "9999"])
def test_what_is_no_period_is_told(typed: str) -> None:
    with pytest.raises(UnreadablePeriod, match="Write 2026-07-09"):
        period(typed, "", NOW)


def test_a_period_has_its_beginning_first_and_is_no_century() -> None:
    with pytest.raises(PeriodUpsideDown):
        period("2026-05", "2026-04", NOW)
    with pytest.raises(PeriodTooLong):
        period("2016", "2026", NOW)
    with pytest.raises(NaiveTime):
        Asked(since=datetime(2026, 1, 1), until=NOW, region="620000")


def test_the_night_is_that_of_beijing() -> None:
    at = {hour: is_night(datetime(2026, 7, 9, hour, tzinfo=UTC)) for hour in (13, 14, 20, 22, 23)}
    assert at == {13: False, 14: True, 20: True, 22: True, 23: False}
