"""What a review says of the duties: late and why, kept, still running, and where the time of each went."""

from __future__ import annotations

from monitor.core.aftermath.courses import Aftermath, Course
from monitor.core.beijing import shown, shown_end
from monitor.core.errors import N_
from responders.documents.aftermath_table import Row, Section
from responders.documents.aftermath_words import said_reason, said_stretch, took
from responders.documents.messages import Composer


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


def late(found: Aftermath, composer: Composer) -> Section:
    """List what was late or missed, by how much and why."""
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


def kept(found: Aftermath, composer: Composer) -> Section:
    """List what was kept, and how much was left."""
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


def running(found: Aftermath, composer: Composer) -> Section:
    """List what still runs."""
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


def way(found: Aftermath, composer: Composer) -> Section:
    """List the stretches from the first report to the press conference."""
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


def shares(found: Aftermath, composer: Composer) -> Section:
    """List which share of each duty's time each stretch took."""
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
