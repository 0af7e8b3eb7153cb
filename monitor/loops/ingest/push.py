"""Take in what is brought to us, by a signed request or as a file: the rows that can be read, each once.

It is taken when this returns, and not before: whoever brought it may be told so. What is brought again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from monitor.core.fetched import Entry, Fetched, Outcome
from monitor.core.sources import WEIGHTS, FailureKind, Identity, PushRule, Source
from monitor.crawl.entries import ready
from monitor.crawl.raw import RawDocument, RawEntry, Unreadable
from monitor.crawl.rows import BadRow, Row, RowForm, raw_of, rows_of
from monitor.loops.ingest.take import Intake
from monitor.store import fetches, items, sources
from monitor.store.items import Drop

# Nobody fetches what is brought: its next fetch never comes.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a delivery: how many rows it held, how many were new or known, and those that were not taken.

    `reason` says why none of it could be read.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    refused: tuple[BadRow, ...] = ()
    reason: FailureKind | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Pushes:
    """Takes in what is brought for any of the push sources; any number of processes may do so at once."""

    intake: Intake
    sources: Mapping[str, Source]
    clock: Callable[[], datetime]

    def register(self, now: datetime) -> None:
        """Give every source its row, and no turn among those that are fetched."""
        with self.intake.database.write() as connection:
            sources.register(connection, self.sources.keys(), now)
            for source_id in self.sources:
                sources.postpone(connection, source_id, NEVER)

    def take(self, source: Source, body: bytes, form: RowForm) -> Brought:
        """Take in one delivery; return once it is stored."""
        rule = source.push_rule or PushRule()
        try:
            rows = rows_of(body, form, rule.rows)
        except Unreadable as failure:
            empty = failure.kind is FailureKind.EMPTY and source.may_be_empty
            brought = Brought() if empty else Brought(reason=failure.kind, detail=failure.detail)
            self._record(source, brought, body, ())
            return brought
        now = self.clock()
        entries, refused = _entries(source, rule, rows, now)
        fresh = self.intake.unknown(source, entries, now)
        new = self.intake.take(source, fresh, now)
        unknown = {entry.key for entry in fresh}
        self.intake.see(source, [entry for entry in entries if entry.key not in unknown], now)
        known = len(rows) - len(refused) - new
        brought = Brought(len(rows), new, known, tuple(refused))
        self._record(source, brought, body, entries)
        return brought

    def _record(self, source: Source, brought: Brought, body: bytes, entries: Sequence[Entry]) -> None:
        """Keep what came of a delivery as what came of a fetch, so that silence and failures are seen alike."""
        now = self.clock()
        with self.intake.database.write() as connection:
            score = sources.state(connection, source.id).failure_score
            reason = brought.reason or (FailureKind.UNREADABLE if brought.rows and not entries else None)
            fetched = Fetched(
                outcome=Outcome.FAILED if reason else Outcome.ITEMS,
                reason=reason,
                detail=brought.detail or (f"{len(brought.refused)} / {brought.rows}" if brought.refused else ""),
                bytes=len(body),
                entries=tuple(entries),
            )
            drops = [_drop(source, bad, now) for bad in brought.refused]
            items.save_drops(connection, drops)
            fetches.record(
                connection,
                source.id,
                fetched,
                new=brought.new,
                next_at=NEVER,
                failure_score=score + WEIGHTS[reason] if reason else 0.0,
                now=now,
            )


def _entries(source: Source, rule: PushRule, rows: Iterable[Row], now: datetime) -> tuple[list[Entry], list[BadRow]]:
    """Return what rows hold, each piece once, and the rows that hold nothing."""
    entries: dict[str, Entry] = {}
    refused: list[BadRow] = []
    for rank, row in enumerate(rows, 1):
        raw = raw_of(row, rule)
        if isinstance(raw, RawEntry) and source.ranked:
            raw = replace(raw, rank=rank)
        found = _entry(source, raw, now) if isinstance(raw, RawEntry) else raw
        if isinstance(found, Entry):
            entries.setdefault(found.key, found)
        else:
            refused.append(replace(found, line=row.line))
    return list(entries.values()), refused


def _entry(source: Source, raw: RawEntry, now: datetime) -> Entry | BadRow:
    """Return one row as an entry; the sender's own id tells pieces apart that share an address."""
    identity = Identity.ID if source.identity is Identity.AUTO and raw.external_id.strip() else source.identity
    entries, dropped = ready(replace(source, identity=identity), RawDocument((raw,)), url="", now=now)
    if entries:
        return entries[0]
    bad = dropped[0]
    return BadRow(0, bad.reason, bad.detail, bad.title)


def _drop(source: Source, bad: BadRow, now: datetime) -> Drop:
    return Drop(source.id, now, bad.reason.value, bad.title, f"{bad.line}: {bad.detail}"[:500])
