"""A bureau that publishes: an incident is told of by others, our own site and account release, the watch looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.config.own_releases import load_release_words
from monitor.core.fetched import Entry
from monitor.core.model import TimeNote, Trust
from monitor.core.offers.offer import Offer, OfferState
from monitor.core.people.duty import Duty
from monitor.core.sources import Source, SourceKind
from monitor.loops.offers import OfferWatch
from monitor.service.offers import knowledge_of
from monitor.store import offers, views
from monitor.store.database import Database
from responders.desk.offers import OfferDesk
from tests.responders.console.scenes import MINUTE, explosion
from tests.responders.console.station import T0, Station

TITLE = "金川区化工仓库爆炸事故情况通报"
TEXT = (
    "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸。截至21时，事故已造成11人死亡，2人失联，24人受伤。"
    "省应急管理厅已派出工作组赶赴现场，事故原因正在调查。"
)
NAMES = {"site": "示例省应急管理厅", "account": "示例应急公众号", "county": "金川应急"}
OWN = {
    name: Source(
        id=name, name=title, kind=SourceKind.FEED, url=f"https://{name}.example.cn/", trust=Trust.OFFICIAL, own=True
    )
    for name, title in NAMES.items()
}


@dataclass
class House:
    """Everything that a release goes through."""

    database: Database
    duty: Duty | None = None
    offices: Mapping[str, str] = field(default_factory=dict)
    station: Station = field(init=False)
    watch: OfferWatch = field(init=False)
    own: Mapping[str, Source] = field(init=False)
    told: int = 0

    def __post_init__(self) -> None:
        self.station = Station(self.database)
        parts = self.station.parts
        self.own = {name: replace(one, office=self.offices.get(name, "")) for name, one in OWN.items()}
        parts.sources = {**parts.sources, **self.own}
        if self.duty is not None:
            parts.duty, parts.pack = self.duty, replace(parts.pack, duty=self.duty)
        self.watch = self.another_watch()

    def another_watch(self) -> OfferWatch:
        """Return what another process looks with."""
        parts = self.station.parts
        broad = frozenset(parts.lore.broad)
        return OfferWatch(self.database, self.own, knowledge_of(parts), load_release_words(), broad, parts.duty)

    @property
    def now(self) -> datetime:
        return self.station.clock()

    @property
    def desk(self) -> OfferDesk:
        return self.station.parts.desk.offers

    def explode(self) -> None:
        """Let incident 1 open, with its clocks."""
        explosion(self.station)
        self.station.watch()

    def publish(
        self,
        title: str = TITLE,
        text: str = TEXT,
        *,
        by: str = "site",
        at: datetime | None = None,
        dated: bool = True,
        author: str = "",
        url: str | None = None,
        later: int = 1,
    ) -> None:
        """Let one of our own publish something, `later` minutes on, and let the crawl bring it."""
        self.station.clock.now = self.now + later * MINUTE
        self.told += 1
        entry = Entry(
            key=f"{by}:{self.told}",
            title=title,
            text=text,
            url=f"https://{by}.example.cn/{self.told}.html" if url is None else url,
            author=author,
            published_at=(at or self.now) if dated else None,
            time_note=TimeNote.STATED if dated else TimeNote.MISSING,
        )
        self.station.parts.intake.take(OWN[by], [entry], self.now)

    def look(self) -> int:
        """Let the watch look; return how many offers it made."""
        return self.watch.tick(self.now)

    def offers(self, matter_id: int = 1) -> list[Offer]:
        with self.database.read() as connection:
            return offers.of_matters(connection, [matter_id]).get(matter_id, [])

    @property
    def open(self) -> list[Offer]:
        return [one for one in self.offers() if one.state is OfferState.OPEN]

    def alerts(self) -> list[str]:
        with self.database.read() as connection:
            found = views.alerts(connection, matter_id=1, limit=1000)
        return sorted(alert.key for alert in found if alert.point == "offer")


__all__ = ["MINUTE", "OWN", "T0", "TEXT", "TITLE", "House"]
