"""What a published page shows to whoever opens it: its main text, its time, or that it is not there any more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from monitor.core.evidence.captures import Outcome, Seen
from monitor.core.model import BEIJING
from monitor.core.sources import FailureKind, failure_of
from monitor.core.text import storable
from monitor.crawl.article import read_article
from monitor.crawl.blocked import blocked
from monitor.crawl.decode import decode_answer
from monitor.crawl.plain import plain
from monitor.crawl.raw import Unreadable
from monitor.gate import Answer, GateFailure

_WORDS = yaml.safe_load(Path(__file__).with_name("shown.yaml").read_text(encoding="utf-8"))
SHORT = 40
FEW = int(_WORDS["few"])
_GONE, _LOGIN = (tuple(str(mark).lower() for mark in _WORDS[part]) for part in ("gone", "login"))
_FRONT = frozenset(map(str, _WORDS["front"]))
_FURNITURE = re.compile("|".join(f"(?:{pattern})" for pattern in _WORDS["furniture"]), re.IGNORECASE)
_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "")
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|script)\b", re.IGNORECASE)
_BARRED = frozenset({FailureKind.FORBIDDEN, FailureKind.RATE_LIMITED, FailureKind.CLIENT_ERROR})


def seen_failure(failure: GateFailure, url: str, now: datetime) -> Seen:
    """Return a look that brought no answer."""
    barred = failure.kind in (FailureKind.ADDRESS_REFUSED, FailureKind.BAD_URL)
    outcome = Outcome.NOT_ALLOWED if barred else Outcome.FAILED
    return Seen(outcome=outcome, at=now, url=url, failure=failure.kind, detail=failure.detail[:500])


def shown(answer: Answer, asked: str, now: datetime) -> Seen:
    """Return what the answer for the address `asked` shows at `now`. Whatever it holds, nothing is raised."""
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    seen = Seen(
        outcome=Outcome.KEPT,
        at=now,
        url=answer.url,
        status=answer.status,
        content_type=kind[:100],
        size=len(answer.body),
        cut=answer.cut,
        payload=sha256(answer.body).hexdigest(),
    )
    failure = failure_of(answer.status) if not 200 <= answer.status < 300 else None
    if failure is FailureKind.GONE:
        return replace(seen, outcome=Outcome.GONE, failure=failure, detail=f"HTTP {answer.status}")
    if failure is not None:
        outcome = Outcome.REFUSED if failure in _BARRED else Outcome.FAILED
        return replace(seen, outcome=outcome, failure=failure, detail=f"HTTP {answer.status}")
    if is_front_page(answer.url) and not is_front_page(asked):
        return replace(seen, outcome=Outcome.FRONT_PAGE, detail=answer.url[:500])
    if not answer.body:
        return replace(seen, outcome=Outcome.FAILED, failure=FailureKind.EMPTY, detail=f"HTTP {answer.status}")
    return _read(seen, answer, asked, now) if kind in _READABLE else seen


def is_front_page(url: str) -> bool:
    """Tell whether an address is that of a site's front page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path.lower() in _FRONT and not parts.query


def _read(seen: Seen, answer: Answer, asked: str, now: datetime) -> Seen:
    decoded = decode_answer(answer)
    seen = replace(seen, charset=decoded.charset)
    if not _MARKUP.search(decoded.text[:5000]):
        return replace(seen, text=storable(_main(decoded.text)))
    title = text = ""
    try:
        article = read_article(decoded.text, now=now, zone=BEIJING)
    except Unreadable:
        pass
    else:
        title, text, when = article.title, _main(article.text), article.published
        seen = replace(
            seen,
            title=storable(title),
            text=storable(text),
            published_at=when.at,
            published_day=when.day,
            published_raw=storable(when.raw),
            time_note=when.note,
        )
    return _taken_down(seen, decoded.text, asked)


def _taken_down(seen: Seen, html: str, asked: str) -> Seen:
    """Tell a page that says it was deleted, or that wants a login; both have little text of their own."""
    if len(seen.text) > FEW:
        return seen
    said = f"{seen.title}\n{seen.text or plain(html[:20_000])}".lower()
    short = [line for line in said.split("\n") if len(line) <= SHORT]
    if mark := next((mark for mark in _GONE for line in short if mark in line), ""):
        return replace(seen, outcome=Outcome.DELETED, detail=mark)
    mark = blocked(html, asked=asked, answered=seen.url) if not seen.text or seen.url != asked else ""
    if not mark:
        return seen
    login = any(word in mark for word in _LOGIN)
    return replace(seen, outcome=Outcome.LOGIN if login else Outcome.REFUSED, detail=mark)


def _main(text: str, is_furniture: Callable[[str], object] = _FURNITURE.fullmatch) -> str:
    """Return a text without the lines that are no part of it."""
    return "\n".join(line for line in text.split("\n") if line.strip() and not is_furniture(line.strip()))
