"""A rule pack for people: what each obligation asks, by when, on whose word, and where a local pack is stricter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.core.duties.law import LastingDuty, LegalSource, Stricter
from monitor.core.duties.obligations import Obligation
from monitor.core.duties.serial import Every
from monitor.core.duties.terms import Term, Unit
from monitor.core.errors import N_
from monitor.core.model import ResponseKind, Severity
from responders.labels import label
from responders.language import Words

UNITS = {
    Unit.MINUTE: N_("{count} minutes"),
    Unit.HOUR: N_("{count} hours"),
    Unit.DAY: N_("{count} days"),
    Unit.WORKING_DAY: N_("{count} working days"),
    Unit.MONTH: N_("{count} months"),
    Unit.YEAR: N_("{count} years"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule as it is read: a head and lines below it."""

    id: str
    head: str
    lines: tuple[str, ...]


def term_said(term: Term, words: Words) -> str:
    """Say how long a term is."""
    return words(UNITS[term.unit], count=term.count)


def obligation_entry(rule: Obligation, words: Words) -> Entry:
    """Return an obligation as it is read."""
    name = rule.name_zh if words.language == "zh" else rule.name_en
    return Entry(rule.id, f"{name} [{state_of(rule, words)}]", tuple(_lines(rule, words)))


def duty_entry(duty: LastingDuty, words: Words) -> Entry:
    """Return a duty without an end as it is read."""
    name = duty.name_zh if words.language == "zh" else duty.name_en
    lines = [words(label(duty.stage)), *_source(duty.source, words, verified=duty.verified)]
    return Entry(duty.id, name, tuple([*lines, duty.note] if duty.note else lines))


def state_of(rule: Obligation, words: Words) -> str:
    """Say whether an obligation is switched on, and why it is not."""
    if rule.enabled:
        return words(N_("on"))
    if not rule.verified:
        return words(N_("off: not verified"))
    if rule.group is not None:
        return words(N_("off: {group}"), group=words(label(rule.group)))
    return words(N_("off"))


def _lines(rule: Obligation, words: Words) -> Iterator[str]:
    comma = words(N_(", "))
    anchors = comma.join(words(label(anchor)) for anchor in rule.anchors)
    if rule.applies.matter != "incident":
        yield words(N_("For matters of the kind {kind}, which a person opens"), kind=rule.applies.matter)
    yield words(N_("{due}, counted from the first known of: {anchors}"), due=_due(rule, words), anchors=anchors)
    if rule.proposed:
        yield words(N_("The law names no end: this one is the pack's own."))
    met = comma.join(words(label(kind)) for kind in ResponseKind if kind in rule.satisfied_by)
    yield words(N_("Met by: {kinds}"), kinds=met)
    if rule.roles:
        whose = comma.join(words(label(role)) for role in sorted(rule.roles))
        yield words(N_("Whose duty: {roles}"), roles=whose)
    yield from _source(rule.source, words, verified=rule.verified)
    for terms in rule.local:
        yield words(
            N_("Stricter in {pack}{grades}: {due}"),
            pack=terms.origin,
            grades=_grades(terms, words),
            due=term_said(terms.due, words),
        )
        yield from _source(terms.source, words, verified=terms.verified)
        if not terms.enabled:
            yield words(N_("These terms are switched off."))
    if rule.note:
        yield rule.note
    yield rule.origin


def _due(rule: Obligation, words: Words) -> str:
    if rule.every is not None:
        return _every(rule.every, words)
    if rule.promised:
        return words(N_("when a release said that the next would come"))
    said = term_said(rule.due, words)
    return words(N_("{due} for each level"), due=said) if rule.chain is not None else said


def _every(every: Every, words: Words) -> str:
    if every.step is not None:
        return words(N_("every {span}"), span=term_said(every.step, words))
    times = words(N_(", ")).join(at.strftime("%H:%M") for at in every.at)
    if every.days:
        days = words(N_(", ")).join(map(str, every.days))
        return words(N_("on day {days} of each month at {times}"), days=days, times=times)
    return words(N_("every day at {times}"), times=times)


def _grades(terms: Stricter, words: Words) -> str:
    bounds: Iterable[tuple[str, Severity | None]] = (
        (N_(" from {grade} up"), terms.at_least),
        (N_(" below {grade}"), terms.below),
    )
    return "".join(words(text, grade=words(label(grade))) for text, grade in bounds if grade is not None)


def _source(source: LegalSource, words: Words, *, verified: bool) -> Iterator[str]:
    checked = words(N_("compared with the source")) if verified else words(N_("not compared with the source"))
    yield f"{source.document} {source.article} ({checked})"
    yield words(N_("“{quote}”"), quote=source.quote)
