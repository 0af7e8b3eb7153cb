"""How votes of the public are told apart without keeping who gave them.

The key lives for one Beijing day and is thrown away then: what was made with it can be led back to nobody afterwards.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class Counted(StrEnum):
    """What became of a vote."""

    COUNTED = "counted"
    AGAIN = "again"
    STALE = "stale"
    CLOSED = "closed"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Voter:
    """A browser as far as it shows itself: the network that it comes from, what it calls itself, its languages."""

    network: str
    agent: str = ""
    languages: str = ""


def mark_of(key: bytes, response_id: int, voter: Voter) -> str:
    """Return the mark by which a second vote of a browser for a response is known, on the day of the key.

    It is the same over every link of the response, so that a new link gives no new vote.
    """
    return _sealed(key, "vote", str(response_id), voter.network, voter.agent, voter.languages)


def seal_of(key: bytes, link_id: int, voter: Voter) -> str:
    """Return what a form carries: another site cannot make it for somebody else's browser."""
    return _sealed(key, "form", str(link_id), voter.network, voter.agent, voter.languages)


def is_seal(key: bytes, link_id: int, voter: Voter, given: str) -> bool:
    """Tell whether a form was made for this browser on the day of the key."""
    return same_seal(seal_of(key, link_id, voter), given)


def same_seal(made: str, given: str) -> bool:
    """Tell whether a seal is the one that was made."""
    return hmac.compare_digest(made.encode(), given.encode("utf-8", "replace"))


def _sealed(key: bytes, *parts: str) -> str:
    text = "\x1f".join(part.replace("\x1f", " ") for part in parts)
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
