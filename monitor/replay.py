"""Run an archive through the real pipeline on the archive's time, in a throw-away database.

The archive's rows become entries of hot-list or article sources; the clock is the moment at which each row was first
seen. Between rows the watch runs at every moment that a deadline asks for. Nothing is delivered.
"""

from __future__ import annotations

import csv
import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, select

from monitor.core.duties.review import review
from monitor.core.errors import N_, Mistake
from monitor.core.fetched import Entry
from monitor.core.identity import item_key
from monitor.core.model import Severity, TimeNote, Trust, aware
from monitor.core.sources import Identity, Source, SourceKind
from monitor.loops.ingest.take import Intake
from monitor.store import duties
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, IncidentItemRow, IncidentRow, ItemRow, MatterRow, SeverityStepRow

DEADLINE = of(DeadlineRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
STEP = of(SeverityStepRow)
AT_ONCE = 200
SUFFIXES = (".tsv", ".tsv.xz", ".jsonl", ".jsonl.xz")


class BadArchive(Mistake):
    """A row of an archive cannot be read."""

    message = N_("{file}:{line}: {why}. A row needs first_seen (like 2026-07-09T20:30+08:00) and title.")


class UnknownArchive(Mistake):
    """A file is no archive that we can read."""

    message = N_("{file} is no archive. Give .tsv, .tsv.xz, .jsonl or .jsonl.xz.")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an archive; `id` is the archive's own."""

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
    with _opened(path) as stream:
        lines = _tsv(stream) if ".tsv" in path.suffixes else _jsonl(stream, path)
        for number, values in lines:
            try:
                yield _row(values)
            except (KeyError, ValueError, TypeError) as error:
                raise BadArchive(file=str(path), line=number, why=_said(error)) from None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        if path.suffix == ".xz":
            with lzma.open(path, "rt", encoding="utf-8", newline="") as stream:
                yield stream
        else:
            with path.open(encoding="utf-8", newline="") as stream:
                yield stream
    except (OSError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise BadArchive(file=str(path), line=1, why=str(error)) from None


def _tsv(stream: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    table = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
    for values in table:
        yield table.line_num, values


def _jsonl(stream: TextIO, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadArchive(file=str(path), line=number, why=str(error)) from None
        yield number, values


def _row(values: dict[str, Any]) -> Row:
    title = str(values["title"]).strip()
    if not title:
        raise ValueError("the title is empty")
    rank = values.get("rank")
    heat = values.get("hot")
    return Row(
        first_seen=aware(datetime.fromisoformat(values["first_seen"])),
        title=title,
        text=values.get("text") or values.get("description") or "",
        url=values.get("url") or "",
        source=values.get("source") or "archive",
        id=values.get("id"),
        rank=int(rank) if rank not in (None, "") else None,
        heat=int(heat) if heat not in (None, "") else None,
    )


def _said(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


@dataclass(slots=True)
class Replay:
    """Feeds archives to the intake and lets the archive's time pass over the deadlines."""

    intake: Intake
    database: Database
    ids: dict[str, Any] = field(default_factory=dict)
    _next_check: datetime | None = None

    def run(self, rows: Iterable[Row], progress: Callable[[int], None]) -> int:
        """Replay rows, which must come in the order of time; `progress` is told of every bunch. Return how many."""
        total = 0
        moments = ((at, list(bunch)) for at, bunch in groupby(rows, key=lambda row: row.first_seen))
        while True:
            with self.database.write() as connection:
                done = 0
                for at, bunch in moments:
                    self._pass_time(connection, at)
                    self._take(connection, bunch, at)
                    done += len(bunch)
                    if done >= AT_ONCE:
                        break
            if not done:
                return total
            total += done
            progress(done)

    def _take(self, connection: Connection, bunch: list[Row], at: datetime) -> None:
        self.ids |= {str(row.id): row.id for row in bunch if row.id is not None and not isinstance(row.id, str)}
        reads = [self.intake.read(source_of(row), entry_of(row), at) for row in bunch]
        if self.intake.store(connection, reads, at):
            self._next_check = duties.next_check(connection)

    def _pass_time(self, connection: Connection, until: datetime) -> None:
        """Look at the deadlines at each moment that they ask for, up to `until`."""
        while self._next_check is not None and self._next_check <= until:
            now = self._next_check
            for matter_id in duties.due_matters(connection, now):
                facts = duties.facts_of(connection, matter_id, self.intake.region)
                standing = duties.deadlines_of(connection, matter_id)
                reviewed = review(facts, self.intake.pack, standing, now)
                duties.save_review(connection, reviewed, self.intake.pack, now)
            self._next_check = duties.next_check(connection)


def source_of(row: Row) -> Source:
    """Return the source that a row stands for: a hot list where it has only a title, else a medium."""
    ranked = not row.text
    trust = Trust.PLATFORM if ranked else Trust.LOCAL_MEDIA
    return Source(id=row.source, name=row.source, kind=SourceKind.API, url=row.url, trust=trust, ranked=ranked)


def entry_of(row: Row) -> Entry:
    """Return a row as the entry that a crawl would have brought."""
    external = "" if row.id is None else str(row.id)
    identity = Identity.ID if external else Identity.TITLE
    key = item_key(
        source_id=row.source, url=row.url, external_id=external, title=row.title, text=row.text, identity=identity
    )
    return Entry(
        key=key,
        title=row.title,
        external_id=external,
        url=row.url,
        text=row.text,
        published_at=row.first_seen,
        time_note=TimeNote.STATED,
        rank=row.rank,
        heat=row.heat,
    )


def incidents(connection: Connection, ids: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the incidents of a replay as its users read them; `ids` restores ids that were numbers."""
    deadlines = _by_matter(connection.execute(select(DEADLINE).order_by(DEADLINE.c.id)), _deadline)
    steps = _by_matter(connection.execute(select(STEP).order_by(STEP.c.id)), _steps)
    linked = select(LINK.c.matter_id, ITEM.c.external_id, ITEM.c.first_seen_at, ITEM.c.title)
    ordered = linked.join(ITEM, ITEM.c.id == LINK.c.item_id).order_by(ITEM.c.first_seen_at, ITEM.c.id)
    items = _by_matter(connection.execute(ordered), lambda row: [_item(row, ids)])
    known = (INCIDENT.c.kind, INCIDENT.c.scope, INCIDENT.c.province, INCIDENT.c.city, INCIDENT.c.county)
    rows = connection.execute(
        select(MATTER.c.id, MATTER.c.title, MATTER.c.opened_at, *known).join(
            INCIDENT, INCIDENT.c.matter_id == MATTER.c.id
        )
    )
    for row in rows:
        yield {
            "id": row.id,
            "title": row.title,
            "kind": row.kind,
            "scope": row.scope,
            "place": {"province": row.province, "city": row.city, "county": row.county},
            "opened_at": row.opened_at.isoformat(),
            "severity_history": steps.get(row.id, []),
            "deadlines": deadlines.get(row.id, []),
            "items": items.get(row.id, []),
        }


def _by_matter(rows: Iterable[Any], shapes: Callable[[Any], list[dict[str, Any]]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.matter_id, []).extend(shapes(row))
    return found


def _deadline(row: Any) -> list[dict[str, Any]]:
    return [
        {
            "obligation": row.obligation_id,
            "started_at": row.started_at.isoformat(),
            "opened_at": row.opened_at.isoformat(),
            "due_at": row.due_at.isoformat(),
            "provisional": row.provisional,
            "state": row.state,
        }
    ]


def _steps(row: Any) -> list[dict[str, Any]]:
    """Return a step's firm grade and, where there is one, its likely grade as a second, provisional line."""
    common = {
        "deaths": row.figures.get("deaths"),
        "missing": row.figures.get("missing"),
        "item": row.item_id,
        "sentence": row.sentence,
    }
    grades = [(row.severity, False), (row.likely, True)]
    return [
        {"at": row.at.isoformat(), "severity": Severity(grade).zh, "provisional": provisional, **common}
        for grade, provisional in grades
        if grade is not None
    ]


def _item(row: Any, ids: Mapping[str, Any]) -> dict[str, Any]:
    own = {"id": ids.get(row.external_id, row.external_id)} if row.external_id else {}
    return {**own, "first_seen": row.first_seen_at.isoformat(), "title": row.title}
