"""The names under which the console may be asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def hosts_of(address: str) -> list[str]:
    """Return the names under which the console may be asked for: this machine's own, with the port."""
    port = address.rsplit(":", 1)[1]
    return [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]


def public_hosts(public_url: str) -> list[str]:
    """Return the Host values of the public address: as a browser writes it, and with the port it leaves out."""
    if not public_url:
        return []
    parts = urlsplit(public_url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    name = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return [f"{name}:{port}", *([name] if port == DEFAULT_PORTS[parts.scheme] else [])]
