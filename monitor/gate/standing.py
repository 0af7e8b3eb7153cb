"""A connection that stays open after its first answer: a web socket, once the server has agreed to change over.

It was made by the gate like any other, to a checked address and through the proxy where there is one. Each single
operation has a time of its own, for the whole has none. One thread uses it.
"""

from __future__ import annotations

import ssl
import time

import httpcore

from monitor.core.sources import FailureKind
from monitor.gate.connection import deadline
from monitor.gate.failure import GateFailure

CHUNK = 65_536


class Standing:
    """Reads and writes bytes; every failure is a GateFailure, after which it is of no more use."""

    def __init__(self, response: httpcore.Response, stream: httpcore.NetworkStream, host: str) -> None:
        self._response = response
        self._stream = stream
        self.host = host

    def read(self, seconds: float) -> bytes | None:
        """Return what has come, b"" where the other side has closed, None where nothing came within `seconds`."""
        token = deadline.set(time.monotonic() + seconds)
        try:
            return self._stream.read(CHUNK, seconds)
        except (httpcore.TimeoutException, TimeoutError):
            return None
        except GateFailure as failure:
            if failure.kind is FailureKind.TIMEOUT:
                return None
            raise
        except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
            raise GateFailure(FailureKind.CONNECT, f"{self.host}: {error}") from None
        finally:
            deadline.reset(token)

    def write(self, data: bytes, seconds: float) -> None:
        """Write everything within `seconds`."""
        token = deadline.set(time.monotonic() + seconds)
        try:
            self._stream.write(data, seconds)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise GateFailure(FailureKind.TIMEOUT, f"{self.host}: {type(error).__name__}") from None
        except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
            raise GateFailure(FailureKind.CONNECT, f"{self.host}: {error}") from None
        finally:
            deadline.reset(token)

    def close(self) -> None:
        """Close the connection."""
        self._response.close()
