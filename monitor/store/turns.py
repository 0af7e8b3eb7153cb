"""Take turns at writing to the embedded database, which has one writer at a time and no queue.

Within a process all stand in one queue, in the order of coming. Other processes cannot be seen: they ask again and
again, and so a queue that does not end stands aside for a moment now and then.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

# How often, in seconds, the first of a queue asks whether another process still writes.
ASK_AGAIN = 0.002
# After so many seconds of writing without a pause, a queue stands aside, for longer than anybody waits before he asks.
SPELL, ASIDE = 0.1, 0.005
_QUEUES: WeakValueDictionary[Path, Queue] = WeakValueDictionary()
_QUEUES_LOCK = threading.Lock()


class TurnNotCome(Exception):
    """Others of this process wrote for longer than one waits."""


class Queue:
    """Those of this process who wait to write to one file."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._changed = threading.Condition()
        self._waiting = deque[object]()
        self._taken = False
        self._busy_since = self._free_since = 0.0

    @contextmanager
    def turn(self, within: float) -> Iterator[None]:
        """Hold the only turn of this process, for which those who came before are waited for.

        Raise TurnNotCome where that takes longer than `within` seconds.
        """
        self._take(within)
        try:
            if self._is_to_stand_aside():
                time.sleep(ASIDE)
            yield
        finally:
            self._give()

    def _take(self, within: float) -> None:
        me = object()
        with self._changed:
            self._waiting.append(me)
            try:
                if not self._changed.wait_for(lambda: not self._taken and self._waiting[0] is me, within):
                    raise TurnNotCome
                self._taken = True
            finally:
                self._waiting.remove(me)
                self._changed.notify_all()

    def _give(self) -> None:
        with self._changed:
            self._taken = False
            self._free_since = time.monotonic()
            self._changed.notify_all()

    def _is_to_stand_aside(self) -> bool:
        """Tell whether this process wrote for long without a pause in which another could have asked."""
        now = time.monotonic()
        if now - self._free_since >= ASIDE:
            self._busy_since = now
        if now - self._busy_since < SPELL:
            return False
        self._busy_since = now + ASIDE
        return True


def queue_of(file: Path) -> Queue:
    """Return the queue of all in this process who write to `file`, however often it was opened."""
    with _QUEUES_LOCK:
        queue = _QUEUES.get(file)
        if queue is None:
            queue = _QUEUES[file] = Queue()
        return queue


def begin(connection: Connection, within: float) -> None:
    """Begin to write as soon as no other process does; raise OperationalError where one does for `within` seconds.

    SQLite's own wait asks again ever less often, ten times a second in the end, and so misses the moments for which a
    busy writer stands aside.
    """
    until = time.monotonic() + within
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _began(connection, until):
            time.sleep(ASK_AGAIN)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {round(within * 1000)}")


def _began(connection: Connection, until: float) -> bool:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
            raise
        return False
    return True
