"""What keeps us from waiting for ever on a database server that says nothing.

A host that lost its power, or a network that drops everything, is found out by the kernel within some ten seconds. A
server that is stopped, or a proxy that hangs, answers the kernel all the same: then somebody has to break off.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Engine, event

# Parameters of libpq (PostgreSQL documentation, 32.1.2): seconds, but the last, which is in milliseconds.
LIMITS: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def limits_for(url: URL) -> dict[str, int]:
    """Return the limits of waiting that the address does not set by itself."""
    return {name: limit for name, limit in LIMITS.items() if name not in url.query}


class Lines:
    """The connections to a server that an engine has open, so that they can be broken off from another thread."""

    def __init__(self, engine: Engine) -> None:
        self._open: WeakSet[Any] = WeakSet()
        self._lock = threading.Lock()
        self._closed: type[Exception] = engine.dialect.loaded_dbapi.Error
        event.listen(engine, "connect", self._opened)

    def _opened(self, connection: Any, _record: object) -> None:
        with self._lock:
            self._open.add(connection)

    def break_off(self) -> int:
        """Break off every connection; whoever waits on one is told that it is lost. Return how many there were."""
        with self._lock:
            lines, self._open = list(self._open), WeakSet()
        return sum(self._break(line) for line in lines)

    def _break(self, connection: Any) -> bool:
        # One that is closed already has no socket any more.
        with suppress(OSError, self._closed), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
            return True
        return False
