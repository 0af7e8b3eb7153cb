"""Listen to one stream: take what comes, store it, and keep how far the stream has come.

How far is kept only after what came before is stored: after any end it goes on from there, and what comes twice is one
Item. While what came is being stored nothing more is read, so that a flood waits at its sender.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.core.errors import Mistake
from monitor.core.fetched import DropReason, Entry, Fetched, Outcome
from monitor.core.identity import item_key
from monitor.core.sources import WEIGHTS, FailureKind, Identity, Source, SourceKind
from monitor.core.streams import STOOD, Act, Minute, Sieve, is_newer, is_number, moment_of, origin_of, pause
from monitor.crawl.entries import ready
from monitor.crawl.listening import said
from monitor.crawl.raw import RawDocument
from monitor.crawl.streams import Look, Message, StreamFailure
from monitor.gate import GateFailure
from monitor.loops.ingest.take import Intake
from monitor.store import fetches, items, sources, streams, troubles
from monitor.store.items import Drop
from monitor.store.sources import LEG
from monitor.store.streams import StreamState

# So much is stored at once, and so long is waited for more of it.
BATCH, GATHERED = 100, timedelta(seconds=1)
# What was only passed over need not be written down at once.
PASSED = timedelta(seconds=5)
ACCOUNT, QUIET_ACCOUNT = timedelta(minutes=1), timedelta(minutes=10)
# Beyond this nobody has listened for as long as counts as not fetched.
EXPECTED = timedelta(minutes=20)
LONGEST_CURSOR, AHEAD = 64, timedelta(hours=1)
# What is older than that comes from what the sender keeps for us.
LATE, WAITED = timedelta(minutes=1), 0.1
log = logging.getLogger(__name__)


class _Ended(Exception):
    """The service ends, or another process listens now."""


@dataclass(slots=True)
class Listener:
    """Listens to one stream in a thread of its own, from one opening to its end."""

    source: Source
    state: StreamState
    owner: str
    intake: Intake
    sieve: Sieve
    open: Callable[[Look], Iterator[Message]]
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    ended: bool = False
    # Before then it is not to be opened again, whether or not that could be written down.
    rests_until: datetime | None = None
    minute: Minute = field(default_factory=Minute)
    _ending: threading.Event = field(default_factory=threading.Event)
    _waiting: list[Message] = field(default_factory=list)
    _counts: Counter[tuple[DropReason, str]] = field(default_factory=Counter)
    _cursor: str = ""
    _since: datetime | None = None
    _opened_at: datetime | None = None
    _accounted_at: datetime | None = None
    _seen: int = 0
    _new: int = 0
    _size: int = 0
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen."""
        thread = threading.Thread(target=self._run, name=f"stream {self.source.id}", daemon=True)
        thread.start()
        self._thread = thread

    def end(self) -> None:
        """End within a second; what was not stored yet comes again."""
        self._ending.set()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        messages = self.open(self._look)
        try:
            failure = self._listen(messages)
            self._close(failure)
        except _Ended:
            pass
        except Mistake as mistake:
            # The database fails; what was not stored comes again.
            log.error("stream %s: %s", self.source.id, mistake)  # noqa: TRY400 - the sentence says it all
            self.rests_until = self.rests_until or self._pause(self.clock())
        except Exception as error:
            log.exception("stream %s", self.source.id)
            self._note(error)
        finally:
            # First: a second connection shall not stand beside this one.
            try:
                with suppress(GateFailure, StreamFailure):
                    messages.close()  # type: ignore[attr-defined]
            finally:
                self.ended = True

    def _listen(self, messages: Iterator[Message]) -> StreamFailure:
        """Take what comes until the stream ends; return how it ended."""
        try:
            for message in messages:
                self._take(message)
                self._look()
        except GateFailure as failure:
            return StreamFailure(failure.kind, failure.detail)
        except StreamFailure as failure:
            return failure
        return StreamFailure(FailureKind.PROTOCOL, "closed")

    def _take(self, message: Message) -> None:
        asked_for = message.act in (Act.POSTED, Act.EDITED) and self.sieve.keeps(said(message), message.languages)
        if asked_for and self._is_late(message):
            self._wait()
        now = self.clock()
        self._cursor = self._further(message.cursor)
        if message.act is Act.OPENED:
            self._opened_at = now
            with self.intake.database.write() as connection:
                streams.opened(connection, self.source.id, now)
        elif message.act is Act.LEFT_OUT:
            # A server that sends nothing but rubbish shall not fill the memory with what is said of it.
            detail = message.detail if len(self._counts) < BATCH else ""
            self._counts[message.reason or DropReason.BROKEN, detail] += 1
        elif message.act is Act.WITHDRAWN:
            self._waiting.append(message)
        elif message.act in (Act.POSTED, Act.EDITED):
            self._seen += 1
            self._size += len(message.entry.text)
            if not asked_for:
                self._counts[DropReason.NOT_ASKED_FOR, ""] += 1
            elif reason := self.minute.takes(now):
                self._counts[reason, ""] += 1
            else:
                self._waiting.append(message)
        if self._since is None:
            self._since = now

    def _is_late(self, message: Message) -> bool:
        """Tell whether the sender still holds what comes after this: then nothing is lost by waiting."""
        if self.source.kind is SourceKind.JETSTREAM and is_number(message.cursor):
            return self.clock() - moment_of(message.cursor) > LATE
        return message.late

    def _wait(self) -> None:
        """Wait until the minute is over in which enough was kept; what came before is stored meanwhile."""
        if self.minute.is_full(self.clock()) and self._since is not None:
            self._store(self.clock())
        while self.minute.is_full(self.clock()):
            if self._ending.wait(WAITED):
                raise _Ended

    def _further(self, cursor: str) -> str:
        """Return how far the stream has come: none leads back, and none so far ahead that all would be passed over."""
        known = self._cursor or self.state.cursor
        if not cursor or len(cursor) > LONGEST_CURSOR or not is_newer(cursor, known):
            return known
        ahead = self.source.kind is SourceKind.JETSTREAM and moment_of(cursor) > self.clock() + AHEAD
        return known if ahead else cursor

    def _look(self) -> None:
        """End where we are to; else store what waits once it is enough or has waited long enough."""
        if self._ending.is_set():
            raise _Ended
        now = self.clock()
        if self._since is None:
            self._account(now)
            return
        waited = now - self._since
        if len(self._waiting) >= BATCH or waited >= (GATHERED if self._waiting else PASSED):
            self._store(now)

    def _store(self, now: datetime) -> None:
        """Store what waits, and then how far it was."""
        waiting, self._waiting, self._since = self._waiting, [], None
        counts, self._counts = self._counts, Counter()
        posted = self._entries([one for one in waiting if one.act is Act.POSTED], now)
        self._new += self._taken(posted, now)
        self._new += self._taken(self._changed([one for one in waiting if one.act is Act.EDITED], now), now)
        taken_back = [one.id for one in waiting if one.act is Act.WITHDRAWN and one.id]
        with self.intake.database.write() as connection:
            if taken_back:
                streams.withdraw(connection, self.source.id, taken_back, now)
            streams.count_drops(connection, self.source.id, counts, now)
            mine = streams.keep_cursor(connection, self.source.id, self.owner, self._cursor, origin_of(self.source))
        if not mine:
            raise _Ended
        self._account(now)

    def _taken(self, entries: list[Entry], now: datetime) -> int:
        fresh = self.intake.unknown(self.source, entries, now) if entries else []
        return self.intake.take(self.source, fresh, now) if fresh else 0

    def _entries(self, messages: list[Message], now: datetime) -> list[Entry]:
        if not messages:
            return []
        document = RawDocument(tuple(message.entry for message in messages))
        entries, dropped = ready(self.source, document, url=self.source.url, now=now)
        drops = [Drop(self.source.id, now, one.reason.value, one.title, one.detail) for one in dropped]
        # What comes twice after a new opening is no news.
        told = [drop for drop in drops if drop.reason != DropReason.DUPLICATE]
        if told:
            with self.intake.database.write() as connection:
                items.save_drops(connection, told)
        return entries

    def _changed(self, messages: list[Message], now: datetime) -> list[Entry]:
        """Return what edited posts say now: a further Item where the words are others than those that are stored."""
        found = []
        for message in messages:
            for entry in self._entries([message], now):
                with self.intake.database.read() as connection:
                    known = streams.known(connection, [entry.key]).get(entry.key)
                if known is None:
                    found.append(entry)
                elif known[1] != entry.text:
                    found.append(replace(entry, key=self._key_of(entry, message.revision)))
        return found

    def _key_of(self, entry: Entry, revision: str) -> str:
        return item_key(
            source_id=self.source.id,
            url="",
            external_id=f"{entry.external_id}#{revision}",
            title=entry.title,
            text=entry.text,
            identity=Identity.ID,
        )

    def _account(self, now: datetime) -> None:
        """Keep now and then what came, as what came of a fetch, so that silence is seen by the same rules."""
        last = self._accounted_at
        if last is None:
            # One that ends again at once is not well yet.
            due = self._opened_at is not None and (self._new > 0 or now - self._opened_at >= STOOD)
        else:
            due = now - last >= (ACCOUNT if self._new else QUIET_ACCOUNT)
        if not due:
            return
        self._accounted_at = now
        seen, new, size = self._seen, self._new, self._size
        self._seen, self._new, self._size = 0, 0, 0
        with self.intake.database.write() as connection:
            streams.account(connection, self.source.id, seen=seen, new=new, size=size, next_at=now + EXPECTED, now=now)
            troubles.clear(connection, LEG, self.source.id)

    def _close(self, failure: StreamFailure) -> None:
        """Store what is left, and plan the next opening; a stream of which account was given was a good one."""
        now = self.clock()
        # Before what is left is stored, too: where that fails, the server is left alone all the same.
        self._pause(now, failure.retry_after)
        if self._since is not None:
            self._store(now)
        again = self._pause(now, failure.retry_after)
        with self.intake.database.write() as connection:
            streams.plan(connection, self.source.id, self.owner, next_try_at=again, failures=self._failures)
            if self._failures:
                score = sources.state(connection, self.source.id).failure_score
                fetches.record(
                    connection,
                    self.source.id,
                    Fetched(outcome=Outcome.FAILED, reason=failure.kind, detail=failure.detail),
                    new=0,
                    next_at=again + EXPECTED,
                    failure_score=score + WEIGHTS[failure.kind],
                    now=now,
                )
        log.info("stream %s: %s %s", self.source.id, failure.kind, failure.detail)

    def _note(self, error: Exception) -> None:
        """Keep that what came could not be dealt with; it is tried again, and after some faults people are told."""
        now = self.clock()
        again = self._pause(now)
        try:
            with self.intake.database.write() as connection:
                troubles.note(connection, LEG, self.source.id, error, now)
                streams.plan(connection, self.source.id, self.owner, next_try_at=again, failures=self._failures)
        except Mistake as mistake:
            log.error("stream %s: %s", self.source.id, mistake)  # noqa: TRY400 - the sentence says it all

    @property
    def _failures(self) -> int:
        """How often it has failed in a row; one that stood well has not."""
        return 0 if self._accounted_at is not None else self.state.failures + 1

    def _pause(self, now: datetime, asked: timedelta | None = None) -> datetime:
        """Return when it may be opened again, and keep that also for where it cannot be written down."""
        self.rests_until = now + pause(self._failures, self.jitter(), asked=asked)
        return self.rests_until
