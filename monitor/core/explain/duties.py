"""Why each duty of a matter applies or not, from when its clock counts, and what would change it.

What would change it is found by asking the same functions again with the facts changed in that one respect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.core.duties.deadlines import (
    Deadline,
    anchors_for,
    countable,
    has_time,
    rule_that_left,
    start,
    too_old,
    waits_for_step,
)
from monitor.core.duties.law import LegalSource
from monitor.core.duties.obligations import (
    SURENESS,
    Applicability,
    Applies,
    Check,
    Condition,
    Jurisdiction,
    MatterFacts,
    Obligation,
    RulePack,
    RumourRule,
    applicability,
    checks,
)
from monitor.core.duties.overlays import in_force
from monitor.core.duties.pace import paced
from monitor.core.duties.regrading import graded_within
from monitor.core.duties.review import review
from monitor.core.duties.series import first_end
from monitor.core.duties.versions import outdated, version_for
from monitor.core.incidents.voices import Voice
from monitor.core.model import Anchor, MatterState, Response, RumourState, Severity, Trust, Wave


class Standing(StrEnum):
    """Why a duty has a clock or none; each has a sentence in the catalogues."""

    HAS_CLOCK = "has_clock"
    SWITCHED_OFF = "switched_off"
    DOES_NOT_APPLY = "does_not_apply"
    WAITS_FOR_TIME = "waits_for_time"
    WAITS_FOR_STEP = "waits_for_step"
    TOO_OLD = "too_old"
    MATTER_CLOSED = "matter_closed"
    STARTS_NOW = "starts_now"


class Remedy(StrEnum):
    """One thing that would make a duty hold, or hold more surely; each has a sentence in the catalogues."""

    GRADE = "grade"
    LOWER_GRADE = "lower_grade"
    SOURCES = "sources"
    WAVE = "wave"
    RUMOUR = "rumour"
    DENIED = "denied"
    VOUCHED = "vouched"
    RESPONSE = "response"
    IN_REGION = "in_region"
    ELSEWHERE = "elsewhere"
    CONFIRMED = "confirmed"


# Where a moment to count from means something.
COUNTED = (Standing.HAS_CLOCK, Standing.TOO_OLD, Standing.STARTS_NOW)


Needed = Severity | Wave | int | str | None


@dataclass(frozen=True, slots=True)
class Supposed:
    """A duty's case if one thing were otherwise: `value` says which grade, wave, how many sources or which response."""

    remedy: Remedy
    value: Needed
    holds: Applicability
    would_start: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StartExplained:
    """From when a clock counts. `passed_over` is the anchor that `if_past` replaced, with the end it would have had.

    `known` are all anchors, `named` those that the rule counts from; `late` is when the news was too old.
    """

    anchor: Anchor
    started_at: datetime
    due_at: datetime
    known: Mapping[Anchor, datetime]
    named: tuple[Anchor, ...]
    passed_over: Anchor | None = None
    would_have_ended: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyExplained:
    """One rule of the pack and one matter: its conditions, its clock, and what would change them.

    Where it has a clock, the rule is the one that this goes by; `pack` names where that comes from, and `in_use` the
    version in use where that says otherwise. `left` says that the packs in use have no rule of that name any more.
    """

    obligation_id: str
    name_zh: str
    name_en: str
    pack: str
    source: LegalSource | None
    applies: Applies | None
    holds: Applicability
    standing: Standing
    checks: tuple[Check, ...] = ()
    start: StartExplained | None = None
    deadline: Deadline | None = None
    supposed: tuple[Supposed, ...] = ()
    too_old: bool = False
    in_use: str = ""
    left: bool = False


def explain_duties(
    facts: MatterFacts, pack: RulePack, deadlines: Iterable[Deadline], now: datetime
) -> tuple[DutyExplained, ...]:
    """Return why each rule of the pack applies to the matter or not, and each clock of a rule that left the pack."""
    standing = sorted(deadlines, key=lambda d: d.ordinal)
    latest = {deadline.obligation_id: deadline for deadline in standing}
    # What the office does not do is no news about a matter, unless a clock of it runs.
    rules = [rule for rule in pack.obligations if rule.enabled or rule.group is None or rule.id in latest]
    told = [_duty(facts, pack, rule, standing, now) for rule in rules]
    orphans = latest.keys() - {rule.id for rule in pack.obligations}
    return (*told, *(_orphan(pack, latest[name]) for name in sorted(orphans)))


def _orphan(pack: RulePack, deadline: Deadline) -> DutyExplained:
    rule = rule_that_left(deadline)
    return DutyExplained(
        obligation_id=rule.id,
        name_zh=rule.name_zh,
        name_en=rule.name_en,
        pack=rule.origin or pack.label,
        source=rule.source if rule.source.document else None,
        applies=None,
        holds=Applicability.NO,
        standing=Standing.HAS_CLOCK,
        deadline=deadline,
        left=True,
    )


def _duty(
    facts: MatterFacts, pack: RulePack, in_use: Obligation, standing: Sequence[Deadline], now: datetime
) -> DutyExplained:
    in_use = paced(in_use, facts.pace)
    deadline = next((d for d in reversed(standing) if d.obligation_id == in_use.id), None)
    rule = in_force(version_for(in_use, deadline), facts)
    facts = graded_within(rule, facts)
    holds = applicability(rule.applies, facts) if rule.enabled else Applicability.NO
    start_from = _start(rule, facts)
    old = start_from is not None and too_old(rule, facts, pack.stale_after, start_from.started_at, now)
    why = _standing(facts, rule, holds, deadline, old=old)
    return DutyExplained(
        obligation_id=rule.id,
        name_zh=rule.name_zh,
        name_en=rule.name_en,
        pack=rule.origins if rule.origin else pack.label,
        source=rule.source,
        applies=rule.applies,
        holds=holds,
        standing=why,
        checks=tuple(checks(rule.applies, facts)),
        start=start_from if why in COUNTED else None,
        deadline=deadline,
        supposed=tuple(_supposed(facts, pack, rule, standing, now)) if rule.enabled else (),
        too_old=old,
        in_use=pack.origin_of(rule.id) if deadline is not None and outdated(deadline, in_use) else "",
    )


def _standing(
    facts: MatterFacts, rule: Obligation, holds: Applicability, deadline: Deadline | None, *, old: bool
) -> Standing:
    if deadline is not None:
        return Standing.HAS_CLOCK
    if not rule.enabled:
        return Standing.SWITCHED_OFF
    if holds is Applicability.NO:
        return Standing.DOES_NOT_APPLY
    if facts.state is not MatterState.OPEN:
        return Standing.MATTER_CLOSED
    known = anchors_for(rule, facts)
    if waits_for_step(rule) and not countable(rule, known):
        return Standing.WAITS_FOR_STEP
    if not has_time(rule, facts, known) and rule.applies.rumour is None:
        return Standing.WAITS_FOR_TIME
    return Standing.TOO_OLD if old else Standing.STARTS_NOW


def _start(rule: Obligation, facts: MatterFacts) -> StartExplained | None:
    known = anchors_for(rule, facts)
    if not countable(rule, known):
        return None
    anchor, started_at = start(rule, facts)
    plain, plain_at = start(replace(rule, if_past=None), facts)
    replaced = plain is not anchor
    return StartExplained(
        anchor=anchor,
        started_at=started_at,
        due_at=first_end(rule, started_at).at,
        known=known,
        named=rule.anchors,
        passed_over=plain if replaced else None,
        would_have_ended=rule.ends(plain_at).at if replaced else None,
    )


def _supposed(
    facts: MatterFacts, pack: RulePack, rule: Obligation, standing: Sequence[Deadline], now: datetime
) -> Iterator[Supposed]:
    """Yield what alone would make the duty hold more surely, or let a clock of it run that does not."""
    if facts.state is MatterState.MERGED:
        return
    holds = applicability(rule.applies, facts)
    runs = _runs(facts, pack, rule, standing, now)
    for remedy, value, changed in _changes(facts, rule.applies, now):
        after = applicability(rule.applies, changed)
        starts = not runs and _runs(changed, pack, rule, standing, now)
        if starts or SURENESS.index(after) > SURENESS.index(holds):
            yield Supposed(remedy, value, after, starts)


def _runs(facts: MatterFacts, pack: RulePack, rule: Obligation, standing: Sequence[Deadline], now: datetime) -> bool:
    """Tell whether a clock of the rule runs once the facts are reviewed."""
    own = [deadline for deadline in standing if deadline.obligation_id == rule.id]
    # The pace is in the rule already.
    reviewed = review(replace(facts, pace=1.0), _only(pack, rule), own, now)
    after = {d.ordinal: d for d in (*own, *(step.deadline for step in reviewed.steps))}
    return any(deadline.live for deadline in after.values())


def _only(pack: RulePack, rule: Obligation) -> RulePack:
    return replace(pack, obligations=(rule,))


def _changes(facts: MatterFacts, applies: Applies, now: datetime) -> Iterator[tuple[Remedy, Needed, MatterFacts]]:
    """Yield the facts as they would be if one of them were otherwise."""
    failing = {check.condition for check in checks(applies, facts) if check.holds is not Applicability.FIRM}
    if Condition.AT_LEAST in failing and applies.at_least is not None:
        yield Remedy.GRADE, applies.at_least, _graded(facts, applies.at_least, now)
    if Condition.CONCERN in failing:
        yield from _concerned(facts, applies, now)
    if Condition.BELOW in failing and applies.below is not None and applies.below > Severity.GENERAL:
        lower = Severity(applies.below - 1)
        yield Remedy.LOWER_GRADE, lower, replace(facts, severity=lower, likely=None)
    if Condition.RUMOUR in failing and applies.rumour is not None:
        yield from _rumoured(facts, applies.rumour, now)
    if Condition.VOUCHED in failing:
        yield Remedy.VOUCHED, None, _vouched(facts, now)
    if Condition.AFTER in failing:
        kind = min(applies.after)
        yield Remedy.RESPONSE, kind.value, replace(facts, responses=(*facts.responses, Response(kind, now)))
    if Condition.PROVINCE in failing:
        yield Remedy.ELSEWHERE, None, replace(facts, province=None)
    if Condition.REGION in failing:
        yield Remedy.IN_REGION, None, replace(facts, jurisdiction=Jurisdiction.OURS)
    anchors = {Anchor.CONFIRMED: now, **facts.anchors}
    yield (
        Remedy.CONFIRMED,
        None,
        replace(facts, confirmed=True, vouched_at=now, state=MatterState.OPEN, anchors=anchors),
    )


def _concerned(facts: MatterFacts, applies: Applies, now: datetime) -> Iterator[tuple[Remedy, Needed, MatterFacts]]:
    """Yield the facts if each thing alone that makes for public concern were enough."""
    grade, sources, wave = applies.concern_severity, applies.concern_sources, applies.concern_wave
    if grade is not None:
        yield Remedy.GRADE, grade, _graded(facts, grade, now)
    if sources is not None:
        yield Remedy.SOURCES, sources, replace(facts, sources=sources)
    if wave is not None:
        yield Remedy.WAVE, wave, replace(facts, waves={wave: now, **facts.waves})


def _graded(facts: MatterFacts, severity: Severity, now: datetime) -> MatterFacts:
    return replace(facts, severity=severity, reached={severity: now, **facts.reached})


def _rumoured(facts: MatterFacts, rule: RumourRule, now: datetime) -> Iterator[tuple[Remedy, Needed, MatterFacts]]:
    """Yield the facts if enough sources claimed it, and if an official source denied it."""
    enough = 1 if RumourState.CLAIMED in rule.states else rule.growth.sources
    if rule.states & {RumourState.CLAIMED, RumourState.GROWING}:
        claims = (_voice(Trust.PERSONAL, now, n) for n in range(enough))
        yield Remedy.RUMOUR, enough, replace(facts, voices=(*facts.voices, *claims))
    if RumourState.DENIED in rule.states:
        yield Remedy.DENIED, None, replace(facts, voices=(*facts.voices, _voice(Trust.OFFICIAL, now, denies=True)))


def _vouched(facts: MatterFacts, now: datetime) -> MatterFacts:
    """Return the facts if a medium vouched for the grade that is only claimed."""
    voices = (*facts.voices, _voice(Trust.LOCAL_MEDIA, now))
    if facts.presumed is None:
        return replace(facts, voices=voices)
    return replace(_graded(facts, facts.presumed, now), voices=voices, likely=None)


def _voice(trust: Trust, now: datetime, number: int = 0, *, denies: bool = False) -> Voice:
    """Return a voice that nobody raised; negative numbers belong to no item."""
    return Voice(item_id=-1 - number, title="", source=f"supposed:{number}", trust=trust, at=now, denies=denies)
