"""One parser decides which host an address means; whatever two parsers could read differently is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address

import httpx

from monitor.core.sources import FailureKind
from monitor.gate.failure import GateFailure

LONGEST_URL = 8000
DEFAULT_PORTS = {"http": 80, "https": 443}
_SUSPICIOUS = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` is lower-case ASCII, an IPv6 address without brackets."""

    url: str
    scheme: str
    host: str
    port: int
    path: bytes

    @staticmethod
    @lru_cache(maxsize=8192)  # The addresses of sources are read before every fetch.
    def of(url: str, *, base: Target | None = None) -> Target:
        """Read an absolute http or https address, or one relative to `base`; raise GateFailure(BAD_URL)."""
        text = url.strip(" \t\r\n").replace(" ", "%20")
        if not text or len(text) > LONGEST_URL or _SUSPICIOUS.search(text):
            raise GateFailure(FailureKind.BAD_URL, repr(text[:100]))
        try:
            parsed = httpx.URL(base.url).join(text) if base else httpx.URL(text)
            host = parsed.raw_host.decode("ascii").removesuffix(".")
            port = parsed.port
        except (httpx.InvalidURL, ValueError) as error:
            raise GateFailure(FailureKind.BAD_URL, f"{text[:100]!r}: {error}") from None
        if parsed.scheme not in DEFAULT_PORTS:
            raise GateFailure(FailureKind.BAD_URL, f"scheme of {text[:100]!r}")
        if parsed.userinfo or not (_NAME.fullmatch(host) or _is_ipv6(host)):
            raise GateFailure(FailureKind.BAD_URL, f"host of {text[:100]!r}")
        if port is not None and not 0 < port < 65536:
            raise GateFailure(FailureKind.BAD_URL, f"port of {text[:100]!r}")
        scheme = parsed.scheme
        whole = str(parsed.copy_with(fragment=None))
        return Target(whole, scheme, host, port or DEFAULT_PORTS[scheme], parsed.raw_path)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials belong to."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"


def _is_ipv6(host: str) -> bool:
    if ":" not in host or "%" in host:
        return False
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
