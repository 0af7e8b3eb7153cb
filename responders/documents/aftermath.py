"""An incident looked back upon, as finished texts: the page, the paper and the files are made of the same sections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.aftermath.courses import Aftermath, Course
from monitor.core.aftermath.entries import Entry, EntryKind
from monitor.core.aftermath.followup import HeldReview, Lesson
from monitor.core.beijing import local, shown, shown_end
from monitor.core.checks.scorecard import Finding
from monitor.core.errors import N_
from responders.documents.adjusted import said_finding
from responders.documents.aftermath_words import said_by, said_entry, said_more, said_reason, said_stretch, took
from responders.documents.messages import Composer
from responders.labels import label

TITLE = N_("After-action review")
PAGES = {
    EntryKind.REPORTED: "/items/{n}",
    EntryKind.SEEN: "/items/{n}",
    EntryKind.GRADE: "/items/{n}",
    EntryKind.TOLL: "/items/{n}",
    EntryKind.ALERT: "/alerts/{n}",
    EntryKind.DELIVERY: "/alerts/{n}",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of finished texts; `path` leads to what it tells of, a `minor` one stands in the whole list only."""

    cells: tuple[str, ...]
    path: str = ""
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title and what it counts; `none` is said where it has no rows."""

    name: str
    title: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    none: str
    widths: tuple[float, ...] = ()

    @property
    def main(self) -> tuple[Row, ...]:
        """The rows without the minor ones."""
        return tuple(row for row in self.rows if not row.minor)


@dataclass(frozen=True, slots=True)
class Checker:
    """How findings of the checks are said: the score, and the title of what is lacking."""

    score: Callable[[int | None], str]
    title: Callable[[Finding], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An incident looked back upon in words; `facts` are names with values, `conclusion` says how it went."""

    number: int
    title: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    conclusion: tuple[str, ...]
    sections: tuple[Section, ...]
    as_of: datetime

    def section(self, name: str) -> Section:
        """Return the section of that name."""
        return next(one for one in self.sections if one.name == name)


def told(
    found: Aftermath,
    composer: Composer,
    *,
    held: HeldReview | None = None,
    lessons: Sequence[Lesson] = (),
    checker: Checker | None = None,
) -> Told:
    """Put an incident looked back upon into words; `checker` is needed where texts were checked."""
    incident = found.facts.incident
    return Told(
        number=incident.id,
        title=composer.words(TITLE),
        subject=incident.title,
        facts=tuple(_facts(found, composer, held)),
        conclusion=tuple(_conclusion(found, composer)),
        sections=(
            _late(found, composer),
            _kept(found, composer),
            _running(found, composer),
            _way(found, composer),
            _shares(found, composer),
            _checked(found, composer, checker),
            _faults(found, composer),
            _lessons(lessons, composer, found.now),
            _timeline(found.entries, composer),
            _others(found, composer),
        ),
        as_of=found.now,
    )


def _facts(found: Aftermath, composer: Composer, held: HeldReview | None) -> Iterator[tuple[str, str]]:
    words, incident = composer.words, found.facts.incident
    yield words(N_("State of the review")), words(label(found.completeness))
    yield words(N_("Kind")), composer.names.kind(incident.kind)
    yield words(N_("Place")), composer.place(incident)
    yield words(N_("Grade")), composer.grade(incident) or words(N_("no grade"))
    yield words(N_("Casualties")), composer.figures(incident.figures)
    if incident.first_reported_at is not None:
        yield words(N_("First reported")), shown(incident.first_reported_at)
    yield words(N_("Opened")), shown(incident.opened_at)
    if incident.assignment is not None:
        offices = words(N_(", ")).join(receipt.name or receipt.office for receipt in incident.assignment.receipts)
        yield words(N_("Responsible office")), offices
    if held is not None:
        yield words(N_("Review held")), held.held_on.isoformat()
        yield words(N_("Took part")), held.attendees
        if held.conclusion:
            yield words(N_("Conclusion")), held.conclusion
        signed = (
            words(N_("not yet"))
            if held.signed_at is None
            else words(N_("{name} {at}"), name=held.signed_by, at=shown(held.signed_at))
        )
        yield words(N_("Signed")), signed
    else:
        yield words(N_("Review held")), words(N_("not yet"))


def _conclusion(found: Aftermath, composer: Composer) -> Iterator[str]:
    """Say in sentences how it went."""
    words = composer.words
    judged = len(found.kept) + len(found.late)
    if not judged:
        yield words(N_("No duty of it has ended yet."))
    else:
        yield words(
            N_("Of {judged} duties that have ended {kept} were kept and {late} were not."),
            judged=judged,
            kept=len(found.kept),
            late=len(found.late),
        )
    if found.main is not None and found.main.limiting is not None:
        yield words(
            N_("{duty}: most of the time went into {stretch} ({time}, {share} of the duty's time)."),
            duty=composer.clock(found.main.deadline),
            stretch=said_stretch(found.main.limiting, composer),
            time=took(found.main.limiting.span, composer),
            share=f"{found.main.share(found.main.limiting):.0%}",
        )


def _duty(course: Course) -> str:
    return f"/deadlines/{course.deadline.id}"


def _limiting(course: Course, composer: Composer) -> str:
    if course.limiting is None:
        return "—"
    return composer.words(
        N_("{stretch}: {time}"),
        stretch=said_stretch(course.limiting, composer),
        time=took(course.limiting.span, composer),
    )


def _why(course: Course, composer: Composer) -> str:
    return "\n".join(said_reason(reason, composer) for reason in course.reasons)


def _late(found: Aftermath, composer: Composer) -> Section:
    words = composer.words
    rows = []
    for one in found.late:
        done = one.deadline.settled_at if one.response is not None else None
        late = took(one.margin, composer) if one.margin else "—"
        rows.append(
            Row(
                (
                    composer.clock(one.deadline),
                    shown_end(one.deadline.due_at),
                    shown(done) if done else words(N_("not fulfilled")),
                    late,
                    _limiting(one, composer),
                    _why(one, composer),
                ),
                _duty(one),
            )
        )
    return Section(
        "late",
        words(N_("What was late, and why")),
        words(N_("A reason is named only where the log shows it.")),
        tuple(
            map(
                words,
                (
                    N_("Duty"),
                    N_("Due"),
                    N_("Fulfilled"),
                    N_("Late by"),
                    N_("Where the time went"),
                    N_("Why"),
                ),
            )
        ),
        tuple(rows),
        words(N_("Nothing was late.")),
        (3, 2.6, 2.6, 1.7, 2.6, 3.6),
    )


def _kept(found: Aftermath, composer: Composer) -> Section:
    words = composer.words
    rows = [
        Row(
            (
                composer.clock(one.deadline),
                shown_end(one.deadline.due_at),
                shown(one.until),
                took(one.margin, composer) if one.margin is not None else "—",
                _limiting(one, composer),
                _why(one, composer),
            ),
            _duty(one),
        )
        for one in found.kept
    ]
    heads = (N_("Duty"), N_("Due"), N_("Fulfilled"), N_("Time left"), N_("Where the time went"), N_("Note"))
    return Section(
        "kept",
        words(N_("What went well")),
        words(N_("Duties that were kept, the one with the most time left first.")),
        tuple(map(words, heads)),
        tuple(rows),
        words(N_("No duty was kept.")),
        (3, 2.6, 2.6, 1.7, 2.6, 2.6),
    )


def _left(course: Course, found: Aftermath, composer: Composer) -> str:
    """Say how much time is left; one that rests says so."""
    one = course.deadline
    return composer.left(one, found.now) if one.rests else took(one.due_at - found.now, composer)


def _running(found: Aftermath, composer: Composer) -> Section:
    words = composer.words
    rows = [
        Row(
            (composer.clock(one.deadline), shown_end(one.deadline.due_at), _left(one, found, composer)),
            _duty(one),
        )
        for one in found.running
    ]
    return Section(
        "running",
        words(N_("What still runs")),
        "",
        tuple(map(words, (N_("Duty"), N_("Due"), N_("Time left")))),
        tuple(rows),
        words(N_("Nothing runs any more.")),
    )


def _way(found: Aftermath, composer: Composer) -> Section:
    words = composer.words
    rows = [
        Row((said_stretch(one, composer), shown(one.since), shown(one.until), took(one.span, composer)))
        for one in found.stretches
        if one.span
    ]
    return Section(
        "way",
        words(N_("The way to the public")),
        words(
            N_(
                "From the first report to the press conference, in the order in which it happened; what took no time "
                "is left out."
            )
        ),
        tuple(map(words, (N_("Stretch"), N_("From"), N_("Until"), N_("Took")))),
        tuple(rows),
        words(N_("Only one moment is known.")),
        (4, 3, 3, 2),
    )


def _shares(found: Aftermath, composer: Composer) -> Section:
    words = composer.words
    rows = [
        Row(
            (
                composer.clock(course.deadline),
                said_stretch(one, composer),
                took(one.span, composer),
                f"{course.share(one):.0%}",
                words(N_("most of the time")) if one is course.limiting else "",
            ),
            _duty(course),
        )
        for course in found.courses
        for one in course.stretches
        if one.span
    ]
    heads = (N_("Duty"), N_("Stretch"), N_("Took"), N_("Share of the duty's time"), "")
    return Section(
        "shares",
        words(N_("Where the time of each duty went")),
        words(
            N_(
                "The stretches of a duty make up the time from its start to what fulfilled it, or to its end; those "
                "that took no time are left out."
            )
        ),
        tuple(words(head) for head in heads),
        tuple(rows),
        words(N_("No duty was counted.")),
        (3, 4, 2, 2, 2),
    )


def _checked(found: Aftermath, composer: Composer, checker: Checker | None) -> Section:
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


def _faults(found: Aftermath, composer: Composer) -> Section:
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


def _lessons(lessons: Sequence[Lesson], composer: Composer, now: datetime) -> Section:
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


def _timeline(entries: Sequence[Entry], composer: Composer) -> Section:
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


def _others(found: Aftermath, composer: Composer) -> Section:
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
