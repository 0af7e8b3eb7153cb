"""Worked examples of a rule pack: what is given, which deadlines follow, and where a pack says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.law import Group, Role
from monitor.core.duties.obligations import Jurisdiction, MatterFacts, RulePack
from monitor.core.duties.overlays import switched
from monitor.core.duties.review import review
from monitor.core.incidents.voices import Voice
from monitor.core.model import Anchor, Response, Scope, Severity, Trust, Wave

MOST_TURNS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What is given, and when each named obligation is then due; None where it has no deadline.

    `claims` are the moments at which personal accounts, each another one, told of it. `now` is when it is looked at,
    the last moment given where it is None.
    """

    due: Mapping[str, datetime | None]
    matter: str = "incident"
    kind: str = "other"
    severity: Severity | None = None
    likely: Severity | None = None
    wave: Wave | None = None
    sources: int = 1
    role: Role | None = None
    at: Mapping[Anchor, datetime] = field(default_factory=dict)
    reached: datetime | None = None
    responses: tuple[Response, ...] = ()
    claims: tuple[datetime, ...] = ()
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """An obligation for which the pack says another end than the example."""

    rule: str
    expected: datetime | None
    found: datetime | None


def wrong(example: Example, pack: RulePack) -> Iterator[Wrong]:
    """Yield where the pack does not say what the example does; the last deadline of an obligation counts."""
    if example.role is not None:
        pack = switched(pack, frozenset(Group), example.role)
    found = {deadline.obligation_id: deadline.due_at for deadline in _deadlines(example, pack)}
    for rule, expected in example.due.items():
        if found.get(rule) != expected:
            yield Wrong(rule, expected, found.get(rule))


def all_on(pack: RulePack) -> RulePack:
    """Return the pack with every obligation switched on, also those nobody verified: their reckoning is tried."""
    return replace(
        pack,
        obligations=tuple(
            replace(rule, enabled=True, local=tuple(replace(terms, enabled=True) for terms in rule.local))
            for rule in pack.obligations
        ),
    )


def untried(examples: Iterable[Example], pack: RulePack) -> list[str]:
    """Return the obligations of the pack that no example gives an end for."""
    tried = {rule for example in examples for rule, due in example.due.items() if due is not None}
    return [rule.id for rule in pack.obligations if rule.id not in tried]


def _deadlines(example: Example, pack: RulePack) -> list[Deadline]:
    """Return the deadlines that follow, in order of their ordinals: reviewed until nothing more does."""
    moments = [*example.at.values(), *example.claims, *(response.published_at for response in example.responses)]
    moments += [example.reached] if example.reached is not None else []
    now = example.now or max(moments)
    facts = _facts(example, now)
    known: dict[tuple[str, int], Deadline] = {}
    for _ in range(MOST_TURNS):
        opened = len(known)
        for step in review(facts, pack, _numbered(known), now).steps:
            known[step.deadline.obligation_id, step.deadline.ordinal] = step.deadline
        if len(known) == opened:
            break
    return [known[key] for key in sorted(known)]


def _numbered(known: Mapping[tuple[str, int], Deadline]) -> list[Deadline]:
    return [replace(deadline, id=n) for n, deadline in enumerate(known.values(), 1)]


def _facts(example: Example, now: datetime) -> MatterFacts:
    """Return an incident of our own, of which nothing else is known than what is given; any age is fresh."""
    began = min((*example.at.values(), *example.claims), default=now)
    grades = {grade for grade in (example.severity, example.likely) if grade is not None}
    return MatterFacts(
        id=1,
        kind=example.matter,
        happening=example.kind,
        scope=Scope.DOMESTIC,
        jurisdiction=Jurisdiction.OURS,
        province="210000",
        severity=example.severity,
        likely=example.likely,
        confirmed=example.matter != "incident",
        voices=tuple(_claim(n, at) for n, at in enumerate(example.claims)),
        sources=example.sources,
        dated=bool(example.at),
        anchors=example.at,
        reached=dict.fromkeys(grades, example.reached or began),
        waves={} if example.wave is None else {example.wave: began},
        wave_known_at=began,
        responses=tuple(replace(response, id=n) for n, response in enumerate(example.responses, 1)),
        news_at=now,
        vouched_at=now,
    )


def _claim(number: int, at: datetime) -> Voice:
    return Voice(item_id=number, title="", source=f"account-{number}", trust=Trust.PERSONAL, at=at)
