"""What a hub is asked for and believed (WebSub, W3C Recommendation of 23 January 2018). Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.core.beijing import local
from monitor.core.duties.alerting import AlertDraft, stamp, trouble_alert

# Asked for; what the hub grants counts.
LEASE = timedelta(days=10)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=60)
# A hub may take its time to call back, and one that does not is asked again, less and less often.
CALLS_BACK, LONGEST_PAUSE = timedelta(hours=1), timedelta(days=1)
DENIED_FOR = timedelta(days=7)
# While a hub tells, looking is a safety net.
SELDOM, LONGEST_INTERVAL = 4, timedelta(hours=1)
MISSED = 3
MOST_LEAVING = 3
MORNING, EVENING = time(7), time(22)
SILENT = "hubs:silent"
METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class State(StrEnum):
    """How it stands with a subscription."""

    WANTED = "wanted"
    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"
    LEAVING = "leaving"


def may_be_token(text: str) -> bool:
    """Tell whether a part of an address could be one that was made for a hub."""
    return _TOKEN.fullmatch(text) is not None


def method_of(header: str) -> str:
    """Return the method that X-Hub-Signature names, "" where it is none of the Recommendation."""
    name = header.partition("=")[0].strip().lower()
    return name if name in METHODS else ""


def signature_holds(secret: str, header: str, body: bytes) -> bool:
    """Tell whether X-Hub-Signature ("sha256=" and hexadecimal digits) was made of `body` with `secret` (section 8)."""
    method, shown = METHODS.get(method_of(header)), header.partition("=")[2]
    if method is None or not shown.isascii():
        return False
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right, shown.strip().lower())


def granted(said: str) -> timedelta:
    """Return the lease that a hub grants; what it does not say is taken for what was asked."""
    if not (said.isascii() and said.isdigit()):
        return LEASE
    return min(max(timedelta(seconds=int(said[:9])), SHORTEST_LEASE), LONGEST_LEASE)


def renewed_at(now: datetime, lease: timedelta, fraction: float) -> datetime:
    """Return when a lease is asked for again: well before its end, not all at the same moment."""
    return now + lease * (0.7 + 0.1 * fraction)


def asked_again_at(now: datetime, failures: int) -> datetime:
    """Return when a hub that has not called back is asked again."""
    wait: timedelta = CALLS_BACK * (1 << min(failures, 5))
    return now + min(LONGEST_PAUSE, wait)


def interval(usual: timedelta, *, told: bool) -> timedelta:
    """Return how often a source is looked at whose hub tells of it, or does not."""
    return max(usual, min(usual * SELDOM, LONGEST_INTERVAL)) if told else usual


def silent_alert(source_ids: Sequence[str], names: Sequence[str], now: datetime) -> AlertDraft | None:
    """Return the alert that hubs have fallen silent, by day; it pages nobody, for looking goes on."""
    if not source_ids or not MORNING <= local(now).time() < EVENING:
        return None
    detail = {"ids": " ".join(source_ids), "names": ", ".join(names)}
    return trouble_alert(f"{SILENT}:{source_ids[0]}:{stamp(now)}", SILENT, now, page=False, detail=detail)
