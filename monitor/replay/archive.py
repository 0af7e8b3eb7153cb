"""Read an archive: tab-separated values or one JSON object a line, plain or compressed with xz.

Every row is checked as it is read; the first one that cannot be used ends the reading, named by file and line.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from pathlib import Path
from typing import IO, Any

from monitor.core.errors import N_, Mistake, NaiveTime
from monitor.core.model import aware

SUFFIXES = (".tsv", ".tsv.xz", ".jsonl", ".jsonl.xz")


class BadArchive(Mistake):
    """A row of an archive cannot be read."""

    message = N_("{file}:{line}: {why}. A row needs first_seen (like 2026-07-09T20:30+08:00) and title.")


class UnknownArchive(Mistake):
    """A file is no archive that we can read."""

    message = N_("{file} is no archive. Give .tsv, .tsv.xz, .jsonl or .jsonl.xz.")


class Fault(ValueError):
    """What is wrong with a row: an English template and its facts, told in the reader's language."""

    def __init__(self, template: str, **facts: Any) -> None:
        self.template = template
        self.facts = facts
        super().__init__(template.format(**facts))

    def told(self, words: Callable[..., str]) -> str:
        """Return the fault in the language of `words`."""
        return words(self.template, **self.facts)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an archive; `id` is the archive's own, with its type."""

    first_seen: datetime
    title: str
    text: str = ""
    url: str = ""
    source: str = "archive"
    id: Any = None
    rank: int | None = None
    heat: int | None = None


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of an archive in its own order; raise BadArchive at the first that cannot be read."""
    if not path.name.endswith(SUFFIXES):
        raise UnknownArchive(file=str(path))
    tabular = path.name.removesuffix(".xz").endswith(".tsv")
    columns: list[str] = []
    number = 0
    try:
        with _opened(path) as stream:
            for number, raw in enumerate(stream, 1):
                line = _decoded(raw)
                if tabular and number == 1:
                    columns = _columns(line)
                elif line.strip():
                    yield _row(_cells(line, columns) if tabular else _object(line))
    except Fault as fault:
        raise BadArchive(file=str(path), line=number, why=fault) from None
    except (OSError, EOFError, lzma.LZMAError) as error:
        why = Fault(N_("the file cannot be read on ({why})"), why=getattr(error, "strerror", None) or str(error))
        raise BadArchive(file=str(path), line=number + 1, why=why) from None
    if number == 0:
        raise BadArchive(file=str(path), line=1, why=Fault(N_("the file is empty")))


def _opened(path: Path) -> IO[bytes]:
    return lzma.open(path) if path.suffix == ".xz" else path.open("rb")


def _decoded(raw: bytes) -> str:
    """Return a line as text; the mark that some programs put before the first line is no part of it."""
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise Fault(N_("this is not UTF-8")) from None


def _columns(line: str) -> list[str]:
    columns = line.rstrip("\r\n").split("\t")
    for needed in ("first_seen", "title"):
        if needed not in columns:
            raise Fault(N_("{key} is missing"), key=needed)
    return columns


def _cells(line: str, columns: list[str]) -> dict[str, Any]:
    return {name: cell for name, cell in zip(columns, line.rstrip("\r\n").split("\t"), strict=False) if cell}


def _object(line: str) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except RecursionError:
        raise Fault(N_("this JSON is nested too deeply")) from None
    except ValueError as error:
        raise Fault(N_("this is not JSON ({why})"), why=str(error)) from None
    if not isinstance(values, dict):
        raise Fault(N_("a JSON object is needed, such as {example}"), example='{"first_seen": "…", "title": "…"}')
    return values


def _row(values: dict[str, Any]) -> Row:
    return Row(
        first_seen=_instant(values),
        title=_title(values),
        text=_text(values, "text") or _text(values, "description"),
        url=_text(values, "url"),
        source=_text(values, "source") or "archive",
        id=_identity(values.get("id")),
        rank=_number(values, "rank"),
        heat=_number(values, "hot"),
    )


def _instant(values: dict[str, Any]) -> datetime:
    written = _text(values, "first_seen").strip()
    if not written:
        raise Fault(N_("{key} is missing"), key="first_seen")
    try:
        moment = aware(datetime.fromisoformat(written)).astimezone(UTC)
    except NaiveTime:
        raise Fault(N_("first_seen ({value}) has no zone"), value=written) from None
    except (ValueError, OverflowError):
        raise Fault(N_("first_seen ({value}) is not a time"), value=written) from None
    # At either end of the calendar the days around it cannot be reckoned.
    if not MINYEAR + 1 < moment.year < MAXYEAR - 1:
        raise Fault(N_("first_seen ({value}) is not a time"), value=written)
    return moment


def _title(values: dict[str, Any]) -> str:
    title = _text(values, "title").strip()
    if not title:
        raise Fault(N_("{key} is missing"), key="title")
    return title


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Fault(N_("{key} is not a text"), key=key)
    # JSON can write half a character, which no database and no output takes.
    return value.encode("utf-8", "replace").decode("utf-8")


def _identity(value: Any) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str | int):
        raise Fault(N_("{key} is neither a text nor a whole number"), key="id")
    return value


def _number(values: dict[str, Any], key: str) -> int | None:
    value = values.get(key)
    if value is None or value == "":
        return None
    try:
        number = int(value)
    except (ValueError, TypeError, OverflowError):
        raise Fault(N_("{key} is not a whole number"), key=key) from None
    if isinstance(value, bool) or not abs(number) < 2**63:
        raise Fault(N_("{key} is not a whole number"), key=key)
    return number
