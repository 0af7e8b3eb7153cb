"""Before every route: who is it, and may he pass? What no rule lets through is refused."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from fastapi import Request
from starlette.exceptions import HTTPException

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.errors import N_, Mistake
from responders.console.console import Console
from responders.console.permissions import ROUTES, Door, Needs, about
from responders.console.visitor import KEY, KEY_LENGTH, SESSION, Visitor, cookie, is_near, named, told, visitor_of
from responders.labels import label

BEARER = "bearer "
log = logging.getLogger(__name__)


class SignInNeeded(Mistake):
    """Nobody is signed in, or not any more."""

    message = N_("Sign in first. Nothing was changed; what you typed is kept here: sign in, then send it again.")


class NotAllowed(Mistake):
    """The person's roles do not allow it, or not for this object."""

    message = N_("Your roles ({roles}) do not allow this. Ask an administrator of this service. Nothing was changed.")


def recogniser(console: Console) -> Callable[[Request], Visitor]:
    """Return what tells who sent a request."""

    def recognise(request: Request) -> Visitor:
        try:
            return _recognised(console, request)
        except Mistake:
            # The page that tells of this is for whoever sees it.
            request.state.visitor = _stranger(request, free=False)
            raise

    return recognise


def _recognised(console: Console, request: Request) -> Visitor:
    now, accounts = console.clock(), console.accounts
    authorization = request.headers.get("authorization")
    if authorization is not None:
        # Whoever shows a token is nobody else, whatever cookies come along: another site's page cannot show one.
        given = authorization[len(BEARER) :].strip() if authorization[: len(BEARER)].lower() == BEARER else ""
        holder = accounts.tokens.holder(given, now)
        if holder is None:
            return Visitor(secrets.token_urlsafe(32), fresh=True)
        owner = holder.account
        return Visitor(secrets.token_urlsafe(32), owner.name, account=owner, scopes=holder.token.scopes)
    kept = cookie(request, SESSION)
    found = accounts.entrance.recognise(kept, now) if kept else None
    if found is None:
        return _stranger(request, free=not console.strict and not accounts.entrance.in_use())
    return Visitor(
        found.secret,
        found.account.name,
        told(request),
        account=found.account,
        session=found.session.id,
        renewed=found.renewed,
    )


def _stranger(request: Request, *, free: bool) -> Visitor:
    """Return a visitor without an account; his name and what the last page told count only where he is free."""
    key = cookie(request, KEY)
    fresh = len(key) != KEY_LENGTH or not key.isascii()
    return Visitor(
        secrets.token_urlsafe(32) if fresh else key,
        named(request) if free else "",
        "" if fresh else told(request),
        fresh=fresh,
        free=free,
    )


def admission(console: Console, probe_hosts: frozenset[str]) -> Callable[[Request], None]:
    """Return what every route depends on; it raises SignInNeeded or NotAllowed where somebody may not pass."""

    def admit(request: Request) -> None:
        route = request.scope["route"].path
        rule = ROUTES.get((request.method, route))
        if rule is None:
            log.error("no permission is declared for %s %s: it is not answered", request.method, route)
            raise HTTPException(404)
        if rule is Door.OPEN or (rule is Door.MACHINE and _is_machine(request, probe_hosts)):
            return
        visitor = visitor_of(request)
        if not visitor.inside:
            raise SignInNeeded
        if not passes(console, visitor, rule, request.path_params.get("number", "")):
            names = [label(role) for role in sorted(visitor.account.roles)] if visitor.account else []
            words = console.composer.words
            raise NotAllowed(roles=words(N_(", ")).join(map(words, names)) or "—")

    return admit


def passes(console: Console, visitor: Visitor, rule: Door | Needs, number: str = "") -> bool:
    """Tell whether somebody may pass; `number` is that of the object in the path, as it came."""
    if rule is Door.NAMELESS:
        return visitor.free
    if rule is Door.SIGNED_IN:
        return visitor.account is not None
    if isinstance(rule, Door):
        return visitor.inside
    reach = visitor.reach(rule.permission)
    if reach is None or reach == WHOLE_COUNTRY or rule.thing is None:
        return reach is not None
    if not (number.isascii() and number.isdigit() and len(number) <= 10 and 0 < int(number) < 2**31):
        return False
    with console.database.read() as connection:
        return visitor.may(rule.permission, about(connection, rule.thing, int(number)))


def _is_machine(request: Request, probe_hosts: frozenset[str]) -> bool:
    """Tell whether monitoring asks: from this machine, or under a name that was set for it."""
    return request.headers.get("host", "").lower() in probe_hosts or is_near(request)
