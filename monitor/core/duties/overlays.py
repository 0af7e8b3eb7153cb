"""Packs laid over one another: several become one, the stricter term wins, and both sources stay.

A pack's problem is a value that names the rule; where in which file it stands is known to whoever read the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.core.duties.law import Group, Role, Stricter
from monitor.core.duties.obligations import MatterFacts, Obligation, RulePack
from monitor.core.duties.serial import Chain
from monitor.core.duties.strictness import FIRST_START, Compared, compare
from monitor.core.model import Level, Severity

# The level to which the office of each level reports.
ABOVE = {Role.COUNTY: Level.CITY, Role.CITY: Level.PROVINCE, Role.PROVINCE: Level.STATE}


class Clash(StrEnum):
    """Why packs cannot be used together."""

    NO_BASE = "no_base"
    UNKNOWN_RULE = "unknown_rule"
    LOOSER = "looser"
    MIXED = "mixed"
    SAME = "same"
    TAKEN = "taken"
    NAMED_TWICE = "named_twice"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing in which `pack` does not fit those it is used with; `number` is the place in its list of terms."""

    clash: Clash
    pack: str
    rule: str = ""
    number: int = 0
    other: str = ""


def in_force(rule: Obligation, facts: MatterFacts) -> Obligation:
    """Return the obligation as it holds for a matter: with the strictest local terms for its presumed grade."""
    return for_grade(rule, facts.presumed)


def for_grade(rule: Obligation, presumed: Severity | None) -> Obligation:
    """Return the obligation with the strictest of the local terms that hold for a presumed grade."""
    holding = [terms for terms in rule.local if terms.holds(presumed)]
    if not holding:
        return rule
    strictest = min(holding, key=lambda terms: terms.due.end(FIRST_START, rule.calendar).at)
    before = tuple(span for span in rule.reminders.before if span < strictest.due.at_least)
    return replace(rule, due=strictest.due, reminders=replace(rule.reminders, before=before))


def conflicts(packs: Sequence[RulePack]) -> Iterator[Conflict]:
    """Yield everything in which the packs do not fit one another."""
    rules = {rule.id: rule for pack in packs for rule in pack.obligations}
    ids = {pack.id for pack in packs}
    seen: dict[str, str] = {}
    for n, pack in enumerate(packs):
        if pack.id in {earlier.id for earlier in packs[:n]}:
            yield Conflict(Clash.NAMED_TWICE, pack.id)
            continue
        if pack.overlay_of is not None and pack.overlay_of not in ids:
            yield Conflict(Clash.NO_BASE, pack.id, other=pack.overlay_of)
            continue
        for name in [*(rule.id for rule in pack.obligations), *(duty.id for duty in pack.duties)]:
            if name in seen:
                yield Conflict(Clash.TAKEN, pack.id, name, other=seen[name])
            seen.setdefault(name, pack.id)
        for number, terms in enumerate(pack.stricter):
            yield from _unfit(terms, rules, pack, number)


def _unfit(terms: Stricter, rules: dict[str, Obligation], pack: RulePack, number: int) -> Iterator[Conflict]:
    rule = rules.get(terms.obligation_id)
    if rule is None:
        yield Conflict(Clash.UNKNOWN_RULE, pack.id, terms.obligation_id, number)
        return
    compared = compare(terms.due, rule.due, rule.calendar, rule.calendar)
    clash = {Compared.LOOSER: Clash.LOOSER, Compared.MIXED: Clash.MIXED, Compared.SAME: Clash.SAME}.get(compared)
    # Where the law names no end, a local pack may set any: the end that it replaces is only proposed.
    if clash is not None and not (rule.proposed and clash is not Clash.SAME):
        yield Conflict(clash, pack.id, terms.obligation_id, number)


def joined(packs: Sequence[RulePack]) -> RulePack:
    """Return packs that fit one another as one; the first says what is stale and how talk is graded."""
    first = packs[0]
    terms = [term for pack in packs for term in pack.stricter]
    obligations = (
        replace(rule, local=tuple(term for term in terms if term.obligation_id == rule.id))
        for pack in packs
        for rule in pack.obligations
    )
    if len(packs) == 1:
        return replace(first, obligations=tuple(obligations))
    return replace(
        first,
        id="+".join(pack.id for pack in packs),
        version="+".join(pack.version for pack in packs),
        obligations=tuple(obligations),
        duties=tuple(duty for pack in packs for duty in pack.duties),
        wave=next((pack.wave for pack in packs if pack.wave is not None), None),
        stricter=tuple(terms),
    )


def switched(pack: RulePack, groups: Collection[Group], role: Role) -> RulePack:
    """Return the pack with the groups of obligations off that an office does not have, or that are another's duty."""
    return replace(pack, obligations=tuple(_switched(rule, groups, role) for rule in pack.obligations))


def _switched(rule: Obligation, groups: Collection[Group], role: Role) -> Obligation:
    off = rule.group is not None and rule.group not in groups
    another = bool(rule.roles) and role not in rule.roles
    if off or another:
        return replace(rule, enabled=False)
    return (
        rule if rule.chain is None or len(rule.chain.levels) == 1 else replace(rule, chain=_own_step(rule.chain, role))
    )


def _own_step(chain: Chain, role: Role) -> Chain:
    """Keep the step of a chain that is an office's own: the levels above it owe the others."""
    above = ABOVE.get(role)
    return chain if above is None else replace(chain, levels=tuple(level for level in chain.levels if level is above))
