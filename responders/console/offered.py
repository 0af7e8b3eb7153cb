"""What we published ourselves about an incident, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.offers.offer import Offer, OfferState
from monitor.store import offers
from responders.console.clocks import Clock
from responders.console.console import Console
from responders.documents.messages import Composer
from responders.documents.offers import ASIDE, question_of

LIVE_AND_LATE = N_("would meet {clocks}")
ALL_LATE = N_("would meet {clocks}, too late")


@dataclass(frozen=True, slots=True)
class Offered:
    """The publications of our own beside one incident."""

    rows: tuple[Offer, ...]
    clocks: tuple[Clock, ...]
    composer: Composer

    @property
    def open(self) -> tuple[Offer, ...]:
        """Those about which somebody is asked."""
        return tuple(one for one in self.rows if one.state is OfferState.OPEN)

    @property
    def others(self) -> tuple[Offer, ...]:
        """Those about which nobody is asked, and why not."""
        return tuple(one for one in self.rows if one.state is not OfferState.OPEN)

    @property
    def items(self) -> frozenset[int]:
        """The items that they are."""
        return frozenset(one.item_id for one in self.rows)

    def question(self, offer: Offer) -> str:
        """Ask about an offer."""
        return question_of(offer, self.composer.words, self.composer.names)

    def why(self, offer: Offer) -> str:
        """Say why nobody is asked about it."""
        words, at = self.composer.words, shown(offer.decided_at) if offer.decided_at else ""
        if offer.state is OfferState.LOGGED:
            return words(N_("logged by {name} at {at}"), name=offer.decided_by, at=at)
        if offer.state is OfferState.REFUSED:
            return words(N_("{name} said at {at} that it is not the response"), name=offer.decided_by, at=at)
        return words(ASIDE[offer.why]) if offer.why is not None else ""

    def effect(self, offer: Offer) -> str:
        """Say which running clocks it would meet, and which of them too late."""
        words, published = self.composer.words, offer.counts_from
        met = [clock for clock in self.clocks if clock.live and offer.kind in clock.met_by]
        if published is None or not met:
            return words(N_("meets no clock that runs"))
        late = [clock.name for clock in met if clock.deadline.due_at < published]
        in_time = [clock.name for clock in met if clock.deadline.due_at >= published]
        told = [(LIVE_AND_LATE, in_time), (ALL_LATE, late)]
        return words(N_("; ")).join(words(text, clocks=words(N_(", ")).join(names)) for text, names in told if names)


def read_offered(console: Console, connection: Connection, matter_id: int, clocks: tuple[Clock, ...]) -> Offered:
    """Read what was published by ourselves about an incident."""
    rows = offers.of_matters(connection, [matter_id]).get(matter_id, [])
    return Offered(tuple(rows), clocks, console.composer)
