"""What people do with an offer: log it as the response that it is, refuse it, or take the refusal back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.checks.scorecard import Scorecard
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.drafts.draft import FOR_THE_PUBLIC
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake
from monitor.core.model import MatterState, ResponseKind, aware
from monitor.core.offers.offer import Offer, OfferState
from monitor.core.particulars import Particulars
from monitor.core.seen import Seen
from monitor.core.text import storable
from monitor.core.views import Done, IncidentView
from monitor.store import decisions, offers
from monitor.store.database import Database
from responders.desk.holder import Holder
from responders.desk.logged import WITHOUT_REVIEW, Told, keep_response, link_of, refuse_moment
from responders.desk.particulars import fitting, refuse_unheld

Proofread = Callable[[int, str, ResponseKind, datetime], Scorecard]


class UnknownOffer(Mistake):
    """A person named an offer that is not this incident's."""

    message = N_("There is no offer {id} for incident {incident}. Its page lists them.")


class AlreadyTaken(Mistake):
    """Two people at once: the other one was first."""

    message = N_("{by} has logged this as a response at {at}; nothing was changed.")


class AlreadyRefused(Mistake):
    """An offer is to be logged that somebody refused."""

    message = N_(
        "{by} said at {at} that this is not the response. If it is one after all, press “Offer it again” first."
    )


class NoLongerOffered(Mistake):
    """The facts have changed since the offer was shown."""

    message = N_("This is no longer offered, because the incident has changed. Log it by hand if it is the response.")


class NotRefused(Mistake):
    """A refusal is to be taken back that was never given."""

    message = N_("Nobody has refused this offer; nothing was changed.")


class NoResponseYet(Mistake):
    """A conference that is only announced was to be logged."""

    message = N_(
        "This only announces a press conference. Put it into the plan, and log the conference once it was held."
    )


class WhenPublished(Mistake):
    """The time of a publication is not trusted, and nobody stated it."""

    message = N_("Say when it was published: the page does not tell it reliably.")


class WhenHeld(Mistake):
    """A conference is to be logged, and nobody stated when it was held."""

    message = N_("Say when the press conference was held: the page went online at another time.")


class IncidentDismissed(Mistake):
    """An offer is decided of an incident that was dismissed while its page stood open."""

    message = N_(
        "Incident {id} has been dismissed meanwhile; nothing was changed. If it is real after all, undo that first."
    )


class OfferDesk(Holder):
    """Carries out what people decide about offers; logging goes the way of every other response."""

    def __init__(
        self, database: Database, pack: RulePack, region: str, proofread: Proofread, conferences: ConferenceRules
    ) -> None:
        super().__init__(database, pack, region)
        self._proofread = proofread
        self._conferences = conferences

    def log(
        self,
        incident_id: int,
        offer_id: int,
        *,
        kind: ResponseKind | None = None,
        published_at: datetime | None = None,
        particulars: Particulars | None = None,
        by: str,
        now: datetime,
        seen: Seen | None = None,
    ) -> Done:
        """Log what was offered, with the time at which the public could read it, however late it was found.

        `kind` and `published_at` are what a person mended; a conference counts from when it was held, which only he
        knows. What was logged by hand with the same address is the response already. Raise UnknownOffer, AlreadyTaken,
        AlreadyRefused, NoResponseYet, WhenPublished, WhenHeld, IncidentDismissed; a second tap of the same person
        logs nothing new.
        """
        offered = self._offer(incident_id, offer_id)
        told = _told(offered, kind, published_at, particulars)
        refuse_unheld(told, now)
        card = self._proofread(incident_id, told.text, told.kind, told.published_at) if told.text else None
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            _refuse_closed(incident)
            held = offers.offer(connection, offer_id) or offered
            if held.state is OfferState.LOGGED:
                if held.decided_by == storable(str(by)):
                    return self._review(connection, incident_id, now)
                raise AlreadyTaken(by=held.decided_by, at=_at(held))
            if held.state is OfferState.REFUSED:
                raise AlreadyRefused(by=held.decided_by, at=_at(held))
            if held.state is OfferState.ASIDE:
                raise NoLongerOffered
            refuse_moment(told.published_at, incident, now)
            fit = fitting(connection, incident_id, told, self._conferences)
            told = Told(told.kind, told.title, told.url, told.published_at, told.text, None, fit)
            known = decisions.logged_as(connection, incident_id, told.kind, told.title, told.url, told.published_at)
            known = known or decisions.logged_from(connection, incident_id, told.url)
            if known is None:
                detail = {"offer": offer_id, "source": held.source, "found_at": held.found_at.isoformat()}
                detail |= {"review": WITHOUT_REVIEW} if told.kind in FOR_THE_PUBLIC else {}
                known = keep_response(
                    connection, incident_id, told, card, by=by, now=now, duty=self._pack.duty, detail=detail
                )
            offers.decide(connection, offer_id, OfferState.LOGGED, by=by, now=now, response_id=known)
            return self._review(connection, incident_id, now)

    def refuse(self, incident_id: int, offer_id: int, *, by: str, now: datetime, seen: Seen | None = None) -> Done:
        """Keep that this is not the response: it is not offered again. Raise UnknownOffer, AlreadyTaken."""
        self._offer(incident_id, offer_id)
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            held = offers.offer(connection, offer_id)
            if held is not None and held.state is OfferState.LOGGED:
                raise AlreadyTaken(by=held.decided_by, at=_at(held))
            if held is not None and held.state is not OfferState.REFUSED:
                offers.decide(connection, offer_id, OfferState.REFUSED, by=by, now=now)
            return self._review(connection, incident_id, now)

    def again(self, incident_id: int, offer_id: int, *, by: str, now: datetime) -> Done:
        """Take a refusal back: it is offered again, and nobody is told anew. Raise UnknownOffer, NotRefused."""
        self._offer(incident_id, offer_id)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            held = offers.offer(connection, offer_id)
            if held is None or held.state is not OfferState.REFUSED:
                raise NotRefused
            offers.decide(connection, offer_id, OfferState.OPEN, by=by, now=now)
            return self._review(connection, incident_id, now)

    def _offer(self, incident_id: int, offer_id: int) -> Offer:
        with self._database.read() as connection:
            self._refuse_merged(self._incident(connection, incident_id))
            found = offers.offer(connection, offer_id)
            if found is None or not offers.belongs_to(connection, found, incident_id):
                raise UnknownOffer(id=offer_id, incident=incident_id)
        return found


def _refuse_closed(incident: IncidentView) -> None:
    """Refuse to log into an incident that is dismissed."""
    if incident.state is MatterState.DISMISSED:
        raise IncidentDismissed(id=incident.id)


def _told(
    offered: Offer, kind: ResponseKind | None, published_at: datetime | None, particulars: Particulars | None
) -> Told:
    what, when = kind or offered.kind, published_at or offered.counts_from
    if offered.kind is None or what is None:
        raise NoResponseYet
    if published_at is None and ResponseKind.PRESS_CONFERENCE in (what, offered.kind):
        raise WhenHeld
    if when is None:
        raise WhenPublished
    text = storable(offered.text).strip()
    return Told(what, storable(offered.title).strip(), link_of(offered.url), aware(when), text, None, particulars)


def _at(offer: Offer) -> str:
    return shown(offer.decided_at) if offer.decided_at else ""
