"""What was known of an incident when an issue was made. It is kept with the issue: later news does not change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.core.incidents.heat import Heat
from monitor.core.model import DeadlineState, Level, MatterState, ResponseKind, RumourState, Severity, Standing, Wave


class Side(StrEnum):
    """Whose voice it is."""

    OFFICIAL = "official"
    MEDIA = "media"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One published piece: who said it when, and whether it denies the incident."""

    item: int
    title: str
    source: str
    url: str
    at: datetime
    side: Side
    denies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A step of the toll and the grade, with the sentence and the source that proved it, or a person's word."""

    at: datetime
    severity: Severity | None
    likely: Severity | None
    figures: Mapping[str, int]
    source: str
    sentence: str
    by_person: bool = False

    @property
    def grade(self) -> Severity | None:
        """The grade that duties are counted by."""
        return max((one for one in (self.severity, self.likely) if one is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A logged response."""

    id: int
    kind: ResponseKind
    title: str
    url: str
    at: datetime
    by: str
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A deadline as it stood; `overdue` where its end had come, `rests` where its time stood still."""

    obligation: str
    ordinal: int
    state: DeadlineState
    live: bool
    overdue: bool
    provisional: bool
    due_at: datetime
    met_by: tuple[ResponseKind, ...] = ()
    level: Level | None = None
    rests: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What makes it the same deadline at another time."""
        return self.obligation, self.ordinal


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic that people asked about and no release had answered: how often, and in which words."""

    topic: str
    times: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Lack:
    """What the checks missed in the last release: the check and the note by name, with the facts of its sentence."""

    check: str
    note: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An incident as it was known `at` a moment.

    `place` is its code, `place_name` what the texts call it. `first` is what reported it first, `heard` the latest of
    each side and `sides` how many there were; `by_source` counts all titles. `disputed` are figures of which two
    current values cannot both be right; True where the official one is the lower. `path` tells when each source
    first spoke.
    """

    incident: int
    at: datetime
    title: str
    kind: str
    place: str | None
    place_name: str
    opened_at: datetime
    state: MatterState = MatterState.OPEN
    state_reason: str = ""
    severity: Severity | None = None
    likely: Severity | None = None
    confirmed: bool = False
    standing: Standing | None = None
    rumour: RumourState | None = None
    wave: Wave | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    occurred_at: datetime | None = None
    reported_at: datetime | None = None
    first: Heard | None = None
    heat: Heat = field(default_factory=Heat)
    by_source: Mapping[str, int] = field(default_factory=dict)
    path: tuple[tuple[str, datetime], ...] = ()
    turns: tuple[Turn, ...] = ()
    heard: tuple[Heard, ...] = ()
    sides: Mapping[Side, int] = field(default_factory=dict)
    disputed: Mapping[str, bool] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    terms: tuple[Term, ...] = ()
    asked: tuple[Asked, ...] = ()
    lacks: tuple[Lack, ...] = ()
    drill: bool = False

    @property
    def grade(self) -> Severity | None:
        """The grade that duties are counted by: the likely one where it stands above the firm one."""
        return max((one for one in (self.severity, self.likely) if one is not None), default=None)

    def told_by(self, figure: str) -> Turn | None:
        """Return the turn at which a figure became what it is; None where no turn tells it as it is."""
        found, before = None, None
        for turn in self.turns:
            value = turn.figures.get(figure)
            if value != before:
                found, before = turn, value
        return found if before == self.figures.get(figure) else None

    @property
    def standing_responses(self) -> tuple[Said, ...]:
        """The responses that were not withdrawn, oldest first."""
        return tuple(one for one in self.said if one.withdrawn_at is None)

    @property
    def running(self) -> tuple[Term, ...]:
        """The deadlines that a response would still settle, the most pressing first."""
        return tuple(sorted((one for one in self.terms if one.live), key=lambda one: (one.rests, one.due_at, one.key)))
