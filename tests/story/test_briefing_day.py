"""The daily briefing through the days: at its moment, after a stop, by hand; and what it tells of the database."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from monitor.core.beijing import day_of, shown
from monitor.core.model import AlertReason, AlertState, ResponseKind
from monitor.core.sources import FailureKind
from monitor.core.views import AlertView, DeadlineView
from monitor.loops.brief import DayToCome, NoRecipients
from monitor.loops.deliver import scene_of
from monitor.store import items, views
from monitor.store.database import Database
from monitor.store.items import Drop
from monitor.store.sql import of
from monitor.store.tables import BriefingRow, DeadlineRow, FetchRow, ItemRow, MatterRow
from tests.story.morning import MOMENT, RECIPIENT, Morning, section, stored, told

DAY = timedelta(days=1)
EXPLOSION = ("某省某市一化工厂爆炸致12死30伤", "7月8日，辽宁抚顺一化工厂发生爆炸，造成12人死亡、30人受伤。")
WAREHOUSE = ("一仓库火灾致13人遇难", "河南一仓库发生火灾，造成13人遇难。")


@pytest.fixture
def bureau(database: Database) -> Morning:
    return Morning(database)


def outbox(bureau: Morning) -> list[AlertView]:
    with bureau.database.read() as connection:
        return [a for a in views.alerts(connection) if a.reason is AlertReason.BRIEFING]


def counted(bureau: Morning, table: type, *where: object) -> int:
    with bureau.database.read() as connection:
        query = select(func.count()).select_from(of(table))
        return connection.execute(query.where(*where)).scalar_one()  # type: ignore[arg-type]


def test_it_comes_once_at_its_moment(bureau: Morning) -> None:
    assert bureau.morning(seconds=-1) == 0
    assert stored(bureau) is None
    assert bureau.morning() == 1
    assert bureau.morning(seconds=30) == 0
    assert bureau.morning(hours=12) == 0
    [alert] = outbox(bureau)
    assert (alert.key, alert.point, alert.state) == ("briefing:2026-07-09", "2026-07-09", AlertState.PENDING)
    assert (alert.matter_id, alert.page) == (None, False)
    assert bureau.morning(days=1) == 1
    assert [a.key for a in outbox(bureau)] == ["briefing:2026-07-10", "briefing:2026-07-09"]


def test_nothing_new_is_told_as_well_but_not_where_nobody_looked(bureau: Morning) -> None:
    bureau.fetched("news")
    bureau.morning()
    assert told(bureau).startswith("Briefing 2026-07-09: nothing new\n")
    assert "Nothing new: no incident was opened" in told(bureau)
    bureau.morning(days=1)
    assert "no source was read" in told(bureau, 1).splitlines()[0]
    assert "Nothing new" not in told(bureau, 1)


def test_without_recipients_it_is_kept_for_the_console_and_nobody_is_told(database: Database) -> None:
    bureau = Morning(database, to=())
    assert bureau.morning() == 1
    assert stored(bureau) is not None
    assert outbox(bureau) == []
    with pytest.raises(NoRecipients, match=r"briefing: to:"):
        bureau.brief.send(bureau.brief.current(bureau.clock()), bureau.clock())


def test_many_processes_compile_one(bureau: Morning, database_url: str) -> None:
    bureau.clock.now = MOMENT
    others = [Morning(Database(database_url), clock=bureau.clock) for _ in range(3)]
    start, compiled = threading.Barrier(len(others)), list[int]()

    def tick(other: Morning) -> None:
        start.wait()
        compiled.append(other.brief.tick(MOMENT))

    threads = [threading.Thread(target=tick, args=[other]) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for other in others:
        other.database.close()
    assert sorted(compiled) == [0, 0, 1]
    assert counted(bureau, BriefingRow) == len(outbox(bureau)) == 1


def test_a_service_that_was_down_at_the_moment_compiles_when_it_is_back(bureau: Morning) -> None:
    bureau.fetched("news")
    bureau.told(*EXPLOSION)
    assert bureau.morning(hours=6) == 1
    text = told(bureau)
    assert "from 2026-07-08 08:27 to 2026-07-09 08:27; what stands, as of 2026-07-09 14:27" in text
    assert EXPLOSION[0] in section(text, "New incidents")
    assert bureau.brief.tick(bureau.clock() + timedelta(minutes=1)) == 0


def test_what_came_on_a_day_without_a_briefing_stands_in_the_next_one(bureau: Morning) -> None:
    assert bureau.morning() == 1
    bureau.clock.advance(hours=2)
    bureau.fetched("news")
    bureau.told(*EXPLOSION)
    assert bureau.morning(days=1, hours=9) == 1
    assert EXPLOSION[0] in section(told(bureau, 1), "New incidents")

    bureau.told(*WAREHOUSE)
    assert bureau.morning(days=4) == 1
    text = told(bureau, 4)
    assert "It covers 72 hours" in text
    assert WAREHOUSE[0] in section(text, "New incidents")
    assert EXPLOSION[0] not in section(text, "New incidents")


def test_a_day_in_the_life_of_deadlines(bureau: Morning) -> None:
    desk = bureau.parts.desk
    bureau.fetched("news", new=2)
    bureau.told(*EXPLOSION)
    bureau.told(*WAREHOUSE, dated=False)
    started_at = bureau.clock()
    bureau.clock.advance(hours=2)
    desk.respond(
        1, ResponseKind.AUTHORITATIVE_RELEASE, title="情况通报", url="", published_at=bureau.clock(), by="发言人",
        now=bureau.clock(),
    )  # fmt: skip
    bureau.morning()
    text = told(bureau)
    assert "1 to decide, 2 running, 1 ended, 2 new" in text.splitlines()[0]
    assert WAREHOUSE[0] in section(text, "To be decided now")
    assert "4:00 left · Press conference 24 h" in section(text, "Running deadlines")
    assert f"due {shown(started_at + DAY)}" in section(text, "Running deadlines")
    ended = section(text, "Ended deadlines")
    assert "* met · First authoritative release 5 h" in ended
    assert "情况通报 (发言人)" in ended
    assert "major · #1 辽宁省抚顺市" in section(text, "New incidents")
    assert "12 dead, 30 injured" in section(text, "New incidents")
    assert "1 report(s) from 1 source(s): 晨报" in section(text, "New incidents")

    bureau.clock.advance(hours=1)
    desk.dismiss(2, by="值班员", now=bureau.clock(), reason="旧闻")
    [press] = [d for d in deadlines(bureau) if d.obligation_id == "OP-PRESS-24H"]
    desk.waive(press.id, by="局长", now=bureau.clock(), reason="由省里统一发布")
    bureau.clock.advance(hours=20)
    bureau.watch()
    bureau.morning(days=1)
    later = told(bureau, 1)
    ended = section(later, "Ended deadlines")
    assert "* waived · Press conference 24 h" in ended
    assert "由省里统一发布 (局长)" in ended
    assert "* overdue · Continuing release 24 h" in ended
    assert "情况通报" not in ended
    assert "overdue by" in section(later, "Running deadlines")
    assert "To be decided now" not in later
    assert "No new incident." in later

    bureau.clock.advance(hours=96)
    bureau.watch()
    bureau.morning(days=6)
    running = section(told(bureau, 6), "Running deadlines")
    assert "more are overdue for more than three days; the board has them." in running
    assert "overdue by 3 d" not in running


def deadlines(bureau: Morning) -> list[DeadlineView]:
    with bureau.database.read() as connection:
        return views.deadlines(connection)


def test_the_numbers_are_those_of_the_database(bureau: Morning) -> None:
    for new in (3, 0, 2):
        bureau.fetched("news", new=new)
    bureau.fetched("hot", reason=FailureKind.TIMEOUT)
    bureau.told(*EXPLOSION)
    bureau.told(*EXPLOSION, source="office")
    bureau.told("法院一审宣判：火灾致5死案被告人获刑", "法院一审宣判，去年火灾致5人死亡案被告人获刑三年。")
    bureau.told("某歌手演唱会门票售罄")
    with bureau.database.write() as connection:
        drops = [Drop("news", bureau.clock(), "duplicate", str(n)) for n in range(4)]
        items.save_drops(connection, [*drops, Drop("news", bureau.clock(), "no_title")])
    bureau.clock.advance(hours=21)
    bureau.fetched("news", new=9)
    bureau.told("窗口之后的新闻")
    bureau.morning()
    numbers = dict(re.findall(r"^([^:*\n]+): (.+)$", section(told(bureau), "In numbers"), re.MULTILINE))

    fetch, item = of(FetchRow), of(ItemRow)
    inside = fetch.c.at < MOMENT
    assert counted(bureau, FetchRow) == counted(bureau, FetchRow, inside) + 1
    assert numbers["Sources"] == "3 watched"
    assert numbers["Fetches"] == f"{counted(bureau, FetchRow, inside)}: items 2, failed 1, unchanged 1"
    assert counted(bureau, ItemRow, item.c.first_seen_at < MOMENT) == 4
    incidents, decoys = (
        counted(bureau, ItemRow, item.c.first_seen_at < MOMENT, item.c.verdict == verdict)
        for verdict in ("incident", "decoy")
    )
    assert (incidents, decoys) == (2, 1)
    assert numbers["New items"] == "4: 2 about incidents, 1 only alike, 1 about other things"
    assert numbers["Only alike, by kind"] == "court case 1"
    assert numbers["Left out, by reason"] == "twice in one document 4, without a title 1"
    with bureau.database.read() as connection:
        alerts = [a for a in views.alerts(connection) if a.reason is not AlertReason.BRIEFING]
    assert {alert.state for alert in alerts} == {AlertState.PENDING}
    assert numbers["Alerts"] == f"waiting to be sent {len(alerts)}"
    live = counted(bureau, DeadlineRow, of(DeadlineRow).c.state.in_(["open", "missed"]))
    title = told(bureau).splitlines()[0]
    assert sum(int(n) for n in re.findall(r"(\d+) (?:overdue|running)", title)) == live
    assert f"{counted(bureau, MatterRow)} new" in title


def test_a_past_day_is_shown_as_stored_or_compiled_anew(bureau: Morning) -> None:
    bureau.fetched("news")
    bureau.told(*EXPLOSION)
    bureau.clock.now = MOMENT + 3 * DAY
    day = day_of(MOMENT)
    compiled = bureau.brief.of_day(day, bureau.clock())
    assert EXPLOSION[0] in section(compiled.text, "New incidents")
    assert "from 2026-07-08 08:27 to 2026-07-09 08:27; what stands, as of 2026-07-12 08:27" in compiled.text
    assert stored(bureau) is None
    kept = bureau.brief.send(compiled, bureau.clock()).briefing
    bureau.clock.advance(hours=5)
    assert bureau.brief.of_day(day, bureau.clock()) == kept
    with pytest.raises(DayToCome, match="2026-07-13"):
        bureau.brief.of_day(day_of(MOMENT + 4 * DAY), bureau.clock())


def test_by_hand_it_goes_out_each_time_and_takes_the_place_of_the_daily_one(bureau: Morning) -> None:
    bureau.clock.now = MOMENT - timedelta(hours=1)
    before = bureau.brief.current(bureau.clock())
    assert stored(bureau) is None
    assert bureau.brief.send(before, bureau.clock()).times == 1
    assert bureau.morning() == 0
    bureau.fetched("news")
    bureau.told(*EXPLOSION)
    bureau.clock.advance(minutes=10)
    assert bureau.brief.send(bureau.brief.current(bureau.clock()), bureau.clock()).times == 2
    assert EXPLOSION[0] in told(bureau)
    keys = [alert.key for alert in outbox(bureau)]
    assert sorted(keys) == ["briefing:2026-07-09", "briefing:2026-07-09:2"]
    assert counted(bureau, BriefingRow) == 1


def test_what_comes_after_an_early_one_by_hand_stands_in_the_next(bureau: Morning) -> None:
    bureau.clock.now = MOMENT - timedelta(hours=2)
    bureau.brief.send(bureau.brief.current(bureau.clock()), bureau.clock())
    bureau.clock.advance(hours=1)
    bureau.fetched("news")
    bureau.told(*EXPLOSION)
    bureau.morning(days=1)
    assert EXPLOSION[0] in section(told(bureau, 1), "New incidents")
    assert "It covers 26 hours" in told(bureau, 1)


def test_an_alert_whose_briefing_is_gone_says_so(bureau: Morning) -> None:
    bureau.morning()
    with bureau.database.write() as connection:
        connection.execute(of(BriefingRow).delete())
    [alert] = outbox(bureau)
    with bureau.database.read() as connection:
        message = bureau.brief.message(connection, scene_of(connection, alert, MOMENT), bureau.brief.readers[0])
    assert message.title == "The briefing of 2026-07-09 is no longer stored."
    assert message.key == alert.key


def test_the_recipient_is_nowhere_in_the_briefing(bureau: Morning) -> None:
    bureau.morning()
    assert RECIPIENT not in told(bureau)
