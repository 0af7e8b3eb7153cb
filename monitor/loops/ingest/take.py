"""From entries to Items, Assessments, Incidents and deadlines, in one transaction.

Does not fetch: the crawl beside this does, and a replay brings its entries itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.beijing import day_of
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.fetched import Entry
from monitor.core.incidents.history import Grader, fold
from monitor.core.incidents.placing import (
    WINDOW,
    Candidate,
    Lore,
    Placed,
    Placing,
    Surroundings,
    weighed_name,
    wording_of_all,
)
from monitor.core.model import Assessment, Decoy, Item, TimeNote
from monitor.core.reading.assess import Reader
from monitor.core.sources import Source
from monitor.core.text import storable
from monitor.store import duties, incidents, items
from monitor.store.database import Database
from monitor.store.items import NewItem
from monitor.store.sql import exclusive

PLACED = ("incident", "follow_up")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """A new entry and what is thought of it."""

    new: NewItem
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes entries in; any number of processes may do so at once."""

    database: Database
    reader: Reader
    grader: Grader
    lore: Lore
    pack: RulePack
    region: str

    def unknown(self, source: Source, entries: Iterable[Entry], now: datetime) -> list[Entry]:
        """Return the entries that are not stored yet."""
        keys = {entry.key: keys_of(source, entry, now) for entry in entries}
        with self.database.read() as connection:
            known = items.known_keys(connection, [key for names in keys.values() for key in names])
        return [entry for entry in entries if known.isdisjoint(keys[entry.key])]

    def take(self, source: Source, entries: Iterable[Entry], now: datetime, *, backlog: bool = False) -> int:
        """Store entries that are new at `now`, with all that follows from them; return how many were new.

        `backlog` marks what stood there already when a source was first looked at.
        """
        reads = [self.read(source, entry, now, backlog=backlog) for entry in entries]
        if not reads:
            return 0
        with self.database.write() as connection:
            return self.store(connection, reads, now)

    def read(self, source: Source, entry: Entry, now: datetime, *, backlog: bool = False) -> Read:
        """Return what is thought of an entry, ready to be stored."""
        item = item_of(source, entry, now)
        assessment = self.reader.assess(item)
        verdict, tag = verdict_of(assessment)
        note = TimeNote.ON_LIST_NOW if entry.published_at is None and source.ranked else entry.time_note
        new = NewItem(
            key=keys_of(source, entry, now)[0],
            item=item,
            first_seen_at=now,
            external_id=storable(entry.external_id),
            published_day=entry.published_day,
            published_raw=storable(entry.published_raw),
            time_note=note.value,
            maybe_recent=maybe_recent(item, entry, self.pack.stale_after, now, backlog=backlog),
            verdict=verdict,
            tag=tag,
        )
        return Read(new, assessment)

    def store(self, connection: Connection, reads: Sequence[Read], now: datetime) -> int:
        """Write what was read, inside the caller's transaction."""
        ids = items.save_new(connection, [read.new for read in reads])
        fresh = [(ids[read.new.key], read) for read in reads if read.new.key in ids]
        telling = [(item_id, read) for item_id, read in fresh if read.new.verdict]
        items.save_assessments(connection, [(item_id, read.assessment) for item_id, read in telling])
        placeable = [(item_id, read) for item_id, read in telling if read.new.verdict in PLACED]
        if placeable:
            self._place(connection, placeable, now)
        return len(fresh)

    def _place(self, connection: Connection, fresh: Sequence[tuple[int, Read]], now: datetime) -> None:
        exclusive(connection, "placing")
        around = Surroundings(incidents.candidates(connection, now - WINDOW), self.lore)
        changed: set[int] = set()
        for item_id, read in fresh:
            placed = around.place(read.new.item.title, read.assessment, now)
            matter_id = self._put(connection, item_id, read, placed, now)
            if matter_id is not None:
                with self._kept_apart(connection, matter_id, now):
                    around.put(self._fold(connection, matter_id))
                    changed.add(matter_id)
        for matter_id in sorted(changed):
            with self._kept_apart(connection, matter_id, now):
                self._review(connection, matter_id, now)

    @contextmanager
    def _kept_apart(self, connection: Connection, matter_id: int, now: datetime) -> Iterator[None]:
        """Let a fault in what is stored of one matter stop nothing else: it is taken back and told to people."""
        try:
            with connection.begin_nested():
                yield
        except OperationalError:
            # The database itself fails, not this matter.
            raise
        except Exception as error:
            if duties.save_fault(connection, matter_id, error, now):
                log.exception("matter %s", matter_id)

    def _put(self, connection: Connection, item_id: int, read: Read, placed: Placed, now: datetime) -> int | None:
        """Attach an item where it belongs, opening an incident where none is known; None leaves it unplaced."""
        if placed.placing is Placing.UNPLACED:
            return None
        matter_id = placed.matter_id
        if matter_id is None:
            matter_id = incidents.open_matter(connection, read.new.item.title, now)
        incidents.attach(connection, item_id, matter_id, why=placed.placing.value, detail=placed.detail)
        return matter_id

    def _fold(self, connection: Connection, matter_id: int) -> Candidate:
        reports = incidents.reports_of(connection, [matter_id])[matter_id]
        incident = fold(reports, self.grader)
        words = wording_of_all(((report.title, weighed_name(report.place)) for report in reports), self.lore.common)
        incidents.save_incident(connection, matter_id, incident, words)
        return Candidate(
            matter_id=matter_id,
            kind=incident.kind,
            scope=incident.scope,
            place=incident.place,
            figures=incident.figures,
            items=incident.items,
            first_seen_at=incident.first_seen_at,
            last_seen_at=incident.last_seen_at,
            wording=words,
        )

    def _review(self, connection: Connection, matter_id: int, now: datetime) -> None:
        duties.lock_matter(connection, matter_id)
        facts = duties.facts_of(connection, matter_id, self.region)
        standing = duties.deadlines_of(connection, matter_id)
        duties.save_review(connection, review(facts, self.pack, standing, now), self.pack, now)


def keys_of(source: Source, entry: Entry, now: datetime) -> tuple[str, ...]:
    """Return the key under which an entry is stored, and any other under which it may be known.

    A title on a hot list names no piece of its own: the same words may stand there again for another happening. It is
    the same Item while it stays, which may be past midnight, and a new one on a later day.
    """
    if not source.ranked:
        return (entry.key,)
    today = day_of(now)
    return f"{entry.key}:{today}", f"{entry.key}:{today - timedelta(days=1)}"


def maybe_recent(item: Item, entry: Entry, stale_after: timedelta, now: datetime, *, backlog: bool) -> bool:
    """Tell whether an item may be news: by its time, by its day, or because it was not there at the last look."""
    if item.published_at is not None:
        return True
    if entry.published_day is not None:
        return day_of(now) - entry.published_day <= stale_after
    return not backlog


def item_of(source: Source, entry: Entry, now: datetime) -> Item:
    """Return an entry as an Item of its source; to stand on a hot list now is to be news now."""
    published_at = entry.published_at
    if published_at is None and source.ranked:
        published_at = now
    return Item(
        title=storable(entry.title),
        text=storable(entry.text),
        url=storable(entry.url),
        source=source.id,
        trust=source.trust,
        language=source.language,
        published_at=published_at,
        first_seen_at=now,
        rank=entry.rank,
        heat=entry.heat,
    )


def verdict_of(assessment: Assessment) -> tuple[str, str]:
    """Return what becomes of an item and its class: an incident's, a follow-up's, a decoy's; empty where nothing.

    What happened abroad is kept as an incident that is only watched.
    """
    if assessment.is_incident and assessment.decoy in (None, Decoy.FOREIGN):
        return "incident", assessment.kind
    if assessment.decoy is not None:
        return "decoy", assessment.decoy.value
    if assessment.follow_up:
        return "follow_up", assessment.kind
    return "", ""
