"""What can be said of an address before anything is asked there; names are not looked up."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.gate.addresses import Address, AllowList, may_reach
from monitor.gate.connection import numeric


class Way(StrEnum):
    """How an address would be reached: allowed by name or network, encrypted, in the clear, or not at all."""

    ALLOWED = "allowed"
    ENCRYPTED = "encrypted"
    OPEN = "open"
    REFUSED = "refused"


def way_to(url: str, allow: Iterable[str]) -> Way | None:
    """Tell how `url` would be reached under the allow-list; None where either cannot be read."""
    try:
        allowed = AllowList.of(allow)
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removesuffix(".")
    except ValueError:
        return None
    if not host or parts.scheme not in ("http", "https"):
        return None
    address: Address | None = ip_address("127.0.0.1") if host == "localhost" else numeric(host)
    if allowed.names(host) or (address is not None and allowed.holds(address)):
        return Way.ALLOWED
    if address is not None and not may_reach(host, address, allowed):
        return Way.REFUSED
    return Way.ENCRYPTED if parts.scheme == "https" else Way.OPEN
