"""What the console is told about the service's own condition, and what it answers to those who ask for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

PROBES = ("/healthz", "/readyz", "/health/engine", "/metrics")


@dataclass(frozen=True, slots=True)
class Unwell:
    """A part of the service that does not do its work; `what` and `said` are finished texts for people.

    A `grave` one means that a deadline or an alert may be lost; `ailment` names the kind for machines.
    """

    what: str
    since: datetime | None = None
    said: str = ""
    grave: bool = False
    ailment: str = ""


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """An answer to a probe."""

    status: int
    body: bytes
    kind: str = "text/plain; charset=utf-8"


# Given one of PROBES; never waits for anything.
Probe = Callable[[str], ProbeAnswer]
