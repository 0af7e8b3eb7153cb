"""The body of an answer that does not end, read part by part: no total time, but a limit to silence.

It was asked for through the gate like any other. One thread reads it; while it waits, it is let look at something else
twice a second, so that it can end within a second.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator

import httpcore

from monitor.core.sources import FailureKind
from monitor.gate.connection import deadline, meanwhile
from monitor.gate.failure import GateFailure


class Flow:
    """What flows; every failure is a GateFailure, after which it is of no more use."""

    def __init__(self, response: httpcore.Response, host: str, idle_seconds: float) -> None:
        self._response = response
        self._host = host
        self._idle = idle_seconds

    def parts(self, look: Callable[[], None]) -> Iterator[bytes]:
        """Yield what comes until the other side ends it; `look` is called meanwhile, and after each part."""
        chunks = iter(self._response.iter_stream())
        while True:
            part = self._next(chunks, look)
            if part is None:
                return
            yield part
            # What comes may be nothing but signs of life.
            look()

    def close(self) -> None:
        """Close the connection."""
        self._response.close()

    def _next(self, chunks: Iterator[bytes], look: Callable[[], None]) -> bytes | None:
        ends, looks = deadline.set(time.monotonic() + self._idle), meanwhile.set(look)
        try:
            return next(chunks, None)
        except (GateFailure, httpcore.TimeoutException, TimeoutError) as error:
            if isinstance(error, GateFailure) and error.kind is not FailureKind.TIMEOUT:
                raise
            raise GateFailure(FailureKind.TIMEOUT, f"{self._host}: silent for {self._idle:g} s") from None
        except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
            raise GateFailure(FailureKind.CONNECT, f"{self._host}: {error}") from None
        except httpcore.ProtocolError as error:
            raise GateFailure(FailureKind.PROTOCOL, f"{self._host}: {error}") from None
        finally:
            meanwhile.reset(looks)
            deadline.reset(ends)
