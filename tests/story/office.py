"""A bureau with everything running on a clock that the test moves: real sockets and databases, fakes outside."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.config.settings import Settings, SettingsFile
from monitor.core.model import AlertReason
from monitor.core.sources import ApiRule, Source, SourceKind
from monitor.gate import Gate, GateSettings
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.watch import Watch
from monitor.service import Parts
from monitor.store import views
from monitor.store.database import Database
from responders.channels.base import Channel
from responders.documents.messages import Composer

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
ALERTS = frozenset(AlertReason) - {AlertReason.BRIEFING}


@dataclass(slots=True)
class MovedClock:
    """A clock that only a test moves."""

    now: datetime = T0

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(slots=True)
class Office:
    """The parts of a running bureau, ticked by hand."""

    database: Database
    sources: dict[str, Source]
    channels: list[Channel]
    region: str = "000000"
    clock: MovedClock = field(default_factory=MovedClock)
    parts: Parts = field(init=False)
    crawl: Crawl = field(init=False)
    watch: Watch = field(init=False)
    deliveries: list[Deliver] = field(init=False)
    gate: Gate = field(init=False)
    pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        form = SettingsFile.model_validate({"language": "zh", "bureau": {"region": self.region}})
        self.parts = Parts(Settings(form, None), self.database)
        self.gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5))
        self.pool = ThreadPoolExecutor(4)
        self.crawl = Crawl(self.parts.intake, self.gate, self.sources, self.pool, 4, self.clock, lambda: 0.5)
        self.crawl.register(self.clock())
        self.watch = Watch(self.database, self.parts.pack, self.region)
        composer = Composer(self.parts.words, self.parts.names, "http://127.0.0.1:8765", self.region)
        outlets = [Outlet(channel, ALERTS) for channel in self.channels]
        self.deliveries = [
            Deliver(self.database, outlet, outlets, lambda _, scene: composer.message(scene), self.clock)
            for outlet in outlets
        ]

    def close(self) -> None:
        self.pool.shutdown()
        self.gate.close()

    def cycle(self) -> None:
        """Fetch every source that is due, a few seconds apart as one host wants it; then let the other legs run."""
        for _ in self.sources:
            self.crawl.tick(self.clock())
            self.crawl.wait()
            self.clock.advance(seconds=3)
        self.tick()

    def tick(self) -> None:
        """Let the legs after the crawl run once."""
        self.watch.tick(self.clock())
        for delivery in self.deliveries:
            delivery.tick(self.clock())

    def states(self) -> dict[str, str]:
        """Return the state of each deadline by its obligation."""
        with self.database.read() as connection:
            return {d.obligation_id: d.state.value for d in views.deadlines(connection)}


def hot_list(url: str) -> Source:
    """Return a hot list in JSON, as platforms publish them."""
    rule = ApiRule(items="data[]", title="word", url="https://example.org/s?q={word}", heat="num")
    return Source(
        id="hot",
        name="热搜",
        kind=SourceKind.API,
        url=url,
        api_rule=rule,
        ranked=True,
        interval=timedelta(minutes=5),
    )


def feed(url: str) -> Source:
    """Return a news feed."""
    return Source(id="news", name="新闻", kind=SourceKind.FEED, url=url, interval=timedelta(minutes=5))
