"""Read the rows that are brought to us: a table (CSV), a JSON object a line, or one JSON object or list.

A row that cannot be read costs itself only; it comes back with its line and what is wrong with it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

from monitor.core.fetched import DropReason
from monitor.core.sources import FailureKind, PushRule
from monitor.crawl.apis import pick, walk
from monitor.crawl.decode import decode
from monitor.crawl.raw import RawEntry, Unreadable

MOST_ROWS = 20_000
DELIMITERS = ",\t;|"


class RowForm(StrEnum):
    """How rows are written."""

    CSV = "csv"
    LINES = "jsonl"
    OBJECT = "json"


FORMS_BY_TYPE: Mapping[str, RowForm] = {
    "text/csv": RowForm.CSV,
    "application/csv": RowForm.CSV,
    "application/jsonl": RowForm.LINES,
    "application/jsonlines": RowForm.LINES,
    "application/x-ndjson": RowForm.LINES,
    "application/ndjson": RowForm.LINES,
    "application/json": RowForm.OBJECT,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, its values by column or key, and why it is none where it is none."""

    line: int
    values: Mapping[str, Any]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken."""

    line: int
    reason: DropReason
    detail: str = ""
    title: str = ""


def rows_of(body: bytes, form: RowForm, rows: str = "") -> list[Row]:
    """Return the rows of a body; raise Unreadable(NOT_JSON, EMPTY, TOO_LARGE, NOTHING_MATCHED).

    `rows` is the path of the rows in one JSON object.
    """
    text = decode(body).text
    read = {RowForm.CSV: _table, RowForm.LINES: _lines}.get(form)
    found: list[Row] = []
    for row in read(text) if read is not None else _object(text, rows):
        found.append(row)
        if len(found) > MOST_ROWS:
            raise Unreadable(FailureKind.TOO_LARGE, f"> {MOST_ROWS}")
    if not found:
        raise Unreadable(FailureKind.EMPTY, form.value)
    return found


def _table(text: str) -> Iterator[Row]:
    head = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(text.lstrip("\ufeff").splitlines(keepends=True), delimiter=delimiter, strict=True)
    names = [name.strip() for name in _next(reader) or []]
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, str(error))
            continue
        if len(cells) > len(names) and any(cells[len(names) :]):
            yield Row(line, {}, f"{len(cells)} > {len(names)}")
        elif any(cell.strip() for cell in cells):
            yield Row(line, dict(zip(names, cells, strict=False)))


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error:
        return None


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        if line.strip():
            yield _row(number, _json(line))


def _object(text: str, path: str) -> Iterator[Row]:
    whole = _json(text.lstrip("\ufeff"))
    if isinstance(whole, ValueError):
        raise Unreadable(FailureKind.NOT_JSON, str(whole)[:200])
    found = list(walk(whole, path)) if path else whole if isinstance(whole, list) else [whole]
    if path and not found:
        raise Unreadable(FailureKind.NOTHING_MATCHED, path)
    yield from (_row(number, value) for number, value in enumerate(found, 1))


def _json(text: str) -> Any:
    """Return what a text says, or the error as a value."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        return ValueError("too deep")
    except ValueError as error:
        return error


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _row(number: int, value: Any) -> Row:
    if isinstance(value, dict):
        return Row(number, value)
    return Row(number, {}, str(value)[:200] if isinstance(value, ValueError) else f"{type(value).__name__}, no object")


def raw_of(row: Row, rule: PushRule) -> RawEntry | BadRow:
    """Return a row as an entry as written, or why it is none."""
    if row.fault:
        return BadRow(row.line, DropReason.BROKEN, row.fault)
    title, text = _value(row, rule.title), _value(row, rule.text)
    if not title.strip() and not text.strip():
        return BadRow(row.line, DropReason.NO_CONTENT, _value(row, rule.id)[:200] or _value(row, rule.url)[:200])
    return RawEntry(
        title=title,
        text=text,
        link=_value(row, rule.url),
        external_id=_value(row, rule.id),
        time=_value(row, rule.time),
        heat=_value(row, rule.heat),
        author=_value(row, rule.author),
    )


def _value(row: Row, names: tuple[str, ...]) -> str:
    """Return the first value that holds something, of the columns or paths that are named."""
    for name in names:
        value = row.values.get(name)
        found = _text(value) if name in row.values else pick(row.values, name)
        if found.strip():
            return found
    return ""


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
