"""The words of a briefing, in the language of its composer: what each section says of which fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TypeVar

from monitor.core.beijing import shown
from monitor.core.briefing import Asks, Briefing, Ended, NewIncident, Question, Running
from monitor.core.briefing_facts import USUAL_WINDOW
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from monitor.core.fetched import DropReason, Outcome
from monitor.core.model import AlertState, DeadlineState, Decoy, DeliveryState, MatterState
from monitor.core.source_health import SourceTrouble, Trouble
from monitor.core.sources import FailureKind
from monitor.core.views import AlertView, DeadlineView, IncidentView
from responders.channels.base import Line, Tone
from responders.documents.briefing_sheet import NOTHING, Row, Section, Sheet, one_line, row
from responders.documents.messages import NO_TRUSTED_TIME, Composer
from responders.labels import label

LONGEST_TITLE = 120
MOST_ROWS = 100
MOST_REPORTERS = 3
ASKED: Mapping[Asks, str] = {
    Asks.PROVISIONAL: N_("The grade is presumed, not proved. Please confirm or dismiss the incident."),
    Asks.UNDATED: NO_TRUSTED_TIME,
    Asks.DOUBTED: N_("The figures no longer support this deadline. It runs on until a person waives it."),
}
TROUBLE: Mapping[Trouble, tuple[str, str]] = {
    Trouble.FAILING: (N_("failing"), N_("It has failed since {since}.")),
    Trouble.NOT_FETCHED: (N_("not fetched"), N_("It is due, but has not been fetched since {since}.")),
    Trouble.SILENT: (N_("silent"), N_("It answers, but has brought nothing new since {since}.")),
}
VERDICTS: Mapping[str, str] = {
    "incident": N_("{n} about incidents"),
    "follow_up": N_("{n} about earlier incidents"),
    "decoy": N_("{n} only alike"),
    "": N_("{n} about other things"),
}
ENDED_TONE: Mapping[DeadlineState, Tone] = {
    DeadlineState.MET: Tone.DONE,
    DeadlineState.MET_LATE: Tone.NOTICE,
    DeadlineState.MISSED: Tone.URGENT,
}
AnyEnum = TypeVar("AnyEnum", bound=Enum)


def sheet_of(briefing: Briefing, composer: Composer) -> Sheet:
    """Return a briefing as a sheet of finished texts."""
    return Wording(composer, briefing).sheet()


@dataclass(frozen=True, slots=True)
class Wording:
    """Words one briefing."""

    composer: Composer
    briefing: Briefing

    def sheet(self) -> Sheet:
        """Return the whole sheet."""
        words, day = self.composer.words, self.briefing.window.day.isoformat()
        said = words(N_(", ")).join(self._said())
        sections = (
            self._questions(),
            self._running(),
            self._ended(),
            self._opened(),
            self._troubles(),
            self._counts(),
            self._unsent(),
        )
        return Sheet(
            language=words.language,
            title=words(N_("Briefing {day}: {said}"), day=day, said=said),
            heading=words(N_("Briefing {day}"), day=day),
            said=said,
            covers=self._covers(),
            notice=self._notice(),
            sections=tuple(section for section in sections if section is not None),
        )

    def _said(self) -> Iterator[str]:
        """Say the briefing in a few words, what presses first."""
        words, briefing = self.composer.words, self.briefing
        if briefing.nothing_new:
            yield words(N_("nothing new")) if briefing.counts.answers else words(N_("no source was read"))
        told = (
            (len(briefing.questions), N_("{n} to decide")),
            (briefing.overdue, N_("{n} overdue")),
            (len(briefing.running) - briefing.overdue, N_("{n} running")),
            (len(briefing.ended), N_("{n} ended")),
            (len(briefing.opened), N_("{n} new")),
            (len(briefing.unsent), N_("{n} alerts not delivered")),
        )
        yield from (words(template, n=n) for n, template in told if n)

    def _covers(self) -> str:
        window = self.briefing.window
        told = {"since": shown(window.since), "until": shown(window.until), "now": shown(self.briefing.compiled_at)}
        covers = N_("What happened from {since} to {until}; what stands, as of {now}. All times are Beijing time.")
        longer = window.until - window.since > USUAL_WINDOW
        hours = round((window.until - window.since) / timedelta(hours=1))
        more = N_("It covers {hours} hours, so that nothing falls between two briefings.")
        said = self.composer.words(covers, **told)
        return f"{said} {self.composer.words(more, hours=hours)}" if longer else said

    def _notice(self) -> str:
        if not self.briefing.counts.answers:
            template = N_("No source was read in this time, so this briefing cannot say what happened.")
        elif self.briefing.nothing_new:
            template = N_("Nothing new: no incident was opened, no deadline ended, nothing waits for a decision.")
        else:
            return ""
        return self.composer.words(template)

    def _questions(self) -> Section | None:
        rows = [self._question(question) for question in self.briefing.questions]
        return self._section(N_("To be decided now"), rows) if rows else None

    def _question(self, question: Question) -> Row:
        words, composer = self.composer.words, self.composer
        now = self.briefing.compiled_at
        notes = [words(ASKED[question.asks])]
        for deadline in question.deadlines:
            due = {"clock": composer.clock(deadline), "due": shown(deadline.due_at)}
            notes.append(words(N_("{clock}: {left}, due {due}"), left=composer.left(deadline, now), **due))
        notes.append(words(N_("Asked since {at}; {figures}"), at=shown(question.since), figures=self._figures(question)))
        first = next(iter(question.deadlines), None)
        mark = words(N_("no deadline runs")) if first is None else composer.left(first, now)
        tone = Tone.URGENT if first is not None and first.due_at <= now else Tone.NOTICE
        return row(mark, self._about(question.incident), notes, tone=tone, url=self._url(question.incident))

    def _figures(self, question: Question) -> str:
        return self.composer.figures(question.incident.figures)

    def _running(self) -> Section:
        rows = [self._one_running(one) for one in self.briefing.running]
        return self._section(N_("Running deadlines"), rows, none=N_("No deadline is running."))

    def _one_running(self, one: Running) -> Row:
        words, deadline = self.composer.words, one.deadline
        facts = {
            "due": shown(deadline.due_at),
            "anchor": words(label(deadline.anchor)),
            "started": shown(deadline.started_at),
        }
        notes = [self._about(one.incident), words(N_("due {due}, counted from: {anchor} {started}"), **facts)]
        if deadline.provisional:
            notes.append(words(N_("provisional: the incident is not confirmed")))
        overdue = deadline.due_at <= self.briefing.compiled_at
        left = self.composer.left(deadline, self.briefing.compiled_at)
        tone = Tone.URGENT if overdue else Tone.NOTICE
        return row(left, self.composer.clock(deadline), notes, tone=tone, url=self._url(one.incident))

    def _ended(self) -> Section | None:
        rows = [self._one_ended(one) for one in self.briefing.ended]
        return self._section(N_("Ended deadlines"), rows) if rows else None

    def _one_ended(self, one: Ended) -> Row:
        words, deadline = self.composer.words, one.deadline
        facts = {"at": shown(one.at), "due": shown(deadline.due_at)}
        if one.state in (DeadlineState.MET, DeadlineState.MET_LATE):
            said = words(N_("published {at}, due {due}"), **facts)
        elif one.state is DeadlineState.MISSED:
            said = words(N_("due {due}; nothing had been published"), **facts)
        else:
            said = words(N_("{cause}, {at}; due {due}"), cause=self._named(Cause, one.cause), **facts)
        remark = one_line(one.remark.text, LONGEST_TITLE) if one.remark.text else ""
        if one.remark.by:
            remark = words(N_("{text} ({by})"), text=remark, by=one.remark.by)
        notes = [self._about(one.incident), said, remark]
        tone = ENDED_TONE.get(one.state, Tone.CALM)
        return row(words(label(one.state)), self.composer.clock(deadline), notes, tone=tone, url=self._url(one.incident))

    def _opened(self) -> Section:
        rows = [self._new(new) for new in self.briefing.opened]
        aside = [f"{self.composer.words(label(state))} {n}" for state, n in sorted(self.briefing.set_aside.items())]
        remarks = []
        if aside:
            told = self.composer.words(N_(", ")).join(aside)
            remarks.append(self.composer.words(N_("Opened and set aside again: {told}"), told=told))
        return self._section(N_("New incidents"), rows, none=N_("No new incident."), remarks=remarks)

    def _new(self, new: NewIncident) -> Row:
        words, composer, incident = self.composer.words, self.composer, new.incident
        known = (composer.names.kind(incident.kind), composer.figures(incident.figures))
        reports = words(N_("{items} from {sources} source(s)"), items=incident.items, sources=incident.sources)
        notes = [
            words(N_(", ")).join(known),
            words(N_("{reports}: {names}"), reports=reports, names=self._reporters(new.reporters)),
            words(N_("opened {at}"), at=shown(incident.opened_at)) if new.duties else words(N_("only watched: no duty")),
        ]
        mark = composer.grade(incident) or words(N_("no grade yet"))
        tone = Tone.NOTICE if new.duties else Tone.CALM
        title = f"#{incident.id} {composer.place(incident)} | {one_line(incident.title, LONGEST_TITLE)}"
        return row(mark, title, notes, tone=tone, url=self._url(incident))
