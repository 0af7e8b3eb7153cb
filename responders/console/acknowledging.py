"""The page behind an acknowledge link: what it is about, and one button. No login; the link itself is the right.

Nothing changes when the page is opened, because mail servers and chat programs open every link to look at it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Response

from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.views import DeadlineView
from monitor.store import views
from responders.channels.base import Line
from responders.console.console import Console
from responders.console.faults import status_of
from responders.console.visitor import LONGEST_NAME, clean
from responders.language import Words
from responders.links import LABEL, PATH, SIGN_LABEL, AckLinks, LinkState, Opened, UnknownName

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
# Where several people must acknowledge, and not enough have.
OF_SEVERAL: Mapping[LinkState, str] = {
    LinkState.OPEN: N_("Press the button if you act on this. The reminders stop once {needed} people have done so."),
    LinkState.DONE: N_("Noted: you act on this. The reminders go on until {needed} people have acknowledged."),
    LinkState.USED: N_(
        "You have acknowledged this already. Nothing was changed; {needed} people must, and not enough have."
    ),
}
# Where an office is asked to sign.
OF_RECEIPT: Mapping[LinkState, str] = {
    LinkState.OPEN: N_("{by} has assigned this to {office}. Press the button to sign for it; the deadlines run on."),
    LinkState.DONE: N_("Signed for {office}. The deadlines run on until a response is published and logged."),
    LinkState.USED: N_("You signed for {office} by this link at {at}. Nothing was changed."),
}
HANDED_BACK = N_(
    "This link was used at {at}, and nobody acts on this any more. Nothing was changed. Use a newer message."
)
NAME = N_("Your name, as it stands in the duty file")
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
    def press(token: str, name: Annotated[str, Form()] = "") -> Response:
        now, name = console.clock(), clean(name)[:LONGEST_NAME]
        try:
            return _page(console, links.acknowledge(token, now, name), guesses, now)
        except UnknownName as mistake:
            return _page(console, links.look(token, now), guesses, now, mistake=mistake, name=name)
        except Mistake as mistake:
            said = [(words.language, words.mistake(mistake)) for words in languages(console)]
            return console.pages.bare(
                "acknowledge.html",
                status=int(status_of(mistake)),
                said=said,
                refused=(),
                asked=(),
                name="",
                opened=None,
                lines=(),
                labels=(),
            )

    return router


def _page(
    console: Console,
    opened: Opened,
    guesses: Guesses,
    now: datetime,
    *,
    mistake: Mistake | None = None,
    name: str = "",
) -> Response:
    template, status = _sentence(opened), STATUS.get(opened.state, HTTPStatus.OK)
    if mistake is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    if opened.state is LinkState.FORGED and guesses.too_many(now):
        template, status = CROWDED, HTTPStatus.TOO_MANY_REQUESTS
    facts: dict[str, object] = {"at": shown(opened.used_at) if opened.used_at else "", "needed": opened.needed}
    if opened.alert is not None and opened.signs:
        facts |= {"by": opened.alert.detail["by"], "office": opened.alert.detail["name"]}
    spoken = languages(console)
    asked = [words(NAME) for words in spoken] if opened.asks else []
    return console.pages.bare(
        "acknowledge.html",
        status=int(status),
        said=[(words.language, words(template, **facts)) for words in spoken],
        refused=[(words.language, words.mistake(mistake)) for words in spoken] if mistake else (),
        asked=asked,
        name=name,
        opened=opened,
        lines=_lines(console, opened, now),
        labels=[(words.language, words(SIGN_LABEL if opened.signs else LABEL)) for words in spoken]
        if opened.state is LinkState.OPEN
        else (),
    )


def _sentence(opened: Opened) -> str:
    """Return what is said about a link as it stands."""
    if opened.signs and opened.state in OF_RECEIPT:
        return OF_RECEIPT[opened.state]
    if opened.needed and opened.state in OF_SEVERAL:
        return OF_SEVERAL[opened.state]
    if opened.state is LinkState.USED and opened.incident is not None and opened.incident.acted_at is None:
        return HANDED_BACK
    return SENTENCES[opened.state]


def languages(console: Console) -> list[Words]:
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
