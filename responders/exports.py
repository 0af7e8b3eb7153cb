"""Write whole lists out of the database, in any form; the doors say to whom and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import IO

from sqlalchemy import Connection

from monitor.core import beijing
from monitor.core.errors import N_, Mistake
from monitor.core.listed import Listed
from monitor.store import listing
from monitor.store.database import Database
from monitor.store.listing import ALL, Bounds
from responders.documents.messages import Composer
from responders.documents.sheet_files import Form, write_sheet
from responders.documents.sheets import SHEETS, Cell

A_DAY = timedelta(days=1)


class UnreadableDay(Mistake):
    """A bound of an export is no day."""

    message = N_("{value} is no day. Write it as 2026-07-09; the day is that of Beijing time.")


class Exports:
    """Writes lists."""

    def __init__(self, database: Database, composer: Composer) -> None:
        self._database = database
        self._composer = composer

    def write(
        self, listed: Listed, form: Form, stream: IO[bytes], bounds: Bounds = ALL, made_at: datetime | None = None
    ) -> int:
        """Write a list to `stream` and return how many rows it has; memory does not grow with it."""
        with self._database.read() as connection:
            rows = self._rows(connection, listed, bounds)
            return write_sheet(form, SHEETS[listed], rows, self._composer.words, stream, made_at)

    def _rows(self, connection: Connection, listed: Listed, bounds: Bounds) -> Iterator[Sequence[Cell]]:
        row = SHEETS[listed].row
        for piece in listing.rows(connection, listed, bounds):
            numbers = {number for one in piece if (number := getattr(one, "matter_id", None)) is not None}
            titles = listing.titles(connection, numbers) if numbers else {}
            for one in piece:
                yield row(one, titles, self._composer)


def days(first: str, last: str) -> tuple[datetime | None, datetime | None]:
    """Return the bounds of some Beijing days, the last one included; an empty text bounds nothing."""
    end = _day(last)
    return _day(first), None if end is None else end + A_DAY


def _day(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return beijing.instant(date.fromisoformat(text.strip()), time())
    except (ValueError, OverflowError):
        raise UnreadableDay(value=text) from None
