"""Drills: what they are, and how they went. A score is worked out from what was stored, like everything else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.model import AlertState, DeadlineState, DeliveryState, Verb
from monitor.core.views import AlertView, DeadlineView, LogView

ACTS = (Verb.ACKNOWLEDGE, Verb.CONFIRM, Verb.RESPOND)
MET = (DeadlineState.MET, DeadlineState.MET_LATE)
TAKEN = (DeliveryState.ACCEPTED, DeliveryState.UNCONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill; `pace` is the factor by which its deadlines were shortened."""

    id: int
    matter_id: int
    title: str
    pace: float
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    ended_by: str

    @property
    def runs(self) -> bool:
        """Tell whether it goes on."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did, and how long after the drill began."""

    verb: Verb
    by: str
    after: timedelta


@dataclass(frozen=True, slots=True)
class ChannelScore:
    """How a channel fared: when the first alert was accepted, how many were, and how many attempts failed."""

    channel: str
    first_after: timedelta | None
    accepted: int
    failed: int


@dataclass(frozen=True, slots=True)
class DeadlineScore:
    """What became of a deadline; `spare` is how much time was left when it was met, below zero where it was late."""

    obligation_id: str
    state: DeadlineState
    due_after: timedelta
    spare: timedelta | None


@dataclass(frozen=True, slots=True)
class Score:
    """How a drill went. `undelivered` counts the alerts that reached nobody."""

    alerts: int
    pages: int
    undelivered: int
    acts: tuple[Act, ...]
    channels: tuple[ChannelScore, ...]
    deadlines: tuple[DeadlineScore, ...]

    @property
    def in_time(self) -> int:
        """How many deadlines were met in time."""
        return sum(deadline.state is DeadlineState.MET for deadline in self.deadlines)


def score(
    drill: Drill, alerts: Sequence[AlertView], deadlines: Iterable[DeadlineView], log: Iterable[LogView]
) -> Score:
    """Return how a drill went, from the alerts, deadlines and log of its matter."""
    sent = [alert for alert in alerts if alert.state is not AlertState.SKIPPED]
    acts = [Act(Verb(line.what), line.by, line.at - drill.started_at) for line in log if line.what in ACTS]
    return Score(
        alerts=len(sent),
        pages=sum(alert.page for alert in sent),
        undelivered=sum(alert.state in (AlertState.EXPIRED, AlertState.UNDELIVERABLE) for alert in sent),
        acts=tuple(sorted(acts, key=lambda act: act.after)),
        channels=tuple(_channels(drill, sent)),
        deadlines=tuple(_deadline(drill, deadline) for deadline in deadlines),
    )


def _channels(drill: Drill, alerts: Iterable[AlertView]) -> Iterable[ChannelScore]:
    attempts = [delivery for alert in alerts for delivery in alert.deliveries]
    for name in sorted({delivery.channel for delivery in attempts}):
        own = [delivery for delivery in attempts if delivery.channel == name]
        taken = [d.ended_at for d in own if d.state in TAKEN and d.ended_at is not None]
        failed = sum(d.state in (DeliveryState.REFUSED, DeliveryState.UNREACHABLE) for d in own)
        first = min(taken) - drill.started_at if taken else None
        yield ChannelScore(name, first, len(taken), failed)


def _deadline(drill: Drill, deadline: DeadlineView) -> DeadlineScore:
    met = deadline.state in MET and deadline.settled_at is not None
    spare = deadline.due_at - deadline.settled_at if met and deadline.settled_at is not None else None
    return DeadlineScore(deadline.obligation_id, deadline.state, deadline.due_at - drill.started_at, spare)
