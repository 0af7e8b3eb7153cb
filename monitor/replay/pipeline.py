"""The archive's rows on their way through the pipeline, on the archive's time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from sqlalchemy import Connection

from monitor.core.duties.review import review
from monitor.core.fetched import Entry
from monitor.core.identity import item_key
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Identity, Source, SourceKind
from monitor.loops.ingest.sitting import Kept, Read, Sitting
from monitor.loops.ingest.take import Intake
from monitor.replay.archive import Row
from monitor.store import duties
from monitor.store.matter_facts import facts_of

AT_ONCE = 1000


@dataclass(slots=True)
class Replay:
    """Feeds archives to the intake and lets the archive's time pass over the deadlines."""

    intake: Intake
    _next_check: datetime | None = None

    def run(self, rows: Iterable[Row], progress: Callable[[int], None]) -> int:
        """Replay rows, which must come in the order of time; `progress` is told of every bunch. Return how many."""
        total = 0
        for lot in _lots(rows):
            reads = [self.intake.read(source_of(row), entry_of(row), row.first_seen) for row in lot]
            with self.intake.sitting() as sitting:
                self._take(sitting, reads)
            total += len(lot)
            progress(len(lot))
        return total

    def _take(self, sitting: Sitting, reads: Sequence[Read]) -> None:
        """Store all at once, then let each moment come and place what it brought."""
        fresh: dict[datetime, list[Kept]] = {read.new.first_seen_at: [] for read in reads}
        for kept in sitting.keep(reads):
            fresh[kept[1].new.first_seen_at].append(kept)
        for at in sorted(fresh):
            self._pass_time(sitting.connection, at)
            before = sitting.reviews
            sitting.place(fresh[at], at)
            if sitting.reviews > before:
                self._next_check = duties.next_check(sitting.connection)

    def _pass_time(self, connection: Connection, until: datetime) -> None:
        """Look at the deadlines at each moment that they ask for, up to `until`."""
        while self._next_check is not None and self._next_check <= until:
            now = self._next_check
            for matter_id in duties.due_matters(connection, now):
                facts = facts_of(connection, matter_id, self.intake.region)
                standing = duties.deadlines_of(connection, matter_id)
                reviewed = review(facts, self.intake.pack, standing, now)
                duties.save_review(connection, reviewed, self.intake.pack, now)
            self._next_check = duties.next_check(connection)


def _lots(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows of whole moments, as many as are stored at once."""
    lot: list[Row] = []
    for _, moment in groupby(rows, key=lambda row: row.first_seen):
        lot += moment
        if len(lot) >= AT_ONCE:
            yield lot
            lot = []
    if lot:
        yield lot


def source_of(row: Row) -> Source:
    """Return the source that a row stands for: a hot list where it has only a title, else a medium."""
    return _source(row.source, ranked=not row.text)


@lru_cache(maxsize=1000)
def _source(name: str, *, ranked: bool) -> Source:
    trust = Trust.PLATFORM if ranked else Trust.LOCAL_MEDIA
    return Source(id=name, name=name, kind=SourceKind.API, url="", trust=trust, ranked=ranked)


def entry_of(row: Row) -> Entry:
    """Return a row as the entry that a crawl would have brought."""
    external = "" if row.id is None else json.dumps(row.id)
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
