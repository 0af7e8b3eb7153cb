"""Made-up nights: what a test or a picture begins with. Nothing of it ever happened."""

from __future__ import annotations

import io
from datetime import timedelta

from monitor.core.fetched import Fetched, Outcome
from monitor.core.model import AlertReason, ResponseKind
from monitor.core.sources import FAILURE_MESSAGES, FailureKind
from monitor.loops.deliver import Deliver, Outlet
from monitor.store import heartbeats, sources
from monitor.store.fetches import record
from responders.channels.console import Console
from responders.console.health import Unwell
from responders.documents.messages import Composer
from tests.responders.console.station import SOURCES, T0, Station

MINUTE = timedelta(minutes=1)


def explosion(station: Station) -> None:
    """Tell of an explosion whose toll makes it major within the hour; its number is 1 in a fresh database."""
    station.clock.now = T0 + 3 * MINUTE
    station.tell(
        "金昌市金川区一化工仓库发生爆炸 已致4人死亡、9人失踪",
        "7月9日19时40分许，金昌市金川区一化工仓库发生爆炸。截至目前，事故已造成4人死亡、9人失踪，21人受伤送医。",
        at=T0,
    )
    station.clock.now = T0 + 21 * MINUTE
    station.tell(
        "金川区化工仓库爆炸已致4人死亡 消防赶赴现场",
        "19时40分许，金昌市金川区一化工仓库发生爆炸，已造成4人死亡、9人失踪，现场搜救仍在进行。",
        by="city",
    )
    station.clock.now = T0 + 52 * MINUTE
    station.tell(
        "金昌金川区化工仓库爆炸事故已致11人遇难",
        "经全力搜救，金昌市金川区化工仓库爆炸事故已造成11人死亡，仍有2人失联，24人受伤，其中重伤5人。",
        by="release",
        at=T0 + 50 * MINUTE,
    )


def flooding(station: Station) -> None:
    """Tell of people trapped in a mine: nobody is known to be dead, so its clocks are provisional."""
    station.tell(
        "白银市平川区一煤矿发生透水 11人被困", "白银市平川区一煤矿发生透水事故，井下11人被困，救援正在进行。", by="city"
    )


def night(station: Station) -> None:
    """Fill the board: overdue, running, provisional, settled and watched incidents, sources good and failing."""
    station.clock.now = T0 - 230 * MINUTE
    station.tell(
        "张掖市山丹县一客车发生侧翻 致12人死亡、20人受伤",
        "今日16时5分，张掖市山丹县境内一客车发生侧翻，造成12人死亡、20人受伤。",
    )
    station.clock.now = T0 - 130 * MINUTE
    station.tell(
        "平凉市崆峒区一在建隧道坍塌 10人遇难",
        "今日17时45分，平凉市崆峒区一在建隧道发生坍塌，10人遇难，7人受伤。",
        by="release",
    )
    explosion(station)
    station.clock.now = T0 + 62 * MINUTE
    station.tell(
        "白银市平川区一煤矿发生透水 11人被困", "白银市平川区一煤矿发生透水事故，井下11人被困，救援正在进行。", by="city"
    )
    station.tell("天水市秦州区一居民楼起火 2人受伤", "天水市秦州区一居民楼起火，2人受伤送医，明火已被扑灭。", by="city")
    station.clock.now = T0 + 75 * MINUTE
    station.parts.desk.respond(
        2,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="崆峒区在建隧道坍塌事故情况通报",
        url="https://release.example.cn/notice/1.html",
        published_at=T0 + 70 * MINUTE,
        by="王某",
        now=station.clock.now,
    )
    station.clock.now = T0 + 107 * MINUTE
    station.watch()
    deliver(station)
    fetches(station)


def deliver(station: Station) -> None:
    """Send what waits over the service's own log."""
    outlet = Outlet(Console(io.StringIO()), frozenset(AlertReason))
    composer = Composer(station.parts.words, station.parts.names, station.address)
    Deliver(station.database, outlet, [outlet], lambda _, scene: composer.message(scene), station.clock).tick(
        station.clock()
    )


def fetches(station: Station) -> None:
    """Let one source fail and the others be good."""
    now = station.clock()
    with station.database.write() as connection:
        sources.register(connection, SOURCES, now)
        for name in SOURCES:
            failed = name == "list"
            fetched = Fetched(
                outcome=Outcome.FAILED if failed else Outcome.UNCHANGED,
                reason=FailureKind.CAPTCHA_OR_LOGIN if failed else None,
                detail="200, /login" if failed else "",
            )
            record(connection, name, fetched, new=0, next_at=now + 10 * MINUTE, failure_score=float(failed), now=now)
        heartbeats.save(connection, {"crawl": (now, ""), "watch": (now, "")})
    said = station.parts.words(FAILURE_MESSAGES[FailureKind.CAPTCHA_OR_LOGIN], detail="200, /login")
    station.unwell.append(Unwell(SOURCES["list"][0], now - 40 * MINUTE, said))
