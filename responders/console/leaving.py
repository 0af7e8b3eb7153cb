"""The page behind an unsubscribe link of the briefing: one button to leave, one to come back. The link is the right.

Nothing changes when it is opened, because mail servers open every link; a press in the mail program itself comes as a
POST without a page (RFC 8058).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Response

from monitor.core.errors import N_, Mistake
from responders.console.acknowledging import CROWDED, Guesses, languages
from responders.console.console import Console
from responders.console.faults import status_of
from responders.subscriptions import PATH, Standing, Subscriptions

LEAVE = N_("Send me no briefing any more")
COME_BACK = N_("Send me the briefing again")
SENTENCES: Mapping[Standing, str] = {
    Standing.STAYS: N_("You get the daily briefing by mail. Alerts do not depend on it and go on as they are."),
    Standing.LEFT: N_(
        "You get no daily briefing by mail any more; the next briefing tells the others that somebody left. Alerts go "
        "on as they are."
    ),
    Standing.FORGED: N_("This link is not one of ours, or you no longer stand on the list. Nothing was changed."),
}
BUTTONS: Mapping[Standing, tuple[str, str]] = {
    Standing.STAYS: ("leave", LEAVE),
    Standing.LEFT: ("come_back", COME_BACK),
}


def routes(console: Console, subscriptions: Subscriptions) -> APIRouter:
    """Return both routes."""
    router, guesses = APIRouter(), Guesses()

    @router.get(f"{PATH}{{token}}")
    def look(token: str) -> Response:
        return _page(console, subscriptions.look(token), guesses)

    @router.post(f"{PATH}{{token}}")
    def press(token: str, act: Annotated[str, Form()] = "leave") -> Response:
        try:
            if act == "come_back":
                return _page(console, subscriptions.come_back(token), guesses)
            return _page(console, subscriptions.leave(token, console.clock()), guesses)
        except Mistake as mistake:
            return _page(console, subscriptions.look(token), guesses, mistake)

    return router


def _page(console: Console, standing: Standing, guesses: Guesses, mistake: Mistake | None = None) -> Response:
    template, status = SENTENCES[standing], HTTPStatus.OK
    if standing is Standing.FORGED:
        crowded = guesses.too_many(console.clock())
        template = CROWDED if crowded else template
        status = HTTPStatus.TOO_MANY_REQUESTS if crowded else HTTPStatus.NOT_FOUND
    spoken = languages(console)
    act, button = BUTTONS.get(standing, ("", ""))
    return console.pages.bare(
        "leaving.html",
        status=int(status if mistake is None else status_of(mistake)),
        said=[(words.language, words(template)) for words in spoken],
        refused=[(words.language, words.mistake(mistake)) for words in spoken] if mistake else (),
        act=act,
        labels=[(words.language, words(button)) for words in spoken] if button and mistake is None else (),
    )
