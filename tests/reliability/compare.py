"""The same timers with other means: APScheduler's own job store, and a task queue; what each takes, what each loses."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from procrastinate import App, PsycopgConnector
from procrastinate.types import JSONDict
from sqlalchemy import Engine, create_engine, func, select, text

from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow
from tests.reliability.crowd import gather
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, run, stay, until

ALERT = of(AlertRow)
LEAD = 3.0
LIMIT = 120.0
_engines: dict[str, Engine] = {}


def engine_for(url: str) -> Engine:
    """Return one engine for each address and process."""
    if url not in _engines:
        _engines[url] = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    return _engines[url]


def fire(url: str, number: int) -> None:
    """Do what a timer is there for: leave a row."""
    with engine_for(url).begin() as connection:
        connection.execute(text("INSERT INTO fired (number) VALUES (:n)"), {"n": number})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How long after the moment the last of the timers went off, how many never did, how many did twice."""

    seconds: float
    lost: int
    twice: int


@dataclass(frozen=True, slots=True)
class Means:
    """A way to keep timers: how `count` of them are set for a moment, and what runs them."""

    name: str
    arm: Callable[[str, int, float], None]
    work: Callable[[Order], None] | None


def rows(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Let the same number of timers go off at one moment, once undisturbed and once with a kill in the middle."""
    means = [
        Means("Huiying", arm_own, None),
        Means("APScheduler SQLAlchemyJobStore, as it comes", arm_apscheduler, run_apscheduler),
        Means("APScheduler SQLAlchemyJobStore, misfire_grace_time=None", arm_apscheduler_patient, run_apscheduler),
    ]
    if stage.server is not None:
        means.append(Means("procrastinate", arm_procrastinate, run_procrastinate))
    found, own = [], 0.0
    for one in means:
        began = time.monotonic()
        calm, killed = (measure(stage, seed, one, count, kill=kill) for kill in (False, True))
        own = own or calm.seconds
        last = (
            "never all"
            if calm.lost
            else f"last {calm.seconds:.1f} s late ({count / calm.seconds:,.0f}/s, x{calm.seconds / own:.1f})"
        )
        measured = (
            f"{last}, {calm.lost} lost, {calm.twice} twice; killed once in the middle and started 4 s later: "
            f"{killed.lost} lost, {killed.twice} twice"
        )
        ours = one.work is None
        held = not ours or not (calm.lost or killed.lost or calm.twice or killed.twice)
        wanted = "0 lost, 0 twice" if ours else "(for comparison)"
        name = f"{count:,} timers at one moment: {one.name}"
        found.append(Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began))
    return found


def measure(stage: Stage, seed: int, means: Means, count: int, *, kill: bool) -> Outcome:
    """Set the timers, run them, and count."""
    url = stage.fresh()
    database = stage.open(url)
    if means.work is not None:
        with database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE fired (number INTEGER)"))
    # Arming is slow for some; the moment is only set once all is armed.
    at = time.time() + LEAD + count / (150 if means.work is run_apscheduler else 1500)
    means.arm(url, count, at)
    at = max(at, time.time())

    def fired() -> Counter[int]:
        asked = (
            select(ALERT.c.matter_id, func.count()).where(ALERT.c.point == "due").group_by(ALERT.c.matter_id)
            if means.work is None
            else text("SELECT number, count(*) FROM fired GROUP BY number")
        )
        with database.read() as connection:
            return Counter(dict(connection.execute(asked).tuples().all()))

    crew = Crew(Order(url, only=("watch",), every=0.2), seed, target=means.work or run)
    crew.hire()
    if kill:
        until(lambda: len(fired()) > count // 3, limit=at - time.time() + LIMIT, every=0.01)
        crew.kill()
        time.sleep(4)
        crew.hire()
    quiet = [0, time.time()]

    def settled() -> bool:
        known = len(fired())
        if known != quiet[0]:
            quiet[:] = [known, time.time()]
        return known >= count or time.time() - max(quiet[1], at) > 15

    until(settled, limit=at - time.time() + LIMIT, every=0.1)
    took = quiet[1] - at
    crew.stop()
    done = fired()
    return Outcome(max(took, 0.001), count - len(done), sum(n - 1 for n in done.values()))


def arm_own(url: str, count: int, at: float) -> None:
    database = Database(url)
    gather(database, count, lambda n: datetime.fromtimestamp(at, UTC))
    database.close()


def arm_apscheduler_patient(url: str, count: int, at: float) -> None:
    arm_apscheduler(url, count, at, grace=None)


def arm_apscheduler(url: str, count: int, at: float, grace: int | None = 1) -> None:
    scheduler = _scheduler(url)
    scheduler.start(paused=True)
    for n in range(count):
        scheduler.add_job(
            fire, "date", run_date=datetime.fromtimestamp(at, UTC), args=(url, n), id=str(n), misfire_grace_time=grace
        )
    scheduler.shutdown()


def run_apscheduler(order: Order) -> None:
    """Run its scheduler as its documentation shows, with its defaults."""
    logging.disable(logging.CRITICAL)
    _scheduler(order.url).start()
    stay(order)


def _scheduler(url: str) -> BackgroundScheduler:
    return BackgroundScheduler(jobstores={"default": SQLAlchemyJobStore(engine=engine_for(url))}, timezone="UTC")


def _app(url: str) -> App:
    app = App(connector=PsycopgConnector(conninfo=url, kwargs={"options": "-csearch_path=queue,public"}))

    @app.task(name="fire")
    def task(number: int) -> None:
        fire(url, number)

    return app


def arm_procrastinate(url: str, count: int, at: float) -> None:
    with engine_for(url).begin() as connection:
        connection.execute(text("CREATE SCHEMA queue"))

    async def arm() -> None:
        app = _app(url)
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            task = app.configure_task("fire", schedule_at=datetime.fromtimestamp(at, UTC) + timedelta())
            for start in range(0, count, 1000):
                some: list[JSONDict] = [{"number": n} for n in range(start, min(start + 1000, count))]
                await task.batch_defer_async(*some)

    asyncio.run(arm())


def run_procrastinate(order: Order) -> None:
    """Run its worker with ten jobs at once."""
    logging.disable(logging.CRITICAL)

    async def work() -> None:
        app = _app(order.url)
        async with app.open_async():
            await app.run_worker_async(concurrency=10, fetch_job_polling_interval=0.2, install_signal_handlers=False)

    asyncio.run(work())
