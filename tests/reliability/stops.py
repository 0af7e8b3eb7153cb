"""PostgreSQL is stopped again and again: the legs go on, nothing committed is lost, nothing stays stuck."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow, TransitionRow
from tests.reliability.crowd import gather
from tests.reliability.provider import Moody, MoodySlack
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, until

ALERT, DEADLINE, TRANSITION = of(AlertRow), of(DeadlineRow), of(TransitionRow)
A_SECOND = 4
PACE = 10.0


def row(stage: Stage, seed: int, *, seconds: int) -> list[Row]:
    """Stop the server every 5 to 40 s, for up to 5 s, while deadlines come due and are told."""
    if stage.server is None:
        return []
    began, url = time.monotonic(), stage.fresh()
    started, epoch = time.time(), 1_790_000_000.0
    order = Order(url, epoch=epoch, started=started, pace=PACE, every=0.2)
    chance = random.Random(seed)
    with MoodySlack(Moody(seed, {}), order.seconds, burst=20) as slack:
        database, count, now = stage.open(url), seconds * A_SECOND, order.clock()
        gather(database, count, lambda n: now + timedelta(seconds=(5 + n / A_SECOND) * PACE))
        crew = Crew(Order(url, slack.base_url, epoch=epoch, started=started, pace=PACE, every=0.2), seed)
        crew.hire()
        crew.hire()
        stops, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(min(chance.uniform(5, 40) * (0.25 if seconds < 300 else 1), max(0.0, end - time.monotonic())))
            stage.server.stop(chance.choice([signal.SIGINT, signal.SIGQUIT]))
            time.sleep(chance.uniform(0, 5))
            stage.server.start()
            stops += 1

        def done() -> bool:
            with database.read() as connection:
                waits = select(func.count()).select_from(ALERT).where(ALERT.c.state == "pending")
                runs = select(func.count()).select_from(DEADLINE).where(DEADLINE.c.state == "open")
                return not connection.execute(waits).scalar_one() and not connection.execute(runs).scalar_one()

        drained = until(done, limit=60)
        crew.stop()
        posted = slack.counts()
        with database.read() as connection:
            due = set(connection.scalars(select(ALERT.c.key).where(ALERT.c.point == "due")))
            changes = Counter(connection.scalars(select(TRANSITION.c.matter_id)))
    lost = count - len(due) + len(due - posted.keys())
    twice = sum(n - 1 for n in posted.values()) + sum(n - 1 for n in changes.values())
    measured = (
        f"{stops} stops, {count} alerts: {lost} lost, {twice} twice, all done {drained:.0f} s after the last start"
    )
    wanted = "0 lost, nothing stuck 60 s after"
    held = not lost and not twice and drained <= 60
    name = f"PostgreSQL stopped every 5-40 s for {seconds} s"
    return [Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began)]
