"""The names under which the console may be asked for."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from monitor.config.settings import ConsoleSetting
from monitor.service.listening import is_local

DEFAULT_PORTS = {"http": 80, "https": 443}


def hosts_of(address: str, named: Collection[str] = ()) -> list[str]:
    """Return the names under which the console may be asked for: this machine's own, with the port, and those named."""
    own, _, port = address.removeprefix("http://").rpartition(":")
    machine = dict.fromkeys(("127.0.0.1", "localhost", "[::1]", own))
    return [*(f"{name}:{port}" for name in machine), *named]


def is_strict(console: ConsoleSetting) -> bool:
    """Tell whether others than this machine may reach the console, so that everybody signs in."""
    return not is_local(console.host) or bool(console.hosts or console.proxies)


def public_hosts(public_url: str) -> list[str]:
    """Return the Host values of the public address: as a browser writes it, and with the port it leaves out."""
    if not public_url:
        return []
    parts = urlsplit(public_url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    name = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return [f"{name}:{port}", *([name] if port == DEFAULT_PORTS[parts.scheme] else [])]
