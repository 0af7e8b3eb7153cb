"""An incident looked back upon, as finished texts: the page, the paper and the files are made of the same sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.aftermath.courses import Aftermath
from monitor.core.aftermath.followup import HeldReview, Lesson
from monitor.core.beijing import shown
from monitor.core.errors import N_
from responders.documents.aftermath_duties import kept, late, running, shares, way
from responders.documents.aftermath_log import Checker, checked, faults, others, timeline, told_lessons
from responders.documents.aftermath_table import Section
from responders.documents.aftermath_words import said_stretch, took
from responders.documents.messages import Composer
from responders.labels import label

TITLE = N_("After-action review")


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
            late(found, composer),
            kept(found, composer),
            running(found, composer),
            way(found, composer),
            shares(found, composer),
            checked(found, composer, checker),
            faults(found, composer),
            told_lessons(lessons, composer, found.now),
            timeline(found.entries, composer),
            others(found, composer),
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
