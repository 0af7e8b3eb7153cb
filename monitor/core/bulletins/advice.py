"""What an issue advises and warns of. Each follows by a rule from stored facts; nothing is invented. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.bulletins.facts import Asked, Facts, Lack, Term
from monitor.core.model import RumourState

AT_RISK = ("missing", "trapped")


class Ground(StrEnum):
    """Why something is advised or warned of."""

    OVERDUE = "overdue"
    OWED = "owed"
    UNPROVED = "unproved"
    AT_RISK = "at_risk"
    DISPUTED = "disputed"
    OFFICIAL_LOWER = "official_lower"
    GROWING = "growing"
    UNANSWERED = "unanswered"
    LACKING = "lacking"
    RUMOUR = "rumour"
    SILENT = "silent"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice or one risk: its ground, and what it is about."""

    ground: Ground
    term: Term | None = None
    asked: Asked | None = None
    lack: Lack | None = None
    figure: str = ""
    was: int = 0
    now: int = 0


DOUBTED = frozenset({RumourState.CLAIMED, RumourState.GROWING})


def advice(facts: Facts) -> tuple[Advice, ...]:
    """Return what the rules ask for next, the most pressing first."""
    return tuple(_owed(facts)) + tuple(_open(facts))


def _owed(facts: Facts) -> Iterator[Advice]:
    for term in facts.running:
        if not term.rests:
            yield Advice(Ground.OVERDUE if term.overdue else Ground.OWED, term=term)


def _open(facts: Facts) -> Iterator[Advice]:
    if facts.grade is not None and facts.grade != facts.severity and not facts.confirmed:
        yield Advice(Ground.UNPROVED)
    yield from _disputed(facts)
    yield from (Advice(Ground.UNANSWERED, asked=asked) for asked in facts.asked)
    yield from (Advice(Ground.LACKING, lack=lack) for lack in facts.lacks)
    if facts.rumour in DOUBTED:
        yield Advice(Ground.RUMOUR)


def _disputed(facts: Facts) -> Iterator[Advice]:
    for figure, lower in facts.disputed.items():
        yield Advice(Ground.OFFICIAL_LOWER if lower else Ground.DISPUTED, figure=figure)


def risks(facts: Facts) -> tuple[Advice, ...]:
    """Return what can become worse, by what is known."""
    return tuple(_in_the_matter(facts)) + tuple(_in_the_talk(facts))


def _in_the_matter(facts: Facts) -> Iterator[Advice]:
    yield from (Advice(Ground.OVERDUE, term=term) for term in facts.running if term.overdue)
    for figure in AT_RISK:
        if facts.figures.get(figure):
            yield Advice(Ground.AT_RISK, figure=figure, now=facts.figures[figure])
    if facts.grade is not None and facts.grade != facts.severity:
        yield Advice(Ground.UNPROVED)


def _in_the_talk(facts: Facts) -> Iterator[Advice]:
    yield from _disputed(facts)
    if facts.heat.lately > facts.heat.before:
        yield Advice(Ground.GROWING, was=facts.heat.before, now=facts.heat.lately)
    if facts.rumour in DOUBTED:
        yield Advice(Ground.RUMOUR)
    yield from (Advice(Ground.UNANSWERED, asked=asked) for asked in facts.asked)
    if not facts.standing_responses and facts.running:
        yield Advice(Ground.WITHDRAWN if facts.said else Ground.SILENT)
