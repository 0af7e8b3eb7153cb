"""Have hubs tell what is new: ask them, believe what can be proved, read what they bring like any fetched body.

A hub is asked before its lease ends; when is an indexed column. Whoever asks first pushes that moment on, so that of
several processes one asks. What a hub brings is kept before it is answered, and read by the leg that also fetches.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from monitor.core.access.buckets import Pace
from monitor.core.duties.alerting import AlertDraft
from monitor.core.errors import Mistake
from monitor.core.fetched import DropReason, Fetched, Outcome
from monitor.core.sources import FailureKind, Source
from monitor.core.websub import (
    DENIED_FOR,
    MISSED,
    MOST_LEAVING,
    State,
    asked_again_at,
    granted,
    may_be_token,
    method_of,
    renewed_at,
    signature_holds,
    silent_alert,
)
from monitor.crawl.fetch import delivered
from monitor.gate import Gate
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.ingest.hub_asking import Asking, fit_to_tell
from monitor.store import buckets, duties, items, websub
from monitor.store.database import Database
from monitor.store.items import Drop
from monitor.store.websub import Brought, Subscription

ASKED_AT_ONCE = 5
MOST_WAITING = 20
READING, MOST_TRIES = timedelta(minutes=15), 3
AGAIN = timedelta(minutes=1)
READ_AT_ONCE = 4
NAMED = 10
PACE = Pace(burst=60, every=timedelta(seconds=1))
NOT_TOLD = (State.WANTED, State.LEAVING)
GONE = Fetched(outcome=Outcome.FAILED, reason=FailureKind.UNREADABLE, detail="not watched any more")
KILLS = Fetched(outcome=Outcome.FAILED, reason=FailureKind.UNREADABLE, detail="reading it has never come to an end")
log = logging.getLogger(__name__)


class Taken(Enum):
    """What becomes of what a hub brings; what is not signed is answered like the rest (section 8), and not read."""

    KEPT = "kept"
    FORGED = "forged"
    UNKNOWN = "unknown"
    FULL = "full"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Answers hubs that call; any process may."""

    database: Database
    sources: Mapping[str, Source]
    clock: Callable[[], datetime]
    fraction: Callable[[], float] = random.random

    def verify(self, token: str, asked: Mapping[str, str]) -> str | None:
        """Return the challenge where we did ask for what a hub wants confirmed, "" for a denial; None else."""
        now, mode, topic = self.clock(), asked.get("hub.mode", ""), asked.get("hub.topic")
        known = self._known(token)
        if known is None or topic != known.topic:
            return None
        with self.database.write() as connection:
            known = websub.by_token(connection, token)
            if known is None or topic != known.topic:
                return None
            if mode == "denied":
                denied = {"state": State.DENIED.value, "ask_at": now + DENIED_FOR, "expires_at": None}
                if known.state is not State.LEAVING:
                    said = fit_to_tell(asked.get("hub.reason", ""), known)
                    websub.change(connection, known.source_id, token, **denied, said=said)
                return ""
            challenge = asked.get("hub.challenge", "")
            if not challenge:
                return None
            if mode == "unsubscribe" and known.state is State.LEAVING:
                websub.forget(connection, known.source_id)
                return challenge
            if mode != "subscribe" or known.state not in (State.ASKED, State.ACTIVE):
                return None
            lease = granted(asked.get("hub.lease_seconds", ""))
            fresh = {} if known.tells(now) else {"missed": 0, "told": False, "brought_at": None}
            websub.change(
                connection,
                known.source_id,
                token,
                state=State.ACTIVE.value,
                expires_at=now + lease,
                ask_at=renewed_at(now, lease, self.fraction()),
                failures=0,
                said="",
                **fresh,
            )
            return challenge

    def admits(self, token: str) -> Taken | None:
        """Tell why nothing is read that is brought at this address; None where it is. This counts as one delivery."""
        known = self._known(token)
        if known is None or not self._hears(known):
            return Taken.UNKNOWN
        with self.database.write() as connection:
            return Taken.TOO_OFTEN if buckets.take(connection, _brings(known), self.clock()) else None

    def take(self, token: str, body: bytes, content_type: str, signature: str) -> Taken:
        """Keep what a hub brings, where it is signed; it is read in its turn. It was admitted before."""
        now, known = self.clock(), self._known(token)
        if known is None or not self._hears(known):
            return Taken.UNKNOWN
        if not signature_holds(known.secret, signature, body):
            return self._forged(known, method_of(signature), now)
        with self.database.write() as connection:
            if websub.waiting(connection, known.source_id) >= MOST_WAITING:
                return Taken.FULL
            websub.keep_body(connection, known.source_id, content_type, body, now)
        return Taken.KEPT

    def _forged(self, known: Subscription, method: str, now: datetime) -> Taken:
        """Count a forgery for itself, so that the hub's own deliveries are not refused because of it."""
        with self.database.write() as connection:
            buckets.refill(connection, _brings(known), now)
            if buckets.take(connection, {f"websub forged {known.source_id}": PACE}, now):
                return Taken.TOO_OFTEN
            detail = f"X-Hub-Signature: {method or '—'}"
            items.save_drops(connection, [Drop(known.source_id, now, DropReason.FORGED.value, detail=detail)])
        return Taken.FORGED

    def _known(self, token: str) -> Subscription | None:
        if not may_be_token(token):
            return None
        with self.database.read() as connection:
            return websub.by_token(connection, token)

    def _hears(self, known: Subscription) -> bool:
        return known.source_id in self.sources and known.state not in NOT_TOLD


def _brings(known: Subscription) -> dict[str, Pace]:
    return {f"websub {known.source_id}": PACE}


@dataclass(slots=True)
class Hubs:
    """Asks hubs, reads what they brought, tells of those that fell silent; any number of processes may do so at once.

    `callback` is the public address under which they call, to which the token is added.
    """

    database: Database
    gate: Gate
    crawl: Crawl
    callback: str
    clock: Callable[[], datetime]
    _under_way: set[Future[None]] = field(default_factory=set)
    _unread: list[Brought] = field(default_factory=list)

    def tick(self, now: datetime) -> int:
        """Ask about what is due; return how many hubs were asked."""
        with self.database.read() as connection:
            known = websub.subscriptions(connection)
        gone = [one for one in known if one.source_id not in self.crawl.sources and one.state is not State.LEAVING]
        if gone:
            with self.database.write() as connection:
                for one in gone:
                    websub.leave(connection, one, now)
        claimed = self._claimed(now) if gone or any(one.ask_at <= now for one in known) else []
        for due in claimed:
            self._ask(due)
        self._tell([one for one in known if one.missed >= MISSED and not one.told], now)
        return len(claimed)

    def _claimed(self, now: datetime) -> list[Subscription]:
        """Take what is due. The next moment is set first: nobody else asks, and a hub may call back at once."""
        claimed = []
        with self.database.write() as connection:
            for due in websub.due(connection, now, ASKED_AT_ONCE):
                if due.state is State.LEAVING and due.failures >= MOST_LEAVING:
                    websub.forget(connection, due.source_id)
                    continue
                holds = due.state is State.LEAVING or due.tells(now)
                state = due.state if holds else State.ASKED
                again = asked_again_at(now, due.failures)
                values = {"state": state.value, "ask_at": again, "failures": due.failures + 1}
                websub.change(connection, due.source_id, due.token, **values)
                claimed.append(due)
        return claimed

    def read(self, now: datetime) -> int:
        """Begin to read what hubs brought, the oldest first; return how many bodies are being read."""
        self._under_way = {future for future in self._under_way if not future.done()}
        while self._unread:
            with self.database.write() as connection:
                websub.hand_back(connection, self._unread[0], now + AGAIN)
            del self._unread[0]
        while len(self._under_way) < READ_AT_ONCE:
            with self.database.read() as connection:
                if not websub.is_waiting(connection, now):
                    break
            with self.database.write() as connection:
                brought = websub.take_body(connection, now, now + READING)
            if brought is None:
                break
            try:
                self._under_way.add(self.crawl.pool.submit(self._run, brought))
            except RuntimeError:
                # The system gives no more threads: nobody has tried to read it.
                self._unread.append(brought)
                raise
        return len(self._under_way)

    def wait(self) -> None:
        """Wait until every body that is being read has been."""
        for future in list(self._under_way):
            future.result()

    def _run(self, brought: Brought) -> None:
        try:
            self._read(brought)
        except Mistake as mistake:
            # The database fails; the body is given back as soon as it does not.
            self._unread.append(brought)
            log.error("source %s: %s", brought.source_id, mistake)  # noqa: TRY400 - the sentence says it all
        except Exception:
            log.exception("source %s: what a hub brought", brought.source_id)

    def _ask(self, due: Subscription) -> None:
        """Ask a hub; it calls back, perhaps before it answers. A refusal is kept, and it is asked again in its time."""
        source = self.crawl.sources.get(due.source_id)
        said = Asking(self.gate, self.callback).ask(due, "" if source is None else source.url)
        if said:
            log.warning("hub of %s: %s", due.source_id, said)
            with self.database.write() as connection:
                websub.change(connection, due.source_id, due.token, said=said)

    def _read(self, brought: Brought) -> None:
        """Read a body as if it had been fetched; one that breaks us is tried again, and given up with its reason."""
        source, now = self.crawl.sources.get(brought.source_id), self.clock()
        fetched, new, drops = GONE, 0, list[Drop]()
        with self.database.read() as connection:
            known = websub.subscription(connection, brought.source_id)
        if brought.tries > MOST_TRIES:
            # Each time the whole process was gone before it could say anything.
            fetched = KILLS
            drops = [Drop(brought.source_id, now, DropReason.BROKEN.value, detail=KILLS.detail)]
        elif source is not None and known is not None:
            try:
                fetched = delivered(source, brought.body, brought.content_type, known.topic, now)
                new, _ = self.crawl.absorb(source, fetched, backlog=False)
                drops = [Drop(source.id, now, one.reason.value, one.title, one.detail) for one in fetched.dropped]
            except Mistake:
                raise
            except Exception as error:
                log.exception("source %s: what a hub brought cannot be read", brought.source_id)
                if brought.tries < MOST_TRIES:
                    return
                said = f"{type(error).__name__}: {error}"[:300]
                drops = [Drop(brought.source_id, now, DropReason.BROKEN.value, detail=said)]
        with self.database.write() as connection:
            items.save_drops(connection, drops)
            websub.record(connection, brought.source_id, fetched, new=new, now=self.clock())
            websub.done_with(connection, brought.id)

    def _tell(self, found: Sequence[Subscription], now: datetime) -> None:
        """Tell once of the hubs that say nothing of what is found by looking, and ask them anew."""
        silent = [one for one in found if one.source_id in self.crawl.sources]
        if self._silent_alert(silent, now) is None:
            return
        with self.database.write() as connection:
            # One may have brought something since it was read, and another process may have told of it.
            silent = [one for one in silent if websub.tell(connection, one, MISSED, now)]
            draft = self._silent_alert(silent, now)
            duties.save_alerts(connection, [] if draft is None else [draft], now)

    def _silent_alert(self, silent: Sequence[Subscription], now: datetime) -> AlertDraft | None:
        names = [self.crawl.sources[one.source_id].name for one in silent]
        names = names if len(names) <= NAMED else [*names[:NAMED], "…"]
        return silent_alert([one.source_id for one in silent], names, now)
