"""An outbox with alerts in it, and channels that do as a test tells them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.pacing import Pace
from monitor.core.model import AlertReason
from monitor.core.views import AlertView
from monitor.loops.deliver import Deliver, Outlet
from monitor.store import duties, incidents, views
from monitor.store.database import Database
from monitor.store.sql import insert
from monitor.store.tables import IncidentRow
from responders.channels.base import Card, Channel, DeliveryFailure, Message, Receipt, Tone, Try
from responders.documents.messages import Scene
from tests.story.office import ALERTS, T0, MovedClock

Answer = Receipt | BaseException | Callable[[Message, Try], Receipt]
AWAY = DeliveryFailure("connection refused")
SILENT = DeliveryFailure("timeout", may_have_arrived=True)
TAKEN = Receipt()


@dataclass(slots=True)
class Told:
    """A channel that gives the next of its answers to each message, and takes everything once they are used up."""

    name: str = "told"
    answers: list[Answer] = field(default_factory=list)
    can_reconcile: bool = False
    sent: list[tuple[str, Try]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def send(self, message: Message, attempt: Try) -> Receipt:
        self.sent.append((message.key, attempt))
        answer = self.answers.pop(0) if self.answers else TAKEN
        if isinstance(answer, BaseException):
            raise answer
        return answer(message, attempt) if callable(answer) else answer

    def find(self, message: Message, attempt: Try) -> Receipt | None:
        self.asked.append(message.key)
        return None

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.sent]


class Killed(BaseException):
    """The process ends here."""


def plain(_: Connection, scene: Scene) -> Message:
    """Say the least that a message can say."""
    card = Card(key=f"matter:{scene.alert.matter_id}", title="card", tone=Tone.CALM) if scene.alert.matter_id else None
    return Message(key=scene.alert.key, title=scene.alert.key, tone=Tone.NOTICE, card=card)


@dataclass(slots=True)
class Post:
    """An outbox and the channels that empty it."""

    database: Database
    channels: Sequence[Channel]
    clock: MovedClock = field(default_factory=MovedClock)
    compose: Callable[[Connection, Scene], Message] = plain
    pace: Pace | None = None
    digest: Callable[[Sequence[Message], str, datetime], Message] | None = None
    outlets: list[Outlet] = field(init=False)
    deliveries: list[Deliver] = field(init=False)

    def __post_init__(self) -> None:
        self.outlets = [Outlet(channel, ALERTS, pace=self.pace, digest=self.digest) for channel in self.channels]
        self.deliveries = [self.deliver(outlet) for outlet in self.outlets]

    def deliver(self, outlet: Outlet | None = None) -> Deliver:
        """Return a further process's deliverer of an outlet, by default the first."""
        return Deliver(self.database, outlet or self.outlets[0], self.outlets, self.compose, self.clock)

    def matter(self, title: str = "某化工厂爆炸") -> int:
        """Open an incident and return its number."""
        with self.database.write() as connection:
            number, now = incidents.open_matter(connection, title, self.clock()), self.clock()
            row = IncidentRow(matter_id=number, first_reported_at=now, first_seen_at=now, last_seen_at=now)
            connection.execute(insert(connection, IncidentRow).values(**row.model_dump()))
            return number

    def put(
        self,
        key: str,
        *,
        matter: int | None = None,
        reason: AlertReason = AlertReason.TROUBLE,
        useful: timedelta = timedelta(hours=6),
        page: bool = False,
        point: str = "",
        obligation: str | None = None,
    ) -> None:
        """Put an alert into the outbox."""
        now = self.clock()
        draft = AlertDraft(
            key=key,
            reason=reason,
            matter_id=matter,
            obligation_id=obligation,
            point=point,
            at=now,
            not_before=now,
            useful_until=now + useful,
            page=page,
        )
        with self.database.write() as connection:
            duties.save_alerts(connection, [draft], now)

    def tick(self, times: int = 1, *, every: timedelta = timedelta(seconds=1)) -> None:
        """Let all channels run `times` times, `every` apart."""
        for n in range(times):
            if n:
                self.clock.now += every
            for deliver in self.deliveries:
                deliver.tick(self.clock())
        self.deliveries[0].sweep(self.clock())

    def alert(self, key: str) -> AlertView:
        """Return an alert as it stands."""
        return next(alert for alert in self.alerts() if alert.key == key)

    def alerts(self) -> list[AlertView]:
        """Return all alerts."""
        with self.database.read() as connection:
            return list(views.alerts(connection, limit=1000))


def at_once(*acts: Callable[[], object], limit: float = 30) -> list[BaseException]:
    """Do all acts at the same moment, each in a thread; return what they raised."""
    gate, raised = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(limit)
    return raised


def moments(alert: AlertView) -> list[datetime]:
    """Return when each attempt began."""
    return [delivery.started_at for delivery in alert.deliveries]


__all__ = ["AWAY", "SILENT", "T0", "TAKEN", "Answer", "Killed", "Post", "Told", "at_once", "moments", "plain"]
