"""Whether a hub that a feed names may be asked: it is told a secret, and the feed's word is a stranger's word."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.gate import Way, way_to


class HubFlaw(StrEnum):
    """Why a hub is not asked."""

    PLAIN = "plain_http"
    INSIDE = "intranet"


def is_inside(url: str, allow: Iterable[str]) -> bool:
    """Tell whether an address is reached by the office's allow-list."""
    return way_to(url, allow) is Way.ALLOWED


def hub_flaw(hub: str, source_url: str, allow: Iterable[str]) -> HubFlaw | None:
    """Tell why a hub is not asked about the source at `source_url`; None where it may be.

    A feed from outside opens no way to what only the allow-list reaches. Plain http would show the secret on the way,
    which matters least where a source of the office's own network is its own hub.
    """
    allowed = tuple(allow)
    near = is_inside(source_url, allowed)
    if is_inside(hub, allowed) and not near:
        return HubFlaw.INSIDE
    here, there = urlsplit(hub), urlsplit(source_url)
    if here.scheme.lower() != "https" and not (near and here.hostname == there.hostname):
        return HubFlaw.PLAIN
    return None
