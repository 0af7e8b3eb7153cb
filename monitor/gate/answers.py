"""What comes back of a request: an answer within its bounds, or what went wrong on the way."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpcore

from monitor.core.sources import FailureKind
from monitor.gate.bodies import read_body
from monitor.gate.failure import GateFailure
from monitor.gate.recording import Copy
from monitor.gate.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, whatever its status. `headers` have lower-case names; `cut` tells that the body was too long.

    `url` is where the answer came from; `moved_to` is set where every redirect on the way was a permanent one.
    """

    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes
    cut: bool = False
    moved_to: str = ""
    elapsed: timedelta = timedelta(0)


@contextmanager
def as_failures(target: Target) -> Iterator[None]:
    """Turn whatever goes wrong on the way into a GateFailure."""
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise GateFailure(FailureKind.TIMEOUT, f"{target.host}: {type(error).__name__}") from None
    except httpcore.ConnectError as error:
        raise GateFailure(_connect_kind(error), f"{target.host}: {error}") from None
    except (httpcore.ProxyError, httpcore.NetworkError, OSError) as error:
        raise GateFailure(FailureKind.CONNECT, f"{target.host}: {error}") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise GateFailure(FailureKind.PROTOCOL, f"{target.host}: {error}") from None


def answer_of(response: httpcore.Response, target: Target, longest: int, copy: Copy) -> Answer:
    """Return the answer with as much of its body as `longest` allows; `copy` is kept of what came over the wire."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), header_text(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    packing = headers.get("content-encoding", "")
    body, cut = read_body(copy.of(response.iter_stream()), packing=packing, longest=longest)
    return Answer(status=response.status, headers=headers, url=target.url, body=body, cut=cut)


def header_text(raw: bytes) -> str:
    """Decode a header value; servers send UTF-8 in Location although the standard does not provide for it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _connect_kind(error: Exception) -> FailureKind:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return FailureKind.TLS
        cause = cause.__cause__ or cause.__context__
    return FailureKind.CONNECT
