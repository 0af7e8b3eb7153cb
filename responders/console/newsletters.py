"""Put a newsletter together: choose incidents and items of a period, write a line above them, have it made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import Connection
from starlette.responses import RedirectResponse

from monitor.core.beijing import day_of, instant
from monitor.core.bulletins.bulletin import BulletinKind, Section
from monitor.core.errors import N_, Mistake
from monitor.store import records, views
from monitor.store.search import Found, search
from responders.console.bulletin_forms import BulletinTyped
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.search import words_of
from responders.console.visitor import given_name, remember, tell_next, visitor_of
from responders.desk.drafts import NotInYourRole
from responders.documents.bulletin_names import issue_name
from responders.documents.newsletter import editorial, incident_entry, item_entry, title_of

MOST_INCIDENTS, MOST_ITEMS = 100, 30
A_WEEK = timedelta(days=7)
MADE = N_("{issue} is made. Put its entries in order and edit them, then have it reviewed.")
NewsletterForm = Annotated[BulletinTyped, Form()]


class BadPeriod(Mistake):
    """The days of a newsletter's period are none, or in the wrong order."""

    message = N_("Give the first and the last day of the period, the first one first.")


def routes(console: Console) -> APIRouter:
    """Return the routes by which newsletters are put together."""
    router = APIRouter()

    @router.get("/bulletins/new")
    def choose(request: Request, kind: str = "", since: str = "", until: str = "", q: str = "") -> Response:
        asked = BulletinTyped(kind=kind[:20], since=since[:20], until=until[:20], q=q[:100])
        return newsletter_page(console, request, asked)

    @router.post("/bulletins/new")
    def make(request: Request, typed: NewsletterForm) -> Response:
        visitor, words = visitor_of(request), console.composer.words
        try:
            visitor.check(typed.token)
            by = given_name(typed.by, visitor)
            first, last = period_of(typed, console.clock())
            kind = kind_of(typed)
            with console.database.read() as connection:
                entries = tuple(entries_of(connection, typed.chosen, console))
            made = console.desk.bulletins.issue(
                kind,
                title_of(kind, first, last, console.composer),
                (*editorial(typed.editorial), *entries) if entries else (),
                language=words.language,
                by=by,
                now=console.clock(),
            )
        except (NotInYourRole, *DATABASE):
            raise
        except Mistake as mistake:
            told, status = words.mistake(mistake), status_of(mistake)
            return newsletter_page(console, request, typed, said=told, status=status)
        response = RedirectResponse(f"/bulletins/{made.id}/edit", HTTPStatus.SEE_OTHER)
        remember(response, by, request)
        tell_next(response, words(MADE, issue=issue_name(made, words)), request)
        return response

    return router


def newsletter_page(
    console: Console, request: Request, asked: BulletinTyped, *, said: str = "", status: int = HTTPStatus.OK
) -> Response:
    """Render what there is to be chosen in a period; `said` is what a refused newsletter says."""
    now = console.clock()
    try:
        first, last = period_of(asked, now)
    except BadPeriod as mistake:
        first, last = usual_period(kind_of(asked), now)
        said, status = said or console.composer.words.mistake(mistake), HTTPStatus.UNPROCESSABLE_ENTITY
    since, until = _instants(first, last)
    words = words_of(asked.q)
    with console.database.read() as connection:
        incidents = views.incidents(connection, since=since, until=until, limit=MOST_INCIDENTS)
        hits = search(connection, words, among=Found.ITEM, since=since, until=until, limit=MOST_ITEMS)
    return console.pages.page(
        request,
        "bulletin_new.html",
        now=now,
        status=status,
        kinds=(BulletinKind.MOBILE, BulletinKind.MONTHLY),
        kind=kind_of(asked),
        first=first,
        last=last,
        incidents=incidents,
        most=MOST_INCIDENTS,
        items=hits,
        typed=asked,
        said=said,
    )


def kind_of(asked: BulletinTyped) -> BulletinKind:
    """Return the kind of newsletter that is asked for, the short one where none is."""
    return BulletinKind.MONTHLY if asked.kind == BulletinKind.MONTHLY.value else BulletinKind.MOBILE


def period_of(asked: BulletinTyped, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that are asked for, else the usual ones; raise BadPeriod."""
    first, last = usual_period(kind_of(asked), now)
    try:
        first = date.fromisoformat(asked.since.strip()) if asked.since.strip() else first
        last = date.fromisoformat(asked.until.strip()) if asked.until.strip() else last
    except ValueError:
        raise BadPeriod from None
    if first > last or first.year < 1900 or last.year > 9000:
        raise BadPeriod
    return first, last


def usual_period(kind: BulletinKind, now: datetime) -> tuple[date, date]:
    """Return the last week, or the month that is over."""
    today = day_of(now)
    if kind is BulletinKind.MOBILE:
        return today - A_WEEK, today
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def entries_of(connection: Connection, chosen: Sequence[str], console: Console) -> Iterator[Section]:
    """Yield the entries for what was chosen, in its order; what is not stored is passed over."""
    for named in dict.fromkeys(chosen):
        what, _, number = named.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            continue
        if what == "incident":
            incident = views.incident(connection, int(number))
            if incident is not None:
                responses = views.responses(connection, matter_id=incident.id)
                yield incident_entry(incident, responses, console.composer)
        elif what == "item":
            record = records.record(connection, int(number))
            if record is not None:
                yield item_entry(record, console.composer)


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    return instant(first, time()), instant(last + timedelta(days=1), time())
