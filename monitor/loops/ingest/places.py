"""How many fetches may read and store at once, while any number waits for hosts.

Waiting costs next to nothing, so that a thousand hosts that hang hold up nobody. To read costs processor time and a
whole body in memory: there are few places for it, and where many wait for one, nothing new is begun.
"""

from __future__ import annotations

import threading
from types import TracebackType


class Places:
    """A few places; entering waits for one. Whoever has one may enter again without waiting."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = threading.Semaphore(count)
        self._lock = threading.Lock()
        self._inside = threading.local()
        self.waiting = 0

    @property
    def crowded(self) -> bool:
        """Whether more wait than will be served soon."""
        return self.waiting > self.count * 4

    def __enter__(self) -> None:
        depth: int = getattr(self._inside, "depth", 0)
        self._inside.depth = depth + 1
        if depth:
            return
        with self._lock:
            self.waiting += 1
        self._free.acquire()
        with self._lock:
            self.waiting -= 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._inside.depth -= 1
        if not self._inside.depth:
            self._free.release()
