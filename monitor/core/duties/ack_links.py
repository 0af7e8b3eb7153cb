"""What an acknowledge link says and the seal that nobody else can make: which alert, over which channel, until when."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

VALID = timedelta(hours=24)
SEAL_BYTES = 16
LONGEST = 400


class Flaw(StrEnum):
    """Why a link cannot be used."""

    FORGED = "forged"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a link is good for; `contact` is who presses it, empty where a whole group can."""

    alert_id: int
    channel: str
    until: datetime
    contact: str = ""

    @property
    def digest(self) -> str:
        """What the use of the link is kept under; however its token was written, it is one link."""
        return hashlib.sha256(_said(self)).hexdigest()


def claim_for(alert_id: int, channel: str, created_at: datetime, contact: str = "") -> Claim:
    """Return the claim of an alert over a channel; the same for every attempt, so that a repeat has the same link."""
    return Claim(alert_id, channel, (created_at + VALID).replace(microsecond=0), contact)


def token_of(key: bytes, claim: Claim) -> str:
    """Return what stands in the link: the claim and its HMAC-SHA256, cut to 128 bits, as URL-safe Base64."""
    said = _said(claim)
    return _encoded(_seal(key, said) + said)


def claim_of(key: bytes, token: str, now: datetime) -> Claim | Flaw:
    """Return what a token is good for at `now`, or what is wrong with it."""
    raw = _decoded(token)
    seal, said = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
    if not hmac.compare_digest(seal, _seal(key, said)):
        return Flaw.FORGED
    alert_id, until, channel = said.decode("utf-8").split(":", 2)
    until, _, contact = until.partition("@")
    claim = Claim(int(alert_id), channel, datetime.fromtimestamp(int(until), UTC), contact)
    return claim if now < claim.until else Flaw.EXPIRED


def _said(claim: Claim) -> bytes:
    # The id of a contact has neither sign in it; what was sent before contacts were named reads as it always did.
    who = f"@{claim.contact}" if claim.contact else ""
    return f"{claim.alert_id}:{int(claim.until.timestamp())}{who}:{claim.channel}".encode()


def _seal(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, b"huiying acknowledge\n" + said, hashlib.sha256).digest()[:SEAL_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(token: str) -> bytes:
    """Return the bytes of a token, none where it cannot be read."""
    if len(token) > LONGEST or not token.isascii():
        return b""
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return b""
