"""Who looks at the console: an account that is signed in, or, where nobody has one, a name that he gave himself.

A visitor is recognised once for each request. The secret that ties his forms to his browser is that of his session;
before he signs in it is one of its own.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from monitor.core.access.accounts import NOTHING, WHOLE_COUNTRY, About, Account, may, reach
from monitor.core.access.roles import Permission
from monitor.core.errors import N_, Mistake
from responders.channels.safe_text import visible

KEY, NAME, TOLD = "huiying_visit", "huiying_name", "huiying_told"
SESSION, DEVICE = "huiying_session", "huiying_device"
A_SHIFT, A_MONTH, A_MINUTE, A_YEAR = 12 * 3600, 30 * 24 * 3600, 60, 365 * 24 * 3600
# No division has this code.
NOWHERE = "999999"
LONGEST_NAME = 40
LONGEST_TOLD = 300
KEY_LENGTH = 43


class NameMissing(Mistake):
    """Somebody acts without saying who he is."""

    message = N_("Say who you are: the name is kept with what you do.")


class StalePage(Mistake):
    """The form's token does not belong to this browser, mostly because its cookie is gone."""

    message = N_("This page was too old and nothing was changed. What you typed is kept: please send it again.")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser and who uses it; `fresh` where its cookie must still be set.

    `free` is who needs no account, because nobody has one and only this machine reaches the console. `scopes` bounds
    what a program may do in its owner's name. `session` is the number of his session, `renewed` its cookie to be set.
    """

    key: str
    name: str = ""
    told: str = ""
    fresh: bool = False
    free: bool = False
    account: Account | None = None
    scopes: frozenset[Permission] | None = None
    session: str = ""
    renewed: str = ""

    @property
    def inside(self) -> bool:
        """Tell whether he is shown anything but the door."""
        return self.free or self.account is not None

    @property
    def token(self) -> str:
        """What every form of this browser carries; another site cannot work it out."""
        return hmac.new(self.key.encode(), b"huiying form", hashlib.sha256).hexdigest()

    def check(self, token: str) -> None:
        """Raise StalePage unless the token is this browser's; a program's own token is proof enough."""
        if self.scopes is not None:
            return
        if self.fresh or not hmac.compare_digest(token.encode(), self.token.encode()):
            raise StalePage

    def may(self, permission: Permission, about: About = NOTHING) -> bool:
        """Tell whether he may do something to an object."""
        if self.account is None:
            return self.free and permission is not Permission.ADMINISTER
        return self._in_scope(permission) and may(self.account, permission, about)

    def reach(self, permission: Permission) -> str | None:
        """Return the division within which he may do something, the whole country's code, or None."""
        if self.account is None:
            return WHOLE_COUNTRY if self.may(permission) else None
        return reach(self.account, permission) if self._in_scope(permission) else None

    def _in_scope(self, permission: Permission) -> bool:
        return self.scopes is None or permission in self.scopes


def visitor_of(request: Request) -> Visitor:
    """Return who sent a request; raise the database's Mistakes where that cannot be known."""
    known = getattr(request.state, "visitor", None)
    if known is None:
        known = request.app.state.recognise(request)
        request.state.visitor = known
    visitor: Visitor = known
    return visitor


def clean(text: str, longest: int = 2000) -> str:
    """Return typed text on one line, without anything invisible."""
    return " ".join(visible(text).split())[:longest]


def given_name(typed: str, visitor: Visitor) -> str:
    """Return the name that an act is kept under: the account's, whatever was typed; raise NameMissing."""
    if visitor.account is not None:
        return visitor.account.by
    name = clean(typed, LONGEST_NAME) or visitor.name
    if not name:
        raise NameMissing
    return name


def greet(response: Response, visitor: Visitor, request: Request) -> None:
    """Set a new browser's secret or a session's later cookie, and take away the message that was just shown."""
    if visitor.fresh:
        keep(response, KEY, visitor.key, A_MONTH, request)
    if visitor.renewed and request.headers.get("sec-fetch-mode", "navigate") == "navigate":
        # A page that renews itself is no use by a person.
        keep(response, SESSION, visitor.renewed, A_MONTH, request)
    if visitor.told:
        drop(response, TOLD, request)


def remember(response: Response, name: str, request: Request) -> None:
    """Keep the name for the shift, where it is no account's."""
    if visitor_of(request).account is None:
        keep(response, NAME, quote(name), A_SHIFT, request)


def tell_next(response: Response, text: str, request: Request) -> None:
    """Have a finished text shown on the next page; no link can put one there."""
    keep(response, TOLD, quote(text[:LONGEST_TOLD]), A_MINUTE, request)


def cookie(request: Request, name: str) -> str:
    """Return a cookie of ours, empty where there is none."""
    return request.cookies.get(_named(name, request), "")


def told(request: Request) -> str:
    """Return the message that the page before left."""
    return clean(unquote(cookie(request, TOLD)), LONGEST_TOLD)


def named(request: Request) -> str:
    """Return the name that somebody without an account gave."""
    return clean(unquote(cookie(request, NAME)), LONGEST_NAME)


def keep(response: Response, name: str, value: str, seconds: int, request: Request) -> None:
    """Set a cookie of ours."""
    response.set_cookie(
        _named(name, request),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_encrypted(request),
    )


def drop(response: Response, name: str, request: Request) -> None:
    """Take a cookie of ours away."""
    response.delete_cookie(_named(name, request), path="/", httponly=True, samesite="lax", secure=is_encrypted(request))


def is_encrypted(request: Request) -> bool:
    """Tell whether the browser speaks HTTPS, with us or with a proxy that we trust."""
    return request.url.scheme == "https"


def is_near(request: Request) -> bool:
    """Tell whether the browser runs on this machine, where nobody can listen on the way."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _named(name: str, request: Request) -> str:
    """Return a cookie's name; over HTTPS one that no neighbouring site can set."""
    return f"__Host-{name}" if is_encrypted(request) else name
