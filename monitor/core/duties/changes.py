"""What changed between two rule packs, or two versions of one: what came, what went, what became stricter or looser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitor.core.duties.obligations import Obligation, RulePack
from monitor.core.duties.strictness import Compared, compare


class Change(StrEnum):
    """How a rule differs from what it was."""

    ADDED = "added"
    REMOVED = "removed"
    STRICTER = "stricter"
    LOOSER = "looser"
    CHANGED = "changed"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing about one rule; `part` names the key of the file, `before` and `after` are its values."""

    rule: str
    change: Change
    part: str = ""
    before: Any = None
    after: Any = None


WORDING = ("name_zh", "name_en", "source", "note", "verified")
NEUTRAL = (
    "applies", "if_past", "repeats", "reminders", "calendar", "every", "chain", "regrade_within", "extend", "pause",
    "reset", "group", "roles", "proposed",
)  # fmt: skip


def differences(before: RulePack, after: RulePack) -> Iterator[Difference]:
    """Yield how the second pack differs from the first, rule by rule in the order of the first."""
    old = {rule.id: rule for rule in before.obligations}
    new = {rule.id: rule for rule in after.obligations}
    for name, rule in old.items():
        if name in new:
            yield from between(rule, new[name])
        else:
            yield Difference(name, Change.REMOVED)
    yield from (Difference(name, Change.ADDED) for name in new if name not in old)
    duties = {duty.id: duty for duty in before.duties}
    others = {duty.id: duty for duty in after.duties}
    for name in dict.fromkeys((*duties, *others)):
        if name not in others:
            yield Difference(name, Change.REMOVED)
        elif name not in duties:
            yield Difference(name, Change.ADDED)
        else:
            for part in ("name_zh", "name_en", "stage", "source", "note", "verified"):
                yield from _neutral(name, part, duties[name], others[name], Change.WORDING)


def between(old: Obligation, new: Obligation) -> Iterator[Difference]:
    """Yield how one rule differs from its earlier version."""
    compared = compare(new.due, old.due, new.calendar, old.calendar)
    if compared is not Compared.SAME:
        verdict = {Compared.STRICTER: Change.STRICTER, Compared.LOOSER: Change.LOOSER}.get(compared, Change.CHANGED)
        yield Difference(new.id, verdict, "due", old.due, new.due)
    yield from _enabled(old, new)
    yield from _sets(old, new)
    for part in NEUTRAL:
        yield from _neutral(new.id, part, old, new, Change.CHANGED)
    for part in WORDING:
        yield from _neutral(new.id, part, old, new, Change.WORDING)


def _enabled(old: Obligation, new: Obligation) -> Iterator[Difference]:
    if old.enabled != new.enabled:
        change = Change.STRICTER if new.enabled else Change.LOOSER
        yield Difference(new.id, change, "enabled", old.enabled, new.enabled)


def _sets(old: Obligation, new: Obligation) -> Iterator[Difference]:
    """Yield what counts as a start and as an answer: a further start is stricter, a further answer looser."""
    yield from _set(new.id, "anchors", set(old.anchors), set(new.anchors), Change.STRICTER, Change.LOOSER)
    yield from _set(
        new.id, "satisfied_by", set(old.satisfied_by), set(new.satisfied_by), Change.LOOSER, Change.STRICTER
    )


def _set(rule: str, part: str, old: set[Any], new: set[Any], more: Change, fewer: Change) -> Iterator[Difference]:
    if old != new:
        change = more if old < new else fewer if new < old else Change.CHANGED
        yield Difference(rule, change, part, tuple(sorted(old)), tuple(sorted(new)))


def _neutral(rule: str, part: str, old: Any, new: Any, change: Change) -> Iterator[Difference]:
    before, after = getattr(old, part, None), getattr(new, part, None)
    if before != after:
        yield Difference(rule, change, part, before, after)
