"""The pages of appraisals: all of them, one with its steps, its papers to read, to print and as .docx, its workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from monitor.core.access.roles import Permission
from monitor.core.appraisal.appraisal import Appraisal
from monitor.core.beijing import day_of
from monitor.core.errors import N_, Mistake
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.office_page import Deed, carry_out
from responders.console.paper import paper_page, word_file
from responders.console.visitor import visitor_of
from responders.desk.appraisals import LONGEST_PLAN, LONGEST_TITLE, Wanted
from responders.documents.appraisal import notice, results
from responders.documents.appraisal_book import write_book
from responders.documents.official import Official
from responders.documents.sheet_files import MEDIA_TYPES
from responders.documents.sheet_files import Form as FileForm

PATH = "/appraisals"
PLANNED = N_("The plan is kept. It waits for somebody else to approve it.")
APPROVED = N_("The plan is approved. Send the notice.")
NOTICED = N_("The notice is out. The appraisal begins on {day}.")
POSTPONED = N_("The notice is out. {days} days lie between it and the beginning, so the appraisal begins on {day}.")
DROPPED = N_("The appraisal is given up.")
Line = Annotated[str, Field(max_length=2000)]


class UnreadableDay(Mistake):
    """A field for a day holds none."""

    message = N_("{value} is no day. Write it like 2026-12-01.")


class PlanForm(BaseModel):
    """The fields of the form by which an appraisal is planned."""

    token: Line = ""
    by: Line = ""
    title: Line = ""
    first: Line = ""
    last: Line = ""
    begins_on: Line = ""
    plan: Annotated[str, Field(max_length=20_000)] = ""
    offices: list[Line] = []


class ActForm(BaseModel):
    """The fields of a step."""

    token: Line = ""
    by: Line = ""
    reason: Line = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """Whether a notice would still be in time for the day that was planned."""

    notice_by: date
    starts_if_now: date
    planned: date

    @property
    def too_late(self) -> bool:
        """Whether the day that was planned can no longer be kept."""
        return self.starts_if_now > self.planned


def routes(console: Console) -> APIRouter:
    """Return the routes of appraisals as a whole."""
    router, desk, words = APIRouter(), console.office.appraisals, console.composer.words

    @router.get(PATH)
    def all_appraisals(request: Request) -> Response:
        return list_page(console, request)

    @router.post(PATH)
    def plan(request: Request, typed: Annotated[PlanForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.plan(wanted_of(typed), by=by, now=now)
            return words(PLANNED)

        def refused(said: str) -> Response:
            return list_page(console, request, said=said, typed=typed)

        return carry_out(console, request, token=typed.token, by=typed.by, deed=deed, back=PATH, refused=refused)

    @router.get(f"{PATH}/{{number}}")
    def one(request: Request, number: Number) -> Response:
        return one_page(console, request, number)

    _steps(console, router)
    _papers(console, router)
    return router


def _steps(console: Console, router: APIRouter) -> None:
    """Add what is done to an appraisal as a whole."""
    desk, words = console.office.appraisals, console.composer.words

    def done(request: Request, number: int, act: str, typed: ActForm, deed: Deed) -> Response:
        def refused(said: str) -> Response:
            return one_page(console, request, number, said=said, act=act, reason=typed.reason)

        back = f"{PATH}/{number}"
        return carry_out(console, request, token=typed.token, by=typed.by, deed=deed, back=back, refused=refused)

    @router.post(f"{PATH}/{{number}}/approve")
    def approve(request: Request, number: Number, typed: Annotated[ActForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.approve(number, by=by, now=now)
            return words(APPROVED)

        return done(request, number, "approve", typed, deed)

    @router.post(f"{PATH}/{{number}}/notice")
    def give_notice(request: Request, number: Number, typed: Annotated[ActForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            told = desk.give_notice(number, by=by, now=now)
            said = POSTPONED if told.postponed else NOTICED
            return words(said, day=told.starts_on, days=desk.rules.notice_days)

        return done(request, number, "notice", typed, deed)

    @router.post(f"{PATH}/{{number}}/drop")
    def drop(request: Request, number: Number, typed: Annotated[ActForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.drop(number, by=by, now=now, reason=typed.reason)
            return words(DROPPED)

        return done(request, number, "drop", typed, deed)


def _papers(console: Console, router: APIRouter) -> None:
    """Add the papers of an appraisal and its workbook."""
    desk, composer = console.office.appraisals, console.composer
    written: dict[str, Callable[[Appraisal], Official]] = {
        "notice": lambda held: notice(held, desk.rules, composer, console.pages.bureau, console.clock()),
        "result": lambda held: results(held, desk.rules, composer, console.pages.bureau),
    }

    def add(name: str, write: Callable[[Appraisal], Official]) -> None:
        @router.get(f"{PATH}/{{number}}/{name}")
        def shown(request: Request, number: Number) -> Response:
            return appraisal_paper(console, request, write(desk.one(number)), f"{PATH}/{number}")

        @router.get(f"{PATH}/{{number}}/{name}.docx")
        def docx(number: Number) -> Response:
            return word_file(write(desk.one(number)), f"huiying-appraisal-{number}-{name}")

    for name, write in written.items():
        add(name, write)

    @router.get(f"{PATH}/{{number}}/figures.xlsx")
    def workbook(number: Number) -> Response:
        held = desk.one(number)
        figures = {one.office: one.figures or desk.figures(held, one.office) for one in held.offices}
        stream = BytesIO()
        write_book(held, figures, desk.rules, composer, stream, console.clock())
        headers = {
            "content-disposition": f'attachment; filename="huiying-appraisal-{number}.xlsx"',
            "cache-control": "no-store",
        }
        return Response(stream.getvalue(), media_type=MEDIA_TYPES[FileForm.XLSX], headers=headers)


def wanted_of(typed: PlanForm) -> Wanted:
    """Return what was typed as what is wanted. Raise UnreadableDay."""
    return Wanted(
        title=typed.title,
        first=day_typed(typed.first),
        last=day_typed(typed.last),
        begins_on=day_typed(typed.begins_on),
        plan=typed.plan,
        offices=tuple(dict.fromkeys(typed.offices)),
    )


def day_typed(text: str) -> date:
    """Read a day. Raise UnreadableDay."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UnreadableDay(value=text.strip()[:40] or "—") from None


def list_page(console: Console, request: Request, *, said: str = "", typed: PlanForm | None = None) -> Response:
    """Render all appraisals, and the form for another; a refused one keeps what was typed."""
    now, desk = console.clock(), console.office.appraisals
    today = day_of(now)
    proposed = PlanForm(
        title="", first=f"{today.year}-01-01", last=f"{today.year}-12-31", begins_on=f"{today.year + 1}-01-01"
    )
    return console.pages.page(
        request,
        "appraisals.html",
        now=now,
        status=422 if said else 200,
        rows=[(one, one.state(now)) for one in desk.all()],
        offices=desk.offices,
        rules=desk.rules,
        typed=typed or proposed,
        said=said,
        longest={"title": LONGEST_TITLE, "plan": LONGEST_PLAN},
    )


def one_page(
    console: Console, request: Request, number: int, *, said: str = "", act: str = "", reason: str = ""
) -> Response:
    """Render an appraisal."""
    now, desk = console.clock(), console.office.appraisals
    held = desk.one(number)
    days = desk.rules.notice_days
    return console.pages.page(
        request,
        "appraisal.html",
        now=now,
        status=422 if said else 200,
        held=held,
        state=held.state(now),
        timing=Timing(held.notice_by(days), held.start_if_told(now, days), held.begins_on),
        rules=desk.rules,
        said=said,
        act=act,
        reason=reason,
        sees_proposals=sees_proposals(request),
    )


def sees_proposals(request: Request) -> bool:
    """Tell whether the visitor is shown grades that are proposed and not approved."""
    visitor = visitor_of(request)
    return any(visitor.reach(one) is not None for one in (Permission.CONDUCT, Permission.APPRAISE))


def appraisal_paper(console: Console, request: Request, paper: Official, back: str) -> Response:
    """Show a paper of an appraisal, to be read and printed."""
    return paper_page(
        console,
        request,
        paper,
        now=console.clock(),
        address=request.url.path,
        back=back,
        back_name=console.composer.words(N_("Appraisal of offices")),
    )
