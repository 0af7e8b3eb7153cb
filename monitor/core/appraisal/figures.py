"""What the log says of an office's work: figures with their rows, and why one cannot be reckoned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from monitor.core.appraisal.rules import FigureName
from monitor.core.errors import N_, Mistake
from monitor.core.listed import Listed
from monitor.core.model import DeadlineState, MatterState, ResponseKind
from monitor.core.statistics.alert_tables import Reaction, reaction
from monitor.core.statistics.duty_tables import TO_THE_PUBLIC
from monitor.core.statistics.facts import Facts
from monitor.core.statistics.reckoned import Column, Statistic, Unit, count, median, share
from monitor.core.views import DeadlineView, ResponseView

_JUDGED = (DeadlineState.MET, DeadlineState.MET_LATE, DeadlineState.MISSED)
_RELEASES = frozenset({ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.FOLLOW_UP_RELEASE})


class WhyNone(StrEnum):
    """Why a figure is a dash."""

    NO_CASES = "no_cases"
    TOO_FEW = "too_few"
    NOT_ASKED = "not_asked"


class FiguresDamaged(Mistake):
    """Figures in the database do not have the digest that was kept with them."""

    message = N_("The figures of {office} are not those on which it was graded. Run: huiying audit verify")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, the number of its cases, and where it has none, why. `spread` are the answers of a rating."""

    name: FigureName
    statistic: Statistic
    cases: int
    why: WhyNone | None = None
    spread: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rated:
    """The answers that each response got; `least` is how many say anything, `asked` whether anybody was asked."""

    spreads: Mapping[int, tuple[int, ...]]
    least: int
    asked: bool


def figures(facts: Facts, rated: Rated, is_public: Callable[[DeadlineView], bool]) -> tuple[Figure, ...]:
    """Reckon an office's figures of a period; `is_public`: does only an answer in public meet a deadline?"""
    due = [one for one in facts.deadlines if one.state in _JUDGED]

    def deadlines(*states: DeadlineState) -> Statistic:
        return count(Listed.DEADLINES, [one.id for one in due if one.state in states])

    def responses(kinds: Iterable[ResponseKind]) -> Statistic:
        return count(Listed.RESPONSES, [one.id for one in facts.responses if one.kind in kinds])

    met = deadlines(DeadlineState.MET)
    public = [one for one in due if is_public(one)]
    owed = _owed(facts, public)
    answered = count(Listed.INCIDENTS, _answered(facts, public) & set(owed.ids))
    paged, acknowledged, false = _reaction(facts)
    counts = {
        FigureName.DUE: deadlines(*_JUDGED),
        FigureName.IN_TIME: met,
        FigureName.LATE: deadlines(DeadlineState.MET_LATE),
        FigureName.MISSED: deadlines(DeadlineState.MISSED),
        FigureName.SHARE_IN_TIME: share(met, deadlines(*_JUDGED)),
        FigureName.FIRST_RELEASE: median(Listed.INCIDENTS, _first_releases(facts)),
        FigureName.RELEASES: responses(_RELEASES),
        FigureName.CLARIFICATIONS: responses([ResponseKind.CLARIFICATION]),
        FigureName.CONFERENCES: responses([ResponseKind.PRESS_CONFERENCE]),
        FigureName.ANSWERED: share(answered, owed),
        FigureName.ACKNOWLEDGED: share(acknowledged, paged),
        FigureName.FALSE_ALARMS: false,
    }
    return (*(_figure(name, one) for name, one in counts.items()), _satisfaction(facts, rated))


def _figure(name: FigureName, statistic: Statistic) -> Figure:
    return Figure(name, statistic, len(statistic.ids), WhyNone.NO_CASES if statistic.value is None else None)


def _reaction(facts: Facts) -> tuple[Statistic, Statistic, Statistic]:
    table = reaction(facts)
    found = [table.statistic(head.value, Column.INCIDENTS) for head in (
        Reaction.PAGED, Reaction.ACKNOWLEDGED, Reaction.FALSE_ALARMS,
    )]  # fmt: skip
    paged, acknowledged, false = (one or count(Listed.INCIDENTS, ()) for one in found)
    return paged, acknowledged, false


def _owed(facts: Facts, deadlines: Iterable[DeadlineView]) -> Statistic:
    """Count the incidents to which an answer in public was owed; what was dismissed was no concern."""
    matters = {one.matter_id for one in deadlines}
    return count(
        Listed.INCIDENTS,
        [one for one in matters if one in facts.matters and facts.matters[one].state is MatterState.OPEN],
    )


def _answered(facts: Facts, public: Iterable[DeadlineView]) -> set[int]:
    """Return what was answered in public, in the period or, where a deadline of it was met before, earlier."""
    published = {one.matter_id for one in facts.responses if one.kind in TO_THE_PUBLIC}
    met = {one.matter_id for one in public if one.state in (DeadlineState.MET, DeadlineState.MET_LATE)}
    return published | met | set(facts.answered)


def _first_releases(facts: Facts) -> list[tuple[int, timedelta]]:
    """Return how long the first authoritative release took, of incidents opened and answered in the period."""
    opened = {one.id: one for one in facts.incidents if one.state is MatterState.OPEN}
    firsts: dict[int, datetime] = {}
    for one in _authoritative(facts.responses):
        if one.matter_id in opened:
            firsts[one.matter_id] = min(firsts.get(one.matter_id, one.published_at), one.published_at)
    return [
        (number, max(at - (opened[number].first_reported_at or opened[number].opened_at), timedelta(0)))
        for number, at in firsts.items()
    ]


def _authoritative(responses: Iterable[ResponseView]) -> list[ResponseView]:
    return [one for one in responses if one.kind is ResponseKind.AUTHORITATIVE_RELEASE]


def _satisfaction(facts: Facts, rated: Rated) -> Figure:
    mine = sorted({one.id for one in facts.responses} & set(rated.spreads))
    spread = tuple(sum(column) for column in zip(*(rated.spreads[one] for one in mine), strict=True)) if mine else ()
    votes, content = sum(spread), sum(spread[:2])
    why = None
    if votes < max(rated.least, 1):
        why = WhyNone.TOO_FEW if mine else (WhyNone.NO_CASES if rated.asked else WhyNone.NOT_ASKED)
    value = None if why is not None else content / votes
    return Figure(
        FigureName.SATISFACTION, Statistic(value, Unit.SHARE, Listed.RESPONSES, tuple(mine)), votes, why, spread
    )


def plain(found: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return figures as JSON keeps them."""
    return [
        {
            "name": one.name.value,
            "value": one.statistic.value,
            "unit": one.statistic.unit.value,
            "of": None if one.statistic.of is None else one.statistic.of.value,
            "ids": list(one.statistic.ids),
            "cases": one.cases,
            "why": None if one.why is None else one.why.value,
            "spread": list(one.spread),
        }
        for one in found
    ]


def figures_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Figure, ...]:
    """Return the figures that JSON keeps."""
    return tuple(
        Figure(
            FigureName(one["name"]),
            Statistic(
                one["value"],
                Unit(one["unit"]),
                None if one["of"] is None else Listed(one["of"]),
                tuple(one["ids"]),
            ),
            one["cases"],
            None if one["why"] is None else WhyNone(one["why"]),
            tuple(one["spread"]),
        )
        for one in kept
    )


def digest_of(found: Iterable[Figure]) -> str:
    """Return the SHA-256 of figures, whatever order a database gives their keys."""
    text = json.dumps(plain(found), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changed(frozen: Iterable[Figure], now: Iterable[Figure]) -> dict[FigureName, Figure]:
    """Return the figures that would be others by now, as they would be."""
    before = {one.name: one for one in frozen}
    return {one.name: one for one in now if one.name in before and before[one.name] != one}
