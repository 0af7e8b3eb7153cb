"""Look at what a source would bring: fetch it once through the gate and read it, without storing any of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from monitor.config.stream_tokens import token_of
from monitor.config.wording import nearest
from monitor.core.access.buckets import Pace
from monitor.core.errors import N_, Mistake
from monitor.core.fetched import Entry, Fetched, Outcome, Validators, item_of
from monitor.core.model import Assessment
from monitor.core.reading.assess import Reader
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.core.streams import Sieve
from monitor.crawl.completion import Completed, complete, wants_page
from monitor.crawl.fetch import crawl
from monitor.crawl.listening import listened
from monitor.gate import Gate
from monitor.gate.robots import Leave
from monitor.store import audit, buckets
from monitor.store.database import Database

LOOKED_AT = "source.looked_at"
# A site must not be asked more often because somebody here is curious.
PER_SOURCE, ALL = Pace(2, timedelta(seconds=30)), Pace(6, timedelta(seconds=10))
ENTRIES, PAGES = 20, 3
LISTENED = 8.0


class UnknownSource(Mistake):
    """A source was named that sources.yaml does not hold."""

    message = N_("There is no source {id}. Did you mean {near}?")


class NoSources(Mistake):
    """A source was named, but the file holds none at all."""

    message = N_("There is no source {id}. The sources file names none.")


class NotFetched(Mistake):
    """Somebody wants to look at what a source brings that is not asked for anything."""

    message = N_("{id} is not fetched: data is brought to it.")


class Listened(Mistake):
    """Somebody wants to read back what is no document."""

    message = N_("{id} is a stream: what was posted while nobody listened is caught up by the service itself.")


class LookedEnough(Mistake):
    """Somebody asks a site more often than it should be asked."""

    message = N_("This was fetched several times just now. Wait {seconds} s.")


@dataclass(frozen=True, slots=True)
class Looked:
    """One entry: as it was read, with its own page where that was looked at, and what is thought of it."""

    entry: Entry
    assessment: Assessment
    page: Completed | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a source brings now."""

    source: Source
    fetched: Fetched
    looked: tuple[Looked, ...]


def source_of(source_id: str, known: Mapping[str, Source]) -> Source:
    """Return the source of that id; raise UnknownSource with the nearest, or NoSources."""
    if not known:
        raise NoSources(id=source_id)
    source = known.get(source_id)
    if source is None:
        raise UnknownSource(id=source_id, near=nearest(source_id, list(known)) or next(iter(known)))
    return source


def preview(gate: Gate, reader: Reader, source: Source, now: datetime, *, limit: int, pages: int) -> Preview:
    """Fetch a source and read up to `limit` entries of it, up to `pages` of them with their own pages.

    A stream is listened to for some seconds. What the site's robots.txt forbids is not fetched. Raise NotFetched.
    """
    if source.kind is SourceKind.PUSH:
        raise NotFetched(id=source.id)
    leave = Leave(gate, now)
    url = source.url.replace("ws", "http", 1) if source.url.startswith("ws") else source.url
    refused = leave.refusal(source, url)
    if refused is not None:
        return Preview(source, Fetched(outcome=Outcome.FAILED, reason=refused.reason, detail=refused.detail), ())
    if source.stream_rule is not None:
        sieve = Sieve.of(source.stream_rule, reader.signals)
        fetched = listened(gate, source, token_of(source), sieve, now, seconds=LISTENED, enough=limit)
    else:
        fetched = crawl(gate, source, Validators(), now, lambda url: leave.refusal(source, url))
    looked: list[Looked] = []
    left = pages
    for entry in fetched.entries[:limit]:
        page = None
        if left and wants_page(source, entry):
            left -= 1
            page = _page(gate, leave, source, entry)
        whole = entry if page is None else page.entry
        looked.append(Looked(whole, reader.assess(item_of(source, whole, now)), page))
    return Preview(source, fetched, tuple(looked))


def _page(gate: Gate, leave: Leave, source: Source, entry: Entry) -> Completed:
    """Read the page of an entry, unless its site refuses it or wants a pause before it, for which nobody waits here."""
    refused = leave.refusal(source, entry.url)
    if refused is not None:
        return Completed(entry=entry, reason=refused.reason, detail=refused.detail)
    if delay := leave.delay(source, entry.url):
        said = f"Crawl-delay: {delay.total_seconds():g}"
        return Completed(entry=entry, reason=FailureKind.RATE_LIMITED, detail=said)
    return complete(gate, source, entry, leave.now, lambda url: leave.refusal(source, url))


class Previews:
    """Looks at sources for people, no more often than a site bears."""

    def __init__(
        self, database: Database, gate: Callable[[], Gate], reader: Callable[[], Reader], known: Mapping[str, Source]
    ) -> None:
        self._database = database
        self._gate = gate
        self._reader = reader
        self._known = known

    def look(self, source_id: str, *, by: str, now: datetime) -> Preview:
        """Fetch a source now and keep who wanted it; raise UnknownSource, NoSources, LookedEnough."""
        source = source_of(source_id, self._known)
        with self._database.write() as connection:
            wait = buckets.take(connection, {f"look at {source.id}": PER_SOURCE, "look at sources": ALL}, now)
        if wait:
            raise LookedEnough(seconds=ceil(wait / timedelta(seconds=1)))
        found = preview(self._gate(), self._reader(), source, now, limit=ENTRIES, pages=PAGES)
        detail = {"by": str(by), "outcome": found.fetched.outcome.value, "reason": found.fetched.reason or ""}
        with self._database.write() as connection:
            audit.note(connection, LOOKED_AT, detail, now, subject=f"source:{source.id}")
        return found
