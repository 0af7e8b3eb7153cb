"""Drills: begin one and end it, try all ways in silence, and see who acted how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response

from monitor.core.beijing import shown
from monitor.core.drills import Drill, Score
from monitor.core.errors import N_, Mistake
from monitor.core.model import Severity
from monitor.store import drills, paths
from responders.channel_tests import last_round
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.lists import PER_PAGE
from responders.console.office_page import Typed, carry_out
from responders.console.visitor import clean
from responders.documents.drill import score_lines, span_said
from responders.drills import MOST_TIMES, score_of

PATH = "/drills"
BEGUN = N_("The drill has begun: everybody on duty is alerted, each message marked as a drill.")
ENDED = N_("The drill is over; what still ran of it is withdrawn, and people are told.")
ROUND = N_("All ways were tried in silence at {at}; the ends stand below.")
LONGEST_TITLE = 200


class BadPace(Mistake):
    """How many times shorter the deadlines are to be is no number."""

    message = N_("{typed} is no number. Say how many times shorter the deadlines are to be: 1 to {most}.")


@dataclass(frozen=True, slots=True)
class DrillRow:
    """A drill and the first who acted in it, and after how long."""

    drill: Drill
    score: Score

    @property
    def first(self) -> str:
        """Who acted first and after how long, empty where nobody has."""
        return f"{span_said(self.score.acts[0].after)} {self.score.acts[0].by}" if self.score.acts else ""


def drills_page(console: Console, request: Request, *, said: str = "", act: str = "", **typed: str) -> Response:
    """Render all drills; a refused form says why and keeps what was typed."""
    names = [way.name for way in console.office.ways]
    with console.database.read() as connection:
        found = drills.drills(connection, limit=PER_PAGE)
        rows = [DrillRow(drill, score_of(connection, drill)) for drill in found]
        daily, asked = paths.latest(connection, names), last_round(connection)
    return console.pages.page(
        request,
        "drills.html",
        now=console.clock(),
        status=422 if said else 200,
        rows=rows,
        running=next((row for row in rows if row.drill.runs), None),
        daily=daily,
        asked=asked,
        severities=sorted(Severity, reverse=True),
        silent=console.office.silent,
        most=int(MOST_TIMES),
        said=said,
        act=act,
        typed={"severity": "MAJOR", "title": "", "times": "1", **typed},
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of the drills."""
    router, words, desk = APIRouter(), console.composer.words, console.office.drills

    @router.get(PATH)
    def all_drills(request: Request) -> Response:
        return drills_page(console, request)

    @router.get(f"{PATH}/{{number}}")
    def one(request: Request, number: Number) -> Response:
        drill, score = desk.scored(number)
        lines = list(score_lines(drill, score, console.composer.names, words))
        acts = [(span_said(act.after), act.verb, act.by) for act in score.acts]
        return console.pages.page(
            request, "drill.html", now=console.clock(), drill_shown=drill, score=score, acts=acts, lines=lines
        )

    @router.post(f"{PATH}/start")
    def start(
        request: Request, token: Typed = "", by: Typed = "", severity: Typed = "", title: Typed = "", times: Typed = "1"
    ) -> Response:
        def deed(name: str, now: datetime) -> str:
            grade = Severity[severity] if severity in Severity.__members__ else Severity.MAJOR
            desk.start(by=name, now=now, severity=grade, title=clean(title, LONGEST_TITLE), times=_times(times))
            return words(BEGUN)

        def refused(said: str) -> Response:
            return drills_page(console, request, said=said, act="start", severity=severity, title=title, times=times)

        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=refused)

    _plain_acts(console, router)
    return router


def _plain_acts(console: Console, router: APIRouter) -> None:
    """Add what is done by a button alone."""
    words, desk = console.composer.words, console.office.drills

    @router.post(f"{PATH}/end")
    def end(request: Request, token: Typed = "", by: Typed = "") -> Response:
        def deed(name: str, now: datetime) -> str:
            desk.end(by=name, now=now)
            return words(ENDED)

        def refused(said: str) -> Response:
            return drills_page(console, request, said=said, act="end")

        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=refused)

    @router.post(f"{PATH}/silent")
    def silent(request: Request, token: Typed = "", by: Typed = "") -> Response:
        def deed(name: str, now: datetime) -> str:
            return words(ROUND, at=shown(console.office.tests.silently(by=name, now=now).at))

        def refused(said: str) -> Response:
            return drills_page(console, request, said=said, act="silent")

        return carry_out(console, request, token=token, by=by, deed=deed, back=PATH, refused=refused)


def _times(typed: str) -> float:
    text = typed.strip() or "1"
    try:
        return float(text)
    except ValueError:
        raise BadPace(typed=clean(text, 40), most=int(MOST_TIMES)) from None
