"""Processes die at any moment: nothing is lost, nothing is told twice where the provider can be asked."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from monitor.core.model import AlertState, DeadlineState
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow, TransitionRow
from tests.reliability.crowd import gather
from tests.reliability.provider import Moody, MoodyRobot, MoodySlack
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, until
from tests.responders.fakes.web import Fault

ALERT, DEADLINE, TRANSITION = of(AlertRow), of(DeadlineRow), of(TransitionRow)
PACE = 60.0
MOODS = {Fault.DROPPED_REPLY: 0.05, Fault.SERVER_ERROR: 0.02}
MEAN = 0.12
A_SECOND = 12


def row(stage: Stage, seed: int, *, kills: int, pace: float = PACE) -> Row:
    """Kill workers while deadlines come due and are told over two providers."""
    began, url = time.monotonic(), stage.fresh()
    epoch = 1_790_000_000.0
    started = time.time()
    order = Order(url, epoch=epoch, started=started, pace=pace, every=0.1)
    with (
        MoodySlack(Moody(seed, MOODS), order.seconds, burst=20) as slack,
        MoodyRobot(Moody(seed + 1, MOODS), order.seconds) as robot,
    ):
        robot.per_minute = 60
        span = kills * MEAN
        database, count = stage.open(url), max(20, int(span * A_SECOND))
        now, chance = order.clock(), random.Random(seed)
        moments = sorted(now + timedelta(seconds=chance.uniform(5, 5 + span) * pace) for _ in range(count))
        gather(database, count, lambda n: moments[n])
        order = Order(url, slack.base_url, robot.webhook, epoch=epoch, started=started, pace=pace, every=0.1)
        crew = Crew(order, seed)
        crew.massacre(kills, lambda chance: chance.expovariate(1 / MEAN))
        crew.hire()
        crew.hire()

        def done() -> bool:
            with database.read() as connection:
                left = connection.execute(
                    select(func.count()).select_from(ALERT).where(ALERT.c.state == AlertState.PENDING.value)
                ).scalar_one()
                open_ = connection.execute(
                    select(func.count()).select_from(DEADLINE).where(DEADLINE.c.state == DeadlineState.OPEN.value)
                ).scalar_one()
            return not left and not open_

        drained = until(done, limit=120 + span)
        crew.stop()
        posted, texts = slack.counts(), robot.texts()
        with database.read() as connection:
            due = {r.key: r.state for r in connection.execute(ALERT.select().where(ALERT.c.point == "due"))}
            changes = Counter(r.matter_id for r in connection.execute(TRANSITION.select()))
            stuck = connection.execute(
                select(func.count()).select_from(DEADLINE).where(DEADLINE.c.state == DeadlineState.OPEN.value)
            ).scalar_one()
    said = Counter(key for key, _ in texts)
    lost = count - len(due) + sum(key not in posted for key in due) + sum(key not in said for key in due)
    twice = sum(n - 1 for n in posted.values())
    again = sum(n - 1 for n in said.values())
    unmarked = _unmarked(texts)
    twice_changed = sum(n - 1 for n in changes.values())
    allowed = crew.kills + robot.mood.dropped
    measured = (
        f"{count} alerts x 2 channels, {crew.kills} kills, {slack.mood.dropped}+{robot.mood.dropped} replies dropped: "
        f"{lost} lost, {stuck} stuck, {twice} twice at Slack, {again} twice at the robot ({unmarked} unmarked), "
        f"{twice_changed} transitions twice, drained {drained:.0f} s after"
    )
    held = not (lost or stuck or twice or unmarked or twice_changed) and again <= allowed and drained < float("inf")
    wanted = "0 lost, 0 stuck; Slack 0 twice; robot <= 1 a kill or dropped reply, marked"
    return Row(
        f"kill -9 x {crew.kills}, 1-4 processes", stage.kind, wanted, measured, held, seed, time.monotonic() - began
    )


def _unmarked(texts: list[tuple[str, bool]]) -> int:
    """Count the repeats that do not say that they may be one."""
    seen: set[str] = set()
    unmarked = 0
    for key, marked in texts:
        unmarked += key in seen and not marked
        seen.add(key)
    return unmarked
