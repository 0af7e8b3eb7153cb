"""Whether a request that brings data is its sender's: signed with a key of ours, just now. Pure.

Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over "id.timestamp.body", scheme v1. What was
signed once may come again within the window: whoever takes it knows the rows that he has, so a repeat changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.errors import N_, Mistake

WINDOW = timedelta(minutes=5)
PREFIX = "whsec_"
SHORTEST_KEY = 24
MOST_SIGNATURES = 10
_TIME = re.compile(r"[0-9]{9,11}", re.ASCII)
_ID = re.compile(r"[\x21-\x7e]{1,200}")


class SignatureFlaw(StrEnum):
    """Why a request is refused."""

    UNSIGNED = "unsigned"
    OLD = "old"
    FORGED = "forged"


class WeakKey(Mistake):
    """A key is none, or one that can be guessed."""

    message = N_(
        "The secret of source {id} is too short, or no Base64 after whsec_. "
        "Make one of {bytes} random bytes or more, and set it on both sides."
    )


def key_of(secret: str, source_id: str) -> bytes:
    """Return the key that a secret stands for; raise WeakKey."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else b""
    except ValueError:
        key = b""
    key = key if secret.startswith(PREFIX) else secret.encode()
    if len(key) < SHORTEST_KEY:
        raise WeakKey(id=source_id, bytes=SHORTEST_KEY)
    return key


def signed(key: bytes, identifier: str, stamp: str, body: bytes) -> str:
    """Return the signature of a request."""
    seal = hmac.new(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(seal).decode("ascii")


def signature_flaw(
    body: bytes, *, identifier: str, stamp: str, signatures: str, keys: Collection[bytes], now: datetime
) -> SignatureFlaw | None:
    """Return why a request is not taken, None where one of its signatures was made with one of `keys`."""
    shown = signatures.split()[:MOST_SIGNATURES]
    if not _TIME.fullmatch(stamp) or not _ID.fullmatch(identifier) or not shown or not signatures.isascii():
        return SignatureFlaw.UNSIGNED
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        return SignatureFlaw.OLD
    # All are compared, so that the time taken does not tell which of them fits.
    right = [signed(key, identifier, stamp, body) for key in keys]
    fits = [hmac.compare_digest(one, other) for one in right for other in shown]
    return None if any(fits) else SignatureFlaw.FORGED
