"""The page on which a press conference is planned, and its sheet to print. The desk decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from monitor.core import beijing
from monitor.core.beijing import local
from monitor.core.checks.rules import Rank
from monitor.core.conferences.plan import Arrangement, Plan, PlanFlaw, TaskRow, task_rows
from monitor.core.errors import N_, Mistake, ReasonMissing, UnknownIncident, UnreadableTime
from monitor.core.views import IncidentView
from monitor.store import conference_plans, views
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number
from responders.console.kinds import digits_of
from responders.console.typed import FIELDS, Typed, TypedForm
from responders.console.visitor import StalePage, clean, given_name, remember, tell_next, visitor_of
from responders.desk.conferences import PlanInPast
from responders.documents.conferences import page_of
from responders.labels import label

SAVED = N_("The plan is kept; what is open is told when it falls due.")
SAVED_BUT = N_("The plan is kept. Look at this: {flaws}")
TICKED = N_("Kept: {task} is done.")
UNTICKED = N_("Kept: {task} is open again.")
DROPPED = N_("The conference is given up; nothing of it is told any more.")
# How long before the end of the duty a conference is proposed, and how far from now at the least.
MARGIN, SOONEST = timedelta(hours=2), timedelta(hours=1)
NAMED_FIELDS: Mapping[type[Mistake], str] = {**FIELDS, PlanInPast: "at", UnreadableTime: "at", ReasonMissing: "reason"}
Deed = Callable[[str, datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSheet:
    """Everything that the page of a planned conference shows. `due_at` is until when one is owed by law."""

    incident: IncidentView
    plan: Plan | None
    ended: tuple[Plan, ...]
    rows: tuple[TaskRow, ...]
    flaws: tuple[PlanFlaw, ...]
    ranks: tuple[Rank, ...]
    asked: Rank | None
    due_at: datetime | None

    @property
    def done(self) -> int:
        """How many tasks are done."""
        return sum(1 for row in self.rows if row.tick is not None)


def read_plan(console: Console, number: int, now: datetime) -> PlanSheet:
    """Read the plan of an incident's conference; raise UnknownIncident."""
    desk = console.desk.conferences
    with console.database.read() as connection:
        incident = views.incident(connection, number)
        if incident is None:
            raise UnknownIncident(id=number)
        found = conference_plans.of_matter(connection, number)
        plan = next((one for one in found if one.open), None)
        return PlanSheet(
            incident=incident,
            plan=plan,
            ended=tuple(one for one in found if not one.open),
            rows=task_rows(plan, desk.rules, now) if plan else (),
            flaws=desk.flaws(connection, incident, plan.arranged, now) if plan else (),
            ranks=desk.rules.ranks,
            asked=desk.rules.asked(incident.presumed),
            due_at=desk.due_at(connection, number),
        )


def proposed(sheet: PlanSheet, now: datetime) -> datetime:
    """Propose a full hour some time before the end of the duty, where there is one to come."""
    at = sheet.due_at - MARGIN if sheet.due_at is not None and sheet.due_at > now else now + timedelta(hours=12)
    hour = max(at, now + SOONEST).replace(minute=0, second=0, microsecond=0)
    return hour if hour >= now + SOONEST else hour + timedelta(hours=1)


def routes(console: Console) -> APIRouter:
    """Return the routes of the planner."""
    router, desk = APIRouter(), console.desk.conferences

    @router.get("/incidents/{number}/conference")
    def shown(request: Request, number: Number) -> Response:
        return plan_page(console, request, number)

    @router.get("/incidents/{number}/conference/sheet")
    def sheet(request: Request, number: Number) -> Response:
        now = console.clock()
        return console.pages.page(request, "conference_sheet.html", now=now, sheet=read_plan(console, number, now))

    @router.post("/incidents/{number}/conference")
    def plan(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> str:
            seen = digits_of(typed.version)
            made = desk.plan(number, _arranged(typed), by=by, now=now, seen=seen)
            with console.database.read() as connection:
                incident = views.incident(connection, number)
                found = desk.flaws(connection, incident, made.arranged, now) if incident else ()
            words = console.composer.words
            told = " ".join(words(label(flaw)) for flaw in found)
            return words(SAVED_BUT, flaws=told) if told else words(SAVED)

        return _done(console, request, number, "plan", typed, deed)

    @router.post("/incidents/{number}/conference/tick")
    def tick(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> str:
            done = typed.kind_of_tick != "open"
            desk.tick(number, digits_of(typed.plan) or 0, typed.task, done=done, by=by, now=now)
            name = console.composer.names.task(typed.task)
            return console.composer.words(TICKED if done else UNTICKED, task=name)

        return _done(console, request, number, "tick", typed, deed)

    @router.post("/incidents/{number}/conference/drop")
    def drop(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.drop(number, digits_of(typed.plan) or 0, by=by, now=now, reason=typed.why())
            return console.composer.words(DROPPED)

        return _done(console, request, number, "drop", typed, deed)

    return router


def _arranged(typed: Typed) -> Arrangement:
    try:
        at = beijing.read(typed.at).astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(value=typed.at) from None
    return Arrangement(
        at=at,
        place=clean(typed.venue),
        speaker=clean(typed.speaker),
        rank=clean(typed.rank, 40),
        inviter=clean(typed.inviter),
        live=clean(typed.live),
        materials=typed.text,
    )


def _done(console: Console, request: Request, number: int, act: str, typed: Typed, deed: Deed) -> Response:
    """Do the deed and show the plan; a Mistake is shown on its page, with what was typed."""
    visitor, now = visitor_of(request), console.clock()
    try:
        visitor.check(typed.token)
        by = given_name(typed.by, visitor)
        said = deed(by, now)
    except (UnknownIncident, *DATABASE):
        raise
    except Mistake as mistake:
        told, field = console.composer.words.mistake(mistake), NAMED_FIELDS.get(type(mistake), "")
        status = HTTPStatus.FORBIDDEN if isinstance(mistake, StalePage) else status_of(mistake)
        return plan_page(console, request, number, said=told, field=field, act=act, typed=typed, status=status)
    response = RedirectResponse(page_of(number), HTTPStatus.SEE_OTHER)
    remember(response, by, request)
    tell_next(response, said, request)
    return response


def plan_page(
    console: Console,
    request: Request,
    number: int,
    *,
    said: str = "",
    field: str = "",
    act: str = "",
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    """Render the page; `said` is what a refused act says, `field` which field is to be mended."""
    now = console.clock()
    sheet = read_plan(console, number, now)
    at = sheet.plan.arranged.at if sheet.plan else proposed(sheet, now)
    return console.pages.page(
        request,
        "conference.html",
        now=now,
        status=status,
        sheet=sheet,
        incident=sheet.incident,
        typed=typed if act == "plan" else None,
        typed_by=typed.by if typed else "",
        typed_reason=typed.reason if typed and act == "drop" else "",
        at=local(at).strftime("%Y-%m-%dT%H:%M"),
        said=said,
        field=field,
        act=act,
    )
