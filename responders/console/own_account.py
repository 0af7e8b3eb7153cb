"""What everybody does with his own account: password, second factor, the browsers that are signed in, tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.access import totp
from monitor.core.access.accounts import Account, reach
from monitor.core.access.roles import Permission
from monitor.core.errors import N_, Mistake
from responders.accounts.feeds import Feeds
from responders.accounts.tokens import LONGEST, SCOPES
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.signing import Secret, Short, caller_of, let_in
from responders.console.visitor import tell_next, visitor_of

PATH = "/account"
CHANGED = N_("Your password is changed. {ended} other session(s) ended.")
ENDED = N_("{ended} session(s) ended.")
REVOKED = N_("The token is worth nothing from now on.")
CODE_ON = N_("From now on a code is asked for when you sign in.")
CODE_OFF = N_("No code is asked for any more.")
DIFFER = N_("The two new passwords differ; nothing was changed.")


class PasswordsDiffer(Mistake):
    """The new password was not typed twice alike."""

    message = DIFFER


def owner(request: Request) -> Account:
    """Return whose account it is; the doors let nobody else through."""
    account = visitor_of(request).account
    assert account is not None
    return account


def own_page(
    console: Console, request: Request, *, fault: Mistake | None = None, act: str = "", **facts: Any
) -> Response:
    """Render somebody's own account; a refused act says why beside its form."""
    accounts, account, now = console.accounts, owner(request), console.clock()
    pending = accounts.register.pending_totp(account) if account.has_password else None
    return console.pages.page(
        request,
        "own_account.html",
        now=now,
        status=200 if fault is None else int(status_of(fault)),
        account=account,
        said="" if fault is None else console.composer.words.mistake(fault),
        act=act,
        sessions=accounts.register.sessions(account, longest=accounts.entrance.limits.longest, now=now),
        tokens=[token for token in accounts.tokens.of(account) if token.holds(now)],
        scopes=[scope for scope in SCOPES if reach(account, scope) is not None],
        longest_days=LONGEST,
        secret=totp.written(pending) if pending else "",
        otpauth=totp.address(pending, account.login, "Huiying") if pending else "",
        calendar_at=Feeds(console.database).made_at(account),
        **{"fresh_token": "", "fresh_calendar": "", **facts},
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of one's own account."""
    router = APIRouter()
    _look(console, router)
    _password(console, router)
    _codes(console, router)
    _tokens(console, router)
    return router


def attempt(console: Console, request: Request, token: str, act: str, deed: Callable[[], Response]) -> Response:
    """Do a deed; a Mistake is shown beside its form, but for those of the database and of a page too old."""
    visitor_of(request).check(token)
    try:
        return deed()
    except DATABASE:
        raise
    except Mistake as fault:
        return own_page(console, request, fault=fault, act=act)


def done(console: Console, request: Request, template: str, **facts: Any) -> Response:
    """Send the browser back to the page with a message."""
    response = RedirectResponse(PATH, 303)
    tell_next(response, console.composer.words(template, **facts), request)
    return response


def _look(console: Console, router: APIRouter) -> None:
    register = console.accounts.register

    @router.get(PATH)
    def own(request: Request) -> Response:
        return own_page(console, request)

    @router.post(f"{PATH}/sessions/{{session}}/end")
    def end(request: Request, session: str, token: Short = "") -> Response:
        visitor_of(request).check(token)
        account = owner(request)
        ended = register.revoke(account, by=account.by, now=console.clock(), session=session)
        return done(console, request, ENDED, ended=ended)

    @router.post(f"{PATH}/sessions/end")
    def end_others(request: Request, token: Short = "") -> Response:
        visitor, account = visitor_of(request), owner(request)
        visitor.check(token)
        ended = register.revoke(account, by=account.by, now=console.clock(), but=visitor.session)
        return done(console, request, ENDED, ended=ended)


def _password(console: Console, router: APIRouter) -> None:
    register, entrance = console.accounts.register, console.accounts.entrance

    @router.post(f"{PATH}/password")
    def password(
        request: Request, token: Short = "", present: Secret = "", wanted: Secret = "", again: Secret = ""
    ) -> Response:
        visitor, account, now = visitor_of(request), owner(request), console.clock()

        def deed() -> Response:
            if wanted != again:
                raise PasswordsDiffer
            ended = register.change_password(account, present, wanted, session=visitor.session, now=now)
            opened = entrance.rotate(account, visitor.session, caller_of(request), now)
            response = let_in(opened, PATH, request)
            tell_next(response, console.composer.words(CHANGED, ended=ended), request)
            return response

        return attempt(console, request, token, "password", deed)


def _codes(console: Console, router: APIRouter) -> None:
    register = console.accounts.register

    @router.post(f"{PATH}/code")
    def begin(request: Request, token: Short = "", present: Secret = "") -> Response:
        def deed() -> Response:
            register.begin_totp(owner(request), present, now=console.clock())
            return RedirectResponse(f"{PATH}#code", 303)

        return attempt(console, request, token, "code", deed)

    @router.post(f"{PATH}/code/confirm")
    def confirm(request: Request, token: Short = "", code: Short = "") -> Response:
        session = visitor_of(request).session

        def deed() -> Response:
            register.confirm_totp(owner(request), code, session=session, now=console.clock())
            return done(console, request, CODE_ON)

        return attempt(console, request, token, "code", deed)

    @router.post(f"{PATH}/code/end")
    def end(request: Request, token: Short = "", present: Secret = "") -> Response:
        def deed() -> Response:
            register.drop_own_totp(owner(request), present, now=console.clock())
            return done(console, request, CODE_OFF)

        return attempt(console, request, token, "code", deed)


def _tokens(console: Console, router: APIRouter) -> None:
    tokens = console.accounts.tokens

    @router.post(f"{PATH}/tokens")
    def issue(
        request: Request,
        token: Short = "",
        name: Short = "",
        scopes: Annotated[list[Permission] | None, Form()] = None,
        days: Annotated[int, Form()] = 0,
    ) -> Response:
        def deed() -> Response:
            _, text = tokens.issue(owner(request), name, scopes or [], days=days, now=console.clock())
            # Shown in this answer and never again; so it is not sent on to another page.
            response = own_page(console, request, fresh_token=text)
            response.headers["cache-control"] = "no-store"
            return response

        return attempt(console, request, token, "token", deed)

    @router.post(f"{PATH}/tokens/{{name}}/end")
    def end(request: Request, name: str, token: Short = "") -> Response:
        def deed() -> Response:
            account = owner(request)
            tokens.revoke(account, name, by=account.by, now=console.clock())
            return done(console, request, REVOKED)

        return attempt(console, request, token, "token", deed)
