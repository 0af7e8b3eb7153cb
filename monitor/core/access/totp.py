"""Codes of an authenticator: RFC 6238 over RFC 4226, six digits each 30 seconds, each of use once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

STEP = 30
DIGITS = 6
# A phone's clock may be one step off either way (RFC 6238, section 5.2).
DRIFT = 1


def code_of(secret: bytes, counter: int) -> str:
    """Return the code of one counter (RFC 4226, section 5.3)."""
    digest = hmac.new(secret, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def counter_at(now: datetime) -> int:
    """Return the counter of a moment."""
    return int(now.timestamp()) // STEP


def accepted(secret: bytes, code: str, used: int, now: datetime) -> int | None:
    """Return the counter that a code belongs to, None where it is wrong or not later than the last one `used`."""
    here = counter_at(now)
    given = "".join(code.split()).encode()
    for counter in range(here - DRIFT, here + DRIFT + 1):
        if counter > used and hmac.compare_digest(code_of(secret, counter).encode(), given):
            return counter
    return None


def written(secret: bytes) -> str:
    """Write a secret as authenticators take it, in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def address(secret: bytes, login: str, issuer: str) -> str:
    """Return the otpauth address by which a phone's authenticator takes the secret over."""
    name, text = quote(f"{issuer}:{login}"), base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{name}?secret={text}&issuer={quote(issuer)}"
