"""What to do with one alert of the outbox now: send it, over which channels and how, or leave it and why.

At least once: an attempt whose end is unknown is asked about where the provider can be asked, else repeated and marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from monitor.core.duties.alerting import Silence
from monitor.core.model import (
    LIVE,
    AlertReason,
    AlertState,
    DeadlineState,
    DeliveryState,
    MatterState,
)
from monitor.core.people.contacts import Contact
from monitor.core.people.duty import Recipient
from monitor.core.views import AlertView, DeliveryView

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
# What a person has to mend is not mended within seconds; a provider is not to be pestered meanwhile.
SLOW_RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
# Longer than any attempt takes. One that has not ended by then is one whose end nobody will write down.
LEASE = timedelta(minutes=3)
ENDED = {AlertReason.DUE, AlertReason.OVERDUE}
# The next way to a contact opens when the one before it has not been accepted by then.
FALLBACK_AFTER = timedelta(seconds=60)
NAGGING = {
    AlertReason.OPENED,
    AlertReason.REMINDER,
    AlertReason.DUE,
    AlertReason.OVERDUE,
    AlertReason.ESCALATED,
    AlertReason.MOVED,
}
# What people are told although the time of the deadline stands still: it was met or waived, and is not any more.
OWED_AGAIN = {"retracted", "vanished", "reopened", "undone"}
# What is asked about an incident because a person has dismissed it, or although he has.
OF_DISMISSED = {"grown", "spreading", "second"}
ASKING = {
    AlertReason.TROUBLE,
    AlertReason.UPDATED,
    AlertReason.CONFIRMED,
    AlertReason.WAVE,
    AlertReason.REVIEW,
    AlertReason.ASSIGNMENT,
    AlertReason.PLAN,
}
TAKEN = {DeliveryState.ACCEPTED, DeliveryState.UNCONFIRMED}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of an alert: still pending, or its last state and why."""

    state: AlertState
    silence: Silence | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an alert is about, as it stands now; `answered_at` is since when the paging of its deadline rests.

    `overtaken` is why what was asked of an office is no longer owed.
    """

    matter: MatterState | None = None
    acted_at: datetime | None = None
    deadline: DeadlineState | None = None
    due_at: datetime | None = None
    paused: bool = False
    answered_at: datetime | None = None
    overtaken: Silence | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One way for an alert: over a channel to all who read it, or to a contact at his address there."""

    channel: str
    contact: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached by an alert: a channel's readers by one route, a contact by several in order."""

    routes: tuple[Route, ...]
    tries: tuple[DeliveryView, ...] = ()
    unread: bool = False

    @property
    def accepted(self) -> bool:
        """Tell whether a provider has taken it."""
        return any(last.state is DeliveryState.ACCEPTED for last in self._last.values())

    @property
    def taken(self) -> bool:
        """Tell whether it was sent, be it that nothing confirms it."""
        return any(last.state in TAKEN for last in self._last.values())

    @property
    def ended(self) -> bool:
        """Tell whether no further attempt follows on any route."""
        return self.accepted or (len(self._last) == len(self.routes) and all(map(done, self._last.values())))

    @property
    def refused(self) -> bool:
        """Tell whether every route was tried and refused."""
        last = self._last.values()
        return len(last) == len(self.routes) and all(one.state is DeliveryState.REFUSED for one in last)

    @property
    def _last(self) -> dict[str, DeliveryView]:
        return {attempt.channel: attempt for attempt in self.tries}

    def over(self, channel: str) -> tuple[DeliveryView, ...]:
        """Return the attempts over one channel."""
        return tuple(attempt for attempt in self.tries if attempt.channel == channel)

    def open(self, since: datetime, now: datetime) -> Iterator[Route]:
        """Yield the routes that may be tried: the next opens once the one before is refused or not accepted in 60 s.

        What is sent without a confirmation is not accepted.
        """
        if self.accepted:
            return
        opened = since
        for route in self.routes:
            if opened > now:
                return
            tries = self.over(route.channel)
            if not hindered(tries, now):
                yield route
            refusals = [t.ended_at or t.started_at for t in tries if t.state is DeliveryState.REFUSED]
            opened = max(opened, min([opened + FALLBACK_AFTER, *refusals]))


def ways(
    audience: Iterable[Recipient], contacts: Mapping[str, Contact], channels: Collection[str]
) -> Iterator[tuple[Route, ...]]:
    """Yield the routes to each contact of an audience in their order, over the channels that there are."""
    for recipient in audience:
        contact = contacts.get(recipient.contact)
        if contact is None or recipient.silence:
            continue
        routes = tuple(Route(way.channel, contact.id, way.to) for way in contact.ways if way.channel in channels)
        if routes:
            yield routes


def targets(
    alert: AlertView,
    channels: Sequence[str],
    contacts: Iterable[tuple[Route, ...]] = (),
    *,
    unread: Collection[str] = (),
) -> list[Target]:
    """Return everything that an alert is to reach, with the attempts made so far."""
    every = [(Route(name),) for name in channels] + list(contacts)
    return [
        Target(
            routes,
            tuple(
                attempt
                for attempt in alert.deliveries
                if attempt.contact == routes[0].contact and attempt.channel in {route.channel for route in routes}
            ),
            not routes[0].contact and routes[0].channel in unread,
        )
        for routes in every
    ]


def judge(
    alert: AlertView,
    around: Circumstances,
    channels: Sequence[str],
    now: datetime,
    *,
    unread: Collection[str] = (),
    contacts: Sequence[tuple[Route, ...]] = (),
) -> Verdict:
    """Say whether a pending alert is still to be sent, from its circumstances, its attempts and the time.

    `unread` names the channels that nobody may be reading (the service's own output): where there are others, what
    only they took has reached nobody. `contacts` are the routes to each contact whom it is for; they end with an
    acknowledgement, while the channels of the team still tell it.
    """
    silence = silence_of(alert, around)
    if silence is not None:
        return Verdict(AlertState.SUPPRESSED, silence)
    answered = contacts and around.answered_at is not None and around.answered_at >= alert.at
    every = targets(alert, channels, () if answered else contacts, unread=unread)
    if not every:
        return Verdict(AlertState.UNDELIVERABLE, Silence.NO_CHANNEL)
    read = [target for target in every if not target.unread] or every
    taken = any(target.taken for target in read)
    undeliverable = Verdict(AlertState.UNDELIVERABLE, Silence.REFUSED_EVERYWHERE)
    if all(target.ended for target in every):
        return Verdict(AlertState.SENT, Silence.ACKNOWLEDGED if answered else None) if taken else undeliverable
    if now < alert.useful_until or any(under_way(last, now) for target in every for last in target.tries):
        return Verdict(AlertState.PENDING)
    if taken:
        return Verdict(AlertState.SENT, Silence.NO_LONGER_USEFUL)
    return (
        undeliverable
        if all(target.refused for target in read)
        else Verdict(AlertState.EXPIRED, Silence.NO_LONGER_USEFUL)
    )


def silence_of(alert: AlertView, around: Circumstances) -> Silence | None:
    """Return why an alert is no longer to be sent, or None. A deadline's alert stops once the deadline is not live."""
    if alert.reason not in NAGGING | ASKING:
        return None
    if around.matter is MatterState.MERGED:
        return Silence.DISMISSED
    if around.matter is MatterState.DISMISSED and alert.point not in OF_DISMISSED:
        return Silence.DISMISSED
    if alert.reason in ASKING:
        return around.overtaken
    if around.deadline is not None and around.deadline not in LIVE:
        return Silence.SETTLED
    if around.paused and alert.reason is not AlertReason.MOVED and alert.point not in OWED_AGAIN:
        return Silence.PAUSED
    if alert.reason in ENDED and around.due_at is not None and around.due_at > alert.at:
        return Silence.END_MOVED
    if alert.reason is AlertReason.ESCALATED:
        answered = around.answered_at is not None and around.answered_at >= alert.at
        return Silence.ACKNOWLEDGED if answered else None
    nags = alert.point.startswith(("again:", "overdue:"))
    if nags and around.acted_at is not None and around.acted_at >= alert.at:
        return Silence.ACKNOWLEDGED
    return None


def done(attempt: DeliveryView) -> bool:
    """Tell whether no further attempt follows: it was taken, or the provider refuses this very message.

    What is refused until somebody mends a setting (a token, a webhook) keeps the time of its next attempt.
    """
    return attempt.state in TAKEN or (attempt.state is DeliveryState.REFUSED and attempt.retry_at is None)


def under_way(attempt: DeliveryView, now: datetime) -> bool:
    """Tell whether an attempt may still be going on."""
    return attempt.state is DeliveryState.SENDING and attempt.started_at > now - LEASE


def hindered(tries: Sequence[DeliveryView], now: datetime) -> bool:
    """Tell whether a channel with these attempts at an alert is not to try it now: done, under way, or resting."""
    return any(
        done(attempt) or under_way(attempt, now) or (attempt.retry_at is not None and attempt.retry_at > now)
        for attempt in tries
    )


def pause(failures: int) -> timedelta:
    """Return the pause after so many failures in a row: 5 s, doubling, at most 5 min."""
    doublings: int = min(failures - 1, 12)
    return min(LONGEST_RETRY, FIRST_RETRY * (1 << doublings))


def slow_pause(refusals: int) -> timedelta:
    """Return the pause after so many refusals in a row that a person has to mend: 1, 5, 15, then 30 min."""
    return SLOW_RETRIES[min(refusals, len(SLOW_RETRIES)) - 1]


def refusals_in_a_row(tries: Sequence[DeliveryView]) -> int:
    """Count the refusals since the last attempt that ended otherwise; an attempt without an end counts for nothing."""
    ended = [attempt.state for attempt in tries if attempt.state is not DeliveryState.SENDING]
    return sum(1 for _ in takewhile(lambda state: state is DeliveryState.REFUSED, reversed(ended)))


def unsure_since(tries: Sequence[DeliveryView]) -> datetime | None:
    """Return when the first attempt began of which nobody knows whether it arrived, or None."""
    return next((d.started_at for d in tries if d.state is DeliveryState.SENDING or d.may_have_arrived), None)
