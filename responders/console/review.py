"""The page on which an incident is looked back upon, its files, and what people write down of it. The desk decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from monitor.core.aftermath.courses import Aftermath, grave, reckon
from monitor.core.aftermath.followup import HeldReview, Lesson
from monitor.core.beijing import day_of
from monitor.core.errors import N_, UnknownIncident
from monitor.store import aftermath, views
from responders.console.checked import proofs_of
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.office_page import Deed, carry_out
from responders.console.review_chart import review_chart
from responders.console.visitor import clean
from responders.desk.aftermath import day
from responders.documents import aftermath_files
from responders.documents.aftermath import Told, told
from responders.documents.aftermath_log import Checker
from responders.documents.aftermath_words import took
from responders.documents.sheet_files import MEDIA_TYPES
from responders.documents.sheet_files import Form as FileForm

HELD = N_("The review is logged. Somebody else has to sign it.")
SIGNED = N_("The review is signed.")
ADDED = N_("Lesson {id} is kept.")
DONE = N_("Lesson {id} is logged as done.")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# So many rows of a table the page shows at most; the workbook has all.
MOST_ROWS = 500
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=4000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """Everything that the page shows; `asked_for` tells that the incident is no major one and was asked for."""

    found: Aftermath
    told: Told
    held: HeldReview | None
    lessons: tuple[Lesson, ...]
    asked_for: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: which, what is said, what was typed."""

    act: str = ""
    said: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


def read_review(console: Console, number: int, now: datetime) -> ReviewSheet:
    """Look back upon an incident; raise UnknownIncident."""
    with console.database.read() as connection:
        incident = views.incident(connection, number)
        if incident is None:
            raise UnknownIncident(id=number)
        facts = aftermath.facts(connection, incident)
        held, lessons = aftermath.held(connection, number), aftermath.lessons(connection, number)
    found = reckon(facts, console.pack, now)
    proofs = proofs_of(console) if facts.checks else None
    checker = None if proofs is None else Checker(proofs.score, proofs.title)
    return ReviewSheet(
        found=found,
        told=told(found, console.composer, held=held, lessons=lessons, checker=checker),
        held=held,
        lessons=tuple(lessons),
        asked_for=not grave(incident.presumed),
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of the page, of its files and of its forms."""
    router = APIRouter()

    @router.get("/incidents/{number}/review")
    def page(request: Request, number: Number) -> Response:
        return review_page(console, request, number)

    _files(console, router)

    _meeting(console, router)
    _lessons(console, router)
    return router


def _done(
    console: Console,
    request: Request,
    number: int,
    act: str,
    token: str,
    by: str,
    deed: Deed,
    typed: Mapping[str, str],
) -> Response:
    """Do the deed and show the page; a refused one is told beside its form."""
    return carry_out(
        console,
        request,
        token=token,
        by=by,
        deed=deed,
        back=f"/incidents/{number}/review",
        refused=lambda said: review_page(console, request, number, Refused(act, said, typed), status=422),
    )


def _meeting(console: Console, router: APIRouter) -> None:
    """Add the forms about the review itself."""
    desk = console.desk.aftermath

    @router.post("/incidents/{number}/review/held")
    def hold(
        request: Request,
        number: Number,
        token: Short = "",
        by: Short = "",
        day_held: Annotated[str, Form(alias="day", max_length=40)] = "",
        attendees: Long = "",
        conclusion: Long = "",
        seen: Short = "",
    ) -> Response:
        def deed(name: str, now: datetime) -> str:
            held_on, shown = day(day_held), _moment(seen)
            desk.hold(number, held_on, attendees=attendees, conclusion=conclusion, by=name, now=now, seen=shown)
            return console.composer.words(HELD)

        typed = {"day": day_held, "attendees": attendees, "conclusion": conclusion, "by": by}
        return _done(console, request, number, "held", token, by, deed, typed)

    @router.post("/incidents/{number}/review/signed")
    def sign(request: Request, number: Number, token: Short = "", by: Short = "", seen: Short = "") -> Response:
        def deed(name: str, now: datetime) -> str:
            desk.sign(number, by=name, now=now, seen=_moment(seen))
            return console.composer.words(SIGNED)

        return _done(console, request, number, "signed", token, by, deed, {"by": by})


def _lessons(console: Console, router: APIRouter) -> None:
    """Add the forms about lessons."""
    desk = console.desk.aftermath

    @router.post("/incidents/{number}/review/lessons")
    def add(
        request: Request,
        number: Number,
        token: Short = "",
        by: Short = "",
        text: Long = "",
        office: Short = "",
        due: Short = "",
    ) -> Response:
        def deed(name: str, now: datetime) -> str:
            due_on = day(due) if due.strip() else None
            made = desk.add_lesson(number, text, office=clean(office, 200), due_on=due_on, by=name, now=now)
            return console.composer.words(ADDED, id=made)

        typed = {"text": text, "office": office, "due": due, "by": by}
        return _done(console, request, number, "lessons", token, by, deed, typed)

    @router.post("/incidents/{number}/review/lessons/done")
    def end(
        request: Request, number: Number, token: Short = "", by: Short = "", lesson: Short = "", result: Long = ""
    ) -> Response:
        asked = int(lesson) if lesson.isascii() and lesson.isdigit() and len(lesson) < 10 else 0

        def deed(name: str, now: datetime) -> str:
            desk.end_lesson(number, asked, result=result, by=name, now=now)
            return console.composer.words(DONE, id=asked)

        return _done(console, request, number, "done", token, by, deed, {"lesson": lesson, "result": result, "by": by})


def _moment(text: str) -> datetime | None:
    """Read the moment that a form carries of what was seen; a text that is none fits nothing."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00+00:00")


def _files(console: Console, router: APIRouter) -> None:
    """Add the files: paper, workbook, values."""

    def file(number: int, suffix: str, kind: str, write: Callable[[ReviewSheet], bytes]) -> Response:
        body = write(read_review(console, number, console.clock()))
        headers = {
            "content-disposition": f'attachment; filename="huiying-review-{number}.{suffix}"',
            "cache-control": "no-store",
        }
        return Response(body, media_type=kind, headers=headers)

    @router.get("/incidents/{number}/review.docx")
    def letter(number: Number) -> Response:
        def write(sheet: ReviewSheet) -> bytes:
            return aftermath_files.docx(sheet.told, sheet.found, console.composer, bureau=console.pages.bureau)

        return file(number, "docx", DOCX, write)

    @router.get("/incidents/{number}/review.xlsx")
    def workbook(number: Number) -> Response:
        return file(
            number,
            "xlsx",
            MEDIA_TYPES[FileForm.XLSX],
            lambda sheet: aftermath_files.workbook(sheet.told, console.composer),
        )

    @router.get("/incidents/{number}/review.json")
    def values(number: Number) -> Response:
        def write(sheet: ReviewSheet) -> bytes:
            return aftermath_files.as_json(
                aftermath_files.plain(sheet.found, console.composer, sheet.held, sheet.lessons)
            )

        return file(number, "json", MEDIA_TYPES[FileForm.JSON], write)


def review_page(
    console: Console, request: Request, number: int, refused: Refused | None = None, *, status: int = 200
) -> Response:
    """Render the page; a refused form shows its sentence and what was typed."""
    now = console.clock()
    sheet = read_review(console, number, now)
    return console.pages.page(
        request,
        "review.html",
        now=now,
        status=status,
        sheet=sheet,
        told=sheet.told,
        incident=sheet.found.facts.incident,
        chart=review_chart(sheet.found),
        took=lambda span: took(span, console.composer),
        offices=_offices(console),
        today=day_of(now).isoformat(),
        most=MOST_ROWS,
        refused=refused or Refused(),
    )


def _offices(console: Console) -> Sequence[str]:
    return [office.name for office in console.duty.offices.values()]
