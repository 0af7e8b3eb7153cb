"""The page behind an acknowledge link: what it is about, and one button. No login; the link itself is the right.

Nothing changes when the page is opened, because mail servers and chat programs open every link to look at it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Response

from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.views import DeadlineView
from monitor.store import views
from responders.channels.base import Line
from responders.console.console import Console
from responders.language import Words
from responders.links import LABEL, PATH, AckLinks, LinkState, Opened

MINUTE = timedelta(minutes=1)
MOST_FORGED = 20
CROWDED = N_("Too many wrong links were tried. Wait a minute, then open the link of the message again.")
SENTENCES: Mapping[LinkState, str] = {
    LinkState.OPEN: N_("Press the button if you act on this. The reminders stop then; the deadlines run on."),
    LinkState.DONE: N_("Noted: you act on this. The deadlines run on until a response is published and logged."),
    LinkState.USED: N_("This link was used at {at}. Nothing was changed; somebody acts on this already."),
    LinkState.UNDER_WAY: N_("Somebody is pressing this link at this very moment. Open it again in half a minute."),
    LinkState.EXPIRED: N_("This link is too old. Nothing was changed. Use a newer message or the console."),
    LinkState.FORGED: N_("This link is not one of ours, or was replaced. Nothing was changed. Open the message again."),
}
STATUS: Mapping[LinkState, HTTPStatus] = {
    LinkState.USED: HTTPStatus.GONE,
    LinkState.UNDER_WAY: HTTPStatus.CONFLICT,
    LinkState.EXPIRED: HTTPStatus.GONE,
    LinkState.FORGED: HTTPStatus.NOT_FOUND,
}
LANGUAGES = ("zh", "en")


@dataclass(slots=True)
class Guesses:
    """Counts the forged links of the last minute. Links that are ours always pass: nobody can lock others out.

    Guessing itself is bounded by the 128 bits of the seal; this bounds the work that guessing makes.
    """

    times: deque[datetime] = field(default_factory=deque)

    def too_many(self, now: datetime) -> bool:
        """Count one more; tell whether there were too many."""
        while self.times and not now - MINUTE < self.times[0] <= now:
            self.times.popleft()
        if len(self.times) >= MOST_FORGED:
            return True
        self.times.append(now)
        return False


def routes(console: Console, links: AckLinks) -> APIRouter:
    """Return both routes."""
    router, guesses = APIRouter(), Guesses()

    @router.get(f"{PATH}{{token}}")
    def look(token: str) -> Response:
        now = console.clock()
        return _page(console, links.look(token, now), guesses, now)

    @router.post(f"{PATH}{{token}}")
    def press(token: str) -> Response:
        now = console.clock()
        try:
            return _page(console, links.acknowledge(token, now), guesses, now)
        except Mistake as mistake:
            said = [(words.language, words.mistake(mistake)) for words in _languages(console)]
            return console.pages.bare("acknowledge.html", status=422, said=said, opened=None, lines=(), labels=())

    return router


def _page(console: Console, opened: Opened, guesses: Guesses, now: datetime) -> Response:
    template, status = SENTENCES[opened.state], STATUS.get(opened.state, HTTPStatus.OK)
    if opened.state is LinkState.FORGED and guesses.too_many(now):
        template, status = CROWDED, HTTPStatus.TOO_MANY_REQUESTS
    at = shown(opened.used_at) if opened.used_at else ""
    languages = _languages(console)
    return console.pages.bare(
        "acknowledge.html",
        status=int(status),
        said=[(words.language, words(template, at=at)) for words in languages],
        opened=opened,
        lines=_lines(console, opened, now),
        labels=[(words.language, words(LABEL)) for words in languages] if opened.state is LinkState.OPEN else (),
    )


def _languages(console: Console) -> list[Words]:
    """Return the bureau's language, then the other: whoever presses may be the one who knows only that."""
    own = console.composer.words.language
    return [Words(name) for name in sorted(LANGUAGES, key=lambda name: name != own)]


def _lines(console: Console, opened: Opened, now: datetime) -> list[Line]:
    """Return each running deadline of the incident with what is left."""
    if opened.incident is None:
        return []
    with console.database.read() as connection:
        running: list[DeadlineView] = list(views.deadlines(connection, matter_id=opened.incident.id, live=True))
    composer = console.composer
    return [Line(composer.clock(one), f"{shown(one.due_at)} · {composer.left(one, now)}") for one in running]
