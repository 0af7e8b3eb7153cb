"""From a window of facts to a Briefing: what needs a decision, what runs, what ended, what is new, what is unwell.

Pure: the store reads the facts, the documents write the words. The window's happenings are told as they were noticed;
what stands (questions, running deadlines, sources) is told as of the moment of compiling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from monitor.core.audit.chain import Head
from monitor.core.beijing import instant
from monitor.core.briefing_counts import Counts, counts_of
from monitor.core.briefing_course import Course, course_of
from monitor.core.briefing_facts import Answer, Change, Facts, Remark, Ways, Window
from monitor.core.briefing_readers import OWN, Edition
from monitor.core.briefing_scope import LeftOut, scoped
from monitor.core.briefing_voices import VoiceFacts
from monitor.core.drills import Drill
from monitor.core.incidents.heat import Heat
from monitor.core.item_views import SecondView
from monitor.core.missed.report import Missed, missed_of
from monitor.core.model import LIVE, AlertReason, AlertState, DeadlineState, MatterState, RumourState
from monitor.core.paths import PathCheck
from monitor.core.source_health import SourceTrouble, Trouble, trouble_of
from monitor.core.views import AlertView, DeadlineView, IncidentView

PATIENCE = timedelta(minutes=10)
KINDS_OF_TROUBLE = tuple(Trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBriefing:
    """A day's briefing as people read it, finished in one language; `html` is a whole page without its pictures.

    `sheet` holds the finished texts as plain values, from which all other forms are made; one of an earlier version has
    none. `edition` is the key of the edition, empty for the bureau's own. `head` is the head of the audit log that it
    carries outside, `others` are the editions compiled with it, `faults` why further ones could not be written, by
    their keys; none of these is stored with it.
    """

    day: date
    compiled_at: datetime
    title: str
    text: str
    html: str
    sheet: Mapping[str, Any] | None = None
    edition: str = ""
    head: Head | None = None
    others: tuple[WrittenBriefing, ...] = ()
    faults: Mapping[str, Exception] = field(default_factory=dict)

    def end(self, at: time) -> datetime:
        """Return up to when it tells, for briefings compiled at the time of day `at`; never later than the truth."""
        return min(self.compiled_at, instant(self.day, at))


class Asks(StrEnum):
    """What a person is asked to decide about an incident."""

    PROVISIONAL = "provisional"
    UNDATED = "undated"
    DOUBTED = "doubted"
    DENIED = "denied"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Question:
    """A decision that waits for a person, with the deadlines it is about; `since` is when it arose.

    `offices` are those that have not signed for what was assigned to them.
    """

    asks: Asks
    incident: IncidentView
    since: datetime
    deadlines: tuple[DeadlineView, ...] = ()
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline that a response would still settle, and its incident where its matter is one."""

    deadline: DeadlineView
    incident: IncidentView | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A deadline that ended in the window; a missed one may still be answered late."""

    deadline: DeadlineView
    incident: IncidentView | None
    state: DeadlineState
    cause: str
    at: datetime
    remark: Remark


@dataclass(frozen=True, slots=True)
class NewIncident:
    """An incident opened in the window; `concerns_us` tells whether a deadline or a question hangs on it.

    `answer` is what was last published about it, `next_due` the first of its running deadlines, `heat` how far it is
    talked of.
    """

    incident: IncidentView
    reporters: tuple[str, ...]
    concerns_us: bool
    answer: Answer | None = None
    next_due: DeadlineView | None = None
    heat: Heat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """The daily digest as facts, each list in the order in which it is told."""

    window: Window
    compiled_at: datetime
    questions: tuple[Question, ...]
    running: tuple[Running, ...]
    ended: tuple[Ended, ...]
    opened: tuple[NewIncident, ...]
    set_aside: Mapping[MatterState, int]
    troubles: tuple[SourceTrouble, ...]
    unsent: tuple[AlertView, ...]
    graver: tuple[SecondView, ...]
    counts: Counts
    incidents: Mapping[int, IncidentView]
    voices: VoiceFacts = field(default_factory=VoiceFacts)
    head: Head | None = None
    drills: tuple[Drill, ...] = ()
    paths: tuple[PathCheck, ...] = ()
    missed: Missed | None = None
    course: Course = field(default_factory=Course)
    ways: Ways = field(default_factory=Ways)
    edition: Edition = OWN
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def overdue(self) -> int:
        """How many running deadlines have passed their due moment."""
        return sum(one.deadline.overdue(self.compiled_at) for one in self.running)

    @property
    def nothing_new(self) -> bool:
        """Tell whether nothing happened and nothing is asked; deadlines may still run."""
        return not (self.questions or self.ended or self.opened or self.set_aside or self.graver)


def briefing_of(whole: Facts, edition: Edition = OWN) -> Briefing:
    """Compile an edition of the briefing of a window."""
    facts, left_out = scoped(whole, edition)
    fresh = [incident for incident in facts.incidents.values() if facts.window.holds(incident.opened_at)]
    running = sorted(facts.live, key=lambda d: (d.due_at, d.id))
    troubles = [trouble for source in facts.sources if (trouble := trouble_of(source, facts.now, facts.works))]
    questions = tuple(sorted(_questions(facts), key=_urgency))
    ours = facts.with_duties | {question.incident.id for question in questions}
    return Briefing(
        window=facts.window,
        compiled_at=facts.now,
        questions=questions,
        running=tuple(Running(deadline, facts.incidents.get(deadline.matter_id)) for deadline in running),
        ended=tuple(_ended(facts)),
        opened=tuple(sorted(_opened(facts, fresh, ours), key=_gravity)),
        set_aside=Counter(incident.state for incident in fresh if incident.state is not MatterState.OPEN),
        troubles=tuple(sorted(troubles, key=lambda t: (KINDS_OF_TROUBLE.index(t.trouble), t.since, t.source_id))),
        unsent=tuple(alert for alert in facts.unsent if _is_told_now(alert, facts)),
        graver=facts.graver,
        counts=counts_of(facts),
        incidents=facts.incidents,
        voices=facts.voices,
        head=facts.head,
        drills=facts.drills,
        paths=facts.paths,
        missed=None if facts.missed is None else missed_of(facts.missed),
        course=course_of(facts.window.day, facts.course),
        ways=facts.ways,
        edition=edition,
        left_out=left_out,
    )


def _questions(facts: Facts) -> Iterator[Question]:
    """Yield the open questions: presumed grades, reports without a trusted time, figures that fell."""
    provisional = [deadline for deadline in facts.live if deadline.provisional]
    for incident, deadlines in _by_incident(facts, provisional):
        yield Question(Asks.PROVISIONAL, incident, min(d.opened_at for d in deadlines), deadlines)
    doubted: dict[int, datetime] = {}
    for alert in facts.asked:
        about = None if alert.matter_id is None else facts.incidents.get(alert.matter_id)
        if about is None or about.state is not MatterState.OPEN:
            continue
        if alert.point == "undated" and not about.confirmed and about.first_reported_at is None:
            yield Question(Asks.UNDATED, about, alert.created_at)
        if alert.point == "denied" and about.rumour is RumourState.DENIED:
            theirs = tuple(d for d in facts.live if d.matter_id == about.id)
            yield Question(Asks.DENIED, about, alert.created_at, theirs)
        doubted |= {deadline.id: alert.created_at for deadline in _doubted(alert, about, facts.live)}
    for held in facts.unsigned:
        incident = facts.incidents[held.matter_id]
        names = tuple(receipt.name for receipt in held.unsigned)
        theirs = tuple(d for d in facts.live if d.matter_id == incident.id)
        yield Question(Asks.UNSIGNED, incident, held.made_at, theirs, names)
    for incident, deadlines in _by_incident(facts, [d for d in facts.live if d.id in doubted]):
        yield Question(Asks.DOUBTED, incident, min(doubted[d.id] for d in deadlines), deadlines)


def _by_incident(
    facts: Facts, deadlines: Iterable[DeadlineView]
) -> Iterator[tuple[IncidentView, tuple[DeadlineView, ...]]]:
    found: dict[int, list[DeadlineView]] = {}
    for deadline in sorted(deadlines, key=lambda d: (d.due_at, d.id)):
        found.setdefault(deadline.matter_id, []).append(deadline)
    for matter_id, theirs in found.items():
        if matter_id in facts.incidents:
            yield facts.incidents[matter_id], tuple(theirs)


def _doubted(alert: AlertView, incident: IncidentView, live: Iterable[DeadlineView]) -> Iterator[DeadlineView]:
    """Yield the running deadline that the figures no longer support, where they still are what the alert told of."""
    level = incident.severity.name.lower() if incident.severity else "none"
    if alert.reason is AlertReason.UPDATED and alert.point == f"doubt:{level}":
        named = (alert.matter_id, alert.obligation_id, alert.ordinal)
        yield from (d for d in live if (d.matter_id, d.obligation_id, d.ordinal) == named)


def _urgency(question: Question) -> tuple[datetime, int]:
    due = min((deadline.due_at for deadline in question.deadlines), default=question.since)
    return due, question.incident.id


def _ended(facts: Facts) -> Iterator[Ended]:
    """Yield each deadline whose last change in the window ended it; one that was taken up again has not ended."""
    last: dict[int, Change] = {}
    for change in facts.changes:
        last.pop(change.deadline.id, None)
        last[change.deadline.id] = change
    for change in last.values():
        if change.after is DeadlineState.OPEN:
            continue
        incident = facts.incidents.get(change.deadline.matter_id)
        remark = Remark() if change.after in LIVE else facts.remarks.get(change.deadline.id, Remark())
        if change.after is DeadlineState.WITHDRAWN and incident is not None:
            remark = Remark(incident.state_reason)
        yield Ended(change.deadline, incident, change.after, change.cause, change.at, remark)


def _opened(facts: Facts, fresh: Iterable[IncidentView], ours: Collection[int]) -> Iterator[NewIncident]:
    for incident in fresh:
        if incident.state is MatterState.OPEN:
            theirs = (d for d in facts.live if d.matter_id == incident.id)
            yield NewIncident(
                incident,
                facts.reporters.get(incident.id, ()),
                incident.id in ours,
                answer=facts.answers.get(incident.id),
                next_due=min(theirs, key=lambda d: (d.due_at, d.id), default=None),
                heat=facts.heats.get(incident.id),
            )


def _gravity(new: NewIncident) -> tuple[bool, int, int, int, int]:
    """Order incidents: those that concern us first, then the gravest, the most widely told, the latest."""
    incident = new.incident
    return not new.concerns_us, -(incident.presumed or 0), -(incident.wave or 0), -incident.sources, -incident.id


def _is_told_now(alert: AlertView, facts: Facts) -> bool:
    """Tell whether an alert has not reached its people, and this window is the one to say so."""
    if alert.state is AlertState.PENDING:
        return alert.not_before <= facts.now - PATIENCE
    if alert.state is AlertState.EXPIRED:
        return facts.window.holds(alert.useful_until)
    return alert.state is AlertState.UNDELIVERABLE and facts.window.holds(alert.created_at)
