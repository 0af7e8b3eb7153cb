"""The token by which the reader of a briefing leaves it: made of his address by a seal that nobody else can make.

The address itself does not stand in it, so that none is left in the logs of those who pass a link on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

SEAL_BYTES = 16


def token_of(key: bytes, address: str) -> str:
    """Return the token of a reader: an HMAC-SHA256 of his address, cut to 128 bits, as URL-safe Base64."""
    seal = hmac.new(key, b"huiying unsubscribe\n" + address.encode(), hashlib.sha256).digest()[:SEAL_BYTES]
    return base64.urlsafe_b64encode(seal).rstrip(b"=").decode("ascii")


def address_of(key: bytes, token: str, addresses: Iterable[str]) -> str | None:
    """Return whose token it is among those who get the briefing, None where it is nobody's."""
    given = token.encode("utf-8", "replace")
    found = None
    for address in addresses:
        if hmac.compare_digest(token_of(key, address).encode(), given):
            found = address
    return found
