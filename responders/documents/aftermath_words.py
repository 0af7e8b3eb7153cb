"""The words of an incident looked back upon: why a duty was late, what a line of its timeline says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from monitor.core.aftermath.entries import Entry, EntryKind
from monitor.core.aftermath.lateness import Delay, Reason
from monitor.core.aftermath.stretches import Stretch
from monitor.core.beijing import shown
from monitor.core.drafts.draft import Gate
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.errors import N_
from responders.documents.messages import Composer
from responders.labels import label

WHY: Mapping[Delay, str] = {
    Delay.OPENED_AFTER_END: N_("The end had passed already when the deadline was opened here ({time} before)."),
    Delay.SOURCE_FAILED: N_("The source that told of it first could not be read for {time} after its report."),
    Delay.NOT_POLLED: N_("The source that told of it first was not asked for {time} after its report."),
    Delay.LISTED_LATE: N_("The source was asked and well, but listed its report only {time} later."),
    Delay.SEEN_LATE: N_("The first report was seen {time} after it was published."),
    Delay.GRADED_LATE: N_("It counted as major only {time} after it was opened."),
    Delay.NOT_ALERTED: N_("Nobody was alerted before the end."),
    Delay.CHANNEL_FAILED: N_("A channel failed ({subject}): the first page reached nobody for {time}."),
    Delay.NO_CHANNEL: N_("No channel that people read carried a page; the log of the service is none."),
    Delay.NOT_DELIVERED: N_("No channel accepted a page for {time}."),
    Delay.ROTA_EMPTY: N_("Nobody was on duty: the page was for nobody but the readers of the team channels."),
    Delay.NOT_TAKEN_UP: N_("It was told, but nobody acknowledged it ({time})."),
    Delay.TAKEN_UP_LATE: N_("It was acknowledged {time} after it was told."),
    Delay.NO_DRAFT: N_("It was acknowledged, but no draft was begun here ({time})."),
    Delay.DRAFTED_LATE: N_("The draft was begun {time} after the acknowledgement."),
    Delay.WRITTEN_LONG: N_("The draft was written for {time} before it was handed in."),
    Delay.NOT_HANDED_IN: N_("A draft was begun but not handed in ({time})."),
    Delay.REVIEWED_LONG: N_("The review took {time}."),
    Delay.NOT_REVIEWED: N_("The draft was handed in, and its review was not finished after {time}."),
    Delay.NOT_PUBLISHED: N_("It had passed all gates, and was not published for {time}."),
    Delay.NOT_PLANNED: N_("It was acknowledged, but no press conference was planned before the end ({time})."),
    Delay.PLANNED_FOR: N_("The press conference was planned for {at}."),
    Delay.GIVEN_UP: N_("A press conference was planned for {at}, and given up."),
    Delay.LOGGED_LATE: N_("It was published in time but logged {time} later: until then it stood here as missed."),
    Delay.WITHDRAWN: N_("What had been published was withdrawn or vanished."),
    Delay.NOT_KNOWN: N_("Not known: the log does not show it."),
}
STRETCH = N_("{begins} → {ends}")
TELLS: Mapping[EntryKind, str] = {
    EntryKind.REPORTED: N_("{source} publishes: {subject}"),
    EntryKind.SEEN: N_("Seen here, from {source}: {subject}"),
    EntryKind.OPENED: N_("Opened as an incident: {subject}"),
    EntryKind.GRADE: N_("Grade: {what}"),
    EntryKind.TOLL: N_("The toll as reported changes; grade: {what}"),
    EntryKind.DEADLINE: N_("Deadline {subject}: {what}"),
    EntryKind.ALERT: N_("Alert: {what} {subject}"),
    EntryKind.DELIVERY: N_("Sent over {subject}: {what}"),
    EntryKind.DECISION: N_("Decision: {what} {subject}"),
    EntryKind.DRAFT: N_("Draft {number}: {what} {subject}"),
    EntryKind.RELEASE: N_("Public: {what} {subject}"),
    EntryKind.LOGGED: N_("Logged here: {what} {subject}"),
    EntryKind.PAGE: N_("Published page looked at: {what} {subject}"),
}
# What is told by a source or over a channel says so in its own sentence.
NAMED_IN_TEXT = frozenset({EntryKind.REPORTED, EntryKind.SEEN})


def took(span: timedelta, composer: Composer) -> str:
    """Write a span: in minutes, in hours and minutes, or from four days on in days."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes >= 4 * 24 * 60:
        return composer.words(N_("{n} days"), n=minutes // (24 * 60))
    if minutes < 60:
        return composer.words(N_("{m} min"), m=minutes)
    if not minutes % 60:
        return composer.words(N_("{h} h"), h=minutes // 60)
    return composer.words(N_("{h} h {m} min"), h=minutes // 60, m=f"{minutes % 60:02d}")


def said_reason(reason: Reason, composer: Composer) -> str:
    """Say why a duty was late."""
    time = "" if reason.span is None else took(reason.span, composer)
    at = "" if reason.since is None else shown(reason.since)
    return composer.words(WHY[reason.why], time=time, at=at, subject=reason.subject)


def said_stretch(stretch: Stretch, composer: Composer) -> str:
    """Name a stretch by the moments that it lies between."""
    words = composer.words
    return words(STRETCH, begins=words(label(stretch.begins)), ends=words(label(stretch.ends)))


def said_entry(entry: Entry, composer: Composer) -> str:
    """Say what an entry of the timeline tells."""
    words = composer.words
    what = words(label(entry.what)) if entry.what is not None else words(N_("no grade"))
    text = words(
        TELLS[entry.kind],
        what=what,
        subject=_subject(entry, composer),
        source=composer.names.source(entry.by),
        number=entry.number or "",
    )
    return text.strip()


def said_more(entry: Entry, composer: Composer) -> str:
    """Say what an entry has beside that: its reason, its proving sentence, why it was silenced."""
    if entry.kind is EntryKind.ALERT and entry.said:
        return composer.words(label(Silence(entry.said)))
    if entry.kind is EntryKind.DEADLINE:
        return composer.words(label(Cause(entry.said)))
    return entry.said


def said_by(entry: Entry) -> str:
    """Name who did it, where a person did."""
    return "" if entry.kind in NAMED_IN_TEXT else entry.by


def _subject(entry: Entry, composer: Composer) -> str:
    if entry.kind in (EntryKind.DEADLINE, EntryKind.ALERT) and entry.subject:
        return composer.names.obligation(entry.subject.partition("/")[0])
    if entry.kind is EntryKind.DECISION and entry.subject and not entry.subject.startswith("#"):
        return composer.names.obligation(entry.subject)
    if entry.kind is EntryKind.DRAFT and entry.subject:
        gates = {gate.value: gate for gate in Gate}
        return composer.words(label(gates[entry.subject])) if entry.subject in gates else entry.subject
    return entry.subject
