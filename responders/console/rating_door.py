"""The page on which the public rates a published response: one question, five answers, no account and no cookie.

Nothing changes when it is looked at. A vote leaves a count behind and, for a day, a mark that cannot be led back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool

from monitor.core.appraisal.ballot import Counted, Voter, same_seal
from monitor.core.appraisal.opinion import ANSWERS, Answer, RatingLink, RatingState
from monitor.core.errors import N_, Mistake
from responders.console.ballots import Ballots, network_of
from responders.console.console import Console
from responders.ratings import PATH, Ratings, Vote

READ_AT_ONCE = 4
LONGEST_SAID = 300
QUESTION = N_("Are you satisfied with how this was answered?")
THANKS = N_("Thank you. Your answer is counted.")
PRESS_AGAIN = N_("Your connection has changed since this page was opened. Please press your answer once more.")
SAID: Mapping[Counted, tuple[HTTPStatus, str]] = {
    Counted.COUNTED: (HTTPStatus.OK, THANKS),
    Counted.AGAIN: (HTTPStatus.OK, N_("From here this was rated today already. Nothing was added.")),
    Counted.STALE: (HTTPStatus.CONFLICT, PRESS_AGAIN),
    Counted.CLOSED: (HTTPStatus.GONE, N_("This can no longer be rated. Nothing was counted.")),
    Counted.TOO_MANY: (HTTPStatus.TOO_MANY_REQUESTS, N_("Too many answers at once. Please try again in some minutes.")),
}
CLOSED: Mapping[RatingState, str] = {
    RatingState.ENDED: N_("The time in which this could be rated is over."),
    RatingState.REVOKED: N_("This can no longer be rated."),
    RatingState.WITHDRAWN: N_("This was withdrawn and can no longer be rated."),
}
UNKNOWN = N_("There is nothing to rate here.")
NOT_FROM_HERE = N_("This did not come from this page. Nothing was counted.")


def routes(console: Console, ratings: Ratings) -> APIRouter:
    """Return both routes."""
    router, ballots = APIRouter(), Ballots(ratings, console.clock)
    places = asyncio.Semaphore(READ_AT_ONCE)

    async def looked(request: Request, token: str) -> tuple[RatingLink | None, str]:
        """Return a link and the seal of this browser's form; few are read at once, so that no other page waits."""
        async with places:
            return await run_in_threadpool(_look, ratings, token, _voter(request), console.clock())

    @router.get(f"{PATH}{{token}}")
    async def look(request: Request, token: str) -> Response:
        try:
            link, seal = await looked(request, token)
        except Mistake:
            return _page(console, None, "", HTTPStatus.SERVICE_UNAVAILABLE, SAID[Counted.TOO_MANY][1])
        return _shown(console, link, seal)

    @router.post(f"{PATH}{{token}}")
    async def vote(
        request: Request,
        token: str,
        answer: Annotated[str, Form()] = "",
        seal: Annotated[str, Form()] = "",
    ) -> Response:
        # A browser says where a form came from; those inside chat programs, which do not, still show the seal.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return _page(console, None, "", HTTPStatus.FORBIDDEN, NOT_FROM_HERE)
        try:
            link, fresh = await looked(request, token)
            if link is None or answer not in set(Answer) or link.state(console.clock()) is not RatingState.OPEN:
                return _shown(console, link, fresh)
            outcome = Counted.STALE
            # Before it is counted among those that are bounded: what carries no seal takes nobody's place.
            if same_seal(fresh, seal):
                outcome = await ballots.cast(Vote(token, Answer(answer), _voter(request), seal))
        except Mistake:
            return _page(console, None, "", HTTPStatus.SERVICE_UNAVAILABLE, SAID[Counted.TOO_MANY][1])
        status, said = SAID[outcome]
        return _page(console, link, fresh if outcome is Counted.STALE else "", status, said)

    return router


def _look(ratings: Ratings, token: str, voter: Voter, now: datetime) -> tuple[RatingLink | None, str]:
    link = ratings.look(token)
    if link is None or link.state(now) is not RatingState.OPEN:
        return link, ""
    return link, ratings.seal(link, voter, now)


def _voter(request: Request) -> Voter:
    """Return the browser as far as it shows itself."""
    host = request.client.host if request.client is not None else ""
    told = request.headers.get("user-agent", ""), request.headers.get("accept-language", "")
    return Voter(network_of(host), *(text[:LONGEST_SAID] for text in told))


def _shown(console: Console, link: RatingLink | None, seal: str) -> Response:
    """Return the page of a link as it stands."""
    if link is None:
        return _page(console, None, "", HTTPStatus.NOT_FOUND, UNKNOWN)
    state = link.state(console.clock())
    if state is not RatingState.OPEN:
        return _page(console, link, "", HTTPStatus.GONE, CLOSED[state])
    return _page(console, link, seal, HTTPStatus.OK, "")


def _page(console: Console, link: RatingLink | None, seal: str, status: HTTPStatus, said: str) -> Response:
    words = console.composer.words
    return console.pages.bare(
        "rate.html",
        status=int(status),
        link=link if link is None or link.stands else None,
        seal=seal,
        said=words(said) if said else "",
        question=words(QUESTION),
        answers=ANSWERS,
    )
