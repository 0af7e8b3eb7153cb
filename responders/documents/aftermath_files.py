"""An incident looked back upon as a paper for the word processor, as a workbook, and as values for programs."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from monitor.core.aftermath.courses import Aftermath, Course
from monitor.core.aftermath.followup import HeldReview, Lesson
from monitor.core.beijing import local
from monitor.core.errors import N_
from responders.documents.aftermath import Told
from responders.documents.aftermath_table import Section
from responders.documents.aftermath_words import said_reason
from responders.documents.charts import alternative, bars
from responders.documents.messages import Composer
from responders.documents.official import Grid, Heading, Official, Paragraph, Part, Picture
from responders.documents.official_docx import docx_of
from responders.documents.sheet_files import fitting
from responders.labels import label

# Its number among the sizes of paper (ECMA-376-1, 18.3.1.63).
A4 = 9
# These stand in the paper; the whole timeline is in the workbook.
IN_PAPER = ("late", "kept", "running", "way", "checked", "faults", "lessons", "timeline")


def paper(told: Told, found: Aftermath, composer: Composer, *, bureau: str) -> Official:
    """Return the review as an official paper."""
    words = composer.words
    return Official(
        language=words.language,
        title=words(N_("{title}: {subject}"), title=told.title, subject=told.subject),
        parts=tuple(_parts(told, found, composer)),
        number=words(N_("Incident {id}"), id=told.number),
        by=bureau,
        day=_day(told.as_of, composer),
    )


def _day(at: datetime, composer: Composer) -> str:
    """Write the day of a paper (GB/T 9704-2012, 7.3.5.4: Arabic digits, no leading zeros)."""
    here = local(at)
    return composer.words(N_("{year}-{month}-{day}"), year=here.year, month=here.month, day=here.day)


def docx(told: Told, found: Aftermath, composer: Composer, *, bureau: str) -> bytes:
    """Return the review as the bytes of a .docx file."""
    return docx_of(paper(told, found, composer, bureau=bureau))


def _parts(told: Told, found: Aftermath, composer: Composer) -> Iterator[Part]:
    words = composer.words
    yield Heading(words(N_("The incident")))
    for name, value in told.facts:
        yield Paragraph(value, lead=words(N_("{name}: {value}"), name=name, value=""))
    yield Heading(words(N_("How it went")))
    for sentence in told.conclusion:
        yield Paragraph(sentence)
    if found.main is not None and (picture := _picture(found.main, composer)) is not None:
        yield picture
    for name in IN_PAPER:
        section = told.section(name)
        yield Heading(section.title)
        yield from _section(section, composer)


def _section(section: Section, composer: Composer) -> Iterator[Part]:
    if section.about and section.rows:
        yield Paragraph(section.about, small=True)
    shown = section.main
    if not shown:
        yield Paragraph(section.none)
        return
    yield Grid(section.heads, tuple(row.cells for row in shown), section.widths)
    if left := len(section.rows) - len(shown):
        text = N_("{n} further entries stand in the workbook of this review.")
        yield Paragraph(composer.words(text, n=left), small=True)


def _picture(course: Course, composer: Composer) -> Picture | None:
    """Draw where the time of a duty went, in minutes."""
    taken = [one for one in course.stretches if one.span]
    names = [composer.words(label(one.ends)) for one in taken]
    title = composer.words(
        N_("{duty}: minutes until each moment from the one before"), duty=composer.clock(course.deadline)
    )
    series = {"": [round(one.span.total_seconds() / 60) for one in taken]}
    png = bars(title, names, series)
    return None if png is None else Picture(png, alternative(title, names, series))


def workbook(told: Told, composer: Composer) -> bytes:
    """Return the review as the bytes of an .xlsx file, one sheet for each section; everything is text."""
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": told.as_of.astimezone(UTC)})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    first = book.add_worksheet(composer.words(N_("Overview")))
    _print_wide(first)
    first.set_column(0, 0, 24)
    first.set_column(1, 1, 90)
    first.write_string(0, 0, fitting(told.title), bold)
    first.write_string(0, 1, fitting(f"#{told.number} {told.subject}"), wrapped)
    for row, (name, value) in enumerate((*told.facts, *(("", one) for one in told.conclusion)), 2):
        first.write_string(row, 0, fitting(name), bold)
        first.write_string(row, 1, fitting(value), wrapped)
    for section in told.sections:
        page = book.add_worksheet(section.title[:31])
        _print_wide(page)
        page.freeze_panes(1, 0)
        for at, head in enumerate(section.heads):
            page.set_column(at, at, 28)
            page.write_string(0, at, fitting(head), bold)
        for row, one in enumerate(section.rows, 1):
            for at, cell in enumerate(one.cells):
                page.write_string(row, at, fitting(cell), wrapped)
        if not section.rows:
            page.write_string(1, 0, fitting(section.none))
    book.close()
    return stream.getvalue()


def _print_wide(page: Worksheet) -> None:
    """Have all columns of a sheet printed on one page across, on A4."""
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def as_json(values: dict[str, Any]) -> bytes:
    """Write plain values as JSON in ASCII, so that no text can break it; instants as Beijing time."""
    return json.dumps(values, default=_written, indent=1).encode() + b"\n"


def _written(value: Any) -> str:
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)


def plain(
    found: Aftermath, composer: Composer, held: HeldReview | None = None, lessons: Sequence[Lesson] = ()
) -> dict[str, Any]:
    """Return the review as plain values; instants carry their offset, spans are seconds."""
    return {
        "incident": found.facts.incident.id,
        "title": found.facts.incident.title,
        "as_of": found.now,
        "completeness": found.completeness,
        "stretches": [
            {"from": one.begins, "since": one.since, "to": one.ends, "until": one.until, "seconds": _seconds(one.span)}
            for one in found.stretches
        ],
        "duties": [_plain_course(one, composer) for one in found.courses],
        "others": [{"obligation": one.obligation_id, "state": one.state} for one in found.others],
        "timeline": [
            {name: value for name, value in asdict(one).items() if value not in (None, "", False)}
            for one in found.entries
        ],
        "checks": [
            {"response": one.response.id, "score": None if one.check is None else one.check.score}
            for one in found.checked
        ],
        "held": None if held is None else asdict(held),
        "lessons": [asdict(one) for one in lessons],
    }


def _plain_course(course: Course, composer: Composer) -> dict[str, Any]:
    one = course.deadline
    return {
        "deadline": one.id,
        "obligation": one.obligation_id,
        "name": composer.clock(one),
        "state": one.state,
        "started_at": one.started_at,
        "due_at": one.due_at,
        "settled_at": one.settled_at,
        "margin_seconds": None if course.margin is None else _seconds(course.margin),
        "kept": course.kept,
        "limiting": None if course.limiting is None else [course.limiting.begins, course.limiting.ends],
        "stretches": [
            {
                "from": part.begins,
                "to": part.ends,
                "seconds": _seconds(part.span),
                "share": round(course.share(part), 4),
            }
            for part in course.stretches
        ],
        "reasons": [
            {
                "why": reason.why,
                "since": reason.since,
                "until": reason.until,
                "subject": reason.subject,
                "said": said_reason(reason, composer),
            }
            for reason in course.reasons
        ],
    }


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
