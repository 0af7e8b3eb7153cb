"""The buttons of an incident, and what they give back when they are pressed: the incident and what was shown of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from monitor.core.errors import N_, Mistake
from monitor.core.model import AlertReason, MatterState, Verb
from monitor.core.offers.offer import OfferState
from monitor.core.offers.telling import POINT
from monitor.core.seen import Seen, mark_of
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import offers
from monitor.store.seen import last_decision
from responders.channels.base import Button, Message
from responders.documents.messages import Scene
from responders.language import Words
from responders.slack_app.people import Deed

LABELS = {
    Deed.ACKNOWLEDGE: N_("I act on it"),
    Deed.TAKE_OVER: N_("I take over"),
    Deed.RESPOND: N_("Log a response"),
    Deed.SNOOZE: N_("Put off"),
    Deed.CONFIRM: N_("Confirm"),
    Deed.DISMISS: N_("False alarm"),
    Deed.TAKE_OFFER: N_("Log as the response"),
    Deed.REFUSE_OFFER: N_("No, it is not"),
}
STYLES = {Deed.ACKNOWLEDGE: "primary", Deed.DISMISS: "danger", Deed.TAKE_OFFER: "primary"}
CLOSING = frozenset({Verb.DISMISS, Verb.MERGE})
# Whose use since the button was shown a person has to know of before he decides the same or the contrary.
MINDING = {
    Deed.ACKNOWLEDGE: CLOSING | {Verb.ACKNOWLEDGE},
    Deed.SNOOZE: CLOSING | {Verb.ACKNOWLEDGE},
    Deed.TAKE_OVER: CLOSING,
    Deed.RESPOND: CLOSING | {Verb.RESPOND},
    Deed.CONFIRM: CLOSING | {Verb.CONFIRM},
    Deed.DISMISS: CLOSING | {Verb.CONFIRM, Verb.RESPOND},
    Deed.TAKE_OFFER: CLOSING,
    Deed.REFUSE_OFFER: CLOSING,
}
# Dismissing ends clocks: whoever does so must have seen how they stand.
ON_FACTS = frozenset({Deed.DISMISS})
OVER = frozenset({AlertReason.SETTLED, AlertReason.WITHDRAWN})
VALUE = re.compile(r"([1-9][0-9]{0,9})\.([0-9]{1,18})\.([0-9a-f]{4,64})(?:\.([1-9][0-9]{0,9}))?")


class BadButton(Mistake):
    """A button gave back what we never gave it."""

    message = N_("This button is not one of ours; nothing was changed. Open the incident with: /huiying NUMBER")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a button was shown with: the incident, its last decision, the mark of its facts, the offer if any."""

    incident: int
    upto: int
    mark: str
    offer: int = 0

    @property
    def value(self) -> str:
        """What the button carries."""
        known = f"{self.incident}.{self.upto}.{self.mark}"
        return f"{known}.{self.offer}" if self.offer else known

    @classmethod
    def read(cls, value: str) -> Shown:
        """Return what a button carried; raise BadButton."""
        found = VALUE.fullmatch(value)
        if not found or max(int(found[1]), int(found[4] or 0)) >= 2**31:
            raise BadButton
        return cls(int(found[1]), int(found[2]), found[3], int(found[4] or 0))

    def seen(self, deed: Deed) -> Seen:
        """Return what holds for a deed by this button."""
        return Seen(self.upto, MINDING[deed], self.mark if deed in ON_FACTS else "")


def shown_now(connection: Connection, incident: IncidentView, deadlines: Sequence[DeadlineView]) -> Shown:
    """Return what a button that is shown now carries."""
    return Shown(incident.id, last_decision(connection, incident.id), mark_of(incident, deadlines))


def buttons(
    incident: IncidentView, deadlines: Sequence[DeadlineView], shown: Shown, words: Words
) -> tuple[Button, ...]:
    """Return the buttons that are of use as things stand; none for a closed incident."""
    return tuple(
        Button(deed.value, words(LABELS[deed]), shown.value, STYLES.get(deed, ""))
        for deed in _useful(incident, deadlines)
    )


def _useful(incident: IncidentView, deadlines: Sequence[DeadlineView]) -> Iterator[Deed]:
    if incident.state is not MatterState.OPEN:
        return
    runs = any(deadline.live for deadline in deadlines)
    if runs:
        yield Deed.ACKNOWLEDGE
        yield Deed.TAKE_OVER
    yield Deed.RESPOND
    if runs:
        yield Deed.SNOOZE
    if not incident.confirmed:
        yield Deed.CONFIRM
    yield Deed.DISMISS


def with_buttons(connection: Connection, scene: Scene, message: Message, words: Words) -> Message:
    """Return a message with the buttons of its incident, on the card and, where there is something to do, on itself."""
    if scene.incident is None:
        return message
    shown = shown_now(connection, scene.incident, scene.deadlines)
    usable = buttons(scene.incident, scene.deadlines, shown, words)
    card = None if message.card is None else replace(message.card, buttons=usable)
    asked = tuple(_of_offer(connection, scene, shown, words)) if scene.alert.point == POINT else ()
    return replace(message, card=card, buttons=() if scene.alert.reason in OVER else asked or usable)


def _of_offer(connection: Connection, scene: Scene, shown: Shown, words: Words) -> Iterator[Button]:
    """Yield what can be answered to an offer; logging by one press wants a time that is sure."""
    number = scene.alert.detail.get("offer", "")
    offer = offers.offer(connection, int(number)) if number.isdigit() else None
    if offer is None or offer.state is not OfferState.OPEN:
        return
    value = replace(shown, offer=offer.id).value
    if offer.kind is not None and offer.counts_from is not None:
        yield Button(Deed.TAKE_OFFER.value, words(LABELS[Deed.TAKE_OFFER]), value, STYLES[Deed.TAKE_OFFER])
    yield Button(Deed.REFUSE_OFFER.value, words(LABELS[Deed.REFUSE_OFFER]), value)
