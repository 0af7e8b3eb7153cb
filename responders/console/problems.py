"""What programs are told when something is refused: RFC 9457, its sentence in the language that they ask for."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from responders.language import LANGUAGES, Words

API = "/api/v1"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def is_api(request: Request) -> bool:
    """Tell whether a program asks."""
    return request.url.path == API or request.url.path.startswith(f"{API}/")


def asked_words(request: Request, own: Words) -> Words:
    """Return the language that a request prefers, the bureau's own where it names none that we know."""
    best, found = 0.0, own.language
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, weight = part.partition(";")
        language, q = name.strip()[:2].lower(), _weight(weight)
        if language in LANGUAGES and q > best:
            best, found = q, language
    return own if found == own.language else _words(found)


def _weight(text: str) -> float:
    found = re.fullmatch(r"\s*q=([01](?:\.[0-9]{1,3})?)\s*", text)
    return float(found[1]) if found else 0.0 if text else 1.0


@cache
def _words(language: str) -> Words:
    return Words(language)


def problem(status: int, name: str, said: str, words: Words, **more: Any) -> JSONResponse:
    """Return a problem; `name` is that of the Mistake, by which a program knows it, `said` its finished sentence."""
    kind = _CAPITAL.sub("-", name).lower()
    body = {"type": f"/api#{kind}", "title": said, "status": status, "code": kind, **more}
    headers = {"content-language": words.language, "cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body, status, headers, media_type="application/problem+json")
