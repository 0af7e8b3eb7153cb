"""The page of one office in an appraisal: its figures with their rows, its self-check, its grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from monitor.core.access.roles import Permission
from monitor.core.appraisal.appraisal import AppraisalState, Appraised, ByHand
from monitor.core.appraisal.figures import Figure, changed
from monitor.core.appraisal.rules import Content, FigureName
from monitor.core.appraisal.steps import NotAppraised
from monitor.core.beijing import day_of
from monitor.core.errors import N_, Mistake
from monitor.store import listing
from responders.console.appraisals import PATH, Line, appraisal_paper, sees_proposals
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.office_page import Deed, carry_out
from responders.console.paper import word_file
from responders.console.statistics import SHOWN, matter_of
from responders.console.visitor import visitor_of
from responders.desk.appraisals import LONGEST_TEXT, LONGEST_WHY
from responders.documents.appraisal import CAVEAT, figure_said, lines_of, self_check
from responders.documents.official import Official
from responders.labels import label

OF_OFFICE = f"{PATH}/{{number}}/offices/{{office}}"
HANDED_IN = N_("The self-check is handed in. Until the first grade it can be handed in again.")
SIGNED = N_("Signed for {office}.")
PROPOSED = N_("The first grade is kept with the figures as they are now. It waits for somebody else to approve it.")
SETTLED = N_("The grade of {office} is approved. The office signs for it here.")
Text = Annotated[str, Field(max_length=20_000)]


class NotAnAmount(Mistake):
    """A figure written by hand is no number."""

    message = N_("{typed} is no number. Type digits, or leave the field empty.")


class CheckForm(BaseModel):
    """The fields of a self-check: texts by content, figures with their sources, side by side in lists."""

    token: Line = ""
    by: Line = ""
    contents: list[Line] = []
    texts: list[Text] = []
    figures: list[Line] = []
    values: list[Line] = []
    sources: list[Line] = []


class GradeForm(BaseModel):
    """The fields of a grade."""

    token: Line = ""
    by: Line = ""
    grade: Line = ""
    reason: Line = ""
    seen: Line = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as it is shown: `rows` leads to what it was counted from, `now` is what it would be by now."""

    name: str
    said: str
    source: str
    rows: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A content with its figures and what the office says of it."""

    content: Content
    rows: tuple[Row, ...]
    text: str


def routes(console: Console) -> APIRouter:
    """Return the routes of an office in an appraisal."""
    router, desk = APIRouter(), console.office.appraisals

    @router.get(OF_OFFICE)
    def shown(request: Request, number: Number, office: str) -> Response:
        return office_page(console, request, number, office)

    @router.get(f"{OF_OFFICE}/rows")
    def rows(
        request: Request, number: Number, office: str, figure: Annotated[str, Query(max_length=40)] = ""
    ) -> Response:
        back = f"{PATH}/{number}/offices/{quote(office, safe='')}"
        if not figure:
            return RedirectResponse(back, 303)
        held = desk.one(number)
        part = held.office(office)
        found = {one.name: one for one in (part.figures if part else ()) or desk.figures(held, office)}
        if part is None or figure not in set(FigureName) or FigureName(figure) not in found:
            raise HTTPException(404)
        return _rows_page(console, request, found[FigureName(figure)], part, back)

    @router.get(f"{OF_OFFICE}/self-check")
    def paper(request: Request, number: Number, office: str) -> Response:
        return appraisal_paper(
            console, request, _paper(console, number, office), f"{PATH}/{number}/offices/{quote(office, safe='')}"
        )

    @router.get(f"{OF_OFFICE}/self-check.docx")
    def docx(number: Number, office: str) -> Response:
        return word_file(_paper(console, number, office), f"huiying-appraisal-{number}-self-check")

    _own_acts(console, router)
    _grading(console, router)
    return router


def _done(
    console: Console, request: Request, number: int, office: str, act: str, typed: CheckForm | GradeForm, deed: Deed
) -> Response:
    """Do the deed and show the office; a refused one is told on its page, which only those see who oversee."""
    if visitor_of(request).reach(Permission.OVERSEE) is None:
        raise HTTPException(403)

    def refused(said: str) -> Response:
        return office_page(console, request, number, office, said=said, act=act, typed=typed)

    back = f"{PATH}/{number}/offices/{quote(office, safe='')}"
    return carry_out(console, request, token=typed.token, by=typed.by, deed=deed, back=back, refused=refused)


def _own_acts(console: Console, router: APIRouter) -> None:
    """Add what an office does: check itself, sign."""
    desk, words = console.office.appraisals, console.composer.words

    @router.post(f"{OF_OFFICE}/hand-in")
    def hand_in(request: Request, number: Number, office: str, typed: Annotated[CheckForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            texts = dict(zip(typed.contents, typed.texts, strict=False))
            desk.hand_in(number, office, texts, _by_hand(typed), by=by, now=now)
            return words(HANDED_IN)

        return _done(console, request, number, office, "hand-in", typed, deed)

    @router.post(f"{OF_OFFICE}/sign")
    def sign(request: Request, number: Number, office: str, typed: Annotated[GradeForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.sign(number, office, by=by, now=now)
            return words(SIGNED, office=_part(console, number, office).name)

        return _done(console, request, number, office, "sign", typed, deed)


def _grading(console: Console, router: APIRouter) -> None:
    """Add what the reviewer and the leading group do."""
    desk, words = console.office.appraisals, console.composer.words

    @router.post(f"{OF_OFFICE}/review")
    def review(request: Request, number: Number, office: str, typed: Annotated[GradeForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.review(number, office, typed.grade, by=by, now=now, reason=typed.reason, seen=typed.seen)
            return words(PROPOSED)

        return _done(console, request, number, office, "review", typed, deed)

    @router.post(f"{OF_OFFICE}/settle")
    def settle(request: Request, number: Number, office: str, typed: Annotated[GradeForm, Form()]) -> Response:
        def deed(by: str, now: datetime) -> str:
            desk.settle(number, office, typed.grade, by=by, now=now, reason=typed.reason)
            return words(SETTLED, office=_part(console, number, office).name)

        return _done(console, request, number, office, "settle", typed, deed)


def _by_hand(typed: CheckForm) -> dict[str, ByHand]:
    """Return the figures that were written; an empty field is none. Raise NotAnAmount."""
    found = {}
    for name, value, source in zip(typed.figures, typed.values, typed.sources, strict=False):
        text = value.strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise NotAnAmount(typed=text[:40])
        found[name] = ByHand(int(text), source)
    return found


def office_page(
    console: Console,
    request: Request,
    number: int,
    office: str,
    *,
    said: str = "",
    act: str = "",
    typed: CheckForm | GradeForm | None = None,
) -> Response:
    """Render an office's part; a refused form says why and keeps what was typed."""
    now, desk = console.clock(), console.office.appraisals
    held, part = desk.one(number), _part(console, number, office)
    as_of_now = desk.figures(held, office)
    frozen = bool(part.figures)
    moved = changed(part.figures, as_of_now)
    visitor = visitor_of(request)
    own = visitor.account.by if visitor.account is not None else visitor.name
    kept = _kept(part, typed if isinstance(typed, CheckForm) else None)
    return console.pages.page(
        request,
        "appraised.html",
        now=now,
        status=422 if said else 200,
        held=held,
        part=part,
        running=held.state(now) is AppraisalState.UNDER_WAY,
        early=day_of(now) <= held.last,
        begun=held.announced is not None and held.dropped is None,
        rules=desk.rules,
        sections=_sections(
            console, part, part.figures or as_of_now, moved, f"{PATH}/{number}/offices/{quote(office, safe='')}"
        ),
        frozen=frozen,
        moved=bool(moved),
        mine=desk.belongs(own, office) if own else visitor.free,
        sees_proposals=sees_proposals(request) or part.settled is not None,
        kept=kept,
        graded=typed if isinstance(typed, GradeForm) else None,
        caveat=console.composer.words(CAVEAT),
        said=said,
        act=act,
        longest={"text": LONGEST_TEXT, "why": LONGEST_WHY},
    )


def _kept(part: Appraised, typed: CheckForm | None) -> dict[str, Mapping[str, str]]:
    """Return what stands in the fields of the self-check: as it was typed, else as it was handed in."""
    if typed is not None:
        return {
            "texts": dict(zip(typed.contents, typed.texts, strict=False)),
            "values": dict(zip(typed.figures, typed.values, strict=False)),
            "sources": dict(zip(typed.figures, typed.sources, strict=False)),
        }
    return {
        "texts": part.texts,
        "values": {name: str(one.value) for name, one in part.by_hand.items()},
        "sources": {name: one.source for name, one in part.by_hand.items()},
    }


def _sections(
    console: Console, part: Appraised, figures: Sequence[Figure], moved: Mapping[FigureName, Figure], path: str
) -> list[Section]:
    composer, known = console.composer, {one.name: one for one in figures}
    found = []
    for content in console.office.appraisals.rules.contents:
        lines = lines_of(content, part, known, composer)
        names: list[FigureName | None] = [name for name in content.figures if name in known]
        names += [None] * (len(lines) - len(names))
        rows = tuple(
            Row(
                *line,
                rows="" if name is None or not known[name].statistic.ids else f"{path}/rows?figure={name.value}",
                now="" if name is None or name not in moved else figure_said(moved[name], composer),
            )
            for name, line in zip(names, lines, strict=True)
        )
        found.append(Section(content, rows, part.texts.get(content.id, "")))
    return found


def _part(console: Console, number: int, office: str) -> Appraised:
    """Return an office's part. Raise UnknownAppraisal, NotAppraised."""
    held = console.office.appraisals.one(number)
    part = held.office(office)
    if part is None:
        raise NotAppraised(id=number, office=office[:40], known=", ".join(one.office for one in held.offices))
    return part


def _paper(console: Console, number: int, office: str) -> Official:
    desk = console.office.appraisals
    held, part = desk.one(number), _part(console, number, office)
    figures = part.figures or desk.figures(held, office)
    return self_check(held, part, figures, desk.rules, console.composer, console.clock())


def _rows_page(console: Console, request: Request, figure: Figure, part: Appraised, back: str) -> Response:
    """Show the rows of a figure, in the way of those of statistics."""
    of, composer = figure.statistic.of, console.composer
    if of is None:
        raise HTTPException(404)
    with console.database.read() as connection:
        ids = sorted(figure.statistic.ids, reverse=True)[:SHOWN]
        pieces = listing.piece(connection, of, ids)
        titles = listing.titles(connection, {number for one in pieces if (number := matter_of(of, one))})
    return console.pages.page(
        request,
        "appraised_rows.html",
        now=console.clock(),
        name=composer.words(label(figure.name)),
        said=figure_said(figure, composer),
        office=part.name,
        what=of.value,
        rows=[(one, titles.get(matter_of(of, one) or 0, ("", False))[0]) for one in pieces],
        more=len(figure.statistic.ids) - len(pieces),
        back=back,
    )
