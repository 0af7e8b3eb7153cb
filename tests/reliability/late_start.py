"""The service was down for twelve hours: what is late is told once for each deadline, what was skipped is kept."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from monitor.core.duties.alerting import Silence
from monitor.core.duties.points import points
from monitor.store import duties
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow
from tests.reliability.crowd import RULE, gather
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, context, until

ALERT, DEADLINE = of(AlertRow), of(DeadlineRow)
DOWN = timedelta(hours=12)
A_MINUTE = timedelta(minutes=1)


def ended(now: datetime, share: float) -> datetime:
    """Return an end within the twelve hours that has no step of its own in the half minute after `now`.

    Steps lie whole minutes from the end: one that comes while the start is measured is told as well, and rightly.
    """
    return now - A_MINUTE / 2 - (DOWN * share) // A_MINUTE * A_MINUTE


def row(stage: Stage, seed: int, *, count: int) -> Row:
    """Start the service where deadlines ran out, one after another, while it was down."""
    # The first worker waits until all modules are read, which is not the service's affair.
    warm = context().Process(target=int)
    warm.start()
    warm.join()
    began, url = time.monotonic(), stage.fresh()
    database, now = stage.open(url), datetime.now(UTC)
    gather(database, count, lambda n: ended(now, (n + 1) / (count + 1)))
    with database.read() as connection:
        deadlines = [
            duties.deadline_of(r) for r in connection.execute(DEADLINE.select().where(DEADLINE.c.state == "open"))
        ]
    crew = Crew(Order(url, only=("watch",), reminders=True), seed)
    started = time.monotonic()
    crew.hire()

    def told() -> int:
        with database.read() as connection:
            return int(
                connection.execute(
                    select(func.count(func.distinct(ALERT.c.matter_id))).where(ALERT.c.state == "pending")
                ).scalar_one()
            )

    first = until(lambda: told() > 0, limit=60, every=0.02)
    until(lambda: told() >= count, limit=60)
    crew.stop()
    with database.read() as connection:
        rows = connection.execute(ALERT.select()).all()
    late = Counter(r.matter_id for r in rows if r.state == "pending")
    skipped = defaultdict(set)
    for r in rows:
        if r.state == "skipped" and r.silence == Silence.LATER_ALERT_TELLS:
            skipped[r.matter_id].add(r.point)
    missing = 0
    for deadline in deadlines:
        come = [p.name for p in points(deadline, RULE) if deadline.watched_until < p.at <= now]
        missing += len(set(come) - skipped[deadline.matter_id]) - 1
    measured = (
        f"first {first:.2f} s after the start ({time.monotonic() - started:.0f} s for all {count}); "
        f"{sum(n != 1 for n in late.values()) + count - len(late)} deadlines with none or more than one late alert, "
        f"{sum(map(len, skipped.values()))} skipped steps kept, {missing} missing"
    )
    held = first <= 10 and set(late.values()) == {1} and len(late) == count and not missing
    wanted = "first alert <= 10 s, exactly one late alert a deadline, each skipped step kept"
    return Row(f"down for 12 h, {count} ran out", stage.kind, wanted, measured, held, seed, time.monotonic() - began)
