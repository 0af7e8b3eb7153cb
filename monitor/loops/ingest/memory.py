"""What the placing compares with, kept in memory between the sittings of a process.

Each sitting that places anything writes an edition of the placings. By it a process sees what others have placed since,
and adds just that; where something was moved, which persons do, all is read anew.
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
from monitor.store.editions import PLACING, edition, hold, made_anew_in, mark_anew
from monitor.store.surroundings import catch_up, hear, surroundings


@dataclass(slots=True)
class Memory:
    """What is known between sittings: the recent incidents, as of which edition, and what titles at large speak of.

    Of the items that a sitting has stored itself, the `kept`, it lets the memory hear when it places them.
    """

    background: Background = field(default_factory=Background)
    lately: Lately = field(default_factory=Lately)
    edition: int = 0
    heard: int = 0
    shared: bool = False
    _around: Surroundings | None = None

    def incidents(self, connection: Connection, lore: Lore, now: datetime, kept: Container[int]) -> Surroundings:
        """Return the recent incidents with all that others have placed; they may place more meanwhile."""
        return self._as_of(connection, edition(connection, PLACING), lore, now, kept)

    def held(self, connection: Connection, lore: Lore, now: datetime, kept: Container[int]) -> Surroundings:
        """Let nobody else place anything until the transaction ends; return the recent incidents as they stand."""
        ours = hold(connection, PLACING)
        around = self._as_of(connection, ours - 1, lore, now, kept)
        around.forget(now - WINDOW)
        self.edition = ours
        return around

    def known(self, connection: Connection, lore: Lore, now: datetime, kept: Container[int]) -> Surroundings:
        """Return the recent incidents while nobody else places anything."""
        return self._as_of(connection, self.edition, lore, now, kept)

    def move(self, connection: Connection) -> None:
        """Have everybody read all anew, this process too: something was taken out of an incident."""
        mark_anew(connection, PLACING, self.edition)
        self._around = None

    def _as_of(
        self, connection: Connection, number: int, lore: Lore, now: datetime, kept: Container[int]
    ) -> Surroundings:
        """Bring what is known up to an edition: by what was added since, or anew where more than that has happened."""
        if number < self.edition:
            # Another state of the database is behind us: what is known here may not have happened there.
            self.background, self.lately, self.heard, self._around = Background(), Lately(), 0, None
        elif number > self.edition:
            self.shared = self._around is not None
            if made_anew_in(connection, PLACING) > self.edition:
                self._around = None
        if self._around is None or number != self.edition:
            self.heard = hear(connection, self.background, now, heard=self.heard, without=kept)
        if self._around is None:
            self._around = surroundings(connection, lore, self.background, now, until=number)
        elif number != self.edition:
            catch_up(connection, self._around, now, after=self.edition, until=number)
        self.edition = number
        return self._around


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
