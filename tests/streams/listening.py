"""What tests of streams need: listeners of an office on a moved clock, and patience for real sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from monitor.core.model import Trust
from monitor.core.sources import Source, SourceKind, StreamRule, Timeline
from monitor.core.streams import Sieve
from monitor.gate import Gate, GateSettings
from monitor.loops.ingest.streams import Streams
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.streams import states
from monitor.store.tables import DropRow, FetchRow, ItemRow, SourceRow
from monitor.store.tables_streams import WithdrawalRow
from tests.responders.console.station import Station
from tests.streams.fake_mastodon import TOKEN

ITEM, DROP, FETCH, SOURCE = of(ItemRow), of(DropRow), of(FetchRow), of(SourceRow)
WITHDRAWAL = of(WithdrawalRow)


def mastodon_source(url: str, **rule: object) -> Source:
    made = StreamRule(**({"timeline": Timeline.PUBLIC} | rule))  # type: ignore[arg-type]
    return Source(id="toots", name="长毛象", kind=SourceKind.MASTODON, url=url, trust=Trust.PLATFORM, stream_rule=made)


def jetstream_source(url: str, **rule: object) -> Source:
    made = StreamRule(**rule)  # type: ignore[arg-type]
    return Source(
        id="skies", name="Bluesky", kind=SourceKind.JETSTREAM, url=url, trust=Trust.PLATFORM, stream_rule=made
    )


@dataclass
class Ears:
    """An office that listens to one stream."""

    database: Database
    source: Source
    token: str = TOKEN
    station: Station = field(init=False)
    gate: Gate = field(init=False)
    made: list[Streams] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.station = Station(self.database)
        self.station.parts.sources = {self.source.id: self.source}
        self.gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5))

    def streams(self, owner: str = "one") -> Streams:
        """Return a process that listens."""
        rule = self.source.stream_rule
        assert rule is not None
        made = Streams(
            intake=self.station.parts.intake,
            gate=self.gate,
            sources={self.source.id: self.source},
            sieves={self.source.id: Sieve.of(rule, self.station.parts.reader.signals)},
            tokens={self.source.id: self.token},
            owner=owner,
            clock=self.station.clock,
            jitter=lambda: 1.0,
        )
        made.register(self.station.clock())
        self.made.append(made)
        return made

    def until(self, streams: Streams, true: Callable[[], bool], seconds: float = 60) -> None:
        """Let time pass, a second of the office's for each look, until something is true."""
        ends = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < ends, "it never came true"
            streams.tick(self.station.clock())
            self.station.clock.advance(seconds=1)
            time.sleep(0.02)

    def titles(self) -> list[str]:
        with self.database.read() as connection:
            return [row.title for row in connection.execute(ITEM.select().order_by(ITEM.c.id))]

    def drops(self) -> dict[str, int]:
        with self.database.read() as connection:
            found: dict[str, int] = {}
            for row in connection.execute(DROP.select()):
                found[row.reason] = found.get(row.reason, 0) + row.times
            return found

    def outcomes(self) -> list[tuple[str, str]]:
        with self.database.read() as connection:
            return [(row.outcome, row.reason) for row in connection.execute(FETCH.select().order_by(FETCH.c.id))]

    def withdrawn(self) -> int:
        with self.database.read() as connection:
            return len(connection.execute(WITHDRAWAL.select()).all())

    def cursor(self) -> str:
        with self.database.read() as connection:
            return states(connection, [self.source.id])[self.source.id].cursor


@contextmanager
def listening_to(database: Database, source: Source, token: str = TOKEN) -> Iterator[Ears]:
    """Give an office that listens; at the end nobody does."""
    ears = Ears(database, source, token)
    try:
        yield ears
    finally:
        for made in ears.made:
            made.close()
        ears.gate.close()


def listening_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("stream ")]
