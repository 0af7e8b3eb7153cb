"""Keep an exchange as it went over the wire, for those who have to prove later what a server said.

Only what is asked for is kept: a request made inside `recording()` leaves its exchanges there, redirects one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpcore

from monitor.gate.target import Target

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer.

    `body` is packed as it came; only the frames of a chunked transfer are gone. `cut` tells that more would have come;
    `ip` is the address that answered, a proxy's where there is one.
    """

    url: str
    method: str
    path: bytes
    sent: Headers
    status: int
    reason: str
    received: Headers
    body: bytes
    cut: bool = False
    ip: str = ""


_tape: ContextVar[list[Exchange] | None] = ContextVar("tape", default=None)


@contextmanager
def recording() -> Iterator[list[Exchange]]:
    """Yield the list in which the exchanges of this thread are kept until the end of the block."""
    kept: list[Exchange] = []
    token = _tape.set(kept)
    try:
        yield kept
    finally:
        _tape.reset(token)


class Copy:
    """Copies the body that passes through, up to one byte more than `longest`; nothing where nobody records."""

    def __init__(self, response: httpcore.Response, longest: int) -> None:
        self._tape = _tape.get()
        self._response = response
        # Asked before the body is read: whoever has sent all may hang up.
        self._ip = _peer(response) if self._tape is not None else ""
        self._longest = longest
        self._body = bytearray()

    def of(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the chunks on."""
        for chunk in chunks:
            if self._tape is not None:
                self._body += chunk[: self._longest + 1 - len(self._body)]
            yield chunk

    def keep(self, request: httpcore.Request, target: Target, *, cut: bool) -> None:
        """Keep the exchange, now that its body was read."""
        if self._tape is None:
            return
        response = self._response
        said = response.extensions.get("reason_phrase", b"")
        self._tape.append(
            Exchange(
                url=target.url,
                method=request.method.decode("ascii"),
                path=target.path,
                sent=tuple(request.headers),
                status=response.status,
                reason=said.decode("latin-1"),
                received=tuple(response.headers),
                body=bytes(self._body[: self._longest]),
                cut=cut,
                ip=self._ip,
            )
        )


def _peer(response: httpcore.Response) -> str:
    """Return the address that answers; "" where the connection is gone already."""
    stream = response.extensions.get("network_stream")
    try:
        peer = stream.get_extra_info("server_addr") if stream is not None else None
    except OSError:
        return ""
    return str(peer[0]) if peer else ""
