"""A provider is down for hours in four ways: the next channel tells at once, and nothing stale comes afterwards."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.duties.alerting import AlertDraft
from monitor.core.model import AlertReason, DeliveryState
from monitor.gate import Gate, GateSettings
from monitor.loops.deliver import Deliver
from monitor.store import duties, views
from monitor.store.database import Database
from tests.reliability.provider import Moody, MoodyRobot, MoodySlack
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Order, bare, outlets_for
from tests.responders.fakes.web import Answer, Fault, Request
from tests.story.office import T0, MovedClock

STEP = timedelta(seconds=5)
EVERY = timedelta(minutes=3)
RETRY_AFTER = 30
# How it is down, for how much of the time: a hanging provider takes real time to show, so it hangs for less.
WAYS: tuple[tuple[str, float], ...] = (("5xx", 0.35), ("hangs", 0.05), ("429", 0.3), ("200 with an error", 0.3))
ANSWERS: dict[str, Fault | Answer] = {
    "5xx": Fault.SERVER_ERROR,
    "hangs": Fault.TIMEOUT,
    "429": Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(RETRY_AFTER)}),
    "200 with an error": Answer({"ok": False, "error": "internal_error"}),
}


class DownSlack(MoodySlack):
    """Slack that is down in one way or another; keeps when it was asked meanwhile."""

    way = ""

    def answer(self, request: Request) -> Answer | None:
        self.asked.append((self.clock(), self.way))
        return super().answer(request)

    def _next_fault(self, path: str) -> Fault | Answer | None:
        return ANSWERS.get(self.way)

    @property
    def asked(self) -> list[tuple[float, str]]:
        if not hasattr(self, "_asked"):
            self._asked: list[tuple[float, str]] = []
        return self._asked


def row(stage: Stage, seed: int, *, hours: int) -> Row:
    """Let alerts come while Slack is down and a group robot is not; then let Slack come back."""
    began, url = time.monotonic(), stage.fresh()
    database, clock = stage.open(url), MovedClock()
    with (
        DownSlack(Moody(seed, {}), lambda: clock().timestamp()) as slack,
        MoodyRobot(Moody(seed, {}), lambda: clock().timestamp()) as robot,
    ):
        gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5))
        outlets = outlets_for(Order("", slack.base_url, robot.webhook), gate, timeout=1)
        legs = [Deliver(database, outlet, outlets, bare, clock) for outlet in outlets]
        end, number = T0 + timedelta(hours=hours), 0
        while clock.now < end + timedelta(hours=1):
            slack.way = way_at((clock.now - T0) / (end - T0))
            if clock.now < end and clock.now >= T0 + number * EVERY:
                put(database, number, clock.now)
                number += 1
            for leg in legs:
                leg.tick(clock())
            legs[0].sweep(clock())
            clock.now += STEP
        gate.close()
        with database.read() as connection:
            alerts = views.alerts(connection, limit=100_000)
        posts = [(datetime.fromtimestamp(float(p.ts), T0.tzinfo), p.key) for p in slack.channels["C0123ABCD"]]
        hasty = hasty_after_429(slack.asked)
    first = [
        min(d.ended_at for d in a.deliveries if d.state is DeliveryState.ACCEPTED and d.ended_at) - a.created_at
        for a in alerts
        if any(d.state is DeliveryState.ACCEPTED for d in a.deliveries)
    ]
    untold = len(alerts) - len(first)
    useful = {alert.key: alert.useful_until for alert in alerts}
    stale = sum(at > useful[key] for at, key in posts)
    still = {key for key, until in useful.items() if until > end + timedelta(minutes=10)}
    unsent = len(still - {key for _, key in posts})
    rate = max(Counter(at.replace(second=0, microsecond=0) for at, _ in posts).values(), default=0)
    slowest = max(first).total_seconds() if first else float("inf")
    measured = (
        f"{len(alerts)} alerts: {untold} untold, slowest by the other channel {slowest:.0f} s; after recovery "
        f"{stale} stale, {unsent} of {len(still)} still useful missing, {rate} a minute at most; "
        f"{hasty} requests before Retry-After"
    )
    held = not (untold or stale or unsent or hasty) and slowest <= 60 and rate <= 60
    wanted = "next channel <= 60 s, nothing stale after, backlog within the rate"
    return Row(
        f"provider down {hours} h (5xx, hanging, 429, 200 with an error)",
        stage.kind,
        wanted,
        measured,
        held,
        seed,
        time.monotonic() - began,
    )


def way_at(share: float) -> str:
    """Return how the provider is down after this share of the outage; empty where it is over."""
    for way, length in WAYS:
        if share < length:
            return way
        share -= length
    return ""


def hasty_after_429(asked: list[tuple[float, str]]) -> int:
    """Count the requests that came sooner after a 429 than it said."""
    return sum(before[1] == "429" and after[0] - before[0] < RETRY_AFTER for before, after in pairwise(asked))


def put(database: Database, number: int, now: datetime) -> None:
    """Put an alert into the outbox; every second one is of use for an hour only."""
    draft = AlertDraft(
        key=f"alert:{number}",
        reason=AlertReason.TROUBLE,
        matter_id=None,
        point="",
        at=now,
        not_before=now,
        useful_until=now + timedelta(hours=1 if number % 2 else 24),
        page=True,
    )
    with database.write() as connection:
        duties.save_alerts(connection, [draft], now)
