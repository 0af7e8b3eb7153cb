"""Who looks at the console: a name that he gave himself, and the secret that ties his forms to his browser.

There are no accounts yet. The name is kept for one shift, then the next person says who he is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from monitor.core.errors import N_, Mistake
from responders.channels.safe_text import visible

KEY, NAME, TOLD = "huiying_visit", "huiying_name", "huiying_told"
A_SHIFT, A_MONTH, A_MINUTE = 12 * 3600, 30 * 24 * 3600, 60
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
    """A browser and the name that its user gave; `fresh` where its cookie must still be set."""

    key: str
    name: str = ""
    told: str = ""
    fresh: bool = False

    @property
    def token(self) -> str:
        """What every form of this browser carries; another site cannot work it out."""
        return hmac.new(self.key.encode(), b"huiying form", hashlib.sha256).hexdigest()

    def check(self, token: str) -> None:
        """Raise StalePage unless the token is this browser's."""
        if self.fresh or not hmac.compare_digest(token.encode(), self.token.encode()):
            raise StalePage


def visitor_of(request: Request) -> Visitor:
    """Return who sent a request."""
    key = request.cookies.get(KEY, "")
    name = clean(unquote(request.cookies.get(NAME, "")), LONGEST_NAME)
    if len(key) != KEY_LENGTH or not key.isascii():
        return Visitor(secrets.token_urlsafe(32), name, fresh=True)
    return Visitor(key, name, clean(unquote(request.cookies.get(TOLD, "")), LONGEST_TOLD))


def clean(text: str, longest: int = 2000) -> str:
    """Return typed text on one line, without anything invisible."""
    return " ".join(visible(text).split())[:longest]


def given_name(typed: str, visitor: Visitor) -> str:
    """Return the name that an act is kept under; raise NameMissing where none was ever given."""
    name = clean(typed, LONGEST_NAME) or visitor.name
    if not name:
        raise NameMissing
    return name


def greet(response: Response, visitor: Visitor, request: Request) -> None:
    """Set a new browser's secret, and take away the message that was just shown."""
    if visitor.fresh:
        _keep(response, KEY, visitor.key, A_MONTH, request)
    if visitor.told:
        response.delete_cookie(TOLD, path="/", httponly=True, samesite="lax")


def remember(response: Response, name: str, request: Request) -> None:
    """Keep the name for the shift."""
    _keep(response, NAME, quote(name), A_SHIFT, request)


def tell_next(response: Response, text: str, request: Request) -> None:
    """Have a finished text shown on the next page; no link can put one there."""
    _keep(response, TOLD, quote(text[:LONGEST_TOLD]), A_MINUTE, request)


def _keep(response: Response, name: str, value: str, seconds: int, request: Request) -> None:
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
