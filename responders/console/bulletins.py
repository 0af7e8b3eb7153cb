"""Issues of bulletins: the list, one issue as a paper with what can be done to it, its Word file, its editor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.access.accounts import NOTHING, About
from monitor.core.access.roles import Permission
from monitor.core.bulletins import passing
from monitor.core.bulletins.bulletin import (
    NEWSLETTERS,
    Bulletin,
    BulletinAct,
    BulletinKind,
    BulletinState,
    digest,
)
from monitor.core.errors import N_, Mistake
from monitor.store import bulletins as stored
from monitor.store import views
from responders.console.bulletin_forms import BulletinTyped
from responders.console.checked import proofs_of
from responders.console.console import Console
from responders.console.draft_sheet import person_of
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number
from responders.console.paper import paper_page, picture_file, word_file
from responders.console.visitor import given_name, remember, tell_next, visitor_of
from responders.desk.bulletins import JustMade, UnknownBulletin
from responders.desk.drafts import NotInYourRole
from responders.documents.bulletin_names import issue_name
from responders.documents.bulletin_paper import LONGEST_MOBILE, paper_of, plain_text
from responders.documents.bulletin_texts import BulletinWriter

MADE = N_("{issue} is made. Print it, or edit it first.")
SAVED = N_("Version {number} is saved.")
LAPSED = N_("Version {number} is saved; what was reviewed or signed has to be looked at again.")
DONE = {
    BulletinAct.REVIEWED: N_("Reviewed: it can be signed now."),
    BulletinAct.SIGNED: N_("Signed."),
    BulletinAct.RETURNED: N_("Sent back to be edited."),
    BulletinAct.VOIDED: N_("Declared void. The issue keeps its number."),
}
BulletinForm = Annotated[BulletinTyped, Form()]
Short = Annotated[str, Query(max_length=20)]
Deed = Callable[[str, datetime], Bulletin]
PERMISSION = {BulletinAct.REVIEWED: Permission.REVIEW, BulletinAct.SIGNED: Permission.APPROVE}


def routes(console: Console) -> APIRouter:
    """Return the routes of issues; those of newsletters stand before, their path is the narrower one."""
    router = APIRouter()
    for add in (_lists, _makes, _papers, _editing, _judging):
        add(router, console)
    return router


def _lists(router: APIRouter, console: Console) -> None:
    @router.get("/bulletins")
    def listed(request: Request, kind: Short = "", year: Short = "", state: Short = "") -> Response:
        chosen = next((one for one in BulletinKind if one.value == kind), None)
        stands = next((one for one in BulletinState if one.value == state), None)
        with console.database.read() as connection:
            years = stored.years(connection)
            of_year = next((one for one in years if str(one) == year), None)
            found = stored.listed(connection, kind=chosen, year=of_year, state=stands)
        return console.pages.page(
            request,
            "bulletins.html",
            now=console.clock(),
            found=found,
            years=years,
            kinds=tuple(BulletinKind),
            states=tuple(BulletinState),
            kind=chosen,
            year=of_year,
            state=stands,
            issue=lambda one: issue_name(one, console.composer.words),
        )


def _makes(router: APIRouter, console: Console) -> None:
    @router.post("/incidents/{number}/bulletins")
    def make(request: Request, number: Number, typed: BulletinForm) -> Response:
        visitor, words = visitor_of(request), console.composer.words
        visitor.check(typed.token)
        by = given_name(typed.by, visitor)
        kind = BulletinKind.SPECIAL if typed.kind == BulletinKind.SPECIAL.value else BulletinKind.FLASH
        try:
            made = console.desk.bulletins.make(
                number,
                kind,
                writer=BulletinWriter(console.composer, proofs_of(console)),
                language=words.language,
                by=by,
                now=console.clock(),
                after=typed.last(),
            )
            said = words(MADE, issue=issue_name(made, words))
        except JustMade as just:
            made, said = just.bulletin, words.mistake(just)
        response = RedirectResponse(f"/bulletins/{made.id}", HTTPStatus.SEE_OTHER)
        remember(response, by, request)
        tell_next(response, said, request)
        return response


def _papers(router: APIRouter, console: Console) -> None:
    @router.get("/bulletins/{number}.docx")
    def document(number: Number) -> Response:
        found = read_bulletin(console, number)
        name = f"{found.kind.value}-{found.year}-{found.number}"
        return word_file(paper_of(found, console.pages.bureau), name)

    @router.get("/bulletins/{number}/{n}.png")
    def picture(number: Number, n: int) -> Response:
        return picture_file(paper_of(read_bulletin(console, number), console.pages.bureau), n)

    @router.get("/bulletins/{number}")
    def shown(request: Request, number: Number) -> Response:
        return bulletin_page(console, request, number)


def _editing(router: APIRouter, console: Console) -> None:
    @router.get("/bulletins/{number}/edit")
    def edit(request: Request, number: Number) -> Response:
        return edit_page(console, request, number)

    @router.post("/bulletins/{number}/save")
    def save(request: Request, number: Number, typed: BulletinForm) -> Response:
        visitor, words = visitor_of(request), console.composer.words
        before = read_bulletin(console, number)
        try:
            visitor.check(typed.token)
            by = given_name(typed.by, visitor)
            content = typed.content()
            after = console.desk.bulletins.save(number, content, seen=typed.seen(), by=by, now=console.clock())
        except (UnknownBulletin, NotInYourRole, *DATABASE):
            raise
        except Mistake as mistake:
            status = status_of(mistake)
            return edit_page(console, request, number, typed=typed, said=words.mistake(mistake), status=status)
        lapsed = before.state is not BulletinState.DRAFT and after.state is BulletinState.DRAFT
        response = RedirectResponse(f"/bulletins/{number}", HTTPStatus.SEE_OTHER)
        remember(response, by, request)
        tell_next(response, words(LAPSED if lapsed else SAVED, number=after.version.number), request)
        return response


def _judging(router: APIRouter, console: Console) -> None:
    desk = console.desk.bulletins

    @router.post("/bulletins/{number}/review")
    def review(request: Request, number: Number, typed: BulletinForm) -> Response:
        def deed(by: str, now: datetime) -> Bulletin:
            if typed.verdict == "returned":
                return desk.send_back(number, seen=typed.seen(), by=by, now=now, comment=typed.comment)
            return desk.review(number, seen=typed.seen(), by=by, now=now, comment=typed.comment)

        return _done(console, request, number, typed, deed)

    @router.post("/bulletins/{number}/sign")
    def sign(request: Request, number: Number, typed: BulletinForm) -> Response:
        def deed(by: str, now: datetime) -> Bulletin:
            if typed.verdict == "returned":
                return desk.send_back(number, seen=typed.seen(), by=by, now=now, comment=typed.comment)
            return desk.sign(number, seen=typed.seen(), by=by, now=now, comment=typed.comment)

        return _done(console, request, number, typed, deed)

    @router.post("/bulletins/{number}/void")
    def void(request: Request, number: Number, typed: BulletinForm) -> Response:
        def deed(by: str, now: datetime) -> Bulletin:
            return desk.void(number, by=by, now=now, reason=typed.comment)

        return _done(console, request, number, typed, deed)


def _done(console: Console, request: Request, number: int, typed: BulletinTyped, deed: Deed) -> Response:
    """Do the deed and show the issue; a Mistake is shown on its page, with what was typed."""
    visitor, words = visitor_of(request), console.composer.words
    try:
        visitor.check(typed.token)
        by = given_name(typed.by, visitor)
        after = deed(by, console.clock())
    except (UnknownBulletin, NotInYourRole, *DATABASE):
        raise
    except Mistake as mistake:
        return bulletin_page(
            console, request, number, typed=typed, said=words.mistake(mistake), status=status_of(mistake)
        )
    response = RedirectResponse(f"/bulletins/{number}", HTTPStatus.SEE_OTHER)
    remember(response, by, request)
    tell_next(response, words(DONE[after.steps[-1].act]), request)
    return response


def read_bulletin(console: Console, number: int) -> Bulletin:
    """Read one issue; raise UnknownBulletin."""
    with console.database.read() as connection:
        found = stored.bulletin(connection, number)
    if found is None:
        raise UnknownBulletin(id=number)
    return found


def bulletin_page(
    console: Console,
    request: Request,
    number: int,
    *,
    typed: BulletinTyped | None = None,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """Render an issue as its paper, with what this visitor can do to it; `said` is what a refused act says."""
    visitor, words, now = visitor_of(request), console.composer.words, console.clock()
    with console.database.read() as connection:
        found = stored.bulletin(connection, number)
        if found is None:
            raise UnknownBulletin(id=number)
        incident = None if found.matter_id is None else views.incident(connection, found.matter_id)
        before = None if found.follows is None else stored.bulletin(connection, found.follows)
    about = NOTHING if incident is None else About(incident.place)
    person = person_of(visitor)
    waits = passing.waits_for(found, person)
    may_change = visitor.may(Permission.DRAFT, about) and passing.may_change(
        found,
        person,
        signs=visitor.may(Permission.APPROVE, about),
        everywhere=visitor.may(Permission.DRAFT),
    )
    to_incident = found.matter_id is not None
    return paper_page(
        console,
        request,
        paper_of(found, console.pages.bureau),
        now=now,
        template="bulletin.html",
        status=status,
        address=f"/bulletins/{number}",
        back=f"/incidents/{found.matter_id}" if to_incident else "/bulletins",
        back_name=f"#{found.matter_id}" if to_incident else words(N_("Bulletins")),
        bulletin=found,
        before=before,
        name=issue_name(found, words),
        issue=lambda one: issue_name(one, words),
        hash=digest(found),
        plain=plain_text(found) if found.kind in NEWSLETTERS else None,
        longest=LONGEST_MOBILE,
        may_edit=may_change and passing.may_edit(found, person),
        may_void=may_change and not found.void,
        may_take_back=visitor.may(Permission.APPROVE, about) and passing.may_take_back(found, person),
        waits=waits if waits is not None and visitor.may(PERMISSION[waits], about) else None,
        typed=typed or BulletinTyped(),
        said=said,
        sees_all=visitor.may(Permission.OVERSEE),
    )


def edit_page(
    console: Console,
    request: Request,
    number: int,
    *,
    typed: BulletinTyped | None = None,
    said: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """Render the editor of an issue; `typed` is what a refused save had in it."""
    found = read_bulletin(console, number)
    content = typed.content() if typed is not None else found.content
    return console.pages.page(
        request,
        "bulletin_edit.html",
        now=console.clock(),
        status=status,
        bulletin=found,
        content=content,
        name=issue_name(found, console.composer.words),
        typed=typed or BulletinTyped(),
        ordered=found.kind in NEWSLETTERS,
        longest_title=passing.LONGEST_TITLE,
        longest_heading=passing.LONGEST_HEADING,
        longest_text=passing.LONGEST_TEXT,
        said=said,
    )
