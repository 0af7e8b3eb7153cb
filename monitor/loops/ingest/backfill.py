"""Read back what a source still shows of the past: its document, and older pages where its rule says where they are.

What is old starts no clock, whichever way it comes in. A quiet backfill takes in only what is old, and wakes nobody for
the incidents that it opens; what is recent is left to the service, which tells people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.core.beijing import day_of
from monitor.core.fetched import Entry, Fetched, Outcome, Validators
from monitor.core.robots import Refusal
from monitor.core.sources import FailureKind, Source
from monitor.crawl.completion import complete, wants_page
from monitor.crawl.fetch import crawl
from monitor.gate import Gate
from monitor.loops.ingest.manners import Manners
from monitor.loops.ingest.take import Intake

MOST_PAGES = 50
# As the planner keeps between two fetches from one host.
SPACING = 2.0


@dataclass(slots=True)
class Backfilled:
    """What came of it: pages read, entries they showed, and what became of those."""

    pages: int = 0
    seen: int = 0
    new: int = 0
    known: int = 0
    too_old: int = 0
    left: int = 0
    failed: Fetched | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """Reads back one source at a time; without `manners` no site is asked for leave."""

    intake: Intake
    gate: Gate
    clock: Callable[[], datetime]
    rest: Callable[[float], None]
    manners: Manners | None = None

    def run(self, source: Source, since: date, *, quiet: bool, most_pages: int = MOST_PAGES) -> Backfilled:
        """Take in what `source` shows since a day of Beijing; a page that fails ends it, and is told."""
        done = Backfilled()
        met: set[str] = set()
        for page in self._pages(source, most_pages):
            if done.pages:
                self._rest(page, page.url)
            fetched = self._fetched(page)
            if fetched.outcome is Outcome.FAILED:
                # Beyond the last of the older pages there is none; that they may not be read is told.
                done.failed = fetched if not done.pages or fetched.reason is FailureKind.ROBOTS else None
                break
            done.pages += 1
            fresh = [entry for entry in fetched.entries if entry.key not in met]
            met.update(entry.key for entry in fresh)
            done.seen += len(fresh)
            self._take(source, fresh, since, quiet, done)
            if not fresh or all(_is_before(entry, since) for entry in fresh):
                break
        return done

    def _fetched(self, page: Source) -> Fetched:
        refused = self._refusal(page, page.url)
        if refused is not None:
            return Fetched(outcome=Outcome.FAILED, reason=refused.reason, detail=refused.detail)
        return crawl(self.gate, page, Validators(), self.clock(), lambda url: self._refusal(page, url))

    def _refusal(self, source: Source, url: str) -> Refusal | None:
        return None if self.manners is None else self.manners.refusal(source, url, self.clock())

    def _rest(self, source: Source, url: str) -> None:
        """Wait as long as the site of an address wants, and as the planner does between two fetches from one host."""
        delay = timedelta(0) if self.manners is None else self.manners.delay(source, url)
        self.rest(max(SPACING, delay.total_seconds()))

    def _pages(self, source: Source, most: int) -> Iterator[Source]:
        """Yield the source as it stands, and then as if each of its older pages were its address."""
        yield source
        rule = source.list_rule
        for number in range(1, most if rule is not None and rule.pages else 1):
            assert rule is not None
            yield replace(source, url=rule.pages.replace("{n}", str(number)))

    def _take(self, source: Source, entries: list[Entry], since: date, quiet: bool, done: Backfilled) -> None:  # noqa: FBT001
        now = self.clock()
        asked = [entry for entry in entries if not _is_before(entry, since)]
        done.too_old += len(entries) - len(asked)
        unknown = self.intake.unknown(source, asked, now)
        done.known += len(asked) - len(unknown)
        whole = [self._whole(source, entry) for entry in unknown]
        wanted = [entry for entry in whole if not _is_before(entry, since)]
        done.too_old += len(whole) - len(wanted)
        if quiet:
            stale = self.intake.pack.stale_after
            old = [entry for entry in wanted if (age := _age(entry, now)) is not None and age > stale]
            done.left += len(wanted) - len(old)
            wanted = old
        if wanted:
            done.new += self.intake.take(source, wanted, self.clock(), backlog=True, quiet=quiet)

    def _whole(self, source: Source, entry: Entry) -> Entry:
        if not wants_page(source, entry):
            return entry
        self._rest(source, entry.url)
        if self._refusal(source, entry.url) is not None:
            return entry
        return complete(self.gate, source, entry, self.clock(), lambda url: self._refusal(source, url)).entry


def _is_before(entry: Entry, since: date) -> bool:
    """Tell whether an entry is known to be older than asked for."""
    day = day_of(entry.published_at) if entry.published_at is not None else entry.published_day
    return day is not None and day < since


def _age(entry: Entry, now: datetime) -> timedelta | None:
    if entry.published_at is not None:
        return now - entry.published_at
    return None if entry.published_day is None else day_of(now) - entry.published_day
