"""A bureau whose published pages stand on a server of the test's own; the clock is moved, never waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from monitor.core.evidence.views import EvidenceView
from monitor.core.model import ResponseKind
from monitor.core.views import AlertView, ResponseView
from monitor.gate import Gate, GateSettings
from monitor.loops.evidence.follow import Evidence, Office
from monitor.service.evidence import evidence_of
from monitor.store import evidence_views, views
from monitor.store.database import Database
from tests.crawl.site import Asked, Reply, Site, running_site
from tests.responders.console.scenes import explosion
from tests.responders.console.station import REGION, T0, Station

H, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
BODY = (
    "<p>7月9日19时40分许，金昌市金川区一化工仓库发生爆炸。截至20时50分，事故已造成11人死亡，仍有2人失联，24人受伤。</p>"
    "<p>事故发生后，省、市、区三级应急管理、消防救援、卫生健康等部门赶赴现场，全力开展搜救和伤员救治工作。</p>"
    "<p>目前，现场明火已被扑灭，搜救工作仍在进行，事故原因正在调查。后续情况将及时发布。</p>"
)
TITLE = "金川区化工仓库爆炸事故情况通报"


def page(body: str = BODY, *, title: str = TITLE, at: str = "2026-07-09 21:10", more: str = "") -> str:
    """Return a page as government sites build them; `more` stands beside the text and differs at each look."""
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}_示例省应急管理厅</title></head><body>"
        f"<div class='nav'><a href='/'>首页</a> <a href='/a'>动态</a> <a href='/b'>公开</a></div>"
        f"<h1>{title}</h1><div class='info'>发布时间：{at} 来源：示例省应急管理厅</div>"
        f"<div class='article'>{body}</div><p>{more}</p></body></html>"
    )


@dataclass
class Bureau:
    """A station with an incident, and a site on which it publishes."""

    station: Station
    site: Site
    gate: Gate
    path: str = "/gk/202607/t20260709_1.html"
    outside: bool = False
    _served: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.site.url + self.path

    @property
    def now(self) -> datetime:
        return self.station.clock()

    @cached_property
    def follow(self) -> Evidence:
        made = evidence_of(self.station.parts, self.station.clock)
        office = Office("示例省应急管理厅", REGION, self.station.parts.pack, outside=self.outside)
        return Evidence(made.database, self.gate, made.knowledge, office, self.station.clock, made.say)

    def publish(self, html: str | None = None) -> None:
        self.site.page(self.path, page() if html is None else html, "text/html; charset=utf-8")

    def answer(self, status: int, body: str = "", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.site.pages[self.path] = Reply(body.encode(), status, {"Content-Type": "text/html", **named})

    def serve(self, reply: object) -> None:
        self.site.pages[self.path] = reply  # type: ignore[assignment]

    def respond(self, url: str | None = None, *, at: datetime | None = None, title: str = TITLE) -> None:
        self.station.parts.desk.respond(
            1,
            ResponseKind.AUTHORITATIVE_RELEASE,
            title=title,
            url=self.url if url is None else url,
            published_at=at or self.now,
            by="王某",
            now=self.now,
        )

    def tick(self, span: timedelta = timedelta(0)) -> int:
        self.station.clock.now += span
        return self.follow.tick(self.now)

    def wait(self, span: timedelta) -> None:
        """Let time pass: a look whenever one is due, as the leg does."""
        until = self.now + span
        while (due := self.evidence().due_at) is not None and due <= until:
            self.station.clock.now = max(self.now, due)
            if not self.follow.tick(self.now) and self.evidence().due_at == due:
                break
        self.station.clock.now = until

    def evidence(self, number: int = 1) -> EvidenceView:
        with self.station.database.read() as connection:
            found = evidence_views.one(connection, number)
        assert found is not None
        return found

    def response(self, number: int = 1) -> ResponseView:
        with self.station.database.read() as connection:
            found = views.response(connection, number)
        assert found is not None
        return found

    def alerts(self) -> list[AlertView]:
        """Return what was told of pages, the earliest first."""
        with self.station.database.read() as connection:
            found = views.alerts(connection, limit=500)
        return [alert for alert in reversed(found) if alert.point.startswith("evidence:")]

    def points(self) -> list[str]:
        return [alert.point.partition(":")[2] for alert in self.alerts()]

    def states(self) -> dict[str, str]:
        return self.station.states()


@contextmanager
def bureau_at_work(
    database: Database, *, allow: tuple[str, ...] = ("127.0.0.1",), seconds: float = 30
) -> Iterator[Bureau]:
    """Give a bureau an hour after an explosion was reported, whose duty to release runs."""
    station = Station(database, language="zh")
    explosion(station)
    station.clock.now = T0 + timedelta(minutes=75)
    with running_site() as site, Gate(GateSettings(allow=allow, total_seconds=seconds)) as gate:
        yield Bureau(station, site, gate)


__all__ = ["BODY", "DAY", "TITLE", "WEEK", "Asked", "Bureau", "H", "Reply", "bureau_at_work", "page"]
