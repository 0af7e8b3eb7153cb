"""Drafts in the console: write, hand in, review, approve, publish. Nothing is decided here; the desk does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import Field
from starlette.responses import JSONResponse, RedirectResponse

from monitor.core.beijing import local
from monitor.core.drafts.draft import FOR_THE_PUBLIC, Draft, DraftState, Gate, Verdict, Wording
from monitor.core.errors import N_, Mistake, UnknownIncident
from monitor.core.model import ResponseKind, Verb
from monitor.core.views import Done
from monitor.store import drafts as stored
from monitor.store import views
from responders.channels.safe_text import visible
from responders.console.acts import Act, carry_out
from responders.console.checked import proofs_of
from responders.console.console import Console
from responders.console.differences import pieces
from responders.console.draft_sheet import read_draft, usual_kind
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number
from responders.console.typed import LONGEST_TEXT, Failed, Typed
from responders.console.visitor import clean, given_name, remember, tell_next, visitor_of
from responders.desk.drafts import DraftConflict, NotInYourRole, UnknownDraft
from responders.documents.drafts import page_of
from responders.documents.review_sheet import sheet_of
from responders.documents.review_sheet_docx import docx_of

WORD_FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GATE_OF_PATH = {"self-review": Gate.SELF_REVIEW, "review": Gate.SECRECY, "approve": Gate.APPROVAL}
SAVED = N_("Version {number} of the draft is saved.")
HANDED_IN = N_("The draft is handed in; those who look at it next are told.")
PASSED = N_("{gate}: passed. Those who look at it next are told.")
SENT_BACK = N_("The draft is sent back; whoever wrote it is told.")
OBJECTED = N_("Your objection is kept, and people are told at once.")
GIVEN_UP = N_("The draft is given up. It stays here to be read.")


class DraftTyped(Typed):
    """The fields of a draft's forms."""

    place: Annotated[str, Field(max_length=2000)] = ""
    comment: Annotated[str, Field(max_length=2000)] = ""
    urgent: Annotated[str, Field(max_length=500)] = ""
    verdict: str = ""

    def wording(self) -> Wording:
        """Return what was written."""
        kind = self.kind or ResponseKind.AUTHORITATIVE_RELEASE
        return Wording(kind=kind, title=self.title, text=self.text, place=self.place)

    def number(self) -> int:
        """Return the version that the page showed; what is none fits no draft."""
        return self.seen() or 0


DraftForm = Annotated[DraftTyped, Form()]
Deed = Callable[[str], Draft]


def routes(console: Console) -> APIRouter:
    """Return the routes of drafts."""
    router = APIRouter()
    for add in (_lists, _pages, _writing, _judging, _publishing, _sheets):
        add(router, console)
    return router


def _lists(router: APIRouter, console: Console) -> None:
    @router.get("/incidents/{number}/drafts")
    def listed(request: Request, number: Number) -> Response:
        with console.database.read() as connection:
            incident = views.incident(connection, number)
            found = stored.of_matter(connection, number)
        if incident is None:
            raise UnknownIncident(id=number)
        return console.pages.page(
            request,
            "drafts.html",
            now=console.clock(),
            incident=incident,
            drafts=found,
            draft_kind=usual_kind(ResponseKind.AUTHORITATIVE_RELEASE),
        )

    @router.post("/incidents/{number}/drafts")
    def begin(request: Request, number: Number, typed: DraftForm) -> Response:
        visitor, now = visitor_of(request), console.clock()
        visitor.check(typed.token)
        by = given_name(typed.by, visitor)
        draft = console.desk.drafts.begin(number, typed.wording(), by=by, now=now)
        response = RedirectResponse(page_of(number, draft.id), HTTPStatus.SEE_OTHER)
        remember(response, by, request)
        return response


def _pages(router: APIRouter, console: Console) -> None:
    @router.get("/incidents/{number}/drafts/{draft}")
    def shown(request: Request, number: Number, draft: Number) -> Response:
        with console.database.read() as connection:
            found, incident = stored.draft(connection, draft), views.incident(connection, number)
        if found is not None and incident is not None and found.matter_id == incident.merged_into:
            return RedirectResponse(page_of(found.matter_id, draft), HTTPStatus.SEE_OTHER)
        return _page(console, request, number, draft)


def _writing(router: APIRouter, console: Console) -> None:
    desk = console.desk.drafts

    @router.post("/incidents/{number}/drafts/{draft}/save")
    def save(request: Request, number: Number, draft: Number, typed: DraftForm) -> Response:
        def deed(by: str) -> Draft:
            return desk.save(draft, typed.wording(), seen=typed.number(), by=by, now=console.clock())

        if "application/json" in request.headers.get("accept", ""):
            return _saved_quietly(console, request, number, draft, typed, deed)
        return _done(console, request, number, draft, typed, deed, SAVED)

    @router.post("/incidents/{number}/drafts/{draft}/submit")
    def submit(request: Request, number: Number, draft: Number, typed: DraftForm) -> Response:
        def deed(by: str) -> Draft:
            now = console.clock()
            seen = desk.save(draft, typed.wording(), seen=typed.number(), by=by, now=now).version.number
            return desk.submit(draft, seen=seen, by=by, now=now)

        return _done(console, request, number, draft, typed, deed, HANDED_IN)

    @router.post("/incidents/{number}/drafts/{draft}/withdraw")
    def withdraw(request: Request, number: Number, draft: Number, typed: DraftForm) -> Response:
        def deed(by: str) -> Draft:
            return desk.withdraw(draft, by=by, now=console.clock(), reason=typed.why())

        return _done(console, request, number, draft, typed, deed, GIVEN_UP)


def _judging(router: APIRouter, console: Console) -> None:
    desk = console.desk.drafts

    def judging(path: str, gate: Gate) -> None:
        @router.post(f"/incidents/{{number}}/drafts/{{draft}}/{path}", name=path)
        def judge(request: Request, number: Number, draft: Number, typed: DraftForm) -> Response:
            verdict = Verdict.RETURNED if typed.verdict == "returned" else Verdict.PASSED

            def deed(by: str) -> Draft:
                now, seen = console.clock(), typed.number()
                return desk.judge(draft, gate, verdict, seen=seen, by=by, now=now, comment=typed.comment)

            return _done(console, request, number, draft, typed, deed, "")

    for path, gate in GATE_OF_PATH.items():
        judging(path, gate)


def _publishing(router: APIRouter, console: Console) -> None:
    desk = console.desk.drafts

    @router.post("/incidents/{number}/drafts/{draft}/publish")
    def publish(request: Request, number: Number, draft: Number, typed: DraftForm) -> Response:
        def deed(by: str, now: datetime) -> Done:
            read_draft(console, visitor_of(request), number, draft)
            seen = typed.number()
            if typed.text or typed.title:
                # The writer's own form: what stands in it is what is published.
                seen = desk.save(draft, typed.wording(), seen=seen, by=by, now=now).version.number
            return desk.publish(
                draft,
                seen=seen,
                published_at=typed.moment(),
                by=by,
                now=now,
                url=clean(typed.url),
                urgent=clean(typed.urgent),
            )

        def refused(failed: Failed) -> Response:
            return _page(console, request, number, draft, said=failed.said, typed=typed, status=422)

        return carry_out(console, request, Act(Verb.RESPOND, number, typed), deed, refused)


def _sheets(router: APIRouter, console: Console) -> None:
    @router.get("/incidents/{number}/drafts/{draft}/sheet")
    def sheet(request: Request, number: Number, draft: Number) -> Response:
        read = read_draft(console, visitor_of(request), number, draft)
        made = sheet_of(
            read.draft,
            console.desk.drafts.asked(read.draft, read.incident),
            read.incident,
            read.response,
            console.composer,
            console.pages.bureau,
            visible,
        )
        return console.pages.page(
            request, "review_sheet.html", now=console.clock(), sheet=made, draft=read.draft, incident=read.incident
        )

    @router.get("/incidents/{number}/drafts/{draft}/sheet.docx")
    def word_file(request: Request, number: Number, draft: Number) -> Response:
        read = read_draft(console, visitor_of(request), number, draft)
        made = sheet_of(
            read.draft,
            console.desk.drafts.asked(read.draft, read.incident),
            read.incident,
            read.response,
            console.composer,
            console.pages.bureau,
            visible,
        )
        named = f'attachment; filename="review-{number}-{draft}.docx"'
        return Response(docx_of(made, console.clock()), media_type=WORD_FILE, headers={"content-disposition": named})


def _done(
    console: Console, request: Request, number: int, draft: int, typed: DraftTyped, deed: Deed, said: str
) -> Response:
    """Do the deed and show the draft; a Mistake is shown on its page, with what was typed."""
    visitor = visitor_of(request)
    try:
        visitor.check(typed.token)
        read_draft(console, visitor, number, draft)
        by = given_name(typed.by, visitor)
        after = deed(by)
    except (UnknownDraft, UnknownIncident, NotInYourRole, *DATABASE):
        raise
    except Mistake as mistake:
        told = console.composer.words.mistake(mistake)
        theirs = isinstance(mistake, DraftConflict)
        status = HTTPStatus.CONFLICT if theirs else status_of(mistake)
        return _page(console, request, number, draft, said=told, typed=typed, status=status, theirs=theirs)
    response = RedirectResponse(page_of(number, draft), HTTPStatus.SEE_OTHER)
    remember(response, by, request)
    tell_next(response, _told(console, after, said), request)
    return response


def _told(console: Console, after: Draft, said: str) -> str:
    words = console.composer.words
    if said:
        return words(said, number=after.version.number)
    last = after.steps[-1]
    if last.verdict is Verdict.OBJECTED:
        return words(OBJECTED)
    return words(SENT_BACK) if last.verdict is Verdict.RETURNED else words(PASSED, gate=last.gate)


def _saved_quietly(
    console: Console, request: Request, number: int, draft: int, typed: DraftTyped, deed: Deed
) -> Response:
    """Save for the page's own script, which only says what came of it."""
    visitor, words = visitor_of(request), console.composer.words
    try:
        visitor.check(typed.token)
        found = read_draft(console, visitor, number, draft).draft
        if found.state is not DraftState.DRAFTING:
            # What is handed in changes only when somebody means it.
            return JSONResponse({"said": ""}, HTTPStatus.CONFLICT)
        after = deed(given_name(typed.by, visitor))
    except DATABASE:
        raise
    except Mistake as mistake:
        status = HTTPStatus.CONFLICT if isinstance(mistake, DraftConflict) else status_of(mistake)
        return JSONResponse({"said": words.mistake(mistake)}, status)
    return JSONResponse({"version": after.version.number, "said": words(SAVED, number=after.version.number)})


def _page(
    console: Console,
    request: Request,
    number: int,
    draft_id: int,
    *,
    said: str = "",
    typed: DraftTyped | None = None,
    status: int = 200,
    theirs: bool = False,
) -> Response:
    """Render the page of one draft; `theirs` where what was typed stands beside what somebody else saved."""
    now = console.clock()
    sheet = read_draft(console, visitor_of(request), number, draft_id)
    wording = typed.wording() if typed and (typed.text or typed.title) else sheet.draft.wording
    text = f"{wording.title}\n{wording.text}".strip()
    card = console.desk.check_release(number, text, wording.kind, now=now) if text and sheet.open else None
    proofs = proofs_of(console)
    return console.pages.page(
        request,
        "draft.html",
        now=now,
        status=status,
        sheet=sheet,
        draft=sheet.draft,
        incident=sheet.incident,
        wording=wording,
        typed=typed or DraftTyped(),
        typed_at=local(now).strftime("%Y-%m-%dT%H:%M"),
        kinds=[kind for kind in ResponseKind if kind in FOR_THE_PUBLIC],
        path_of={gate: path for path, gate in GATE_OF_PATH.items()},
        base=page_of(number, draft_id),
        longest=LONGEST_TEXT,
        said=said,
        conflict=pieces(sheet.draft.wording.text, wording.text) if theirs else (),
        head=() if card is None else tuple(proofs.head(card)),
        sections=() if card is None else proofs.sections(card.findings),
    )
