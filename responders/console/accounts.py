"""What administrators do with accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.errors import N_, Mistake
from responders.accounts.register import UnknownAccount
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.incident import Number
from responders.console.own_account import ENDED, owner
from responders.console.signing import Secret, Short
from responders.console.visitor import tell_next, visitor_of

PATH = "/accounts"
MADE = N_("{login} may sign in now. Tell the person the password on a safe way; it can be changed under Account.")
CHANGED = N_("The account {login} is changed.")
DISABLED = N_("The account {login} is of no use any more; its sessions and tokens ended.")
Roles = Annotated[list[AccountRole] | None, Form()]


def list_page(console: Console, request: Request, *, fault: Mistake | None = None, **typed: Any) -> Response:
    """Render all accounts; a refused new one says why beside its form and keeps what was typed, but no password."""
    return console.pages.page(
        request,
        "accounts.html",
        now=console.clock(),
        status=200 if fault is None else int(status_of(fault)),
        said="" if fault is None else console.composer.words.mistake(fault),
        rows=console.accounts.register.all(),
        roles=tuple(AccountRole),
        contacts=console.duty.contacts.values(),
        typed={"login": "", "name": "", "contact": "", "region": "", "chosen": (), **typed},
    )


def one_page(console: Console, request: Request, account: Account, *, fault: Mistake | None = None) -> Response:
    """Render one account."""
    now, accounts = console.clock(), console.accounts
    return console.pages.page(
        request,
        "account.html",
        now=now,
        status=200 if fault is None else int(status_of(fault)),
        said="" if fault is None else console.composer.words.mistake(fault),
        account=account,
        roles=tuple(AccountRole),
        contacts=console.duty.contacts.values(),
        sessions=accounts.register.sessions(account, longest=accounts.entrance.limits.longest, now=now),
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of administrators."""
    router, register = APIRouter(), console.accounts.register

    @router.get(PATH)
    def accounts(request: Request) -> Response:
        return list_page(console, request)

    @router.post(PATH)
    def add(
        request: Request,
        token: Short = "",
        login: Short = "",
        name: Short = "",
        contact: Short = "",
        region: Short = "",
        password: Secret = "",
        roles: Roles = None,
    ) -> Response:
        visitor_of(request).check(token)
        facts = {"name": name, "contact": contact, "region": region.strip()}
        try:
            made = register.add(
                login, roles=roles or [], password=password, by=owner(request).by, now=console.clock(), **facts
            )
        except DATABASE:
            raise
        except Mistake as fault:
            return list_page(console, request, fault=fault, login=login, chosen=tuple(roles or ()), **facts)
        return _told(console, request, PATH, MADE, login=made.login)

    @router.get(f"{PATH}/{{number}}")
    def account(request: Request, number: Number) -> Response:
        return one_page(console, request, _of(console, number))

    _what(console, router)
    _secrets(console, router)
    return router


Deed = Callable[[Account, str], str]


def change(console: Console, request: Request, number: int, token: str, deed: Deed) -> Response:
    """Let `deed` change an account in the administrator's name; it returns what to say."""
    visitor_of(request).check(token)
    account = _of(console, number)
    try:
        said = deed(account, owner(request).by)
    except DATABASE:
        raise
    except Mistake as fault:
        return one_page(console, request, account, fault=fault)
    response = RedirectResponse(f"{PATH}/{number}", 303)
    tell_next(response, said, request)
    return response


def _what(console: Console, router: APIRouter) -> None:
    """Add the forms that say what somebody is, and whether he may come in."""
    register, words, clock = console.accounts.register, console.composer.words, console.clock

    @router.post(f"{PATH}/{{number}}/edit")
    def edit(
        request: Request,
        number: Number,
        token: Short = "",
        name: Short = "",
        contact: Short = "",
        region: Short = "",
        roles: Roles = None,
    ) -> Response:
        def deed(account: Account, by: str) -> str:
            facts = {"name": name, "contact": contact, "region": region.strip()}
            register.edit(account.login, roles=roles or [], by=by, now=clock(), **facts)
            return words(CHANGED, login=account.login)

        return change(console, request, number, token, deed)

    @router.post(f"{PATH}/{{number}}/disable")
    def disable(request: Request, number: Number, token: Short = "") -> Response:
        def deed(account: Account, by: str) -> str:
            register.disable(account.login, by=by, now=clock())
            return words(DISABLED, login=account.login)

        return change(console, request, number, token, deed)

    @router.post(f"{PATH}/{{number}}/enable")
    def enable(request: Request, number: Number, token: Short = "") -> Response:
        def deed(account: Account, by: str) -> str:
            register.enable(account.login, by=by, now=clock())
            return words(CHANGED, login=account.login)

        return change(console, request, number, token, deed)


def _secrets(console: Console, router: APIRouter) -> None:
    """Add the forms about how somebody comes in."""
    register, words, clock = console.accounts.register, console.composer.words, console.clock

    @router.post(f"{PATH}/{{number}}/password")
    def password(request: Request, number: Number, token: Short = "", wanted: Secret = "") -> Response:
        def deed(account: Account, by: str) -> str:
            return words(ENDED, ended=register.set_password(account.login, wanted, by=by, now=clock()))

        return change(console, request, number, token, deed)

    @router.post(f"{PATH}/{{number}}/sessions/end")
    def end_sessions(request: Request, number: Number, token: Short = "") -> Response:
        def deed(account: Account, by: str) -> str:
            return words(ENDED, ended=register.revoke(account, by=by, now=clock()))

        return change(console, request, number, token, deed)

    @router.post(f"{PATH}/{{number}}/code/end")
    def drop_code(request: Request, number: Number, token: Short = "") -> Response:
        def deed(account: Account, by: str) -> str:
            register.drop_totp(account.login, by=by, now=clock())
            return words(CHANGED, login=account.login)

        return change(console, request, number, token, deed)


def _of(console: Console, number: int) -> Account:
    found = next((one for one in console.accounts.register.all() if one.id == number), None)
    if found is None:
        raise UnknownAccount(login=number)
    return found


def _told(console: Console, request: Request, path: str, template: str, **facts: Any) -> Response:
    response = RedirectResponse(path, 303)
    tell_next(response, console.composer.words(template, **facts), request)
    return response
