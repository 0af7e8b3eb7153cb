"""The archive's rows on their way through the pipeline, on the archive's time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from monitor.core.duties.review import review
from monitor.core.fetched import Entry
from monitor.core.identity import item_key
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Identity, Source, SourceKind
from monitor.loops.ingest.sitting import Sitting
from monitor.loops.ingest.take import Intake
from monitor.replay.archive import Row
from monitor.store import duties

AT_ONCE = 200


@dataclass(slots=True)
class Replay:
    """Feeds archives to the intake and lets the archive's time pass over the deadlines."""

    intake: Intake
    _next_check: datetime | None = None

    def run(self, rows: Iterable[Row], progress: Callable[[int], None]) -> int:
        """Replay rows, which must come in the order of time; `progress` is told of every bunch. Return how many."""
        total = 0
        moments = ((at, list(bunch)) for at, bunch in groupby(rows, key=lambda row: row.first_seen))
        while True:
            with self.intake.sitting() as sitting:
                done = 0
                for at, bunch in moments:
                    self._pass_time(sitting.connection, at)
                    self._take(sitting, bunch, at)
                    done += len(bunch)
                    if done >= AT_ONCE:
                        break
            if not done:
                return total
            total += done
            progress(done)

    def _take(self, sitting: Sitting, bunch: list[Row], at: datetime) -> None:
        reads = [self.intake.read(source_of(row), entry_of(row), at) for row in bunch]
        before = sitting.reviews
        sitting.store(reads, at)
        if sitting.reviews > before:
            self._next_check = duties.next_check(sitting.connection)

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
