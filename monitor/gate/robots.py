"""Ask a site for its robots.txt, and read the answer as RFC 9309 has it (2.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from monitor.core.robots import LONGEST_BODY, Kept, Refusal, refusal_of
from monitor.core.sources import FailureKind, Source, Tls
from monitor.gate.failure import GateFailure
from monitor.gate.gate import Gate
from monitor.gate.target import Target

ACCEPT = {"accept": "text/plain, */*;q=0.5"}


@lru_cache(maxsize=32_768)
def site_and_path(url: str) -> tuple[str, str]:
    """Return the site whose robots.txt is about an address, and the path with its query; raise GateFailure."""
    target = Target.of(url)
    return f"{target.scheme}://{target.authority}", target.path.decode("ascii")


def refusal(source: Source, url: str, now: datetime, kept: Callable[[str], Kept]) -> Refusal | None:
    """Return why an address of a source may not be fetched, or None where it may; `kept` gives a site's robots.txt."""
    if is_free(source):
        return None
    try:
        site, path = site_and_path(url)
    except GateFailure as failure:
        return Refusal(failure.kind, failure.detail)
    return refusal_of(kept(site), path, now)


def ask_robots(gate: Gate, site: str, before: Kept | None, now: datetime, tls: Tls = Tls.VERIFIED) -> Kept:
    """Ask for a site's robots.txt. Any answer below 500 is one: none is there where it is no 200."""
    earlier = before or Kept("", None, now)
    try:
        answer = gate.get(f"{site}/robots.txt", headers=ACCEPT, tls=tls, longest_body=LONGEST_BODY)
    except GateFailure as failure:
        if failure.kind is FailureKind.REDIRECT:
            return Kept("", now, now)
        return earlier.after_fault(failure.kind, failure.detail, now)
    if answer.status >= 500:
        return earlier.after_fault(FailureKind.SERVER_ERROR, f"HTTP {answer.status}", now)
    body = answer.body if answer.status == 200 else b""
    return Kept(body.decode("utf-8", "replace"), now, now)


def is_free(source: Source) -> bool:
    """Tell whether a source need not ask: it is the bureau's own, or the site has given its permission in writing."""
    return source.own or source.permission is not None
