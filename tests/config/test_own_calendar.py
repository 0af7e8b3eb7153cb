"""A bureau's own days: they go before the shipped ones, and each mistake is named by its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.config.calendars import shipped_calendar
from monitor.config.own_calendar import load_calendars
from monitor.core.duties.calendar import DayKind
from tests.config.files import mistakes

OWN = """version: 1
calendars:
  cn:
    published: [2027]
    days:
      - {from: 2027-02-05, to: 2027-02-11, is: free, note: 春节}
      - {day: 2027-02-13, is: working, note: 春节调休}
      - {day: 2026-07-09, is: free, note: 地方节日}
"""


def test_own_days_go_before_the_shipped_ones(tmp_path: Path) -> None:
    file = tmp_path / "calendar.yaml"
    file.write_text(OWN, encoding="utf-8")
    calendar = load_calendars(file)["cn"]
    assert not calendar.is_working(date(2027, 2, 8))
    assert calendar.is_working(date(2027, 2, 13))
    assert not calendar.is_working(date(2026, 7, 9))
    assert calendar.kind(date(2027, 3, 1)) is DayKind.WORKING
    assert calendar.kind(date(2026, 12, 28)) is DayKind.WORKING
    assert shipped_calendar("cn").kind(date(2028, 3, 1)) is DayKind.UNKNOWN
    assert [stated.note for day, stated in calendar.exceptions(2027)] == ["春节"] * 7 + ["春节调休"]


def test_without_a_file_the_shipped_days_hold() -> None:
    assert load_calendars(None) == {"cn": shipped_calendar("cn")}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{day: 2027-02-30, is: free}", "6: day (2027-02-30) is no date. Write it like 2027-02-05."),
        ("{day: 2027-02-05, is: open}", "6: is cannot be open"),
        ("{from: 2027-02-05, is: free}", "6: Write either day: for one day, or from: and to: for several."),
        ("{day: 2027-02-05, to: 2027-02-06, is: free}", "6: Write either day: for one day"),
        ("{from: 2027-02-06, to: 2027-02-05, is: free}", "6: 2027-02-06 to 2027-02-05 are no days in a row"),
        ("{from: 2027-02-01, to: 2027-12-01, is: free}", "or more than 60."),
        ("{is: free}", "6: Write either day: for one day"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, line: str, told: str) -> None:
    text = f"version: 1\ncalendars:\n  cn:\n    published: []\n    days:\n      - {line}\n"
    assert any(told in one for one in mistakes(tmp_path, text, load_calendars)), told


def test_a_day_that_stands_twice_and_a_calendar_that_is_not_there_are_named_at_once(tmp_path: Path) -> None:
    text = OWN + "      - {day: 2027-02-06, is: working}\n  moon: {days: []}\n"
    said = mistakes(tmp_path, text, load_calendars)
    assert "9: 2027-02-06 stands here twice, first on line 6." in said
    assert any("moon" in one for one in said)
