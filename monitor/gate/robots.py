"""Ask a site for its robots.txt, and read the answer as RFC 9309 has it (2.3.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from monitor.core.robots import LONGEST_BODY, Kept, Refusal, refusal_of, robots_of
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


@dataclass(frozen=True, slots=True)
class Leave:
    """Asks each site once in the course of one piece of work; nothing of it is kept beyond."""

    gate: Gate
    now: datetime
    _kept: dict[str, Kept] = field(default_factory=dict)

    def refusal(self, source: Source, url: str) -> Refusal | None:
        """Return why an address of a source may not be fetched, or None where it may."""
        return refusal(source, url, self.now, lambda site: self._of(site, source.tls))

    def delay(self, source: Source, url: str) -> timedelta:
        """Return how long the site of an address that was asked about wants to be left alone between two requests."""
        kept = None if is_free(source) else self._kept.get(site_and_path(url)[0])
        return timedelta(0) if kept is None else robots_of(kept.text).delay

    def _of(self, site: str, tls: Tls) -> Kept:
        if site not in self._kept:
            self._kept[site] = ask_robots(self.gate, site, None, self.now, tls)
        return self._kept[site]
