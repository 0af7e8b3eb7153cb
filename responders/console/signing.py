"""Signing in and out. Opening the page changes nothing; the form carries a token of the browser's own."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole, Permission
from monitor.core.errors import N_, Mistake
from responders.accounts.entrance import Caller, Opened
from responders.accounts.provider import OtherServiceFailed
from responders.accounts.single_sign_on import SingleSignOn
from responders.console.console import Console
from responders.console.faults import DATABASE, status_of
from responders.console.pages import LEADER
from responders.console.paths import SIGN_IN, local_path
from responders.console.visitor import (
    A_MONTH,
    A_YEAR,
    DEVICE,
    NAME,
    SESSION,
    cookie,
    drop,
    keep,
    tell_next,
    visitor_of,
)

Short = Annotated[str, Form(max_length=200)]
# Longer than any password that is taken, so that the refusal is ours.
Secret = Annotated[str, Form(max_length=1000)]
OTHER = f"{SIGN_IN}/other"
ANSWER, TO, TEN_MINUTES = "huiying_answer", "huiying_to", 600
SIGNED_OUT = N_("You are signed out.")


def caller_of(request: Request) -> Caller:
    """Return from where somebody asks; an address that a proxy names counts only where that proxy is trusted."""
    return Caller(
        ip=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
        device=cookie(request, DEVICE),
        former=visitor_of(request).session,
    )


def first_page(account: Account, to: str) -> str:
    """Return where somebody begins who asked for no page: a leader who is not on duty as well at the leaders' page."""
    leads = AccountRole.LEADER in account.roles and AccountRole.DUTY not in account.roles
    return LEADER if leads and to == "/" else to


def let_in(opened: Opened, to: str, request: Request) -> Response:
    """Send somebody on with his new session's cookies."""
    response = RedirectResponse(first_page(opened.account, local_path(to)), 303)
    keep(response, SESSION, opened.cookie, A_MONTH, request)
    keep(response, DEVICE, opened.device, A_YEAR, request)
    drop(response, NAME, request)
    return response


def sign_in_page(
    console: Console, request: Request, *, to: str = "", login: str = "", fault: Mistake | None = None
) -> Response:
    """Render the door."""
    return console.pages.page(
        request,
        "sign_in.html",
        now=console.clock(),
        status=200 if fault is None else int(status_of(fault)),
        to=local_path(to),
        login=login,
        said="" if fault is None else console.composer.words.mistake(fault),
        nobody=not console.accounts.entrance.in_use(),
        other=console.accounts.other,
    )


def routes(console: Console) -> APIRouter:
    """Return the routes of the door."""
    router, entrance = APIRouter(), console.accounts.entrance

    @router.get(SIGN_IN)
    def door(request: Request, to: Annotated[str, Query(alias="next", max_length=1000)] = "") -> Response:
        if visitor_of(request).account is not None:
            return RedirectResponse(local_path(to), 303)
        return sign_in_page(console, request, to=to)

    @router.post(SIGN_IN)
    def sign_in(
        request: Request, token: Short = "", login: Short = "", password: Secret = "", code: Short = "", to: Secret = ""
    ) -> Response:
        visitor = visitor_of(request)
        try:
            visitor.check(token)
            opened = entrance.sign_in(login, password, code, caller_of(request), console.clock())
        except DATABASE:
            raise
        except Mistake as fault:
            return sign_in_page(console, request, to=to, login=login, fault=fault)
        return let_in(opened, to, request)

    _elsewhere(console, router)

    @router.post("/sign-out")
    def sign_out(request: Request, token: Short = "") -> Response:
        visitor = visitor_of(request)
        visitor.check(token)
        if visitor.account is not None:
            entrance.sign_out(visitor.account, visitor.session, console.clock())
        response = RedirectResponse(SIGN_IN, 303)
        drop(response, SESSION, request)
        tell_next(response, console.composer.words(SIGNED_OUT), request)
        response.headers["clear-site-data"] = '"cache"'
        return response

    @router.get("/api/me")
    def me(request: Request) -> Response:
        visitor = visitor_of(request)
        assert visitor.account is not None
        allowed = [permission.value for permission in Permission if visitor.reach(permission) is not None]
        return JSONResponse({"login": visitor.account.login, "name": visitor.account.name, "may": allowed})

    return router


def _elsewhere(console: Console, router: APIRouter) -> None:
    """Add the way over another service. Coming back is a page with one button, for opening a page changes nothing."""

    @router.get(OTHER)
    def leave(request: Request, to: Annotated[str, Query(alias="next", max_length=1000)] = "") -> Response:
        other = _other(console)
        try:
            begun = other.begin(console.clock())
        except OtherServiceFailed as fault:
            return sign_in_page(console, request, to=to, fault=fault)
        response = RedirectResponse(begun.address, 303)
        keep(response, ANSWER, begun.kept, TEN_MINUTES, request)
        keep(response, TO, quote(local_path(to), safe=""), TEN_MINUTES, request)
        return response

    @router.get(f"{OTHER}/back")
    def back(
        request: Request,
        code: Annotated[str, Query(max_length=4000)] = "",
        state: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        _other(console)
        response = console.pages.page(
            request, "sign_in_back.html", now=console.clock(), code=code, state=state, declined=not (code and state)
        )
        response.headers["cache-control"] = "no-store"
        response.headers["referrer-policy"] = "no-referrer"
        return response

    @router.post(OTHER)
    def finish(
        request: Request, token: Short = "", code: Annotated[str, Form(max_length=4000)] = "", state: Short = ""
    ) -> Response:
        other = _other(console)
        to = unquote(cookie(request, TO))
        try:
            visitor_of(request).check(token)
            opened = other.finish(code, state, cookie(request, ANSWER), caller_of(request), console.clock())
        except DATABASE:
            raise
        except Mistake as fault:
            response = sign_in_page(console, request, to=to, fault=fault)
        else:
            response = let_in(opened, to, request)
        drop(response, ANSWER, request)
        drop(response, TO, request)
        return response


def _other(console: Console) -> SingleSignOn:
    """Return the other service; where there is none, there is no such page."""
    if console.accounts.other is None:
        raise HTTPException(404)
    return console.accounts.other
