"""Keep the one message of each incident current, and tell its history in its thread, whichever door things came by.

State is read and compared, never counted up: a card that was not updated while nobody ran is updated afterwards. One
process at a time is at a card.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from monitor.core.beijing import short
from monitor.core.duties.delivering import pause, slow_pause
from monitor.core.errors import N_, Mistake, Said
from monitor.core.seen import Since, mark_of
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import deliveries, slack, views
from monitor.store.database import Database
from monitor.store.seen import decisions_since
from monitor.store.slack import CardState
from responders.channels.base import Card, DeliveryFailure, Try
from responders.channels.safe_text import cut, one_line
from responders.documents.messages import Composer
from responders.slack_app.buttons import buttons, shown_now

# Slack lets about fifty updates a minute pass, and one new message a second and channel, which alerts need too.
MOST_UPDATES, MOST_NOTES = 2, 1
# What was decided before the card was there is no news.
WELL = {"asking_since": None, "failing_since": None, "failures": 0, "said": "", "remedy": "", "retry_at": None}
OLD_NEWS = timedelta(minutes=10)
REASON = 300
REPOSTED = N_("The message of this incident was deleted in Slack; this is a new one.")
TOLD_AFTER = timedelta(minutes=2)


class CardsStand(Mistake):
    """Slack does not let the messages of the incidents be kept current."""

    message = N_("Messages in Slack channel {channel} are not kept current ({said}). {remedy}")


class Shows(Protocol):
    """A Slack channel as its cards need it; every method raises DeliveryFailure."""

    name: str

    def show(self, card: Card, attempt: Try) -> str:
        """Bring a card up to date, or post it anew; return where it stands."""
        ...

    def note(self, key: str, text: str, card_ref: str, *, since: datetime | None = None) -> None:
        """Put a line into a card's thread."""
        ...


@dataclass(slots=True)
class CardKeeper:
    """Keeps the cards of one channel; tick every few seconds."""

    database: Database
    channel: Shows
    composer: Composer
    clock: Callable[[], datetime]
    _resting_until: datetime | None = None
    _failing_since: datetime | None = None
    _fault: CardsStand | None = None

    def tick(self, now: datetime) -> int:
        """Update what has changed, a little at a time; return how many calls were made.

        Raise CardsStand while Slack has refused or not answered for a while.
        """
        rests = self._resting_until is not None and now < self._resting_until
        calls = 0 if rests else self._round(now)
        if self._fault is not None and self._failing_since is not None and now - self._failing_since >= TOLD_AFTER:
            raise self._fault
        return calls

    def _round(self, now: datetime) -> int:
        updates = notes = 0
        with self.database.read() as connection:
            changed = self._changed(connection)
        for state, signature in changed:
            if state.retry_at is not None and now < state.retry_at:
                continue
            stale, untold = state.shown != signature, (state.told_upto or 0) < state.decision
            if (stale and updates >= MOST_UPDATES) or (untold and notes >= MOST_NOTES and not stale):
                continue
            updates, notes = updates + stale, notes + untold
            if not self._bring_up(state, signature, now):
                break
        return updates + notes

    def _changed(self, connection: Connection) -> list[tuple[CardState, str]]:
        cards = slack.cards(connection, self.channel.name)
        known = {
            one.id: one for one in views.incidents(connection, ids=[c.matter_id for c in cards], limit=len(cards) or 1)
        }
        found = [(card, signature_of(known[card.matter_id], card)) for card in cards if card.matter_id in known]
        return [(card, now) for card, now in found if card.shown != now or (card.told_upto or 0) < card.decision]

    def _bring_up(self, read: CardState, signature: str, now: datetime) -> bool:
        """Make the calls for one card; False where the channel should rest."""
        with self.database.write() as connection:
            state = slack.hold_card(connection, read, now, told_upto=self._old_news(connection, read, now))
            if state is None:
                return True
            upto = state.told_upto or 0
            made = decisions_since(connection, state.matter_id, upto)
            incident = views.incident(connection, state.matter_id)
            deadlines = views.deadlines(connection, matter_id=state.matter_id)
            card = None if incident is None else self._card(connection, incident, deadlines)
        values: dict[str, object] = {}
        try:
            if card is not None and state.shown != signature:
                values |= self._show(state, card, now) | {"shown": signature}
            if made:
                ref = str(values.pop("card_ref", state.ref))
                self.channel.note(str(made[0].id), self._told(made[0]), ref, since=state.asking_since)
                upto = made[0].id
            self._let_go(state, {**WELL, **values, "told_upto": upto})
        except DeliveryFailure as failure:
            self._failed(state, failure, {**values, "told_upto": upto}, now)
            return False
        self._fault = self._failing_since = None
        return True

    def _old_news(self, connection: Connection, read: CardState, now: datetime) -> int:
        """Return the last decision that a card which is kept for the first time does not tell of any more."""
        if read.told_upto is not None:
            return read.told_upto
        made = decisions_since(connection, read.matter_id, 0)
        return max((one.id for one in made if one.at < now - OLD_NEWS), default=0)

    def _show(self, state: CardState, card: Card, now: datetime) -> dict[str, object]:
        """Bring the card up to date; where it was deleted, keep where the new one stands and say so in its thread."""
        ref = self.channel.show(card, Try(card_ref=state.ref, since=state.asking_since))
        if ref == state.ref:
            return {}
        with self.database.write() as connection:
            deliveries.keep_card(connection, state.channel, state.card_key, ref)
        self.channel.note(f"gone:{ref}", self.composer.words(REPOSTED), ref)
        return {"card_ref": ref, "gone_at": now}

    def _failed(self, state: CardState, failure: DeliveryFailure, values: dict[str, object], now: datetime) -> None:
        """Keep what went wrong and when to try again: a rate is waited out, a refusal tried again slowly."""
        failures = state.failures + 1
        wait = slow_pause(failures) if failure.permanent else pause(failures)
        if failure.retry_after is not None:
            wait = timedelta(seconds=failure.retry_after)
        values.pop("card_ref", None)
        kept = {"failures": failures, "said": failure.said, "remedy": failure.remedy, "retry_at": now + wait}
        kept |= {"asking_since": state.asking_since or now} if failure.may_have_arrived else {}
        kept |= {} if state.failures else {"failing_since": now}
        self._let_go(state, values | kept)
        self._resting_until = now + min(wait, timedelta(minutes=1))
        if failure.retry_after is None:
            self._failing_since = self._failing_since or now
            self._fault = CardsStand(channel=self.channel.name, said=failure.said, remedy=Said(failure.remedy))

    def _let_go(self, state: CardState, values: dict[str, object]) -> None:
        with self.database.write() as connection:
            slack.keep_card(connection, state, **{name: value for name, value in values.items() if name != "card_ref"})

    def _card(self, connection: Connection, incident: IncidentView, deadlines: list[DeadlineView]) -> Card:
        shown = shown_now(connection, incident, deadlines)
        return replace(
            self.composer.card(incident, deadlines), buttons=buttons(incident, deadlines, shown, self.composer.words)
        )

    def _told(self, one: Since) -> str:
        words = self.composer.words
        what = words(N_("{by}: {verb}"), by=one_line(one.by), verb=one.verb)
        reason = f" ({cut(one_line(one.reason), REASON)})" if one.reason else ""
        return f"{short(one.at)} {what}{reason}"


def signature_of(incident: IncidentView, state: CardState) -> str:
    """Return a short text that changes whenever what a card shows may have changed."""
    told = (
        state.decision,
        state.transition,
        incident.title,
        incident.state.value,
        incident.presumed,
        incident.severity,
    )
    more = (sorted(incident.figures.items()), incident.wave, incident.standing, incident.rumour, mark_of(incident, ()))
    return hashlib.sha256(repr((told, more)).encode()).hexdigest()[:16]
