"""Compare the clocks every two seconds, tell people when one is wrong, ask others when nobody here knows."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.clock_alerts import ToldClocks, clock_alerts
from monitor.core.errors import Mistake
from monitor.core.timekeeping import ENOUGH, ClockCheck, ClockTrouble, behind
from monitor.gate import Gate, GateFailure
from monitor.service.clock import ServiceClock
from monitor.store import duties, engine
from monitor.store.database import Database

ASKED = 8
ASK_AGAIN = timedelta(minutes=1)
ASK_SECONDS = 5.0
log = logging.getLogger(__name__)


class ClockKeeper:
    """Keeps the service's clock; `last` is what the last check found."""

    def __init__(
        self,
        clock: ServiceClock,
        database: Database,
        process: str,
        *,
        gate: Callable[[], Gate],
        addresses: Sequence[str],
        pool: Executor,
    ) -> None:
        self.clock = clock
        self.last: ClockCheck = clock.check()
        self._database = database
        self._process = process
        self._gate = gate
        self._addresses = origins(addresses)
        self._pool = pool
        self._database_off: timedelta | None = None
        self._told = ToldClocks()
        self._asked_at: datetime | None = None
        self._behind = timedelta(0)
        self.moves = 0

    @property
    def troubles(self) -> dict[ClockTrouble, timedelta]:
        """The clocks that are wrong, and by how much each is ahead."""
        late = {ClockTrouble.BEHIND: -self._behind} if self._behind else {}
        return self.last.troubles | late

    def begin(self, patience: float) -> None:
        """Compare the clock with what was stored last, and with other hosts before the first deadline is looked at.

        Waits up to `patience` seconds for enough of them to answer.
        """
        with self._database.read() as connection:
            self._behind = behind(self.clock.reading(), engine.newest_stored(connection))
        if len(self._addresses) < ENOUGH:
            return
        self._ask()
        end = time.monotonic() + patience
        while len(self.clock.hosts) < ENOUGH and time.monotonic() < end:
            time.sleep(0.05)
        self._check(None)

    def tick(self, now: datetime) -> bool:
        """Compare the clocks and make the alerts that are due; tell whether there were any."""
        # Before anything is asked of the database, which may hang: the engine's time does not depend on it.
        unknown = self._check(None).troubles.keys() & {ClockTrouble.STEPPED}
        if (unknown or self._behind) and (self._asked_at is None or now - self._asked_at >= ASK_AGAIN):
            self._asked_at = now
            self._ask()
        paused = self.last.paused
        theirs = self._database_clock()
        if theirs is not None:
            self._check(theirs)
        now = self.clock()
        told, drafts = clock_alerts(self.troubles, self._told, self._process, now, paused=paused)
        if drafts:
            with self._database.write() as connection:
                duties.save_alerts(connection, drafts, now)
        self._told = told
        return bool(drafts)

    def _check(self, database: datetime | None) -> ClockCheck:
        found = self.clock.check(database)
        # Where the database was not asked just now, what it said last holds.
        self.last = found if database is not None else replace(found, database_off=self._database_off)
        self._database_off = self.last.database_off
        if self.last.moved:
            self.moves += 1
            self._behind = timedelta(0)
            log.warning("the engine's time was moved by %s s", self.last.moved.total_seconds())
        if self.last.witnesses_off is not None:
            self._behind = timedelta(0)
        return self.last

    def _database_clock(self) -> datetime | None:
        """Return the database's clock as it stands now, half of the way there and back allowed for."""
        try:
            with self._database.read() as connection:
                before = time.monotonic()
                theirs = engine.database_clock(connection)
                half = (time.monotonic() - before) / 2
        except Mistake:
            # Told by whoever writes; the clocks of the machine are compared all the same.
            return None
        return None if theirs is None else theirs + timedelta(seconds=half)

    def _ask(self) -> None:
        """Let some of the watched hosts say what time it is; the gate passes on what it hears."""
        for address in self._addresses:
            self._pool.submit(_ask, self._gate(), address)


def _ask(gate: Gate, address: str) -> None:
    with contextlib.suppress(GateFailure):
        gate.get(address, total_seconds=ASK_SECONDS, longest_body=1024)


def origins(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the front pages of the first few hosts among the addresses."""
    found: dict[str, str] = {}
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname:
            found.setdefault(parts.hostname, f"{parts.scheme}://{parts.netloc}/")
        if len(found) == ASKED:
            break
    return tuple(found.values())
