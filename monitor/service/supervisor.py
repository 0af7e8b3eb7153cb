"""Tell systemd that we are ready and alive (sd_notify): a datagram to the socket that it names, nothing elsewhere.

A process never ends itself because a part of it is ill: half an engine is better than none. Who can start another one
ends it: systemd when it hears no WATCHDOG=1 for the time it was told to wait.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The supervisor that started this process; without an address there is none."""

    address: str = ""

    @classmethod
    def given(cls) -> Supervisor:
        """Return the one that the environment names."""
        return cls(os.environ.get("NOTIFY_SOCKET", ""))

    def tell(self, *lines: str) -> None:
        """Send what is to be told; a supervisor that does not listen loses only that."""
        if not self.address:
            return
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.connect(address)
            way.sendall("\n".join(lines).encode())

    def watchdog(self, alive: Callable[[], bool]) -> Callable[[datetime], None]:
        """Return a tick that says that we live while `alive` says so; silence is what makes the supervisor act."""

        def tick(_now: datetime) -> None:
            if alive():
                self.tell("WATCHDOG=1")

        return tick
