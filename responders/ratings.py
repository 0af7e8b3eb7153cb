"""What the public says of published responses: links that are opened and revoked, votes that are counted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.access.accounts import By
from monitor.core.appraisal.appraisal import Deed
from monitor.core.appraisal.ballot import TOKEN, Counted, Voter, is_seal, mark_of, seal_of
from monitor.core.appraisal.opinion import Answer, RatingLink, RatingState
from monitor.core.beijing import day_of
from monitor.core.errors import N_, Mistake, UnknownResponse
from monitor.core.statistics.duty_tables import TO_THE_PUBLIC
from monitor.core.text import storable
from monitor.store import buckets, ratings, views
from monitor.store.database import Database

PATH = "/rate/"
BYTES = 16


class NotRateable(Mistake):
    """A link is wanted for what the public was not told, or is not told any more."""

    message = N_("Response {id} cannot be rated: only what stands published, outside drills, can.")


class LinkOpen(Mistake):
    """A second link is wanted while one is open."""

    message = N_("Response {id} has an open link already. Revoke it first.")


class RatingOver(Mistake):
    """A new link is wanted when the time of the first is over."""

    message = N_("Response {id} could be rated from {day} on for {days} days; that time is over.")


class NoLink(Mistake):
    """A link is revoked that is not there."""

    message = N_("Response {id} has no open link.")


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as it came: over which link, what, from where, with which seal."""

    token: str
    answer: Answer
    voter: Voter
    seal: str


@dataclass(frozen=True, slots=True)
class Ratings:
    """Opens links for `days` and counts votes; `address` is where the public reaches this service."""

    database: Database
    address: str
    days: int
    least: int

    def url(self, link: RatingLink) -> str:
        """Return the address to be placed under a release."""
        return f"{self.address}{PATH}{link.token}"

    def open(self, response_id: int, *, by: str, now: datetime) -> RatingLink:
        """Make a link for a published response. Raise UnknownResponse, NotRateable, LinkOpen, RatingOver.

        The time counts from the first link: one that was revoked and made anew closes when the first would have.
        """
        with self.database.write() as connection:
            response = views.response(connection, response_id)
            if response is None:
                raise UnknownResponse(id=response_id)
            incident = views.incident(connection, response.matter_id)
            drill = incident is not None and incident.drill
            if drill or response.retracted_at is not None or response.kind not in TO_THE_PUBLIC:
                raise NotRateable(id=response_id)
            links = ratings.of_response(connection, response_id)
            if any(one.state(now) is RatingState.OPEN for one in links):
                raise LinkOpen(id=response_id)
            began = min((one.made.at for one in links), default=now)
            ends_at = min(began, now) + timedelta(days=self.days)
            if ends_at <= now:
                raise RatingOver(id=response_id, day=day_of(began).isoformat(), days=self.days)
            link = RatingLink(
                id=0,
                response_id=response_id,
                token=secrets.token_urlsafe(BYTES),
                made=_deed(by, now),
                ends_at=ends_at,
                title=response.title,
                url=response.url,
                published_at=response.published_at,
            )
            ratings.add(connection, link)
            return link

    def revoke(self, response_id: int, *, by: str, now: datetime) -> None:
        """Close the open link of a response; what was counted stays. Raise NoLink."""
        with self.database.write() as connection:
            found = ratings.of_response(connection, response_id)
            link = next((one for one in found if one.state(now) is RatingState.OPEN), None)
            if link is None:
                raise NoLink(id=response_id)
            ratings.revoke(connection, link, _deed(by, now))

    def look(self, token: str) -> RatingLink | None:
        """Return the link of a token; nothing is written."""
        if not TOKEN.fullmatch(token):
            return None
        with self.database.read() as connection:
            return ratings.by_token(connection, token)

    def seal(self, link: RatingLink, voter: Voter, now: datetime) -> str:
        """Return what the form of a browser carries today."""
        return seal_of(self._key(now), link.id, voter)

    def cast(self, votes: Sequence[Vote], now: datetime) -> list[Counted]:
        """Count votes, all in one transaction, and return what became of each."""
        key = self._key(now)
        outcomes = [Counted.CLOSED] * len(votes)
        marked: list[tuple[str, int, int]] = []
        counted: list[tuple[int, Answer]] = []
        links: dict[str, RatingLink | None] = {}
        with self.database.write() as connection:
            for place, vote in enumerate(votes):
                if vote.token not in links:
                    links[vote.token] = ratings.by_token(connection, vote.token)
                link = links[vote.token]
                if link is None or link.state(now) is not RatingState.OPEN:
                    continue
                if is_seal(key, link.id, vote.voter, vote.seal):
                    marked.append((mark_of(key, link.response_id, vote.voter), place, link.id))
                else:
                    outcomes[place] = Counted.STALE
            # In one order, so that two processes never wait for each other.
            for mark, place, link_id in sorted(marked):
                fresh = buckets.spend_once(connection, mark, now)
                outcomes[place] = Counted.COUNTED if fresh else Counted.AGAIN
                if fresh:
                    counted.append((link_id, votes[place].answer))
            ratings.cast(connection, counted)
        return outcomes

    def _key(self, now: datetime) -> bytes:
        day = day_of(now)
        with self.database.read() as connection:
            found = ratings.daily_key(connection, day)
        if found is None:
            with self.database.write() as connection:
                ratings.renew_key(connection, day, now)
                found = ratings.daily_key(connection, day)
        assert found is not None
        return found


def _deed(by: str, now: datetime) -> Deed:
    return Deed(storable(str(by)), now, by.account if isinstance(by, By) else None)
