"""What the placing compares with, kept in memory between the sittings of a process.

Each sitting that places anything writes an edition of the placings. By it a process sees what others have placed since,
and adds just that; where a person has moved something, all is read anew.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from monitor.core.incidents.placing import WINDOW, Lore
from monitor.core.incidents.surroundings import Surroundings
from monitor.core.incidents.topics import Background
from monitor.loops.ingest.lately import Lately
from monitor.store.editions import edition, hold, made_anew_in
from monitor.store.surroundings import catch_up, hear, surroundings

PLACING = "placing"


@dataclass(slots=True)
class Memory:
    """What is known between sittings: the recent incidents, as of which edition, and what titles at large speak of.

    Of the items that a sitting has stored itself, the `kept`, it lets the memory hear when it places them.
    """

    background: Background = field(default_factory=Background)
    lately: Lately = field(default_factory=Lately)
    edition: int = 0
    heard: int = 0
    _around: Surroundings | None = None
    _shared: bool = False

    def incidents(self, connection: Connection, lore: Lore, now: datetime, kept: Container[int]) -> Surroundings:
        """Return the recent incidents as they are known here, or read them where they are not."""
        if self._around is None:
            self.edition = edition(connection, PLACING)
            self._hear(connection, now, kept)
            self._around = surroundings(connection, lore, self.background, now, until=self.edition)
        return self._around

    def listen(self, connection: Connection, since: datetime, now: datetime, kept: Container[int]) -> None:
        """Read what others have stored before they must wait for the placing: little is left to be read then."""
        if self._shared:
            self._hear(connection, now, kept)
            self.lately.read(connection, since, now)

    def held(self, connection: Connection, lore: Lore, now: datetime, kept: Container[int]) -> Surroundings:
        """Let nobody else place anything until the transaction ends; return the recent incidents as they stand."""
        ours = hold(connection, PLACING)
        self._shared = ours > self.edition + 1
        if self._shared and made_anew_in(connection, PLACING) > self.edition:
            self._around = None
        around = self.incidents(connection, lore, now, kept)
        if ours > self.edition + 1:
            self._hear(connection, now, kept)
            catch_up(connection, around, now, after=self.edition)
        around.forget(now - WINDOW)
        self.edition = ours
        return around

    def _hear(self, connection: Connection, now: datetime, kept: Container[int]) -> None:
        self.heard = hear(connection, self.background, now, heard=self.heard, without=kept)


class Shelf:
    """Keeps one memory for the sittings of a process, which take turns; one that failed leaves none behind."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._memory = Memory()

    @contextmanager
    def borrowed(self) -> Iterator[Memory]:
        """Give the memory to one sitting."""
        with self._lock:
            memory, self._memory = self._memory, Memory()
            yield memory
            self._memory = memory
