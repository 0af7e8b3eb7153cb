"""Sheets as files: xlsx, CSV, JSON and JSON Lines. What was fetched stays text in each, whatever it looks like.

xlsx: ISO/IEC 29500; text is written as text, so that nothing in it is ever reckoned. CSV: RFC 4180 with the mark by
which Excel knows UTF-8; a text that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from monitor.core.beijing import local
from monitor.core.errors import N_
from responders.documents.sheets import Cell, Sheet
from responders.language import Words

# The most that Excel keeps: characters in a cell, rows below the head.
LONGEST_CELL, MOST_ROWS = 32_767, 1_048_575
CUT = " […]"
YES = N_("yes")
# As Excel numbers sizes of paper.
A4 = 9
# In characters: what is still read on one sheet.
WIDEST = 200
# A number with more digits is no longer exact in a spreadsheet.
LARGEST = 10**15
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# XML 1.0 has no way to write these.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HALVES = re.compile("[\ud800-\udfff]")


class Form(StrEnum):
    """In which form a list is given."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


MEDIA_TYPES = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSON: "application/json",
    Form.JSONL: "application/jsonl",
}
Rows = Iterable[Sequence[Cell]]


def write_sheet(
    form: Form, sheet: Sheet, rows: Rows, words: Words, stream: IO[bytes], made_at: datetime | None = None
) -> int:
    """Write a list to `stream`, which need not be able to go back, and return how many rows it has.

    A workbook says that it was made at `made_at`, by default now.
    """
    if form is Form.XLSX:
        return _xlsx(sheet, rows, words, stream, made_at)
    if form is Form.CSV:
        return _csv(sheet, rows, words, stream)
    return _json(sheet, rows, stream) if form is Form.JSON else _jsonl(sheet, rows, stream)


def said(cell: Cell, words: Words) -> str:
    """Write a cell for people; an instant in Beijing time with its zone."""
    if isinstance(cell, bool):
        # Only what is so catches the eye.
        return words(YES) if cell else ""
    if isinstance(cell, datetime):
        return local(cell).isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else str(cell)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, also where spaces stand before it."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def fitting(text: str) -> str:
    """Return a text as a cell of xlsx can hold it: without what XML cannot write, cut visibly where it is too long."""
    kept = NOT_XML.sub("\ufffd", text)
    # Excel counts as UTF-16 does.
    if len(kept) <= LONGEST_CELL // 2 or _units(kept) <= LONGEST_CELL:
        return kept
    head = kept.encode("utf-16-le")[: 2 * (LONGEST_CELL - len(CUT))].decode("utf-16-le", "ignore")
    return head + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _xlsx(sheet: Sheet, rows: Rows, words: Words, stream: IO[bytes], made_at: datetime | None) -> int:
    # Row by row through a file of its own: a long list takes no more memory than a short one.
    book = Workbook(stream, {"constant_memory": True, "use_zip64": True})
    if made_at is not None:
        book.set_properties({"created": made_at.astimezone(UTC)})
    written = 0
    page = _page(book, sheet, words, 1)
    for row in rows:
        at = written % MOST_ROWS + 1
        if written and at == 1:
            page = _page(book, sheet, words, written // MOST_ROWS + 1)
        for column, cell in enumerate(row):
            if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < LARGEST:
                page.write_number(at, column, cell)
            elif text := fitting(said(cell, words)):
                page.write_string(at, column, text)
        written += 1
    last = min(written, MOST_ROWS)
    for page in book.worksheets():
        page.autofilter(0, 0, last, len(sheet.columns) - 1)
    book.close()
    return written


def _page(book: Workbook, sheet: Sheet, words: Words, number: int) -> Worksheet:
    """Add a page with its head, which stays in sight."""
    name = words(sheet.name)
    page = book.add_worksheet(name if number == 1 else f"{name} {number}")
    page.freeze_panes(1, 0)
    as_printed(page, 0, width=sum(column.width for column in sheet.columns))
    page.repeat_columns(0, 1)
    bold = book.add_format({"bold": True})
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, words(column.head), bold)
    return page


def as_printed(page: Worksheet, head: int, *, width: int) -> None:
    """Let a page `width` characters wide be printed across A4, the row `head` on each sheet.

    All columns stand on one sheet as long as they can be read there.
    """
    page.set_landscape()
    page.set_paper(A4)
    page.repeat_rows(head)
    if width <= WIDEST:
        page.fit_to_pages(1, 0)


def _csv(sheet: Sheet, rows: Rows, words: Words, stream: IO[bytes]) -> int:
    stream.write(codecs.BOM_UTF8)
    return (
        _lines(_as_csv([[words(column.head) for column in sheet.columns]]), stream)
        - 1
        + _lines(_as_csv([harmless(said(cell, words)) for cell in row] for row in rows), stream)
    )


def _as_csv(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    for row in rows:
        writer.writerow([text.replace("\x00", "\ufffd") for text in row])
        yield held.getvalue()
        held.seek(0)
        held.truncate()


def _lines(lines: Iterable[str], stream: IO[bytes]) -> int:
    written = 0
    for line in lines:
        stream.write(HALVES.sub("\ufffd", line).encode("utf-8"))
        written += 1
    return written


def _json(sheet: Sheet, rows: Rows, stream: IO[bytes]) -> int:
    stream.write(b"[")
    written = _lines((f"{',' if n else ''}\n{one}" for n, one in enumerate(_objects(sheet, rows))), stream)
    stream.write(b"\n]\n")
    return written


def _jsonl(sheet: Sheet, rows: Rows, stream: IO[bytes]) -> int:
    return _lines((f"{one}\n" for one in _objects(sheet, rows)), stream)


def _objects(sheet: Sheet, rows: Rows) -> Iterator[str]:
    keys = [column.key for column in sheet.columns]
    for row in rows:
        yield json.dumps(dict(zip(keys, map(_plain, row), strict=True)), ensure_ascii=False)


def _plain(cell: Cell) -> str | int | bool | None:
    return local(cell).isoformat(timespec="seconds") if isinstance(cell, datetime) else cell
