"""What is known when a release is checked: the incident, what was published before, what people ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.incidents.tolls import Tolls
from monitor.core.model import Place, ResponseKind, RumourState, Severity


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release that was published before, or a report to a higher level, with its text."""

    kind: ResponseKind
    published_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What one item of the incident says in its title and text; `weight` is how often it is repeated."""

    title: str
    text: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything that a release is compared with. Without an incident only the text itself is examined.

    `now` is when it is or was published; times in the text are counted from it. `tolls` are the figures of all reports
    side by side. `policy` marks the interpretation of a policy, which is asked for other things.
    """

    now: datetime
    response: ResponseKind = ResponseKind.AUTHORITATIVE_RELEASE
    kind: str = ""
    place: Place = field(default_factory=Place)
    severity: Severity | None = None
    tolls: tuple[Tolls, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    talk: tuple[Talk, ...] = ()
    rumour: RumourState | None = None
    bureau: str = ""
    phone: str = ""
    policy: bool = False
