"""The gate itself: one request, its redirects and its bounds."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

import httpcore

from monitor.core.robots import Refusal
from monitor.core.sources import FailureKind, Tls
from monitor.gate.addresses import AllowList, may_reach
from monitor.gate.answers import Answer, answer_of, as_failures, header_text
from monitor.gate.connection import CheckedBackend, Resolve, deadline, numeric, remaining, system_resolve
from monitor.gate.failure import GateFailure
from monitor.gate.flow import Flow
from monitor.gate.pool import POOLS, GateSettings, new_pool, proxy_address, ssl_context
from monitor.gate.recording import Copy
from monitor.gate.redirects import MOST_REDIRECTS, REDIRECTS, carried, following
from monitor.gate.standing import Standing
from monitor.gate.target import DEFAULT_PORTS, Target

# The pool of connections for one request each.
ONCE = -1
SWITCHED, PLAIN = 101, 200
UPGRADES = {"wss": "https", "ws": "http"}
FIXED = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade"})
WEB_PORTS = frozenset({80, 443})
# Told the host of each answer, what its clock said, and how old the answer was where a cache gave it.
Listener = Callable[[str, str, str], None]
# Says why an address may not be fetched, or None where it may.
Refuses = Callable[[str], Refusal | None]
LOCAL_NAMES = (".local", ".internal", ".localhost")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What came of asking for another protocol: the answer, and the connection where the server agreed."""

    answer: Answer
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Streamed:
    """What came of asking for a stream: the answer, and what flows where it was a plain 200."""

    answer: Answer
    flow: Flow | None


class Gate:
    """Makes requests; safe to use from many threads; close it at the end."""

    def __init__(self, settings: GateSettings | None = None, *, resolve: Resolve = system_resolve) -> None:
        self.settings = settings or GateSettings()
        self._allowed = AllowList.of(self.settings.allow)
        proxy = proxy_address(self.settings)
        self._behind_proxy = proxy is not None
        self._resolve = resolve
        self._backend = CheckedBackend(allowed=self._allowed, resolve=resolve, proxy=proxy)
        self._pools: dict[tuple[Tls, int], httpcore.ConnectionPool] = {}
        self._contexts: dict[Tls, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def outside(self) -> Gate:
        """Return a gate that knows no allow-list and is like this one otherwise; whoever asks for it closes it."""
        return Gate(replace(self.settings, allow=()), resolve=self._resolve)

    def check(self, url: str) -> None:
        """Raise GateFailure where `url` is no address that may be asked for; nothing is sent."""
        self._check(Target.of(url))

    def tell_times(self, listener: Listener) -> None:
        """Tell `listener` from now on what the clocks of the hosts say that answer."""
        self._listener = listener

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        tls: Tls = Tls.VERIFIED,
        total_seconds: float | None = None,
        longest_body: int | None = None,
        refuses: Refuses | None = None,
    ) -> Answer:
        """Fetch `url`, following up to five redirects within one total time; raise GateFailure.

        Where a redirect leads `refuses` is asked about; for `url` itself the caller has done so.
        """
        with self._timed(total_seconds) as elapsed:
            target, sent, moved = Target.of(url), self._headers(headers), True
            start = target.url
            for _ in range(MOST_REDIRECTS + 1):
                answer = self._exchange("GET", target, sent, None, tls, longest_body)
                if answer.status not in REDIRECTS or "location" not in answer.headers:
                    moved_to = target.url if moved and target.url != start else ""
                    return replace(answer, moved_to=moved_to, elapsed=elapsed())
                onward = following(answer.headers["location"], target)
                sent = carried(sent, target, onward)
                moved = moved and answer.status in (301, 308)
                target = onward
                if refuses is not None and (refused := refuses(target.url)) is not None:
                    raise GateFailure(refused.reason, f"{target.url[:200]}: {refused.detail}")
            raise GateFailure(FailureKind.REDIRECT, f"more than {MOST_REDIRECTS}, last {target.url[:200]}")

    def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        tls: Tls = Tls.VERIFIED,
        total_seconds: float | None = None,
        longest_body: int | None = None,
    ) -> Answer:
        """Post `body` over a connection of its own; a redirect is returned, never followed; raise GateFailure.

        A kept connection may be closed by the other side just as the body leaves, and then nobody knows what arrived.
        """
        with self._timed(total_seconds) as elapsed:
            sent = self._headers(headers) | {"content-type": content_type}
            answer = self._exchange("POST", Target.of(url), sent, body, tls, longest_body)
            return replace(answer, elapsed=elapsed())

    def upgrade(self, url: str, headers: Mapping[str, str], *, total_seconds: float | None = None) -> Upgraded:
        """Ask the server at `url` (wss or ws) to change over to another protocol, on a connection of its own.

        `headers` are those of the protocol; raise GateFailure. Redirects are not followed.
        """
        scheme, mark, rest = url.strip().partition("://")
        target = Target.of(UPGRADES.get(scheme.lower(), scheme) + mark + rest)
        with self._timed(total_seconds):
            self._check(target)
            wire = {
                "Host": target.authority,
                "User-Agent": self.settings.user_agent,
                "Connection": "Upgrade",
                **headers,
            }
            request = self._request("GET", target, wire)
            with as_failures(target):
                response = self._pool(Tls.VERIFIED, ONCE).handle_request(request)
                if response.status != SWITCHED:
                    with closing(response):
                        longest = self.settings.longest_body
                        answer = answer_of(response, target, longest, Copy(response, longest))
                    return Upgraded(answer, None)
            said = {name.decode("ascii").lower(): header_text(value) for name, value in response.headers}
            standing = Standing(response, response.extensions["network_stream"], target.host)
            return Upgraded(Answer(status=response.status, headers=said, url=target.url, body=b""), standing)

    def stream(
        self, url: str, *, headers: Mapping[str, str] | None = None, tls: Tls = Tls.VERIFIED, idle_seconds: float
    ) -> Streamed:
        """Ask for an answer that does not end, on a connection of its own; raise GateFailure.

        The total time is that of the headers; afterwards each part has `idle_seconds`. Redirects are not followed.
        """
        target = Target.of(url)
        with self._timed(None):
            self._check(target)
            wire = {"Host": target.authority, "Accept-Encoding": "identity"} | self._headers(headers)
            request = self._request("GET", target, wire, read_seconds=idle_seconds + self.settings.total_seconds)
            with as_failures(target):
                response = self._pool(tls, ONCE).handle_request(request)
                self._note_time(response, target)
                said = {name.decode("ascii").lower(): header_text(value) for name, value in response.headers}
                if response.status == PLAIN and said.get("content-encoding", "identity") == "identity":
                    answer = Answer(status=response.status, headers=said, url=target.url, body=b"")
                    return Streamed(answer, Flow(response, target.host, idle_seconds))
                with closing(response):
                    longest = self.settings.longest_body
                    return Streamed(answer_of(response, target, longest, Copy(response, longest)), None)

    @contextmanager
    def _timed(self, total_seconds: float | None) -> Iterator[Callable[[], timedelta]]:
        """Set the deadline of the request; yield a stopwatch, which a failure takes along."""
        began = time.monotonic()
        token = deadline.set(began + (total_seconds or self.settings.total_seconds))

        def elapsed() -> timedelta:
            return timedelta(seconds=time.monotonic() - began)

        try:
            yield elapsed
        except GateFailure as failure:
            failure.elapsed = elapsed()
            raise
        finally:
            deadline.reset(token)

    def _headers(self, extra: Mapping[str, str] | None) -> dict[str, str]:
        sent = {"user-agent": self.settings.user_agent, "accept": "*/*", "accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}
        for name, value in (extra or {}).items():
            if name.lower() not in FIXED:
                sent[name.lower()] = value
        return sent

    def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes | None, tls: Tls, longest: int | None
    ) -> Answer:
        self._check(target)
        wire = {"Host": target.authority, "Accept-Encoding": "gzip, deflate", **headers}
        if body is not None:
            wire["Content-Length"] = str(len(body))
        request = self._request(method, target, wire, body=body)
        with as_failures(target):
            return self._sent(request, target, tls, longest or self.settings.longest_body)

    def _request(
        self,
        method: str,
        target: Target,
        wire: Mapping[str, str],
        *,
        body: bytes | None = None,
        read_seconds: float | None = None,
    ) -> httpcore.Request:
        """Return a request as it goes out; each step has what is left of the total time, reading `read_seconds`."""
        port = None if target.port == DEFAULT_PORTS[target.scheme] else target.port
        address = httpcore.URL(scheme=target.scheme.encode(), host=target.host.encode(), port=port, target=target.path)
        left = remaining()
        times = {"connect": self.settings.connect_seconds, "read": read_seconds or left, "write": left, "pool": left}
        headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in wire.items()]
        return httpcore.Request(method, address, headers=headers, content=body, extensions={"timeout": times})

    def _sent(self, request: httpcore.Request, target: Target, tls: Tls, longest: int) -> Answer:
        """Send a request; a GET goes out once more where the server had just closed the connection that was kept."""
        try:
            return self._send(request, target, tls, longest)
        except (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError) as error:
            unanswered = not isinstance(error, httpcore.RemoteProtocolError) or "without sending" in str(error)
            if request.method != b"GET" or not unanswered:
                raise
            return self._send(request, target, tls, longest)

    def _send(self, request: httpcore.Request, target: Target, tls: Tls, longest: int) -> Answer:
        number = hash(target.origin) % POOLS if request.method == b"GET" else ONCE
        response = self._pool(tls, number).handle_request(request)
        try:
            self._note_time(response, target)
            copy = Copy(response, longest)
            answer = answer_of(response, target, longest, copy)
            copy.keep(request, target, cut=answer.cut)
            return answer
        finally:
            response.close()

    def _note_time(self, response: httpcore.Response, target: Target) -> None:
        """Pass on the Date header at once: a body may be long under way."""
        if self._listener is not None:
            found = {name.lower(): header_text(value) for name, value in response.headers}
            if b"date" in found:
                self._listener(target.host, found[b"date"], found.get(b"age", ""))

    def _check(self, target: Target) -> None:
        """Refuse what can be told from the address alone; the rest is checked when the connection is made."""
        host = target.host
        address = numeric(host)
        if address is not None and not may_reach(host, address, self._allowed):
            raise GateFailure(FailureKind.ADDRESS_REFUSED, f"{host} is {address}")
        known = self._allowed.names(host) or (address is not None and self._allowed.holds(address))
        if known:
            return
        if target.port < 1024 and target.port not in WEB_PORTS:
            raise GateFailure(FailureKind.ADDRESS_REFUSED, f"port {target.port} of {host}")
        if self._behind_proxy and address is None and ("." not in host or host.endswith(LOCAL_NAMES)):
            raise GateFailure(FailureKind.ADDRESS_REFUSED, f"{host} is a name of the local network")

    def _pool(self, tls: Tls, number: int) -> httpcore.ConnectionPool:
        with self._lock:
            if (tls, number) not in self._pools:
                if tls not in self._contexts:
                    self._contexts[tls] = ssl_context(tls, self.settings.ca_file)
                kept = number != ONCE
                self._pools[tls, number] = new_pool(self.settings, self._contexts[tls], self._backend, kept=kept)
            return self._pools[tls, number]
