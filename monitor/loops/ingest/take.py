"""From entries to Items, Assessments, Incidents and deadlines, in one transaction.

Does not fetch: the crawl beside this does, and a replay brings its entries itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from monitor.core.beijing import day_of
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import Mistake
from monitor.core.fetched import DropReason, Entry, item_of
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.placing import Lore
from monitor.core.incidents.topics import terms_of
from monitor.core.model import Item, TimeNote
from monitor.core.reading.assess import Reader
from monitor.core.second.opinion import Asks
from monitor.core.sources import Source
from monitor.core.text import storable
from monitor.core.troubles import entries_aside
from monitor.core.verdict import verdict_of
from monitor.loops.ingest.listing import Mark, news
from monitor.loops.ingest.memory import Shelf
from monitor.loops.ingest.sitting import Read, Sitting
from monitor.loops.ingest.together import Together
from monitor.store import backfills, duties, items
from monitor.store.database import Database
from monitor.store.items import Drop, NewItem

# What a source has brought, and when.
Brought = tuple[Sequence[Read], datetime]
# How many entries one transaction stores with those of other sources, whose writers all others wait for.
MOST_TOGETHER = 100
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Aside:
    """An entry that could not be taken in: by its title, what was said, and whether it may report an incident."""

    title: str
    said: str
    may_report: bool


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes entries in; any number of processes may do so at once. `asks` is None where there is no second reader."""

    database: Database
    reader: Reader
    grader: Grader
    lore: Lore
    pack: RulePack
    region: str
    asks: Asks | None = None
    _memory: Shelf = field(default_factory=Shelf)
    _desk: Together[Brought, int] = field(default_factory=lambda: Together(_size, MOST_TOGETHER))

    def unknown(self, source: Source, entries: Iterable[Entry], now: datetime) -> list[Entry]:
        """Return the entries that are not stored yet."""
        keys = {entry.key: keys_of(source, entry, now) for entry in entries}
        with self.database.read() as connection:
            known = items.known_keys(connection, [key for names in keys.values() for key in names])
        return [entry for entry in entries if known.isdisjoint(keys[entry.key])]

    def see(self, source: Source, entries: Iterable[Entry], now: datetime) -> int:
        """Keep how known entries stand on a list now, where that says something new; return how many did."""
        marks = {
            key: Mark(entry.rank, entry.heat) for entry in entries for key in reversed(keys_of(source, entry, now))
        }
        told = {key: mark for key, mark in marks.items() if mark.tells}
        if not told:
            return 0
        with self.database.read() as connection:
            found = news(connection, told, now)
        for matter_id, sightings in found.items():
            with self.sitting() as sitting:
                sitting.see(matter_id, sightings, now)
        return sum(map(len, found.values()))

    def take(
        self, source: Source, entries: Iterable[Entry], now: datetime, *, backlog: bool = False, quiet: bool = False
    ) -> int:
        """Store entries that are new at `now`, with all that follows from them; return how many were new.

        `backlog` tells that the entries stood there already when the source was first looked at, in the source's order.
        One that cannot be read or stored stops no other: it is kept as dropped, counted and told. Where it is `quiet`,
        nobody is told of the incidents that are opened.
        """
        return self.store(source, self.look_at(source, entries, now, backlog=backlog), now, quiet=quiet)

    def look_at(
        self, source: Source, entries: Iterable[Entry], now: datetime, *, backlog: bool = False
    ) -> tuple[list[Read], list[Aside]]:
        """Return what is thought of entries, and those that cannot be read."""
        standing = list(entries)
        old = among_old(standing, self.pack.stale_after, now) if backlog else frozenset()
        reads, aside = list[Read](), list[Aside]()
        for entry in standing:
            try:
                reads.append(self.read(source, entry, now, old=entry.key in old))
            except Exception as error:
                log.exception("source %s: an entry cannot be read", source.id)
                aside.append(_aside(entry.title, error, may_report=True))
        return reads, aside

    def store(
        self, source: Source, looked_at: tuple[list[Read], list[Aside]], now: datetime, *, quiet: bool = False
    ) -> int:
        """Store what was thought of entries, together with those of other sources; return how many were new."""
        reads, aside = looked_at
        new = self._store(reads, now, aside, quiet=quiet) if reads else 0
        if aside:
            self._set_aside(source, aside, now)
        return new

    def _store(self, reads: Sequence[Read], now: datetime, aside: list[Aside], *, quiet: bool) -> int:
        """Store what was read together; where that fails, by halves, until what cannot be stored is found."""
        try:
            return self._quietly(reads, now) if quiet else self._desk.do((reads, now), self._sit)
        except (OperationalError, Mistake):
            # The database itself fails, not what is stored.
            raise
        except Exception as error:
            if len(reads) == 1:
                [read] = reads
                log.exception("an entry cannot be stored")
                aside.append(_aside(read.new.item.title, error, may_report=read.reports))
                return 0
            half = len(reads) // 2
            parts = (reads[:half], reads[half:])
            return sum(self._store(part, now, aside, quiet=quiet) for part in parts)

    def _quietly(self, reads: Sequence[Read], now: datetime) -> int:
        with self.sitting() as sitting:
            new = sitting.store(reads, now)
            backfills.hush(sitting.connection, now)
            return new

    def _sit(self, brought: Sequence[Brought]) -> Sequence[int]:
        """Store what several sources have brought; return of each how many items were new."""
        with self.sitting() as sitting:
            fresh = sitting.keep([read for reads, _ in brought for read in reads])
            counts = []
            for reads, now in brought:
                theirs = {id(read) for read in reads}
                mine = [kept for kept in fresh if id(kept[1]) in theirs]
                sitting.place(mine, now)
                counts.append(len(mine))
            return counts

    def _set_aside(self, source: Source, aside: Sequence[Aside], now: datetime) -> None:
        """Keep and tell what could not be taken in; whoever is on duty is woken where it may report an incident."""
        drops = [Drop(source.id, now, DropReason.BROKEN.value, one.title, one.said) for one in aside]
        titles = [one.title for one in aside]
        may_report = any(one.may_report for one in aside)
        draft = entries_aside(source.id, titles, aside[0].said, now, page=may_report)
        with self.database.write() as connection:
            items.save_drops(connection, drops)
            duties.save_alerts(connection, [draft], now, self.pack.duty)

    @contextmanager
    def sitting(self) -> Iterator[Sitting]:
        """Give one transaction in which items are stored and placed; the sittings of a process follow one another."""
        with self._memory.borrowed() as memory, self.database.write() as connection:
            yield Sitting(connection, memory, self.lore, self.grader, self.pack, self.region, self.asks)

    def read(self, source: Source, entry: Entry, now: datetime, *, old: bool = False) -> Read:
        """Return what is thought of an entry, ready to be stored; `old` marks one that stands among old ones."""
        item = item_of(source, entry, now)
        assessment = self.reader.assess(item)
        verdict, tag = verdict_of(assessment)
        note = TimeNote.ON_LIST_NOW if entry.published_at is None and source.ranked else entry.time_note
        new = NewItem(
            key=key_of(source, entry, now),
            item=item,
            first_seen_at=now,
            external_id=storable(entry.external_id),
            published_day=entry.published_day,
            published_raw=storable(entry.published_raw),
            time_note=note.value,
            maybe_recent=maybe_recent(item, entry, self.pack.stale_after, now, old=old),
            verdict=verdict,
            tag=tag,
            author=storable(entry.author),
        )
        return Read(new, assessment, terms_of(item.title))


def _size(brought: Brought) -> int:
    return len(brought[0])


def _aside(title: str, error: Exception, *, may_report: bool) -> Aside:
    """Return what is kept of a fault; the statement that a database refused is left out."""
    cause = getattr(error, "orig", None) or error
    return Aside(storable(title)[:200], storable(f"{type(cause).__name__}: {cause}")[:300], may_report)


def key_of(source: Source, entry: Entry, now: datetime) -> str:
    """Return the key under which an entry is stored.

    A title on a hot list names no piece of its own: the same words may stand there again for another happening. It is
    the same Item while it stays, which may be past midnight, and a new one on a later day.
    """
    return f"{entry.key}:{day_of(now)}" if source.ranked else entry.key


def keys_of(source: Source, entry: Entry, now: datetime) -> tuple[str, ...]:
    """Return the key under which an entry is stored, and any other under which it may be known."""
    key = key_of(source, entry, now)
    return (key, key_of(source, entry, now - timedelta(days=1))) if source.ranked else (key,)


def maybe_recent(item: Item, entry: Entry, stale_after: timedelta, now: datetime, *, old: bool) -> bool:
    """Tell whether an item may be news: by its time, by its day, or because nothing shows that it is `old`."""
    if item.published_at is not None:
        return True
    if entry.published_day is not None:
        return day_of(now) - entry.published_day <= stale_after
    return not old


def among_old(entries: Sequence[Entry], stale_after: timedelta, now: datetime) -> frozenset[str]:
    """Return the keys of the undated entries that a source's own order shows to be old.

    Most sources put the newest first, so that what stands below an old entry is old too, unless a recent one follows.
    """
    ages = [_age(entry, now) for entry in entries]
    below = [age for age in ages if age is not None]
    above: timedelta | None = None
    found = []
    for entry, age in zip(entries, ages, strict=True):
        if age is not None:
            above = below.pop(0)
        elif above is not None and above > stale_after and (not below or below[0] > stale_after):
            found.append(entry.key)
    return frozenset(found)


def _age(entry: Entry, now: datetime) -> timedelta | None:
    if entry.published_at is not None:
        return now - entry.published_at
    return None if entry.published_day is None else day_of(now) - entry.published_day
