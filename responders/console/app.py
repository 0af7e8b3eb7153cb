"""The console as one application: routes, guard, static files. The service builds it and decides where it listens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter, Depends, FastAPI
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from monitor.core.drills import Drill
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import Mistake
from monitor.core.incidents.chains import Follows
from monitor.core.people.duty import Duty
from monitor.store import drills
from monitor.store.database import Database
from responders.accounts import Accounts
from responders.console import accounts as accounts_page
from responders.console import (
    acknowledging,
    acts,
    api,
    appraisals,
    appraised,
    assigning,
    board,
    bulletins,
    calendar_feed,
    channels,
    checks,
    claims,
    conference,
    correcting,
    deadline_acts,
    decoys,
    evidence,
    exports,
    incident,
    items,
    leader,
    leaving,
    linking,
    lists,
    live,
    missed,
    newsletters,
    offers,
    office_page,
    own_account,
    rating,
    rating_door,
    review,
    rules,
    rumours,
    search,
    signing,
    sources,
    statistics,
    telling,
)
from responders.console import audit as audit_page
from responders.console import drafts as draft_pages
from responders.console import drills as drill_pages
from responders.console import duty as duty_page
from responders.console.console import Console
from responders.console.doors import admission, recogniser
from responders.console.faults import handle_faults
from responders.console.guard import Guard
from responders.console.health import Probe, Unwell
from responders.console.office import Office
from responders.console.pages import Pages
from responders.desk import Desk
from responders.documents.messages import Composer
from responders.inquiry import Inquiry
from responders.links import AckLinks
from responders.sorting import Sorting
from responders.subscriptions import Subscriptions

STATIC = Path(__file__).parent / "static"
MOST_BYTES = 64 * 1024
NOBODY = Duty()


def console_app(
    *,
    database: Database,
    desk: Desk,
    sorting: Sorting,
    inquiry: Inquiry,
    composer: Composer,
    pack: RulePack,
    region_name: str,
    bureau: str,
    health: Callable[[], Sequence[Unwell]],
    clock: Callable[[], datetime],
    accounts: Accounts,
    office: Office,
    probe: Probe,
    hosts: Collection[str],
    probe_hosts: Collection[str] = (),
    own: Collection[str] = (),
    follows: Follows = MappingProxyType({}),
    links: AckLinks | None = None,
    subscriptions: Subscriptions | None = None,
    public: Collection[str] = (),
    duty: Duty = NOBODY,
    closing: Callable[[], bool] = lambda: False,
    strict: bool = False,
    proxies: Sequence[str] = (),
    doors: Iterable[APIRouter] = (),
) -> FastAPI:
    """Return the console; `hosts` are the Host values it answers to, such as 127.0.0.1:8765.

    `public` are those under which it answers to acknowledge `links` and those to leave the briefing only. `probe`
    answers those who ask for the service's condition, also under `probe_hosts`. `own` are the bureau's own sources,
    `follows` which kinds of incident may lead to which, `duty` who can be told. Unless it is `strict`, nobody needs
    to sign in while there is no account. Of `proxies` it is believed from where somebody comes, and whether over
    HTTPS. `doors` are routes that let in by a proof of their own. `closing` tells that the service ends.
    """

    def drill() -> Drill | None:
        """Return the drill that goes on; a database that fails is told elsewhere on the page."""
        with suppress(Mistake), database.read() as connection:
            return drills.running(connection)
        return None

    console = Console(
        database=database,
        desk=desk,
        sorting=sorting,
        inquiry=inquiry,
        composer=composer,
        pack=pack,
        pages=Pages(composer, bureau=bureau, region_name=region_name, health=health, drill=drill),
        health=health,
        probe=probe,
        clock=clock,
        own=frozenset(own),
        follows=follows,
        duty=duty,
        closing=closing,
        accounts=accounts,
        office=office,
        strict=strict,
    )
    app = FastAPI(
        dependencies=[Depends(admission(console, frozenset(host.lower() for host in probe_hosts)))],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=MOST_BYTES,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.recognise = recogniser(console)
    pages = (
        board,
        leader,
        # Its path of a single incident is the narrower one.
        exports,
        incident,
        items,
        acts,
        deadline_acts,
        correcting,
        assigning,
        linking,
        lists,
        live,
        search,
        rumours,
        claims,
        offers,
        conference,
        missed,
        review,
        decoys,
        telling,
        evidence,
        checks,
        draft_pages,
        newsletters,
        bulletins,
        duty_page,
        office_page,
        channels,
        sources,
        rules,
        statistics,
        appraisals,
        appraised,
        rating,
        drill_pages,
        audit_page,
        signing,
        own_account,
        calendar_feed,
        api,
        accounts_page,
    )
    for module in pages:
        app.include_router(module.routes(console))
    for door in doors:
        app.include_router(door)
    if links is not None:
        app.include_router(acknowledging.routes(console, links))
    if subscriptions is not None:
        app.include_router(leaving.routes(console, subscriptions))
    if office.ratings is not None:
        app.include_router(rating_door.routes(console, office.ratings))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_middleware(Guard, hosts=hosts, probe_hosts=probe_hosts, words=composer.words, public=public)
    if proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))
    handle_faults(app, console)
    return app
