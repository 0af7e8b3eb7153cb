"""Connections that are checked when they are made and end when the time of their request is over.

The address that is checked is the address that is connected to, so a name that changes its answer between two look-ups
gains nothing. The deadline belongs to the running request, not to the connection, which may serve many.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import httpcore

from monitor.core.sources import FailureKind
from monitor.gate.addresses import Address, AllowList, may_reach
from monitor.gate.failure import GateFailure

Resolve = Callable[[str, int], list[str]]
CONNECT_SHARE = 10.0

# How often whoever waits for a stream that does not end may look at something else.
SLICE = 0.5

deadline: ContextVar[float] = ContextVar("deadline")
# Called again and again while a stream is waited for; what it raises ends the waiting.
meanwhile: ContextVar[Callable[[], None] | None] = ContextVar("meanwhile", default=None)


def remaining(longest: float | None = None) -> float:
    """Return the seconds left for the running request, at most `longest`; raise GateFailure when there are none."""
    left = deadline.get() - time.monotonic()
    if left <= 0:
        raise GateFailure(FailureKind.TIMEOUT, "total time is over")
    return left if longest is None else min(left, longest)


def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver; return the addresses in its order of preference."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)))


@lru_cache(maxsize=4096)  # Asked twice for each request.
def numeric(host: str) -> Address | None:
    """Return the address that `host` spells in any form the system takes for one ("127.1", "0x7f000001"), or None."""
    try:
        found = socket.getaddrinfo(host, 0, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return ip_address(found[0][4][0])


def _resolved(resolve: Resolve, host: str, port: int) -> list[str]:
    """Resolve in a thread of its own, because the system's resolver knows no deadline; an address needs none."""
    if (address := numeric(host)) is not None:
        return [str(address)]
    answer: list[list[str] | Exception] = []

    def ask() -> None:
        try:
            answer.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, name=f"resolve {host}", daemon=True)
    thread.start()
    thread.join(remaining(CONNECT_SHARE))
    if not answer:
        raise GateFailure(FailureKind.DNS, f"{host}: no answer in time")
    if isinstance(answer[0], Exception):
        raise GateFailure(FailureKind.DNS, f"{host}: {answer[0]}")
    if not answer[0]:
        raise GateFailure(FailureKind.DNS, f"{host}: no address")
    return answer[0]


class TimedStream(httpcore.NetworkStream):
    """A stream whose every operation ends with the running request's time."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read up to `max_bytes` bytes."""
        look = meanwhile.get()
        if look is None:
            return self._stream.read(max_bytes, remaining(timeout))
        while True:
            try:
                return self._stream.read(max_bytes, min(SLICE, remaining(timeout)))
            except httpcore.ReadTimeout:
                look()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write the whole buffer."""
        self._stream.write(buffer, remaining(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the same connection with TLS on it."""
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        """Pass on what the connection knows of itself."""
        return self._stream.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to permitted addresses only. `proxy` is the one (host, port) that is not checked."""

    def __init__(self, *, allowed: AllowList, resolve: Resolve, proxy: tuple[str, int] | None) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._proxy = proxy
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; refuse all where one of them is not permitted."""
        found = _resolved(self._resolve, host, port)
        if (host, port) != self._proxy:
            for text in found:
                if not may_reach(host, ip_address(text), self._allowed):
                    raise GateFailure(FailureKind.ADDRESS_REFUSED, f"{host} is {text}")
        last: Exception | None = None
        for number, text in enumerate(found):
            share = remaining(timeout) / (len(found) - number)
            try:
                return TimedStream(self._plain.connect_tcp(text, port, share, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        assert last is not None
        raise last
