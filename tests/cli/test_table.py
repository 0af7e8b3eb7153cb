"""Tables line up with Chinese in them, and no fetched text can steer the terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cli import table
from monitor.core.model import DeadlineState, Severity


def test_columns_line_up(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["1", "煤矿透水", "x"], ["22", "e\u0301cole", "x"], ["3", "❤\ufe0f火灾", "x"], ["4", "ｆｕｌｌ", "x"]]
    table.show(rows, ["No.", "标题", "End"])
    lines = capsys.readouterr().out.splitlines()
    assert len({table.width(line[: line.rindex("x")]) for line in lines[1:]}) == 1
    assert table.width(lines[0][: lines[0].index("End")]) == table.width(lines[1][: lines[1].index("x")])


@pytest.mark.parametrize(
    ("hostile", "tame"),
    [
        ("a\x1b[2Jb", "a·[2Jb"),
        ("a\x9b31mb", "a·31mb"),
        ("a\rb\nc\td", "a b c d"),
        ("a\u202eb\u2066c\u200bd", "a·b·c·d"),
        ("甲\u3000乙\xa0丙", "甲 乙 丙"),
        ("\x00\x07\x7f\ud800", "····"),
    ],
)
def test_what_would_steer_the_terminal_is_replaced(hostile: str, tame: str) -> None:
    assert table.line(hostile) == tame


def test_only_a_line_feed_makes_several_lines() -> None:
    assert table.lines("a\nb\x1b\rc") == "a\nb· c"


@given(st.text())
def test_a_line_is_printable_and_as_long_as_before(text: str) -> None:
    assert table.line(text).isprintable()
    assert len(table.line(text)) == len(text)


@given(st.text(max_size=300))
def test_a_cell_is_never_wider_than_the_widest(text: str) -> None:
    cut = table._cut(text)
    assert table.width(cut) <= table.WIDEST
    assert cut == text if table.width(text) <= table.WIDEST and len(text) <= table.WIDEST * 4 else cut.endswith("…")


def test_a_title_without_end_is_cut_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    table.show([["甲" * 3_000_000, "\u0301" * 3_000_000]], ["a", "b"])
    assert len(capsys.readouterr().out) < 1000


def test_grades_have_their_statutory_name_in_json_wherever_they_stand() -> None:
    at = datetime(2026, 7, 9, tzinfo=UTC)
    value = {"severity": Severity.MAJOR, "steps": ({"at": at, "likely": None, "grades": [Severity.GENERAL]},)}
    written = table.json_line(table.plain(value | {DeadlineState.MET: {Severity.LARGER: 1}}))
    assert json.loads(written) == {
        "severity": "重大",
        "steps": [{"at": "2026-07-09T00:00:00+00:00", "likely": None, "grades": ["一般"]}],
        "met": {"较大": 1},
    }
    assert "重大" in written
