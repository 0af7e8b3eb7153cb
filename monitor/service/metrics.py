"""What monitoring can collect of the service, in the form of Prometheus; a registry of our own, no global state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from monitor.core.engine import EngineFacts, Leg
from monitor.core.paths import PathOutcome
from monitor.service.watchman import Watchman
from responders.slack_app.sockets import SocketFacts


class Metrics:
    """Gives the metrics as text; each is read at the moment of the question from what the watchman knows."""

    kind = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(
        self,
        watchman: Watchman,
        last_ping: Callable[[], datetime | None] = lambda: None,
        slack: Callable[[], SocketFacts | None] = lambda: None,
    ) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Readings(watchman, last_ping, slack))

    def text(self) -> bytes:
        """Return all metrics."""
        return generate_latest(self._registry)


class _Readings(Collector):
    def __init__(
        self,
        watchman: Watchman,
        last_ping: Callable[[], datetime | None],
        slack: Callable[[], SocketFacts | None],
    ) -> None:
        self._watchman = watchman
        self._last_ping = last_ping
        self._slack = slack

    def collect(self) -> Iterable[Metric]:
        """Yield every metric once."""
        facts = self._watchman.facts()
        yield _gauge("build_info", "The version that runs; always 1", [((_version(),), 1)], "version")
        yield _one("up", "1 where all loops of this process beat", int(self._watchman.alive))
        yield _one("ready", "1 where the database answers in the form that this version knows", self._watchman.ready)
        yield _one("scheduler_up", "1 where the scheduler's thread lives", facts.scheduler_beats)
        yield from _legs(facts)
        yield from self._engine(facts)
        yield from self._clocks()
        yield from self._paths()
        sockets = self._slack()
        if sockets is not None:
            yield from _slack(sockets)
        ping = self._last_ping()
        if ping is not None:
            yield _one("deadman_ping_timestamp_seconds", "When the dead-man's switch last took our word", ping)

    def _engine(self, facts: EngineFacts) -> Iterator[Metric]:
        grave = [part.grave for part in self._watchman.unwell()]
        rows = [(("grave",), grave.count(True)), (("other",), grave.count(False))]
        yield _gauge("unwell", "What does not do its work; grave: a deadline or alert may be lost", rows, "gravity")
        yield _one("facts_age_seconds", "How long ago the database last told of the engine", facts.stored_age)
        yield _one("database_up", "1 where the database answered at the last question", not facts.database_fault)
        if facts.disk_free is not None:
            yield _one("disk_free_bytes", "Room on the disk of the database", facts.disk_free)
        counts = [((state,), number) for state, number in sorted(self._watchman.seen.deadlines.items())]
        yield _gauge("deadlines", "Deadlines that a response would still settle, drills included", counts, "state")
        if facts.stored is None:
            return
        stored = facts.stored
        late = (facts.now - stored.next_check).total_seconds() if stored.next_check else 0.0
        yield _one("deadline_lateness_seconds", "By how much the next look at a deadline is overdue", max(0.0, late))
        if stored.next_check is not None:
            yield _one("deadline_next_check_timestamp_seconds", "When a deadline is looked at next", stored.next_check)
        yield _one("deadlines_forgotten", "Open deadlines that nobody will look at; must be 0", stored.forgotten)
        yield _one("alerts_pending", "Alerts still to be sent over some channel", stored.pending)
        yield _one("alerts_left", "Alerts past their use that were left lying; must be 0", stored.left)
        rows = [((aside.leg,), aside.rows) for aside in stored.troubled]
        yield _gauge("troubled_rows", "Rows that a leg cannot deal with and has set aside", rows, "leg")
        gaps = [((name,), max(0.0, (at - facts.now).total_seconds())) for name, at in stored.unmanned.items()]
        yield _gauge("rota_gap_seconds", "In how long nobody is on duty; only where that is within a day", gaps, "rota")
        waits = (facts.now - stored.unreached).total_seconds() if stored.unreached else 0.0
        yield _one("alert_unreached_seconds", "How long the oldest alert waits that has reached nobody", waits)

    def _clocks(self) -> Iterator[Metric]:
        check = self._watchman.keeper.last
        yield _one("clock_wall_offset_seconds", "By how much the machine's clock is ahead of the time that counts",
                   check.wall_off.total_seconds())  # fmt: skip
        if check.database_off is not None:
            yield _one("clock_database_offset_seconds", "By how much the database's clock is ahead of it",
                       check.database_off.total_seconds())  # fmt: skip
        if check.witnesses_off is not None:
            yield _one("clock_witnesses_offset_seconds", "By how much other hosts are ahead of it",
                       check.witnesses_off.total_seconds())  # fmt: skip
        yield _one("clock_witnesses", "Other hosts whose time was heard of late", check.witnesses)
        moves = CounterMetricFamily("huiying_clock_moves", "How often the time that counts was corrected at once")
        moves.add_metric((), self._watchman.keeper.moves)
        yield moves

    def _paths(self) -> Iterator[Metric]:
        checks = self._watchman.seen.checks
        rows = [((check.channel,), check.outcome is not PathOutcome.FAILED) for check in checks]
        yield _gauge("path_up", "1 where the last silent drill found the channel's way open", rows, "channel")
        ended = [((c.channel,), c.ended_at.timestamp()) for c in checks if c.ended_at is not None]
        yield _gauge("path_checked_timestamp_seconds", "When the silent drill last tried the channel", ended, "channel")


def _slack(sockets: SocketFacts) -> Iterator[Metric]:
    yield _one("slack_sockets", "Web sockets to Slack that work; 0 where no button is heard", sockets.working)
    yield _one("slack_silent_seconds", "For how long no web socket to Slack has worked", sockets.silent_for)
    for name, told, value in (
        ("slack_sockets_opened", "Web sockets to Slack that were opened", sockets.opened),
        ("slack_envelopes", "What Slack sent over them", sockets.envelopes),
    ):
        family = CounterMetricFamily(f"huiying_{name}", told)
        family.add_metric((), value)
        yield family


def _legs(facts: EngineFacts) -> Iterator[Metric]:
    def rows(value: Callable[[Leg], float]) -> list[tuple[tuple[str], float]]:
        return [((leg.name,), value(leg)) for leg in facts.legs]

    good = [((leg.name,), leg.good_at.timestamp()) for leg in facts.legs if leg.good_at is not None]
    yield _gauge("leg_up", "1 where the leg neither ended, hangs nor fails", rows(_is_well), "leg")
    yield _gauge("leg_good_timestamp_seconds", "When the leg's last good cycle began", good, "leg")
    for name, told, value in (
        ("leg_cycles", "The cycles of the leg", lambda leg: leg.cycles),
        ("leg_faults", "The cycles of the leg that failed", lambda leg: leg.faults),
    ):
        family = CounterMetricFamily(f"huiying_{name}", told, labels=["leg"])
        for labels, number in rows(value):
            family.add_metric(labels, number)
        yield family


def _is_well(leg: Leg) -> bool:
    return not (leg.dead or leg.hanging or leg.fault)


def _one(name: str, told: str, value: float | datetime) -> Metric:
    return _gauge(name, told, [((), value.timestamp() if isinstance(value, datetime) else value)])


def _gauge(name: str, told: str, rows: Iterable[tuple[tuple[str, ...], float]], *labels: str) -> Metric:
    family = GaugeMetricFamily(f"huiying_{name}", told, labels=labels)
    for values, number in rows:
        family.add_metric(values, float(number))
    return family


def _version() -> str:
    try:
        return version("huiying")
    except PackageNotFoundError:
        return "unknown"
