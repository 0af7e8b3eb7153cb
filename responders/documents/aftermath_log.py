"""What a review lists: checks of the releases, faults found, lessons, the course of events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.aftermath.courses import Aftermath
from monitor.core.aftermath.entries import Entry, EntryKind
from monitor.core.aftermath.followup import Lesson
from monitor.core.beijing import local, shown, shown_end
from monitor.core.checks.scorecard import Finding
from monitor.core.errors import N_
from responders.documents.adjusted import said_finding
from responders.documents.aftermath_table import Row, Section
from responders.documents.aftermath_words import said_by, said_entry, said_more
from responders.documents.messages import Composer
from responders.labels import label

PAGES = {
    EntryKind.REPORTED: "/items/{n}",
    EntryKind.SEEN: "/items/{n}",
    EntryKind.GRADE: "/items/{n}",
    EntryKind.TOLL: "/items/{n}",
    EntryKind.ALERT: "/alerts/{n}",
    EntryKind.DELIVERY: "/alerts/{n}",
}


@dataclass(frozen=True, slots=True)
class Checker:
    """How findings of the checks are said: the score, and the title of what is lacking."""

    score: Callable[[int | None], str]
    title: Callable[[Finding], str]


def checked(found: Aftermath, composer: Composer, checker: Checker | None) -> Section:
    """List what the checks found in each release."""
    words = composer.words
    rows = []
    for one in found.checked:
        score, lacking = words(N_("no text of it was kept")), ""
        if one.check is not None and checker is not None:
            score = checker.score(one.check.score)
            lacking = "\n".join(checker.title(finding) for finding in one.check.lacking)
        title = f"{words(label(one.response.kind))} {one.response.title}"
        rows.append(
            Row((shown(one.response.published_at), title, score, lacking), f"/responses/{one.response.id}/text")
        )
    return Section(
        "checked",
        words(N_("What the checks said of each release")),
        words(N_("Advice, from C1 to C14; what is lacking is named.")),
        tuple(map(words, (N_("Published"), N_("Release"), N_("Score"), N_("Lacking")))),
        tuple(rows),
        words(N_("Nothing was published.")),
        (2, 4, 2, 4),
    )


def faults(found: Aftermath, composer: Composer) -> Section:
    """List what was wrong with how duties were fulfilled."""
    words = composer.words
    rows = [
        Row((shown(one.at), said_finding(one, words), one.by, " ".join((one.reason, one.evidence)).strip()))
        for one in found.facts.findings
    ]
    return Section(
        "faults",
        words(N_("Faults found by people")),
        "",
        tuple(map(words, (N_("When"), N_("Fault"), N_("Found by"), N_("Ground")))),
        tuple(rows),
        words(N_("None was found.")),
    )


def told_lessons(lessons: Sequence[Lesson], composer: Composer, now: datetime) -> Section:
    """List what is to be done about it, by whom and when."""
    words = composer.words

    def state(one: Lesson) -> str:
        if one.done_at is not None:
            done = words(N_("done {at} ({name})"), at=f"{local(one.done_at):%Y-%m-%d}", name=one.done_by)
            return f"{done} {one.result}".strip()
        return words(N_("overdue")) if one.overdue(now) else words(N_("open"))

    rows = [
        Row((str(one.id), one.text, one.office or "—", one.due_on.isoformat() if one.due_on else "—", state(one)))
        for one in lessons
    ]
    return Section(
        "lessons",
        words(N_("Lessons and measures")),
        "",
        tuple(map(words, (N_("No."), N_("What is to be done"), N_("Responsible office"), N_("Due"), N_("State")))),
        tuple(rows),
        words(N_("None was written down.")),
        (1, 6, 2, 2, 3),
    )


def timeline(entries: Sequence[Entry], composer: Composer) -> Section:
    """List what happened, in its order."""
    words = composer.words
    rows = [
        Row(
            (shown(one.at), said_entry(one, composer), said_by(one), said_more(one, composer)),
            PAGES[one.kind].format(n=one.number) if one.kind in PAGES and one.number else "",
            one.minor,
        )
        for one in entries
    ]
    return Section(
        "timeline",
        words(N_("Timeline")),
        words(N_("What was reported, told, decided, written and published, with the moment at which it happened.")),
        tuple(map(words, (N_("When"), N_("What"), N_("By whom"), N_("More")))),
        tuple(rows),
        words(N_("Nothing is known.")),
        (2, 5, 2, 4),
    )


def others(found: Aftermath, composer: Composer) -> Section:
    """List the duties that were neither kept nor late: withdrawn, waived, superseded."""
    words = composer.words
    rows = [
        Row((composer.clock(one), shown_end(one.due_at), words(label(one.state))), f"/deadlines/{one.id}")
        for one in found.others
    ]
    return Section(
        "others",
        words(N_("Duties that were neither kept nor late")),
        "",
        tuple(map(words, (N_("Duty"), N_("Due"), N_("State")))),
        tuple(rows),
        words(N_("None.")),
    )
