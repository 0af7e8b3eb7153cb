"""Where a browser is sent after an act: to a page of ours, whatever an address says."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request

SIGN_IN = "/sign-in"
LONGEST = 300
# A path of plain letters between single slashes, and a plain query: no host, no backslash, no escape of either.
LOCAL = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.~-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.~-]*)*)?(?:\?[A-Za-z0-9_=&.~-]*)?")


def local_path(asked: str) -> str:
    """Return the address where it leads to a page of ours, else that of the board."""
    here = len(asked) <= LONGEST and LOCAL.fullmatch(asked) is not None
    return asked if here and not asked.startswith(SIGN_IN) else "/"


def sign_in_for(request: Request) -> str:
    """Return the address of the sign-in that leads back to the page asked for."""
    query = request.url.query
    wanted = local_path(request.url.path + (f"?{query}" if query else ""))
    return SIGN_IN if wanted == "/" else f"{SIGN_IN}?next={quote(wanted, safe='')}"
