"""From a Briefing to what people read: one sheet of finished texts, written as plain text and as a page for mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from monitor.core.beijing import shown
from monitor.core.briefing import Briefing, WrittenBriefing
from monitor.core.briefing_facts import USUAL_WINDOW
from monitor.core.errors import N_
from monitor.core.second.opinion import ReadingState
from responders.channels.base import Link, Tone
from responders.documents import (
    briefing_course,
    briefing_duties,
    briefing_health,
    briefing_practice,
    briefing_voices,
    briefing_ways,
    missed,
)
from responders.documents.briefing_forms import kept, said
from responders.documents.briefing_sheet import Sheet
from responders.documents.messages import Composer

# Dark enough to be read on white (contrast 4.5 and more); every colour goes with a word.
COLOURS: Mapping[Tone, str] = {
    Tone.CALM: "#35588f",
    Tone.NOTICE: "#8a5a00",
    Tone.URGENT: "#b3261e",
    Tone.DONE: "#1f6b2b",
}
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def written(briefing: Briefing, composer: Composer, *, by: str = "", office: str = "") -> WrittenBriefing:
    """Write a briefing in the composer's language; both parts tell the same, and all fetched text is escaped.

    `by` is the bureau, `office` the name of the office whose edition it is.
    """
    sheet = sheet_of(briefing, composer, by=by, office=office)
    return WrittenBriefing(
        day=briefing.window.day,
        compiled_at=briefing.compiled_at,
        title=sheet.title,
        text=TEMPLATES.get_template("briefing.txt").render(sheet=sheet).strip() + "\n",
        html=page_of(sheet),
        sheet=kept(sheet),
        edition=briefing.edition.key,
        head=briefing.head,
    )


def page_of(sheet: Sheet, cids: Mapping[str, str] = MappingProxyType({}), leave: Link | None = None) -> str:
    """Return a sheet as a page for mail: charts by the ids of the pictures in the mail, a link to leave the list."""
    page = TEMPLATES.get_template("briefing.html")
    return page.render(sheet=sheet, colours=COLOURS, cids=cids, said=said, leave=leave)


def sheet_of(briefing: Briefing, composer: Composer, *, by: str = "", office: str = "") -> Sheet:
    """Return a briefing as a sheet of finished texts."""
    words, on = composer.words, briefing.window.day
    day = on.isoformat()
    gist = words(N_(", ")).join(_gist(briefing, composer))
    sections = (
        briefing_duties.questions(briefing, composer),
        briefing_duties.running(briefing, composer),
        briefing_duties.ended(briefing, composer),
        briefing_duties.opened(briefing, composer),
        briefing_health.graver(briefing, composer),
        briefing_voices.contradictions(briefing, composer),
        briefing_voices.rumours(briefing, composer),
        briefing_voices.links(briefing, composer),
        briefing_health.troubles(briefing, composer),
        missed.section(briefing.missed, composer) if briefing.missed is not None else None,
        briefing_health.counts(briefing, composer),
        briefing_health.unsent(briefing, composer),
        briefing_ways.ways(briefing, composer),
        briefing_practice.practice(briefing, composer),
        briefing_course.incidents(briefing, composer),
        briefing_course.deadlines(briefing, composer),
    )
    return Sheet(
        language=words.language,
        title=words(N_("Briefing {day}: {said}"), day=day, said=gist),
        heading=words(N_("Briefing {day}"), day=day),
        said=gist,
        covers=" ".join(part for part in (_covers(briefing, composer), _edition(briefing, composer, office)) if part),
        notice=_notice(briefing, composer),
        sections=tuple(section for section in sections if section is not None),
        foot=tuple(_foot(briefing, composer)),
        by=by,
        day=words(N_("{year}-{month}-{day}"), year=on.year, month=on.month, day=on.day),
    )


def _gist(briefing: Briefing, composer: Composer) -> Iterator[str]:
    """Say the briefing in a few words, what presses first."""
    words = composer.words
    if not briefing.counts.answers:
        yield words(N_("no source was read"))
    elif briefing.nothing_new:
        yield words(N_("nothing new"))
    told = (
        (len(briefing.questions), N_("{n} to decide")),
        (briefing.overdue, N_("{n} overdue")),
        (sum(found.state is ReadingState.CAPPED for found in briefing.graver), N_("{n} second reading(s) held back")),
        (len(briefing.running) - briefing.overdue, N_("{n} running")),
        (len(briefing.ended), N_("{n} ended")),
        (len(briefing.opened) + sum(briefing.set_aside.values()), N_("{n} new")),
        (len(briefing.troubles), N_("{n} source(s) unwell")),
        (len(briefing.unsent), N_("{n} alert(s) not delivered")),
    )
    yield from (words(template, n=n) for n, template in told if n)


def _covers(briefing: Briefing, composer: Composer) -> str:
    window = briefing.window
    said = composer.words(
        N_("What happened from {since} to {until}; what stands, as of {now}. All times are Beijing time."),
        since=shown(window.since),
        until=shown(window.until),
        now=shown(briefing.compiled_at),
    )
    span = window.until - window.since
    if span <= USUAL_WINDOW:
        return said
    longer = N_("It covers {hours} hours, so that nothing falls between two briefings.")
    return f"{said} {composer.words(longer, hours=round(span / timedelta(hours=1)))}"


def _edition(briefing: Briefing, composer: Composer, office: str) -> str:
    """Say whose incidents an edition tells of, and how much it leaves out."""
    edition, words = briefing.edition, composer.words
    if not edition.is_part:
        return ""
    names = [composer.names.division(edition.region) if edition.region else "", office or edition.office]
    left_out = {"incidents": briefing.left_out.incidents, "deadlines": briefing.left_out.deadlines}
    return words(
        N_(
            "This edition is for {scope}. It leaves out {incidents} new incident(s) and {deadlines} running "
            "deadline(s) of incidents outside. What was missed is told in the full edition only."
        ),
        scope=words(N_(", ")).join(name for name in names if name),
        **left_out,
    )


def _foot(briefing: Briefing, composer: Composer) -> Iterator[str]:
    """Print the head of the audit log: outside the database it shows later whether the log is still the same."""
    if briefing.head is None:
        return
    told = N_("Audit log at {at}, {n} rows. Please keep this briefing; the next line is the log's seal:")
    yield composer.words(told, at=shown(briefing.compiled_at), n=briefing.head.seq)
    yield str(briefing.head)


def _notice(briefing: Briefing, composer: Composer) -> str:
    """Say that there is nothing new, or that nobody can know."""
    if not briefing.counts.answers:
        return composer.words(N_("No source was read in this time, so nobody can say from this what happened."))
    if briefing.nothing_new:
        return composer.words(
            N_("Nothing new: no incident was opened, no deadline ended, nothing waits for a decision.")
        )
    return ""
