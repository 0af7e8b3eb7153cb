"""One look at a page through the gate: what it shows, and what went over the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.evidence.captures import Seen
from monitor.crawl.shown import seen_failure, shown
from monitor.gate import Gate, GateFailure, recording
from responders.evidence.warc import written

# What libraries keep of a page; a release of an office is a hundredth of it.
LONGEST_BODY = 4 * 1024 * 1024
ACCEPT = {"accept": "text/html, application/xhtml+xml, application/pdf, */*;q=0.5"}
SOFTWARE = "Huiying"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look brought. `warc` is the archive file, empty where no server answered; `ip` is whose answer it was."""

    seen: Seen
    warc: bytes = b""
    ip: str = ""


def look(gate: Gate, url: str, now: datetime) -> Look:
    """Fetch a page once; whatever becomes of it is a value, and nothing is raised for what a server does."""
    with recording() as exchanges:
        try:
            seen = shown(gate.get(url, headers=ACCEPT, longest_body=LONGEST_BODY), url, now)
        except GateFailure as failure:
            seen = seen_failure(failure, url, now)
    ip = exchanges[-1].ip if exchanges else ""
    return Look(seen, written(exchanges, now, SOFTWARE), ip)
