"""What changed between two issues on one incident, by comparing the facts that each was made of. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.bulletins.facts import Facts, Term
from monitor.core.model import (
    CASUALTY_FIELDS,
    DeadlineState,
    Level,
    MatterState,
    ResponseKind,
    RumourState,
    Severity,
    Standing,
    Wave,
)

Value = (
    int
    | str
    | MatterState
    | Severity
    | Standing
    | RumourState
    | Wave
    | ResponseKind
    | DeadlineState
    | Level
    | datetime
    | bool
    | None
)


class ChangeKind(StrEnum):
    """What of an incident is another than before."""

    STATE = "state"
    FIGURE = "figure"
    GRADE = "grade"
    PROVED = "proved"
    CONFIRMED = "confirmed"
    PLACE = "place"
    KIND = "kind"
    STANDING = "standing"
    RUMOUR = "rumour"
    RESPONSE = "response"
    WITHDRAWN = "withdrawn"
    BEGAN = "began"
    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"
    ENDED = "ended"
    OWED_AGAIN = "owed_again"
    MOVED = "moved"
    PAUSED = "paused"
    RESUMED = "resumed"
    FIRM = "firm"
    PROVISIONAL = "provisional"
    LEVEL = "level"
    TALK = "talk"
    RANK = "rank"
    WAVE = "wave"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: `name` says which figure, response or obligation, or why, then its value before and now.

    `ordinal` tells the turns of one obligation apart; `at` is when it happened, where that is kept.
    """

    kind: ChangeKind
    name: str = ""
    was: Value = None
    now: Value = None
    ordinal: int = 1
    at: datetime | None = None


ENDINGS = {DeadlineState.MET: ChangeKind.MET, DeadlineState.MET_LATE: ChangeKind.MET_LATE}


def changes(before: Facts, after: Facts) -> tuple[Change, ...]:
    """Return what changed, gravest first; nothing where nothing did, however much time has passed."""
    return tuple(
        change
        for part in (_nature(before, after), _toll(before, after), _said(before, after), _terms(before, after))
        for change in part
    ) + tuple(_heat(before, after))


def _toll(before: Facts, after: Facts) -> Iterator[Change]:
    for name in CASUALTY_FIELDS:
        was, now = before.figures.get(name), after.figures.get(name)
        if was != now:
            yield Change(ChangeKind.FIGURE, name, was, now)


def _nature(before: Facts, after: Facts) -> Iterator[Change]:
    if before.state != after.state:
        yield Change(ChangeKind.STATE, after.state_reason, before.state, after.state)
    if before.grade != after.grade:
        yield Change(ChangeKind.GRADE, "", before.grade, after.grade)
    elif (before.severity == before.grade) != (after.severity == after.grade):
        yield Change(ChangeKind.PROVED, "", before.severity == before.grade, after.severity == after.grade)
    if before.confirmed != after.confirmed:
        yield Change(ChangeKind.CONFIRMED, "", before.confirmed, after.confirmed)
    if (before.place, before.place_name) != (after.place, after.place_name):
        # Divisions are named by code where they are known.
        yield Change(ChangeKind.PLACE, "", before.place or before.place_name, after.place or after.place_name)
    for kind, was, now in (
        (ChangeKind.KIND, before.kind, after.kind),
        (ChangeKind.STANDING, before.standing, after.standing),
        (ChangeKind.RUMOUR, before.rumour, after.rumour),
    ):
        if was != now:
            yield Change(kind, "", was, now)


def _said(before: Facts, after: Facts) -> Iterator[Change]:
    known = {one.id: one for one in before.said}
    for one in after.said:
        old = known.get(one.id)
        if old is None:
            yield Change(ChangeKind.RESPONSE, one.title, None, one.kind, at=one.at)
        if one.withdrawn_at is not None and (old is None or old.withdrawn_at is None):
            yield Change(ChangeKind.WITHDRAWN, one.title, one.kind, None, at=one.withdrawn_at)


def _terms(before: Facts, after: Facts) -> Iterator[Change]:
    known = {one.key: one for one in before.terms}
    for one in after.terms:
        old = known.get(one.key)
        if old is None:
            yield Change(ChangeKind.BEGAN, one.obligation, None, one.state, one.ordinal, one.due_at)
        else:
            yield from _course(old, one)
        kind, was = _ending(one), None if old is None else _ending(old)
        if kind is not was:
            was_state = None if old is None else old.state
            told = kind or ChangeKind.OWED_AGAIN
            yield Change(told, one.obligation, was_state, one.state, one.ordinal, one.due_at)
        rested = old is not None and old.live and old.rests
        if one.live and one.rests != rested:
            told = ChangeKind.PAUSED if one.rests else ChangeKind.RESUMED
            yield Change(told, one.obligation, rested, one.rests, one.ordinal, one.due_at)
    left = {one.key for one in after.terms}
    for old in before.terms:
        if old.key not in left and _ending(old) in (None, ChangeKind.MISSED):
            yield Change(ChangeKind.ENDED, old.obligation, old.state, None, old.ordinal, old.due_at)


def _course(old: Term, one: Term) -> Iterator[Change]:
    """Yield what of a deadline is another: its end, its level, and while it runs whether it is provisional."""
    if old.due_at != one.due_at:
        yield Change(ChangeKind.MOVED, one.obligation, old.due_at, one.due_at, one.ordinal, one.due_at)
    if old.level != one.level:
        yield Change(ChangeKind.LEVEL, one.obligation, old.level, one.level, one.ordinal, one.due_at)
    if old.live and one.live and old.provisional != one.provisional:
        told = ChangeKind.PROVISIONAL if one.provisional else ChangeKind.FIRM
        yield Change(told, one.obligation, old.provisional, one.provisional, one.ordinal, one.due_at)


def _ending(term: Term) -> ChangeKind | None:
    """Return what became of a deadline; None while it runs and its end has not come."""
    if term.state in ENDINGS:
        return ENDINGS[term.state]
    if term.overdue or term.state is DeadlineState.MISSED:
        return ChangeKind.MISSED
    return None if term.live else ChangeKind.ENDED


def _heat(before: Facts, after: Facts) -> Iterator[Change]:
    if before.heat.titles != after.heat.titles:
        yield Change(ChangeKind.TALK, "", before.heat.titles, after.heat.titles)
    was, now = (None if heat.best is None else heat.best.rank for heat in (before.heat, after.heat))
    if was != now:
        yield Change(ChangeKind.RANK, after.heat.best.source if after.heat.best else "", was, now)
    if before.wave != after.wave:
        yield Change(ChangeKind.WAVE, "", before.wave, after.wave)
