"""The web server under every fake: a thread, a real socket, and a list of faults to commit on purpose."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    """What can go wrong between a provider and us."""

    SERVER_ERROR = "server_error"  # 503 with an HTML page; nothing was taken
    TIMEOUT = "timeout"  # no answer; nothing was taken
    THROTTLED = "throttled"  # 429 with Retry-After: 7; nothing was taken
    GARBAGE = "garbage"  # 200 with an HTML page, as a captive proxy answers; nothing was taken
    DROPPED_REPLY = "dropped_reply"  # taken, and the connection closed without an answer
    LATE_REPLY = "late_reply"  # taken, and no answer


PAGE = b"<html><body>Bad gateway</body></html>"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Answer:
    value: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else json.dumps(self.value).encode()


class MovedClock:
    """A clock that tests move; seconds since the epoch."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Bucket:
    """A token bucket: `per_second` tokens flow in, `burst` fit."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._tokens, self._at = burst, clock()

    def take(self) -> bool:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class WebFake:
    """A server whose `handle` is the provider; use it as a context manager."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.requests: list[Request] = []
        self.crashes: list[Exception] = []
        self._faults: list[tuple[str, Fault | Answer]] = []
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    def handle(self, request: Request) -> Answer:
        raise NotImplementedError

    def fail(self, fault: Fault | Answer, *, on: str = "", times: int = 1) -> None:
        """Commit the fault on the next `times` requests whose path contains `on`; an Answer is given as it is."""
        self._faults += [(on, fault)] * times

    def recover(self) -> None:
        """Commit no further fault."""
        self._faults.clear()

    def meets(self, condition: Callable[[], bool]) -> bool:
        """Wait until something holds: a client that gave up may have done so before its request was dealt with."""
        ends = time.monotonic() + 30
        while not condition() and time.monotonic() < ends:
            time.sleep(0.02)
        return condition()

    @property
    def url(self) -> str:
        assert self._server is not None, "the fake is not running"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        if self.crashes:
            raise self.crashes[0]

    def answer(self, request: Request) -> Answer | None:
        """Return what to send back, or None for no answer at all."""
        with self._lock:
            self.requests.append(request)
            fault = self._next_fault(request.path)
            if isinstance(fault, Answer):
                return fault
            refusals = {
                Fault.SERVER_ERROR: Answer(PAGE, 503, {"Content-Type": "text/html"}),
                Fault.THROTTLED: Answer(b"", 429, {"Retry-After": "7"}),
                Fault.GARBAGE: Answer(PAGE, 200, {"Content-Type": "text/html"}),
            }
            if fault in refusals:
                return refusals[fault]
            answer = None if fault is Fault.TIMEOUT else self.handle(request)
        if fault in (Fault.TIMEOUT, Fault.LATE_REPLY):
            self._released.wait(20)
        return None if fault is not None else answer

    def _next_fault(self, path: str) -> Fault | Answer | None:
        for number, (on, _) in enumerate(self._faults):
            if on in path:
                return self._faults.pop(number)[1]
        return None


def _handler(fake: WebFake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._serve()

        def do_GET(self) -> None:
            self._serve()

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qs(parts.query, keep_blank_values=True)
            try:
                answer = fake.answer(Request(self.command, parts.path, query, headers, body))
            except Exception as error:  # noqa: BLE001 - shown when the fake is stopped
                fake.crashes.append(error)
                answer = Answer(b"the fake is broken", 500)
            if answer is None:
                return
            content = answer.encoded()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    return Handler
