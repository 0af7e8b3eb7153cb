"""Lists as files: what was fetched stays text in every form, and is opened again by somebody else's reader."""

from __future__ import annotations

import csv
import io
import json
import os
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.documents.sheet_files import LONGEST_CELL, Form, fitting, harmless, write_sheet
from responders.documents.sheets import Cell, Column, Sheet
from responders.language import Words
from tests.exports.hostile import HOSTILE

EN = Words("en")
SHEET = Sheet("Items", (Column("a", "A"), Column("b", "B")), lambda *_: ())
AT = datetime(2026, 7, 9, 12, 30, tzinfo=UTC)
SIGNS = tuple("=+-@＝＋－＠")


def written(form: Form, rows: Sequence[Sequence[Cell]]) -> bytes:
    stream = io.BytesIO()
    assert write_sheet(form, SHEET, rows, EN, stream) == len(rows)
    return stream.getvalue()


def opened(file: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(file))


def test_no_cell_of_a_workbook_is_a_formula_and_none_is_lost() -> None:
    page = opened(written(Form.XLSX, [(text, n) for n, text in enumerate(HOSTILE)])).active
    assert page is not None
    assert page.max_row == len(HOSTILE) + 1
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == f"A1:B{len(HOSTILE) + 1}"
    for row, text in zip(page.iter_rows(min_row=2), HOSTILE, strict=True):
        assert row[0].data_type != "f", text
        assert row[0].hyperlink is None
        assert len((row[0].value or "").encode("utf-16-le")) // 2 <= LONGEST_CELL
        if text.isprintable() and text.strip() and len(text) < 1000:
            # ISO/IEC 29500 escapes what looks like its own escape; this reader leaves that as it is.
            assert str(row[0].value).replace("_x005F_", "_") == text


def test_a_cell_that_is_too_long_is_cut_where_everybody_sees_it() -> None:
    page = opened(written(Form.XLSX, [("爆" * 40_000, 1), ("𠮷" * 20_000, 1)])).active
    assert page is not None
    for row in page.iter_rows(min_row=2):
        assert str(row[0].value).endswith(" […]")
    assert fitting("爆" * LONGEST_CELL) == "爆" * LONGEST_CELL


def test_a_spreadsheet_takes_nothing_of_the_csv_for_a_formula() -> None:
    file = written(Form.CSV, [(text, n) for n, text in enumerate(HOSTILE)])
    assert file.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert len(rows) == len(HOSTILE) + 1
    for (cell, number), text in zip(rows[1:], HOSTILE, strict=True):
        assert not cell.startswith((*SIGNS, "\t", "\r", "\n")), text
        assert not cell.strip().startswith(SIGNS), text
        assert cell.removeprefix("'") == text.replace("\x00", "\ufffd").removeprefix("'")
        assert number.isdigit()


@pytest.mark.parametrize("form", [Form.JSON, Form.JSONL])
def test_json_holds_every_text_as_it_was(form: Form) -> None:
    file = written(form, [(text, AT) for text in HOSTILE]).decode()
    rows = json.loads(file) if form is Form.JSON else [json.loads(line) for line in file.split("\n")[:-1]]
    assert [row["a"] for row in rows] == list(HOSTILE)
    assert {row["b"] for row in rows} == {"2026-07-09T20:30:00+08:00"}


def test_an_empty_list_is_a_good_file_in_every_form() -> None:
    assert json.loads(written(Form.JSON, [])) == []
    assert written(Form.JSONL, []) == b""
    assert written(Form.CSV, []).decode("utf-8-sig") == "A,B\r\n"
    page = opened(written(Form.XLSX, [])).active
    assert page is not None
    assert [cell.value for cell in page[1]] == ["A", "B"]


def test_times_carry_their_zone_and_numbers_stay_numbers() -> None:
    row: Sequence[Cell] = (AT, 12)
    assert written(Form.CSV, [row]).decode("utf-8-sig").splitlines()[1] == "2026-07-09 20:30:00+08:00,12"
    page = opened(written(Form.XLSX, [row, (True, 10**18)])).active
    assert page is not None
    assert [cell.value for cell in page[2]] == ["2026-07-09 20:30:00+08:00", 12]
    assert [cell.value for cell in page[3]] == ["yes", str(10**18)]


@given(st.text())
@settings(max_examples=60)
def test_no_text_at_all_becomes_a_formula(text: str) -> None:
    told = harmless(text)
    assert told.removeprefix("'") == text.removeprefix("'")
    assert not told.startswith((*SIGNS, "\t", "\r", "\n"))
    cell = fitting(text)
    assert not any(ord(c) < 32 and c not in "\t\r\n" for c in cell)


def test_a_long_list_takes_no_more_memory_than_a_short_one() -> None:
    def rows() -> Iterator[Sequence[Cell]]:
        for n in range(20_000):
            yield f"第{n}条 " + "化工仓库爆炸" * 10, n

    peaks = {}
    for form in (Form.XLSX, Form.CSV, Form.JSONL):
        tracemalloc.start()
        with Path(os.devnull).open("wb") as nowhere:
            assert write_sheet(form, SHEET, rows(), EN, nowhere) == 20_000
        peaks[form] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert max(peaks.values()) < 8_000_000, peaks


@pytest.mark.parametrize(("columns", "fits"), [(3, True), (30, False)])
def test_a_workbook_is_printed_across_a4_and_stays_readable(columns: int, fits: bool) -> None:
    wide = Sheet("Incidents", tuple(Column(f"c{n}", "Title", 20) for n in range(columns)), lambda *_: ())
    stream = io.BytesIO()
    write_sheet(Form.XLSX, wide, [["甲"] * columns] * 3, EN, stream, datetime(2025, 6, 1, 20, tzinfo=UTC))
    book = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))
    page = book.worksheets[0]
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == "$1:$1"
    assert bool(page.sheet_properties.pageSetUpPr and page.sheet_properties.pageSetUpPr.fitToPage) is fits
    assert book.properties.created == datetime(2025, 6, 1, 20)
