"""Hold the streams: each is held by one of all processes, read by one thread, and taken over when that is killed."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.errors import Mistake
from monitor.core.sources import Source
from monitor.core.streams import Sieve, origin_of
from monitor.crawl.listening import follow
from monitor.crawl.streams import Look, Message, StreamFailure
from monitor.gate import Gate
from monitor.loops.ingest.listener import Listener
from monitor.loops.ingest.manners import Manners
from monitor.loops.ingest.take import Intake
from monitor.store import sources, streams
from monitor.store.streams import StreamState

LEASE, RENEWED = timedelta(seconds=30), timedelta(seconds=20)


@dataclass(slots=True)
class Streams:
    """Keeps a listener on every stream that this process holds; `tick` about once a second."""

    intake: Intake
    gate: Gate
    sources: Mapping[str, Source]
    sieves: Mapping[str, Sieve]
    tokens: Mapping[str, str]
    owner: str
    clock: Callable[[], datetime]
    manners: Manners | None = None
    jitter: Callable[[], float] = random.random
    listeners: dict[str, Listener] = field(default_factory=dict)
    _closed: bool = False
    # A tick may still be under way when the service ends.
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _rests: dict[str, datetime] = field(default_factory=dict)

    def register(self, now: datetime) -> None:
        """Give every stream its rows; it has no turn among those that are fetched."""
        with self.intake.database.write() as connection:
            sources.register(connection, self.sources.keys(), now)
            streams.register(connection, self.sources.keys(), now)

    def tick(self, now: datetime) -> int:
        """Take what nobody holds, and see to it that each stream of ours is listened to; return how many are."""
        with self._turn:
            # First: what is read of one that ends only after the reading does not say yet when it may be opened again.
            self._leave_ended()
            held = {} if self._closed else self._held(now)
            for source_id, listener in self.listeners.items():
                if source_id not in held:
                    listener.end()
            for source_id, state in held.items():
                rested = max(state.next_try_at, self._rests.get(source_id, now)) <= now
                if source_id not in self.listeners and rested and not self._closed:
                    self._rests.pop(source_id, None)
                    listener = self._listener(self.sources[source_id], state)
                    # First: where the system gives no thread, nothing shall count as listening.
                    listener.start()
                    self.listeners[source_id] = listener
            return len(self.listeners)

    def close(self, grace: float = 2.0) -> None:
        """End all listeners and let other processes have the streams."""
        self._closed = True
        turn = self._turn.acquire(timeout=grace)
        try:
            open_ones = list(self.listeners.values())
            for listener in open_ones:
                listener.end()
            for listener in open_ones:
                listener.join(grace)
            with suppress(Mistake), self.intake.database.write() as connection:
                streams.release(connection, list(self.sources), self.owner, self.clock())
        finally:
            if turn:
                self.listeners.clear()
                self._turn.release()

    def _leave_ended(self) -> None:
        for source_id, listener in list(self.listeners.items()):
            if listener.ended:
                del self.listeners[source_id]
                if listener.rests_until is not None:
                    self._rests[source_id] = listener.rests_until

    def _held(self, now: datetime) -> dict[str, StreamState]:
        with self.intake.database.read() as connection:
            known = streams.states(connection, self.sources.keys())
        mine = {name: state for name, state in known.items() if state.owner == self.owner and state.lease_until > now}
        wanted = [
            name
            for name, state in known.items()
            if state.lease_until <= now or (name in mine and state.lease_until - now < RENEWED)
        ]
        if wanted and not self._closed:
            with self.intake.database.write() as connection:
                mine |= streams.hold(connection, wanted, self.owner, now, now + LEASE)
        return mine

    def _listener(self, source: Source, state: StreamState) -> Listener:
        if state.origin not in (None, origin_of(source)):
            # It was another server or timeline that had come so far.
            state = replace(state, cursor="")
        return Listener(
            source=source,
            state=state,
            owner=self.owner,
            intake=self.intake,
            sieve=self.sieves[source.id],
            open=lambda look: self._opened(source, state.cursor, look),
            clock=self.clock,
            jitter=self.jitter,
        )

    def _opened(self, source: Source, cursor: str, look: Look) -> Iterator[Message]:
        """Open a stream, where its site's robots.txt allows that."""
        address = source.url.replace("ws", "http", 1) if source.url.startswith("ws") else source.url
        refused = None if self.manners is None else self.manners.refusal(source, address, self.clock())
        if refused is not None:
            raise StreamFailure(refused.reason, refused.detail)
        yield from follow(self.gate, source, self.tokens.get(source.id, ""), cursor, look, self.clock())
