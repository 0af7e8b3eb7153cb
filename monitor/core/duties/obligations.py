"""Obligations as values: what must be done, by when, counted from what, and on whose authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.incidents.rumours import Growth, Rumour, rumour_of
from monitor.core.incidents.voices import Voice, only_claimed
from monitor.core.model import Anchor, MatterState, Place, Response, ResponseKind, RumourState, Scope, Severity


class Jurisdiction(StrEnum):
    """Whether a place lies in the bureau's region."""

    OURS = "ours"
    MAYBE = "maybe"
    NOT_OURS = "not_ours"


def jurisdiction(place: Place, scope: Scope, region: str) -> Jurisdiction:
    """Tell whether something that happened at `place` concerns the bureau of `region` (six digits).

    A place that is known too coarsely to exclude the region may be ours: a deadline does not wait for certainty.
    """
    if scope is Scope.FOREIGN:
        return Jurisdiction.NOT_OURS
    if place.code is None:
        return Jurisdiction.MAYBE
    if place.within(region):
        return Jurisdiction.OURS
    known = Place(region[:2] + "0000", region[:4] + "00", region)
    return Jurisdiction.MAYBE if known.within(place.code) else Jurisdiction.NOT_OURS


@dataclass(frozen=True, slots=True)
class LegalSource:
    """Where an obligation comes from, quoted."""

    document: str
    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class RumourRule:
    """In which states a rumour is owed a clarification, and from when on a claim counts as grown or as confirmed."""

    states: frozenset[RumourState] = frozenset({RumourState.GROWING, RumourState.DENIED})
    growth: Growth = field(default_factory=Growth)


@dataclass(frozen=True, slots=True)
class Applies:
    """For which matters an obligation holds; every condition that is set must be fulfilled.

    `at_least` and `below` bound the severity; `concern_*` are alternatives of one another; `after` names the response
    kinds one of which must have been logged; `except_provinces` are two-digit prefixes outside the regime.
    """

    matter: str = "incident"
    at_least: Severity | None = None
    below: Severity | None = None
    concern_severity: Severity | None = None
    concern_sources: int | None = None
    rumour: RumourRule | None = None
    after: frozenset[ResponseKind] = frozenset()
    except_provinces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminders:
    """When people are told: shares of the whole time, spans before the due moment, spans after it."""

    shares: tuple[float, ...] = ()
    before: tuple[timedelta, ...] = ()
    until_acknowledged: tuple[timedelta, ...] = ()
    overdue: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Obligation:
    """One rule of a pack: for matters like `applies`, do one of `satisfied_by` within `due` from the anchor.

    The earliest known of `anchors` counts. `if_past` names the anchor to take instead where the deadline would already
    have ended when that anchor came: a duty nobody could have known of is not counted as missed.
    """

    id: str
    name_zh: str
    name_en: str
    applies: Applies
    anchors: tuple[Anchor, ...]
    due: timedelta
    satisfied_by: frozenset[ResponseKind]
    source: LegalSource
    if_past: Anchor | None = None
    repeats: bool = False
    reminders: Reminders = Reminders()
    verified: bool = True
    enabled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class RulePack:
    """A versioned set of obligations; `stale_after` bounds how old the latest news may be and still open a deadline."""

    id: str
    version: str
    obligations: tuple[Obligation, ...]
    stale_after: timedelta = timedelta(hours=72)

    @property
    def growth(self) -> Growth:
        """From when on a claim counts as grown: as the first obligation about rumours has it."""
        rules = (obligation.applies.rumour for obligation in self.obligations)
        return next((rule.growth for rule in rules if rule is not None), Growth())

    def obligation(self, name: str) -> Obligation | None:
        """Return the obligation called `name`, or None where the pack has none of that name."""
        return next((obligation for obligation in self.obligations if obligation.id == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFacts:
    """Everything about one matter that its deadlines depend on.

    `reached` tells when each severity was first reported, firm or likely. `dated` is False while every report lacks a
    time that can be trusted; `maybe_recent` is False where all of them are known to be old nevertheless. `acted_at` is
    the last time a person acknowledged, confirmed or responded. `voices` are all items that report or deny the matter.

    Three moments tell whether an old matter lives: `news_at`, when the latest dated report was published; `hinted_at`,
    the same of a follow-up, or when a report without a trusted time came; `vouched_at`, a person's last confirmation.
    """

    id: int
    kind: str = "incident"
    state: MatterState = MatterState.OPEN
    scope: Scope = Scope.UNKNOWN
    jurisdiction: Jurisdiction = Jurisdiction.OURS
    province: str | None = None
    severity: Severity | None = None
    likely: Severity | None = None
    confirmed: bool = False
    voices: tuple[Voice, ...] = ()
    sources: int = 1
    dated: bool = True
    maybe_recent: bool = True
    anchors: Mapping[Anchor, datetime] = field(default_factory=dict)
    reached: Mapping[Severity, datetime] = field(default_factory=dict)
    responses: tuple[Response, ...] = ()
    acted_at: datetime | None = None
    news_at: datetime | None = None
    hinted_at: datetime | None = None
    vouched_at: datetime | None = None

    def rumour(self, growth: Growth) -> Rumour | None:
        """Return where the matter stands as a rumour, or None where it is none."""
        return rumour_of(self.voices, growth, self.anchors.get(Anchor.CONFIRMED))

    @property
    def only_claimed(self) -> bool:
        """Whether nobody vouches for the matter: neither a source that answers for its word, nor a person."""
        return not self.confirmed and only_claimed(self.voices)

    @property
    def presumed(self) -> Severity | None:
        """The higher of the firm and the likely grade."""
        return max((s for s in (self.severity, self.likely) if s is not None), default=None)

    @property
    def firm(self) -> Severity | None:
        """The grade that counts as sure; a person's confirmation makes the likely one so."""
        return self.presumed if self.confirmed else self.severity


class Applicability(StrEnum):
    """How surely an obligation holds for a matter."""

    NO = "no"
    PROVISIONAL = "provisional"
    FIRM = "firm"


def applicability(applies: Applies, facts: MatterFacts) -> Applicability:
    """Tell whether an obligation holds: firm, provisional (likely, only claimed, or perhaps ours), or not."""
    if applies.matter != facts.kind or facts.jurisdiction is Jurisdiction.NOT_OURS:
        return Applicability.NO
    if facts.province is not None and facts.province[:2] in applies.except_provinces:
        return Applicability.NO
    if applies.rumour is not None and not _is_rumour(applies.rumour, facts):
        return Applicability.NO
    if applies.after and not any(response.kind in applies.after for response in facts.responses):
        return Applicability.NO
    if applies.below is not None and facts.firm is not None and facts.firm >= applies.below:
        return Applicability.NO
    if not _reaches(applies, facts.presumed, facts.sources):
        return Applicability.NO
    ours = facts.confirmed or facts.jurisdiction is Jurisdiction.OURS
    vouched = applies.rumour is not None or not facts.only_claimed
    sure = ours and vouched and _reaches(applies, facts.firm, facts.sources)
    return Applicability.FIRM if sure else Applicability.PROVISIONAL


def _is_rumour(rule: RumourRule, facts: MatterFacts) -> bool:
    rumour = facts.rumour(rule.growth)
    return rumour is not None and rumour.state in rule.states


def _reaches(applies: Applies, severity: Severity | None, sources: int) -> bool:
    """Tell whether a severity and a number of sources fulfil the lower bounds."""
    if applies.at_least is not None and (severity is None or severity < applies.at_least):
        return False
    if applies.concern_severity is None and applies.concern_sources is None:
        return True
    grave = applies.concern_severity is not None and severity is not None and severity >= applies.concern_severity
    return grave or (applies.concern_sources is not None and sources >= applies.concern_sources)
