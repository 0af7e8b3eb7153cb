"""Whether a request is Slack's: signed with a secret of ours, just now, and for the first time. Pure.

Slack documentation, "Verifying requests from Slack": HMAC-SHA256 over "v0:time:body", the raw body.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

WINDOW = 300
TIME = re.compile(r"[0-9]{9,11}")
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Flaw(StrEnum):
    """Why a request is refused."""

    UNSIGNED = "unsigned"
    OLD = "old"
    FORGED = "forged"


def flaw_of(body: bytes, stamp: str, signature: str, secrets: Collection[str], now: datetime) -> Flaw | None:
    """Return why a request is not taken, None where it is Slack's; each of `secrets` may have signed it."""
    if not TIME.fullmatch(stamp) or not SIGNATURE.fullmatch(signature):
        return Flaw.UNSIGNED
    if abs(now.timestamp() - int(stamp)) > WINDOW:
        return Flaw.OLD
    # All are compared, so that the time taken does not tell which of them fits.
    fits = [hmac.compare_digest(signed(body, stamp, secret), signature) for secret in secrets]
    return None if any(fits) else Flaw.FORGED


def signed(body: bytes, stamp: str, secret: str) -> str:
    """Return the signature of a request."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def digest_of(stamp: str, signature: str) -> str:
    """Return what a taken request is known by."""
    return hashlib.sha256(f"{stamp}:{signature}".encode()).hexdigest()
