"""The words of the second reader as values: what it is shown, what it answers, what became of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.core.model import Decoy, Scope

COUNTED = ("deaths", "missing", "trapped", "injured")


class Asks(StrEnum):
    """Which items are given to the second reader."""

    DOUBTFUL = "doubtful"
    ALL = "all"


class Certainty(StrEnum):
    """How sure the second reader says that it is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the second reader is told to do; `version` names it in every stored reading.

    `kinds` are the slugs of incident kinds that an answer may name. `sample` is a made-up item for trying it out.
    """

    version: str
    instructions: str
    kinds: tuple[str, ...]
    sample: Shown


@dataclass(frozen=True, slots=True)
class Shown:
    """What of an item leaves the house: nothing but this."""

    title: str
    text: str = ""
    day: date | None = None

    @property
    def whole(self) -> str:
        """The text in which every quoted sentence must stand."""
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A number of people with the words that state it."""

    count: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the second reader answered, well formed but not yet believed; `claims` are by the names in COUNTED."""

    is_incident: bool
    scope: Scope = Scope.UNKNOWN
    kind: str = "other"
    claims: Mapping[str, Claim] = field(default_factory=dict)
    place: str = ""
    decoy: Decoy | None = None
    certainty: Certainty = Certainty.MEDIUM
    quote: str = ""

    @property
    def reports(self) -> bool:
        """Whether it says that the item reports an incident that could be ours."""
        return self.is_incident and self.decoy is None and self.scope is not Scope.FOREIGN

    @property
    def figures(self) -> dict[str, int]:
        """The claimed numbers."""
        return {name: claim.count for name, claim in self.claims.items()}


class RequestOutcome(StrEnum):
    """How one request ended."""

    ASKING = "asking"
    ANSWERED = "answered"
    UNREADABLE = "unreadable"
    DECLINED = "declined"
    CUT_SHORT = "cut_short"
    FORM_UNKNOWN = "form_unknown"
    NOT_ACCEPTED = "not_accepted"
    NO_ACCESS = "no_access"
    NOT_THERE = "not_there"
    THROTTLED = "throttled"
    SERVER_ERROR = "server_error"
    REDIRECTED = "redirected"
    NOT_AN_API = "not_an_api"
    TOO_LARGE = "too_large"
    UNREACHED = "unreached"
    TIMEOUT = "timeout"
    BROKEN_OFF = "broken_off"


UNHEARD = frozenset(
    {
        RequestOutcome.FORM_UNKNOWN,
        RequestOutcome.NO_ACCESS,
        RequestOutcome.NOT_THERE,
        RequestOutcome.THROTTLED,
        RequestOutcome.REDIRECTED,
        RequestOutcome.UNREACHED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of one request; `said` is the other side's word or the gate's, on one line."""

    outcome: RequestOutcome
    opinion: Opinion | None = None
    said: str = ""
    status: int | None = None
    retry_after: timedelta | None = None
    elapsed: timedelta = timedelta(0)

    @property
    def unheard(self) -> bool:
        """Whether nobody has read the item, so that this does not count as a try of it."""
        return self.outcome in UNHEARD


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions people may be asked."""

    per_hour: int
    per_day: int


@dataclass(frozen=True, slots=True)
class PastRequest:
    """A request that has ended; `retry_at` is when the endpoint wants to be asked again at the earliest."""

    outcome: RequestOutcome
    ended_at: datetime
    retry_at: datetime | None = None
    said: str = ""


class ReadingState(StrEnum):
    """What became of an item's second reading; each has a label in the catalogues."""

    WAITING = "waiting"
    AGREES = "agrees"
    MILDER = "milder"
    ASKED = "asked"
    CAPPED = "capped"
    KNOWN = "known"
    UNSURE = "unsure"
    ELSEWHERE = "elsewhere"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"
    DECLINED = "declined"
    GIVEN_UP = "given_up"
    TOO_OLD = "too_old"
