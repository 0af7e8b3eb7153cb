"""Find rows of the audit log, the newest first: by matter, person, kind and time, a page at a time.

Whom a row names stands in its text, which no index covers. So a search looks at a bounded number of rows and says how
far it came; whoever wants to know more goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.core.audit.chain import AuditRow
from monitor.store.audit import LOG

MOST_LOOKED_AT = 20_000
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What rows are looked for; an empty field wants all. `kind` is that of a row, or what stands before its dot.

    `person` is part of a name, `before` the number that the rows found so far begin with.
    """

    matter: int | None = None
    person: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One row; `seq` and `hash` are None until it is sealed."""

    id: int
    seq: int | None
    hash: str | None
    row: AuditRow


@dataclass(frozen=True, slots=True)
class Searched:
    """Rows, the newest first. `further` is where to go on, None at the beginning of the log.

    `back_to` is the time of the last row that was looked at where the search ended before the page was full.
    """

    rows: tuple[Found, ...]
    further: int | None = None
    back_to: datetime | None = None


def search(connection: Connection, wanted: Wanted, most: int, looked_at: int = MOST_LOOKED_AT) -> Searched:
    """Return up to `most` rows; at most `looked_at` are looked at."""
    found: list[Found] = []
    for number, row in enumerate(_newest_first(connection, wanted), 1):
        if _is_wanted(row, wanted):
            found.append(Found(row.id, row.seq, row.hash, _row(row)))
        if len(found) == most:
            return Searched(tuple(found), further=row.id)
        if number == looked_at:
            return Searched(tuple(found), further=row.id, back_to=row.at)
    return Searched(tuple(found))


def kinds(connection: Connection) -> list[str]:
    """Return every kind of row that the log holds, in order."""
    found: list[str] = []
    while True:
        # From kind to kind along the index: there are few of them in very many rows.
        query = select(func.min(LOG.c.kind))
        following = connection.execute(query.where(LOG.c.kind > found[-1]) if found else query).scalar_one()
        if following is None:
            return found
        found.append(following)


def _newest_first(connection: Connection, wanted: Wanted) -> Iterator[Any]:
    """Yield the rows that may be wanted: of each kind by the index of the kinds, put together by their numbers."""
    bounds = _bounds(connection, wanted)
    if bounds is None:
        return
    chosen = [kind for kind in kinds(connection) if _is_of(kind, wanted.kind)] if wanted.kind else [None]
    yield from merge(*(_of_kind(connection, wanted.matter, kind, *bounds) for kind in chosen), key=lambda row: -row.id)


def _is_of(kind: str, wanted: str) -> bool:
    return kind == wanted or kind.partition(".")[0] == wanted


def _bounds(connection: Connection, wanted: Wanted) -> tuple[int, int | None] | None:
    """Return the least number and the first that is too great; None where no row lies in the time asked for.

    Numbers grow with time except where a clock was set back, so the rows between them are looked at all the same.
    """
    least, bound = 0, wanted.before
    if wanted.since is not None:
        first = connection.execute(select(func.min(LOG.c.id)).where(LOG.c.at >= wanted.since)).scalar_one()
        if first is None:
            return None
        least = first
    if wanted.until is not None:
        last = connection.execute(select(func.max(LOG.c.id)).where(LOG.c.at < wanted.until)).scalar_one()
        if last is None:
            return None
        bound = last + 1 if bound is None else min(bound, last + 1)
    return least, bound


def _of_kind(
    connection: Connection, matter: int | None, kind: str | None, least: int, bound: int | None
) -> Iterator[Any]:
    """Yield the rows of a kind, the newest first; a chunk of them at a time is in memory."""
    query = select(LOG.c.id, LOG.c.seq, LOG.c.hash, LOG.c.at, LOG.c.kind, LOG.c.matter_id, LOG.c.subject, LOG.c.text)
    query = query.where(LOG.c.id >= least).order_by(LOG.c.id.desc()).limit(CHUNK)
    if matter is not None:
        query = query.where(LOG.c.matter_id == matter)
    if kind is not None:
        query = query.where(LOG.c.kind == kind)
    while True:
        rows = connection.execute(query if bound is None else query.where(LOG.c.id < bound)).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        bound = rows[-1].id


def _is_wanted(row: Any, wanted: Wanted) -> bool:
    if wanted.since is not None and row.at < wanted.since:
        return False
    if wanted.until is not None and row.at >= wanted.until:
        return False
    return _names(row.text, wanted.person)


def _names(text: str, person: str) -> bool:
    """Tell whether a row says that somebody did it whose name contains `person`."""
    if not person:
        return True
    wanted = person.casefold()
    # Where no character is escaped, a name must stand in the text as it is: most rows need not be read for that.
    if "\\" not in text and wanted not in text.casefold():
        return False
    return any(wanted in name.casefold() for name in _actors(json.loads(text)))


def _actors(said: Any) -> Iterator[str]:
    """Yield the names under which something was done: the fields called so, at whatever depth."""
    if isinstance(said, dict):
        for key, value in said.items():
            if isinstance(value, str):
                if key == "by" or key.endswith("_by"):
                    yield value
            else:
                yield from _actors(value)


def _row(row: Any) -> AuditRow:
    return AuditRow(at=row.at, kind=row.kind, matter_id=row.matter_id, subject=row.subject, text=row.text)
