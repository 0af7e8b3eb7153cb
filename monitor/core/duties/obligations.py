"""Obligations as values: what must be done, by when, counted from what, and on whose authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.adjusting import Adjustment, ExtendRule, Reckoning
from monitor.core.duties.calendar import PLAIN, Calendar
from monitor.core.duties.law import Group, LastingDuty, LegalSource, Role, Stricter
from monitor.core.duties.serial import Chain, Every, RegradeWindow
from monitor.core.duties.terms import End, Term
from monitor.core.incidents.rumours import Growth, Rumour, rumour_of
from monitor.core.incidents.voices import Voice, only_claimed
from monitor.core.incidents.wave import WaveTable
from monitor.core.model import (
    TERRITORIES,
    Anchor,
    MatterState,
    Place,
    Response,
    ResponseKind,
    RumourState,
    Scope,
    Severity,
    Wave,
    lies_in,
)
from monitor.core.people.duty import Duty
from monitor.core.people.escalation import Act

WHOLE_COUNTRY = "000000"


class Jurisdiction(StrEnum):
    """Whether a place lies in the bureau's region."""

    OURS = "ours"
    MAYBE = "maybe"
    NOT_OURS = "not_ours"


def jurisdiction(place: Place, scope: Scope, region: str) -> Jurisdiction:
    """Tell whether something that happened at `place` concerns the bureau of `region` (six digits).

    A place that is known too coarsely to exclude the region may be ours: a deadline does not wait for certainty. The
    same holds where the region is one of several that come into question.
    """
    if scope is Scope.FOREIGN or (scope is Scope.HK_MO_TW and region[:2] not in TERRITORIES):
        return Jurisdiction.NOT_OURS
    if place.within(region):
        return Jurisdiction.OURS
    known = place.among or ((place.code or WHOLE_COUNTRY,) if place.code or scope is Scope.DOMESTIC else ())
    if not known:
        return Jurisdiction.MAYBE
    if all(lies_in(code, region) for code in known):
        return Jurisdiction.OURS
    touched = any(lies_in(code, region) or lies_in(region, code) for code in known)
    return Jurisdiction.MAYBE if touched else Jurisdiction.NOT_OURS


@dataclass(frozen=True, slots=True)
class RumourRule:
    """In which states a rumour is owed a clarification, and from when on a claim counts as grown or as confirmed."""

    states: frozenset[RumourState] = frozenset({RumourState.GROWING, RumourState.DENIED})
    growth: Growth = field(default_factory=Growth)


@dataclass(frozen=True, slots=True)
class Applies:
    """For which matters an obligation holds; every condition that is set must be fulfilled.

    `at_least` and `below` bound the severity; `concern_*` are alternatives of one another; `after` names the response
    kinds one of which must have been logged; `except_provinces` are two-digit prefixes outside the regime. A wave
    counts only where the place is known: most of what the whole country talks of concerns another bureau. `kinds` and
    `except_kinds` are kinds of incident.
    """

    matter: str = "incident"
    at_least: Severity | None = None
    below: Severity | None = None
    concern_severity: Severity | None = None
    concern_sources: int | None = None
    concern_wave: Wave | None = None
    rumour: RumourRule | None = None
    after: frozenset[ResponseKind] = frozenset()
    except_provinces: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    except_kinds: frozenset[str] = frozenset()


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

    `every` makes it recur and `chain` lets it climb from level to level; each turn or hop is a deadline of its own. For
    one that recurs, `due` is the span between two turns. Days are those of `calendar`. One that is `promised` ends when
    a release said that the next would come: each promise is a deadline of its own, and `due` means nothing.

    The earliest known of `anchors` counts. `if_past` names the anchor to take instead where the deadline would already
    have ended when that anchor came: a duty nobody could have known of is not counted as missed. `proposed` marks an
    end that is the pack's own where the law names none. `group` and `roles` say for which offices it is switched on;
    `local` are stricter terms of local packs, `origin` names the pack and its version.

    A person may extend the deadline as `extend` allows, and let its time stand still or begin anew on the grounds that
    `pause` and `reset` name.
    """

    id: str
    name_zh: str
    name_en: str
    applies: Applies
    anchors: tuple[Anchor, ...]
    due: Term
    satisfied_by: frozenset[ResponseKind]
    source: LegalSource
    if_past: Anchor | None = None
    repeats: bool = False
    calendar: Calendar = PLAIN
    every: Every | None = None
    chain: Chain | None = None
    promised: bool = False
    regrade_within: RegradeWindow | None = None
    extend: ExtendRule | None = None
    pause: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()
    reminders: Reminders = Reminders()
    verified: bool = True
    enabled: bool = True
    note: str = ""
    group: Group | None = None
    roles: frozenset[Role] = frozenset()
    proposed: bool = False
    local: tuple[Stricter, ...] = ()
    origin: str = ""

    @property
    def in_series(self) -> bool:
        """Whether it comes to several deadlines that are planned from the facts."""
        return self.every is not None or self.chain is not None or self.promised

    @property
    def origins(self) -> str:
        """The packs that it comes from with their versions, those with stricter terms after a plus sign."""
        return "+".join(dict.fromkeys((self.origin, *(terms.origin for terms in self.local))))

    def ends(self, started_at: datetime) -> End:
        """Return when the time is over that starts at `started_at`."""
        return self.due.end(started_at, self.calendar)

    @property
    def reckoning(self) -> Reckoning:
        """How its time is counted when people pause or extend it."""
        return Reckoning(self.due, self.calendar)


@dataclass(frozen=True, slots=True)
class RulePack:
    """A versioned set of obligations; `stale_after` bounds how old the latest news may be and still open a deadline.

    `wave` grades how far the public talks of something; a pack without it grades no waves. `duties` have no end.
    A local pack names in `overlay_of` the pack to which it adds and for which its `stricter` terms are meant.
    `duty` is who is told.
    """

    id: str
    version: str
    obligations: tuple[Obligation, ...]
    stale_after: timedelta = timedelta(hours=72)
    wave: WaveTable | None = None
    duties: tuple[LastingDuty, ...] = ()
    overlay_of: str | None = None
    stricter: tuple[Stricter, ...] = ()
    duty: Duty = field(default_factory=Duty)

    @property
    def label(self) -> str:
        """Its name and version."""
        return f"{self.id}@{self.version}"

    def origin_of(self, name: str) -> str:
        """Return the packs and versions that the obligation called `name` comes from; the pack's own where unknown."""
        rule = self.obligation(name)
        return self.label if rule is None or not rule.origin else rule.origins

    @property
    def growth(self) -> Growth:
        """From when on a claim counts as grown: as the first obligation about rumours has it."""
        rules = (obligation.applies.rumour for obligation in self.obligations)
        return next((rule.growth for rule in rules if rule is not None), Growth())

    def obligation(self, name: str) -> Obligation | None:
        """Return the obligation called `name`, or None where the pack has none of that name."""
        return next((obligation for obligation in self.obligations if obligation.id == name), None)

    def with_calendars(self, calendars: Mapping[str, Calendar]) -> RulePack:
        """Return the pack with the calendars that go by these names in place of those it was read with."""
        dated = (replace(rule, calendar=calendars.get(rule.calendar.name, rule.calendar)) for rule in self.obligations)
        return replace(self, obligations=tuple(dated))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFacts:
    """Everything about one matter that its deadlines depend on.

    `happening` is the kind of incident. `reached` tells when each severity was first reported, firm or likely; `waves`
    when the public talk reached which grade, `wave_known_at` since when the highest is known. `dated` is False while
    every report lacks a time that can be trusted; `maybe_recent` is False where all of them are known to be old
    nevertheless. `acted_at` is the last time a person acknowledged, confirmed or responded, `acts` are all such times
    since `handed_back_at`, when a person last took it back.
    `voices` are all items that report or deny the matter. `retracted` tells when responses were withdrawn that no
    longer count, by their number, `vanished` which of them because their page is gone; `adjustments` are what people
    did to its deadlines, by obligation and ordinal.

    Three moments tell whether an old matter lives: `news_at`, when the latest dated report was published; `hinted_at`,
    the same of a follow-up, or when a report without a trusted time came; `vouched_at`, a person's last confirmation.
    `pace` is the factor by which the spans of a drill are shortened.
    """

    id: int
    kind: str = "incident"
    happening: str = "other"
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
    waves: Mapping[Wave, datetime] = field(default_factory=dict)
    wave_known_at: datetime | None = None
    responses: tuple[Response, ...] = ()
    retracted: Mapping[int, datetime] = field(default_factory=dict)
    vanished: frozenset[int] = frozenset()
    adjustments: Mapping[tuple[str, int], tuple[Adjustment, ...]] = field(default_factory=dict)
    acted_at: datetime | None = None
    acts: tuple[Act, ...] = ()
    handed_back_at: datetime | None = None
    news_at: datetime | None = None
    hinted_at: datetime | None = None
    vouched_at: datetime | None = None
    pace: float = 1.0

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

    @property
    def wave(self) -> Wave | None:
        """The highest grade that the public talk of it has reached."""
        return max(self.waves, default=None)


class Applicability(StrEnum):
    """How surely an obligation holds for a matter."""

    NO = "no"
    PROVISIONAL = "provisional"
    FIRM = "firm"


# From not at all to surely.
SURENESS = (Applicability.NO, Applicability.PROVISIONAL, Applicability.FIRM)


class Condition(StrEnum):
    """One condition of an obligation; each has a label in the catalogues."""

    MATTER = "matter"
    REGION = "region"
    PROVINCE = "province"
    RUMOUR = "rumour"
    VOUCHED = "vouched"
    AFTER = "after"
    BELOW = "below"
    AT_LEAST = "at_least"
    CONCERN = "concern"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Check:
    """How surely a matter fulfils one condition."""

    condition: Condition
    holds: Applicability


def applicability(applies: Applies, facts: MatterFacts) -> Applicability:
    """Tell whether an obligation holds: firm, provisional (likely, only claimed, or perhaps ours), or not.

    A person who confirms what the reports place elsewhere takes it on: where it happened was only read.
    """
    return min((check.holds for check in checks(applies, facts)), key=SURENESS.index)


def checks(applies: Applies, facts: MatterFacts) -> Iterator[Check]:
    """Yield how surely each condition that an obligation sets is fulfilled; the least sure one decides."""
    yield Check(Condition.MATTER, _firm(applies.matter == facts.kind))
    yield Check(Condition.REGION, _in_region(facts))
    if applies.kinds or applies.except_kinds:
        yield Check(Condition.KIND, _firm(_is_of_kind(applies, facts.happening)))
    if applies.except_provinces and facts.province is not None:
        yield Check(Condition.PROVINCE, _firm(facts.confirmed or facts.province[:2] not in applies.except_provinces))
    if applies.rumour is not None:
        yield Check(Condition.RUMOUR, _firm(_is_rumour(applies.rumour, facts)))
    elif facts.only_claimed:
        yield Check(Condition.VOUCHED, Applicability.PROVISIONAL)
    if applies.after:
        yield Check(Condition.AFTER, _firm(any(response.kind in applies.after for response in facts.responses)))
    if applies.below is not None:
        yield Check(Condition.BELOW, _firm(facts.firm is None or facts.firm < applies.below))
    if applies.at_least is not None:
        yield Check(Condition.AT_LEAST, _reached(facts, lambda grade: _is_at_least(grade, applies.at_least)))
    if (applies.concern_severity, applies.concern_sources, applies.concern_wave) != (None, None, None):
        yield Check(Condition.CONCERN, _reached(facts, lambda grade: _concerns(applies, grade, facts)))


def _firm(fulfilled: bool) -> Applicability:  # noqa: FBT001 - the answer to a question, made a degree
    return Applicability.FIRM if fulfilled else Applicability.NO


def _is_of_kind(applies: Applies, happening: str) -> bool:
    return happening not in applies.except_kinds and (not applies.kinds or happening in applies.kinds)


def _in_region(facts: MatterFacts) -> Applicability:
    if facts.jurisdiction is Jurisdiction.NOT_OURS and not facts.confirmed:
        return Applicability.NO
    ours = facts.confirmed or facts.jurisdiction is Jurisdiction.OURS
    return Applicability.FIRM if ours else Applicability.PROVISIONAL


def _is_rumour(rule: RumourRule, facts: MatterFacts) -> bool:
    rumour = facts.rumour(rule.growth)
    return rumour is not None and rumour.state in rule.states


def _reached(facts: MatterFacts, enough: Callable[[Severity | None], bool]) -> Applicability:
    """Tell whether the firm grade is enough, or only the presumed one."""
    if enough(facts.firm) and enough(facts.presumed):
        return Applicability.FIRM
    return Applicability.PROVISIONAL if enough(facts.presumed) else Applicability.NO


def _is_at_least(severity: Severity | None, bound: Severity | None) -> bool:
    return bound is None or (severity is not None and severity >= bound)


def _concerns(applies: Applies, severity: Severity | None, facts: MatterFacts) -> bool:
    """Tell whether the grade, the number of sources or the wave of talk is enough for public concern."""
    bounds = (applies.concern_severity, applies.concern_sources, applies.concern_wave)
    wave = None if facts.province is None else facts.wave
    known = (severity, facts.sources, wave)
    return any(b is not None and value is not None and value >= b for b, value in zip(bounds, known, strict=True))
