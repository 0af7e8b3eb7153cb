"""The timeline of an incident: what was reported, told, decided, written and published, in one order. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import partial

from monitor.core.aftermath.facts import BegunDraft, Facts
from monitor.core.aftermath.stretches import UNREAD
from monitor.core.duties.deadlines import Cause
from monitor.core.incidents.placing import SPEAKS_ONLY
from monitor.core.model import AlertReason, AlertState, DeadlineState, DeliveryState, Severity, Verb
from monitor.core.views import AlertView, StepView


class EntryKind(StrEnum):
    """What an entry tells of; each has a sentence in the documents."""

    REPORTED = "reported"
    SEEN = "seen"
    OPENED = "opened"
    GRADE = "grade"
    TOLL = "toll"
    DEADLINE = "deadline"
    ALERT = "alert"
    DELIVERY = "delivery"
    DECISION = "decision"
    DRAFT = "draft"
    RELEASE = "release"
    LOGGED = "logged"
    PAGE = "page"


# What tells people most of an alert's course; the repeats stand with the others.
_TELLING = frozenset({AlertReason.OPENED, AlertReason.DUE, AlertReason.OVERDUE, AlertReason.ESCALATED})
_TURNS = frozenset(DeadlineState) - {DeadlineState.NOT_APPLICABLE, DeadlineState.SUPERSEDED}
# Each of these has an entry of its own.
_TOLD_OTHERWISE = frozenset({Verb.RESPOND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: when, what, by whom. `what` is a value to be worded, `subject` a title, or names a duty or channel.

    `number` is that of the item, alert, draft or response. A `minor` one is told in the whole list only.
    """

    at: datetime
    kind: EntryKind
    what: Enum | None = None
    subject: str = ""
    by: str = ""
    said: str = ""
    number: int | None = None
    minor: bool = False


_ORDER = {kind: n for n, kind in enumerate(EntryKind)}


def entries(facts: Facts) -> tuple[Entry, ...]:
    """Return the timeline, the earliest first."""
    found = [
        *_items(facts),
        Entry(at=facts.incident.opened_at, kind=EntryKind.OPENED, subject=facts.incident.title),
        *_steps(facts),
        *_alerts(facts),
        *_log(facts),
        *(entry for one in facts.drafts for entry in _draft(one)),
        *_responses(facts),
        *_pages(facts),
    ]
    return tuple(sorted(found, key=lambda entry: (entry.at, _ORDER[entry.kind], entry.number or 0)))


def _items(facts: Facts) -> Iterator[Entry]:
    """Yield what was reported and seen: the first of each source counts, and what moved the grade."""
    proving, sources = {step.item_id for step in facts.steps}, set[str]()
    reports = [item for item in facts.items if item.why not in SPEAKS_ONLY]
    dated = [item for item in reports if item.published_at is not None]
    first = min(dated, key=lambda item: item.published_at or item.first_seen_at, default=None)
    for item in facts.items:
        known = item.source in sources
        sources.add(item.source)
        minor = item.why in SPEAKS_ONLY or (known and item.id not in proving)
        told = partial(Entry, subject=item.title, by=item.source, number=item.id)
        if item.published_at is not None:
            yield told(at=item.published_at, kind=EntryKind.REPORTED, minor=item is not first)
        yield told(at=item.first_seen_at, kind=EntryKind.SEEN, minor=minor)


def _steps(facts: Facts) -> Iterator[Entry]:
    before: Severity | None = None
    for step in facts.steps:
        grade = _grade(step)
        kind = EntryKind.GRADE if grade is not before else EntryKind.TOLL
        yield Entry(at=step.at, kind=kind, what=grade, said=step.sentence, number=step.item_id)
        before = grade


def _grade(step: StepView) -> Severity | None:
    return max((grade for grade in (step.severity, step.likely) if grade is not None), default=None)


def _alerts(facts: Facts) -> Iterator[Entry]:
    seen, failed, accepted = set[AlertReason](), set[str](), False
    for alert in sorted(facts.alerts, key=lambda alert: (alert.created_at, alert.id)):
        telling = alert.reason in _TELLING and alert.state is not AlertState.SKIPPED and alert.reason not in seen
        if telling:
            seen.add(alert.reason)
        yield Entry(
            at=alert.created_at,
            kind=EntryKind.ALERT,
            what=alert.reason,
            subject=alert.obligation_id or "",
            said=alert.silence or "",
            number=alert.id,
            minor=not telling,
        )
        for one in alert.deliveries:
            ok, unread = one.state is DeliveryState.ACCEPTED, one.channel == UNREAD
            first = not unread and (
                (ok and not accepted) or (not ok and one.channel not in failed and one.ended_at is not None)
            )
            accepted = accepted or (ok and not unread)
            failed |= set() if ok else {one.channel}
            yield Entry(
                at=one.ended_at or one.started_at,
                kind=EntryKind.DELIVERY,
                what=one.state,
                subject=one.channel,
                by=_name(alert, one.contact),
                said=one.said,
                number=alert.id,
                minor=not first,
            )


def _name(alert: AlertView, contact: str) -> str:
    return next((one.name for one in alert.audience if one.contact == contact and one.name), contact)


def _log(facts: Facts) -> Iterator[Entry]:
    for line in facts.log:
        if not line.by:
            state = DeadlineState(line.what)
            cause = Cause(line.reason)
            yield Entry(
                at=line.at,
                kind=EntryKind.DEADLINE,
                what=state,
                subject=line.subject,
                said=cause.value,
                minor=state not in _TURNS,
            )
        elif Verb(line.what) not in _TOLD_OTHERWISE:
            yield Entry(
                at=line.at,
                kind=EntryKind.DECISION,
                what=Verb(line.what),
                subject=line.subject,
                by=line.by,
                said=line.reason,
            )


def _draft(one: BegunDraft) -> Iterator[Entry]:
    draft = one.draft
    author = draft.authors[0].name if draft.authors else ""
    yield Entry(
        at=one.begun_at,
        kind=EntryKind.DRAFT,
        what=draft.wording.kind,
        subject=draft.wording.title,
        by=author,
        number=draft.id,
    )
    for step in draft.steps:
        yield Entry(
            at=step.at,
            kind=EntryKind.DRAFT,
            what=step.verdict,
            subject=step.gate.value,
            by=step.by.name,
            said=step.comment,
            number=draft.id,
        )


def _responses(facts: Facts) -> Iterator[Entry]:
    for one in facts.responses:
        about = partial(Entry, what=one.kind, subject=one.title, by=one.by, number=one.id)
        yield about(at=one.published_at, kind=EntryKind.RELEASE)
        yield about(at=one.logged_at, kind=EntryKind.LOGGED, minor=one.logged_at == one.published_at)


def _pages(facts: Facts) -> Iterator[Entry]:
    """Yield the looks at published pages; those that found something count."""
    for response_id, kept in facts.evidence.items():
        for look in kept.captures:
            found = look.findings[0] if look.findings else look.outcome
            yield Entry(
                at=look.at, kind=EntryKind.PAGE, what=found, subject=look.title, number=response_id,
                minor=not look.findings,
            )  # fmt: skip
