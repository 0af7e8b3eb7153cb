"""The days of a year at a terminal, and what check and doctor say of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.cli.calendar import awaits_notice
from monitor.config.calendars import shipped_calendar
from tests.cli.terminal import Terminal


def own(terminal: Terminal, text: str) -> None:
    (terminal.folder / "days.yaml").write_text(text, encoding="utf-8")
    (terminal.folder / "huiying.yaml").write_text("calendar: days.yaml\n", encoding="utf-8")


NOTICE = """version: 1
calendars:
  cn: {published: [2027], days: [{day: 2027-02-13, is: working, note: 春节调休}]}
"""


def test_a_year_lists_its_holidays_and_the_days_made_up(terminal: Terminal) -> None:
    told = terminal.run("calendar", 2026).splitlines()
    assert any("2026-02-14" in line and "Sat" in line and "working day made up" in line for line in told)
    assert any("2026-10-01" in line and "free" in line and "国庆" in line for line in told)
    assert told[-1].startswith("announced from 2004 to ")


def test_programs_get_one_object_a_day(terminal: Terminal) -> None:
    found = terminal.json("calendar", 2026)
    made_up = [one["date"][5:] for one in found if one["is"] == "working"]
    assert made_up == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert found[0].keys() == {"date", "is", "note", "calendar"}


def test_own_days_are_listed_and_a_year_that_nobody_announced_is_said(terminal: Terminal) -> None:
    assert "The days of 2099 are not announced: dates in it are estimates." in terminal.run("calendar", 2099)
    own(terminal, NOTICE)
    assert "春节调休" in terminal.run("calendar", 2027)
    assert "not announced" not in terminal.run("calendar", 2027)


def test_check_tells_the_calendar_and_its_mistakes(terminal: Terminal) -> None:
    (terminal.folder / "sources.yaml").write_text("feeds: []\n", encoding="utf-8")
    own(terminal, NOTICE)
    assert "Calendar: announced from 2004 to 2027" in terminal.run("check")
    own(terminal, NOTICE.replace("2027-02-13", "2027-02-31"))
    assert "days.yaml:3: day (2027-02-31) is no date." in terminal.run("check", code=1)


def test_doctor_tells_which_years_are_announced(terminal: Terminal) -> None:
    own(terminal, "version: 1\ncalendars:\n  cn: {published: [2026, 2027, 2028, 2029, 2030]}\n")
    assert "✓ Calendar: announced from 2004 to 2030" in terminal.run("doctor")


@pytest.mark.parametrize(
    ("day", "awaited"),
    [("2026-09-30", False), ("2026-10-01", True), ("2027-01-01", True), ("2025-12-31", False)],
)
def test_the_next_year_is_awaited_from_october_on(day: str, awaited: bool) -> None:
    until_2026 = shipped_calendar("cn")
    if until_2026.years is None or max(until_2026.years) != 2026:
        pytest.skip("a later notice is known by now")
    assert awaits_notice(until_2026, date.fromisoformat(day)) is awaited


def test_a_file_that_is_not_there_is_named(terminal: Terminal, tmp_path: Path) -> None:
    (terminal.folder / "huiying.yaml").write_text("calendar: none.yaml\n", encoding="utf-8")
    assert "none.yaml" in terminal.run("calendar", code=1)
