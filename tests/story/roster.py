"""A bureau whose people are named: contacts with ways, a rota, a policy; its watch, desk and deliverers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from monitor.config.lexicon import load_words
from monitor.core.duties.obligations import RulePack
from monitor.core.incidents.grader import Grader
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.contacts import Contact, Office, Way
from monitor.core.people.duty import Duty
from monitor.core.people.policies import Policy, Rung, Whom, WhomKind
from monitor.core.people.rota import Layer, Rota
from monitor.core.views import AlertView
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.duty import DutyWatch
from monitor.loops.watch import Watch
from monitor.store import views
from monitor.store.database import Database
from responders.channels.base import Channel
from responders.desk import Desk
from responders.rota import RotaDesk
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import ALERTS, T0, MovedClock
from tests.story.outbox import Told, plain

M = timedelta(minutes=1)
H = timedelta(hours=1)
ROTA, BOSS, LEADERS = (
    Whom(WhomKind.ROTA, "duty"),
    Whom(WhomKind.CONTACT, "boss"),
    Whom(WhomKind.OFFICE, "leaders"),
)
CONTACTS = {
    "wang": Contact("wang", "王敏", (Way("chat", "U1"), Way("mail", "wang@example.org"))),
    "li": Contact("li", "李强", (Way("mail", "li@example.org"),)),
    "boss": Contact("boss", "赵磊", (Way("chat", "U3"), Way("sms", "13800000000"))),
}
# T0 is 20:00 in Beijing: wang is on duty until 8:30, then li.
BY_DAY = Layer("轮值", ("li", "wang"), date(2026, 7, 8), time(8, 30), 24 * H)
USUAL = Policy(
    id="usual",
    rungs=(Rung(timedelta(0), (ROTA,)), Rung(10 * M, (ROTA, LEADERS))),
    repeat=1,
    pause=20 * M,
    expires=30 * M,
    grace=10 * M,
)
DUTY = Duty(
    contacts=CONTACTS,
    offices={"leaders": Office("leaders", "局领导", ("boss",))},
    rotas={"duty": Rota("duty", "总值班", (BY_DAY,))},
    policies=(USUAL,),
)


def packed(duty: Duty = DUTY) -> RulePack:
    """Return the usual pack with these people."""
    return replace(PACK, duty=duty)


@cache
def grader() -> Grader:
    chinese, _, tables = load_words()
    return Grader(tables, chinese.kinds)


@dataclass(slots=True)
class Bureau:
    """People at work on a clock that the test moves; `chat`, `mail` and `sms` reach contacts, `team` everybody."""

    database: Database
    duty: Duty = DUTY
    clock: MovedClock = field(default_factory=MovedClock)
    team: Told = field(default_factory=lambda: Told("team"))
    chat: Told = field(default_factory=lambda: Told("chat"))
    mail: Told = field(default_factory=lambda: Told("mail"))
    sms: Told = field(default_factory=lambda: Told("sms"))
    deliveries: list[Deliver] = field(init=False)

    def __post_init__(self) -> None:
        personal: Sequence[Channel] = (self.chat, self.mail, self.sms)
        outlets = [Outlet(self.team, ALERTS), *(Outlet(channel, ALERTS, broadcast=False) for channel in personal)]
        self.deliveries = [
            Deliver(self.database, outlet, outlets, plain, self.clock, self.duty.contacts) for outlet in outlets
        ]

    @property
    def pack(self) -> RulePack:
        return packed(self.duty)

    @property
    def watch(self) -> Watch:
        return Watch(self.database, self.pack, REGION)

    @property
    def desk(self) -> Desk:
        return Desk(self.database, self.pack, grader(), REGION)

    @property
    def rota_desk(self) -> RotaDesk:
        return RotaDesk(self.database, self.duty)

    @property
    def duty_watch(self) -> DutyWatch:
        return DutyWatch(self.database, self.duty)

    def major(self) -> int:
        """Let a major incident open now; return its number."""
        (number,) = open_major(self.database, 1, self.clock(), self.pack)
        return number

    def pass_time(self, span: timedelta, *, every: timedelta = M) -> None:
        """Let time pass and all legs run."""
        end = self.clock() + span
        while self.clock() < end:
            self.clock.now = min(end, self.clock() + every)
            self.watch.tick(self.clock())
            self.deliver()

    def deliver(self) -> None:
        """Let all channels run once."""
        for deliver in self.deliveries:
            deliver.tick(self.clock())
        self.deliveries[0].sweep(self.clock())

    def ack(self, number: int, by: str = "王敏") -> None:
        self.desk.acknowledge(number, by=by, now=self.clock())

    def alerts(self) -> list[AlertView]:
        """Return all alerts, oldest first."""
        with self.database.read() as connection:
            return sorted(views.alerts(connection, limit=100_000), key=lambda alert: alert.id)

    def pages(self, *, obligation: str = "OP-AUTH-5H") -> list[tuple[str, int]]:
        """Return the pages of a deadline that were made to speak, by point and minute after T0."""
        return [
            (alert.point, round((alert.at - T0) / M))
            for alert in self.alerts()
            if alert.reason is AlertReason.ESCALATED
            and alert.obligation_id == obligation
            and alert.state is not AlertState.SKIPPED
        ]

    def of(self, point: str, obligation: str | None = "OP-AUTH-5H") -> AlertView:
        """Return the alert of one point."""
        return next(a for a in self.alerts() if a.point == point and a.obligation_id == obligation)


def names(alert: AlertView) -> dict[str, str]:
    """Return for whom an alert is, and why."""
    return {one.contact: one.because.value for one in alert.audience}


def since(at: datetime) -> int:
    """Return the minutes since T0."""
    return round((at - T0) / M)
