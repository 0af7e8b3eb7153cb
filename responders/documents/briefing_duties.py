"""What a briefing says of duties: what is to be decided, what runs, what ended, which incidents are new."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.core.beijing import shown
from monitor.core.briefing import Asks, Briefing, Ended, NewIncident, Question, Running
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from monitor.core.model import DeadlineState
from responders.channels.base import Tone
from responders.documents import heat
from responders.documents.briefing_sheet import LONGEST_TITLE, Row, Section, about, address, one_line, row, section
from responders.documents.due import LONG_OVERDUE, said_due
from responders.documents.messages import Composer
from responders.documents.questions import NO_TRUSTED_TIME
from responders.labels import label

MOST_REPORTERS = 3
ASKED: Mapping[Asks, str] = {
    Asks.PROVISIONAL: N_("The grade is presumed, not proved. Please confirm or dismiss the incident."),
    Asks.UNDATED: NO_TRUSTED_TIME,
    Asks.DENIED: N_("An official source denies it. Please dismiss or confirm the incident; its clocks run on."),
    Asks.UNSIGNED: N_("Not signed for by: {names}. Ring the office, or assign the incident to another one."),
    Asks.DOUBTED: N_("What is known now no longer supports this deadline. It runs on until a person waives it."),
}
ENDED_TONE: Mapping[DeadlineState, Tone] = {
    DeadlineState.MET: Tone.DONE,
    DeadlineState.MET_LATE: Tone.NOTICE,
    DeadlineState.MISSED: Tone.URGENT,
}
CAUSES = {cause.value: cause for cause in Cause}


def questions(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell what waits for a person; None where nothing does."""
    rows = [_question(question, briefing, composer) for question in briefing.questions]
    return section(composer, N_("To be decided now"), rows) if rows else None


def _question(question: Question, briefing: Briefing, composer: Composer) -> Row:
    words, now = composer.words, briefing.compiled_at
    names = words(N_(", ")).join(question.offices)
    notes = [words(ASKED[question.asks], names=names)]
    for deadline in question.deadlines:
        due = {"clock": composer.clock(deadline), "due": said_due(deadline, words)}
        notes.append(words(N_("{clock}: {left}, due {due}"), left=composer.left(deadline, now), **due))
    figures = composer.figures(question.incident.figures)
    notes.append(words(N_("{figures}; asked since {at}"), figures=figures, at=shown(question.since)))
    first = next(iter(question.deadlines), None)
    mark = words(N_("no deadline runs")) if first is None else composer.left(first, now)
    tone = Tone.URGENT if first is not None and first.overdue(now) else Tone.NOTICE
    incident = question.incident
    return row(mark, about(composer, incident), notes, tone=tone, url=address(composer, incident))


def running(briefing: Briefing, composer: Composer) -> Section:
    """Tell which deadlines a response would still settle, the first to end first; those long overdue as a number."""
    long_since = briefing.compiled_at - LONG_OVERDUE
    rows = [_running(one, briefing, composer) for one in briefing.running if not one.deadline.overdue(long_since)]
    old = len(briefing.running) - len(rows)
    told = composer.words(N_("{n} more are overdue for more than three days; the board has them."), n=old)
    none = N_("No deadline is running.")
    return section(composer, N_("Running deadlines"), rows, none=none, remarks=[told] if old else [])


def _running(one: Running, briefing: Briefing, composer: Composer) -> Row:
    words, deadline = composer.words, one.deadline
    counted = {"anchor": words(label(deadline.anchor)), "started": shown(deadline.started_at)}
    notes = [
        about(composer, one.incident),
        words(N_("due {due}, counted from: {anchor} {started}"), due=said_due(deadline, words), **counted),
        words(N_("provisional: nobody has confirmed the incident")) if deadline.provisional else "",
    ]
    tone = Tone.URGENT if deadline.overdue(briefing.compiled_at) else Tone.NOTICE
    left = composer.left(deadline, briefing.compiled_at)
    return row(left, composer.clock(deadline), notes, tone=tone, url=address(composer, one.incident))


def ended(briefing: Briefing, composer: Composer) -> Section | None:
    """Tell which deadlines ended and how; None where none did."""
    rows = [_ended(one, composer) for one in briefing.ended]
    return section(composer, N_("Ended deadlines"), rows) if rows else None


def _ended(one: Ended, composer: Composer) -> Row:
    words = composer.words
    notes = [about(composer, one.incident), _how(one, composer), _remark(one, composer)]
    tone = ENDED_TONE.get(one.state, Tone.CALM)
    mark = words(label(one.state))
    return row(mark, composer.clock(one.deadline), notes, tone=tone, url=address(composer, one.incident))


def _how(one: Ended, composer: Composer) -> str:
    words, at, due = composer.words, shown(one.at), said_due(one.deadline, composer.words)
    if one.state in (DeadlineState.MET, DeadlineState.MET_LATE):
        return words(N_("published {at}, due {due}"), at=at, due=due)
    if one.state is DeadlineState.MISSED:
        return words(N_("due {due}; nothing had been published by then"), due=due)
    cause = words(label(CAUSES[one.cause])) if one.cause in CAUSES else one.cause
    return words(N_("{cause}, {at}; it was due {due}"), cause=cause, at=at, due=due)


def _remark(one: Ended, composer: Composer) -> str:
    if not one.remark.text:
        return ""
    text = one_line(one.remark.text, LONGEST_TITLE)
    return composer.words(N_("{text} ({by})"), text=text, by=one.remark.by) if one.remark.by else text


def opened(briefing: Briefing, composer: Composer) -> Section:
    """Tell which incidents are new, those with duties and the gravest first."""
    rows = [_new(new, briefing, composer) for new in briefing.opened]
    aside = [f"{composer.words(label(state))} {n}" for state, n in sorted(briefing.set_aside.items())]
    told = composer.words(N_(", ")).join(aside)
    remarks = [composer.words(N_("Opened and already set aside: {told}"), told=told)] if aside else []
    return section(composer, N_("New incidents"), rows, none=N_("No new incident."), remarks=remarks)


def _new(new: NewIncident, briefing: Briefing, composer: Composer) -> Row:
    words, incident = composer.words, new.incident
    told = {"items": incident.items, "sources": incident.sources, "names": _reporters(new.reporters, composer)}
    notes = [
        words(N_(", ")).join((composer.names.kind(incident.kind), composer.figures(incident.figures))),
        composer.standing(incident),
        words(N_("{items} report(s) from {sources} source(s): {names}"), **told),
        _heat(new, composer),
        _answered(new, briefing, composer),
        words(N_("opened {at}"), at=shown(incident.opened_at)),
        "" if new.concerns_us else words(N_("only watched: no duty applies")),
    ]
    mark = composer.grade(incident) or words(N_("no grade yet"))
    title = f"#{incident.id} {composer.place(incident)} | {one_line(incident.title, LONGEST_TITLE)}"
    tone = Tone.NOTICE if new.concerns_us else Tone.CALM
    return row(mark, title, notes, tone=tone, url=address(composer, incident))


def _heat(new: NewIncident, composer: Composer) -> str:
    """Say how far the public talks of an incident: the grade where it has one, then the facts."""
    words, wave = composer.words, composer.wave(new.incident)
    if new.heat is None:
        return wave
    seen = new.heat.talk > 0 or new.heat.best is not None
    told = words(N_("; ")).join(heat.facts(new.heat, words, composer.names)) if seen else words(N_("none seen"))
    return words(N_("{name}: {value}"), name=wave or words(N_("Public talk")), value=told)


def _answered(new: NewIncident, briefing: Briefing, composer: Composer) -> str:
    """Say what was published about an incident, or until when something must be; nothing where no duty applies."""
    words = composer.words
    if new.answer is not None:
        at = shown(new.answer.published_at)
        told = {"kind": words(label(new.answer.kind)), "at": at, "n": new.answer.times}
        return words(N_("published: {kind} {at}, {n} in all"), **told)
    if new.next_due is not None:
        left = composer.left(new.next_due, briefing.compiled_at)
        return words(N_("nothing published yet; {clock}: {left}"), clock=composer.clock(new.next_due), left=left)
    return words(N_("nothing published yet")) if new.concerns_us else ""


def _reporters(ids: tuple[str, ...], composer: Composer) -> str:
    names = composer.words(N_(", ")).join(composer.names.source(name) for name in ids[:MOST_REPORTERS])
    rest = len(ids) - MOST_REPORTERS
    return names if rest <= 0 else composer.words(N_("{names} and {n} more"), names=names, n=rest)
