"""How long one has: every unit, every make-up day, any start, any zone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.config.calendars import shipped_calendar
from monitor.core.duties.calendar import ONE_DAY, PLAIN, Calendar, Day, DayKind
from monitor.core.duties.terms import Term, Unit, hours, months_after

CN = shipped_calendar("cn")
US = shipped_calendar("us-federal")
BRUSSELS = shipped_calendar("plain@Europe/Brussels")
BEIJING = ZoneInfo("Asia/Shanghai")
NAMED = {calendar.name: calendar for calendar in (CN, US, BRUSSELS, PLAIN)}
CALENDARS = st.sampled_from(sorted(NAMED))
UNITS = st.sampled_from(Unit)


def at(text: str) -> datetime:
    """Return an instant of Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def days(count: int, unit: Unit = Unit.DAY, *, roll: bool = False) -> Term:
    return Term(count, unit, roll)


@pytest.mark.parametrize(
    ("term", "start", "end"),
    [
        # Hours run through the night and through the Spring Festival.
        (hours(5), "2026-02-16 22:00", "2026-02-17 03:00"),
        (Term(30, Unit.MINUTE), "2026-02-16 23:45", "2026-02-17 00:15"),
        # Day 0 is not counted; the last day ends at 24:00.
        (days(1), "2026-07-09 00:00", "2026-07-11 00:00"),
        (days(1), "2026-07-09 23:59", "2026-07-11 00:00"),
        (days(60), "2026-07-09 12:00", "2026-09-08 00:00"),
        # 13 February is a Friday, 14 a Saturday that is worked, 15 to 23 are free.
        (days(1, Unit.WORKING_DAY), "2026-02-13 10:00", "2026-02-15 00:00"),
        (days(2, Unit.WORKING_DAY), "2026-02-13 10:00", "2026-02-25 00:00"),
        (days(20, Unit.WORKING_DAY), "2026-09-14 10:00", "2026-10-17 00:00"),
        # The same day number, or the last of the month.
        (days(1, Unit.MONTH), "2026-01-31 09:00", "2026-03-01 00:00"),
        (days(1, Unit.MONTH), "2024-01-31 09:00", "2024-03-01 00:00"),
        (days(1, Unit.YEAR), "2024-02-29 09:00", "2025-03-01 00:00"),
        (days(3, Unit.MONTH), "2026-07-09 12:00", "2026-10-10 00:00"),
    ],
)
def test_a_term_ends_as_the_law_counts(term: Term, start: str, end: str) -> None:
    found = term.end(at(start), CN)
    assert found.at == at(end)
    assert not found.estimated


def test_an_end_on_a_free_day_rolls_and_the_plain_end_is_kept() -> None:
    found = days(3, roll=True).end(at("2026-09-28 12:00"), CN)  # 1 October
    assert found.at == at("2026-10-09 00:00")
    assert found.unrolled_at == at("2026-10-02 00:00")
    # A Saturday that is worked is no free day.
    worked = days(2, roll=True).end(at("2026-10-08 12:00"), CN)
    assert (worked.at, worked.unrolled_at) == (at("2026-10-11 00:00"), None)
    assert days(3).end(at("2026-09-28 12:00"), CN).unrolled_at is None


def test_a_date_that_needs_an_unannounced_year_is_an_estimate() -> None:
    """A term of 20 working days needs 2027 from 4 December on, one of 40 from 6 November on."""
    known = Calendar("cn", days={d: one for d, one in CN.days.items() if d.year < 2027}, years=frozenset({2026}))
    twenty, forty = days(20, Unit.WORKING_DAY), days(40, Unit.WORKING_DAY)
    assert twenty.end(at("2026-11-26 12:00"), known).estimated is False
    assert twenty.end(at("2026-12-04 12:00"), known).estimated
    assert forty.end(at("2026-11-06 12:00"), known).estimated
    assert not forty.end(at("2026-10-26 12:00"), known).estimated
    # The notice of a year moves days of the December before it, as that for 2019 did.
    assert days(2, Unit.WORKING_DAY).end(at("2026-12-24 12:00"), known).estimated
    assert not days(60).end(at("2026-12-04 12:00"), known).estimated
    assert days(30, roll=True).end(at("2026-12-04 12:00"), known).estimated


def test_an_estimate_leaves_out_the_holidays_that_hold_without_a_notice() -> None:
    bare = Calendar("cn", years=frozenset({2026}), fixed=CN.fixed)
    assert not bare.is_working(date(2027, 10, 1))
    assert bare.is_working(date(2027, 10, 4))
    assert bare.kind(date(2027, 10, 4)) is DayKind.UNKNOWN


def test_every_day_that_a_notice_names_is_exact(shared: Path) -> None:
    named = 0
    for year in range(2007, 2027):
        noted = json.loads((shared / "data" / "holidays" / f"{year}.json").read_text(encoding="utf-8"))["days"]
        for one in noted:
            day = date.fromisoformat(one["date"])
            if day.year > 2026:
                continue
            named += 1
            assert CN.is_working(day) is not one["isOffDay"], (day, one)
            assert CN.is_known(day)
    assert named > 650


def test_no_weekend_is_worked_and_no_weekday_free_that_no_notice_names(shared: Path) -> None:
    stated = {
        date.fromisoformat(one["date"])
        for year in range(2007, 2027)
        for one in json.loads((shared / "data" / "holidays" / f"{year}.json").read_text(encoding="utf-8"))["days"]
    }
    for n in range((date(2026, 12, 24) - date(2007, 1, 1)).days):
        day = date(2007, 1, 1) + n * ONE_DAY
        if day not in stated:
            assert CN.is_working(day) is (day.weekday() < 5), day


@pytest.mark.parametrize(
    ("day", "free"),
    [
        ("2026-07-03", True),  # 4 July on a Saturday is observed on Friday
        ("2027-07-05", True),  # on a Sunday, on Monday
        ("2021-12-31", True),  # New Year's Day 2022 on a Saturday
        ("2026-05-25", True),
        ("2026-11-26", True),
        ("2020-06-19", False),
        ("2026-06-19", True),
        ("2026-11-27", False),
    ],
)
def test_federal_holidays_are_computed_with_the_day_they_are_observed_on(day: str, free: bool) -> None:
    assert US.is_working(date.fromisoformat(day)) is not free


def test_four_business_days_in_new_york() -> None:
    """A materiality determined on the Friday before Memorial Day is told by the Friday after it."""
    start = datetime(2026, 5, 22, 20, 0, tzinfo=UTC)
    assert days(4, Unit.WORKING_DAY).end(start, US).at == datetime(2026, 5, 30, 4, 0, tzinfo=UTC)


def test_seventy_two_hours_run_through_a_change_of_clocks() -> None:
    start = datetime(2026, 3, 28, 0, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    assert hours(72).end(start, BRUSSELS).at - start.astimezone(UTC) == timedelta(hours=72)


MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2028, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))
# Around the Spring Festival, the National Day and the changes of clocks, where ends are most likely to go wrong.
SEASONS = st.tuples(
    st.integers(2005, 2027), st.sampled_from([(1, 20), (2, 1), (3, 25), (9, 25), (10, 25), (12, 20)])
).map(lambda at: datetime(at[0], *at[1], tzinfo=UTC))
NEAR = st.tuples(SEASONS, st.integers(0, 20 * 24 * 60)).map(lambda at: at[0] + timedelta(minutes=at[1]))


@given(st.one_of(MOMENTS, NEAR), st.integers(0, 10 * 24 * 60), st.integers(1, 60), UNITS, CALENDARS, st.booleans())
@example(at("2026-02-13 23:59"), 1, 1, Unit.WORKING_DAY, "cn", False)
def test_a_later_start_never_ends_sooner(
    start: datetime, later: int, count: int, unit: Unit, name: str, roll: bool
) -> None:
    term = Term(count, unit, roll and unit not in (Unit.HOUR, Unit.MINUTE))
    calendar = NAMED[name]
    first, second = term.end(start, calendar), term.end(start + timedelta(minutes=later), calendar)
    assert first.at <= second.at
    assert first.at > start
    # A day may lack the hour that a change of clocks skips.
    assert first.at - start >= term.at_least - timedelta(hours=1)


@given(st.one_of(MOMENTS, NEAR), st.integers(1, 30), CALENDARS)
def test_working_days_are_counted_without_gap_or_overlap(start: datetime, count: int, name: str) -> None:
    """The n-th working day is the n-th day after day 0 that is worked, and its end is the next one's beginning."""
    calendar = NAMED[name]
    ends = [Term(n, Unit.WORKING_DAY).end(start, calendar).at for n in range(1, count + 1)]
    last = calendar.day_of(ends[-1] - timedelta(seconds=1))
    zero = calendar.day_of(start)
    worked = [zero + n * ONE_DAY for n in range(1, (last - zero).days + 1) if calendar.is_working(zero + n * ONE_DAY)]
    assert [calendar.end_of(day) for day in worked] == ends


@given(st.dates(date(2004, 1, 1), date(2028, 12, 31)), CALENDARS)
def test_days_follow_one_another(day: date, name: str) -> None:
    """Each instant belongs to one day: a day's end is the next one's first instant, in every zone."""
    calendar = NAMED[name]
    end = calendar.end_of(day)
    assert calendar.day_of(end) == day + ONE_DAY
    assert calendar.day_of(end - timedelta(microseconds=1)) == day
    assert calendar.instant(day, time(12)) < end


@given(st.dates(date(2004, 1, 1), date(2100, 1, 1)), st.integers(1, 36))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + ONE_DAY).day == 1)


def test_a_stated_day_goes_before_its_weekday() -> None:
    local = Calendar("cn", days={date(2026, 7, 9): Day(DayKind.FREE, "地方节日")}, years=frozenset({2026}))
    assert Term(1, Unit.WORKING_DAY).end(at("2026-07-08 12:00"), local).at == at("2026-07-11 00:00")
    assert [day for day, _ in local.exceptions(2026)] == [date(2026, 7, 9)]
