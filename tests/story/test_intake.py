"""What comes in: each piece once however many bring it at once, whatever it contains, and never against a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from monitor.core.fetched import Entry
from monitor.core.model import DeadlineState, TimeNote
from monitor.core.sources import Source
from monitor.loops.ingest.take import Intake
from monitor.store import incidents, views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, DropRow, ItemRow
from tests.responders.console.station import T0, Station, source

M = timedelta(minutes=1)
DROP = of(DropRow)
ITEM = of(ItemRow)
DEADLINE = of(DeadlineRow)
BLAST = "甘肃白银一化工厂爆炸致12死30伤"


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def entry(number: int, title: str, text: str = "") -> Entry:
    return Entry(key=f"key {number:03}", title=title, text=text, published_at=T0, time_note=TimeNote.STATED)


def take(station: Station, entries: Sequence[Entry], by: str = "evening") -> int:
    return station.parts.intake.take(source(by), entries, T0)


def stored(station: Station) -> dict[str, str]:
    """Return the stored titles by key."""
    with station.database.read() as connection:
        return {row.key: row.title for row in connection.execute(ITEM.select())}


def test_the_same_entries_from_several_threads_are_stored_once_and_open_one_incident(station: Station) -> None:
    entries = [entry(0, BLAST), *(entry(n, f"甘肃白银化工厂爆炸死亡人数升至{12 + n}人") for n in range(1, 6))]
    entries += [entry(n, f"甘肃白银举办第{n}届花展") for n in range(6, 40)]
    orders = [entries, entries[::-1], entries[20:] + entries[:20], entries]
    assert station.parts.reader
    with ThreadPoolExecutor(4) as pool:
        new = list(pool.map(lambda order: take(station, order), orders))
    assert sum(new) == len(entries)
    assert len(stored(station)) == len(entries)
    with station.database.read() as connection:
        (incident,) = views.incidents(connection)
        held = [item.title for item in views.items(connection, incident.id)]
        told = Counter(alert.key for alert in views.alerts(connection, limit=1000))
    assert sorted(held) == sorted(e.title for e in entries[:6])
    assert incident.items == 6
    assert set(told.values()) == {1}


def test_an_entry_that_is_known_is_not_taken_again(station: Station) -> None:
    assert take(station, [entry(1, BLAST), entry(2, "甘肃白银举办花展")]) == 2
    assert station.parts.intake.unknown(source("evening"), [entry(1, BLAST), entry(3, "x")], T0) == [entry(3, "x")]
    assert take(station, [entry(1, BLAST), entry(3, "甘肃白银举办菊展")]) == 1


def test_an_item_of_twenty_thousand_characters_is_read_and_kept_whole(station: Station) -> None:
    text = "甘肃省应急管理厅通报，事故已造成12人死亡、30人受伤。" + "现场救援正在进行。" * 2221
    assert len(text) > 20_000
    take(station, [entry(1, "甘肃白银一化工厂发生爆炸", text)])
    with station.database.read() as connection:
        (row,) = connection.execute(ITEM.select())
        (incident,) = views.incidents(connection)
    assert row.text == text
    assert incident.figures["deaths"] == 12


HOSTILE = [
    "甘肃白银一化工厂爆炸致12死 '; DROP TABLE item; --",
    "甘肃白银一化工厂爆炸致12死 <script>alert(1)</script> {x} %s %(x)s \\u0000",
    "甘肃白银一化工厂爆炸致12死 \u202e\u2066倒着写\u2069",
    '甘肃白银一化工厂爆炸致12死 =HYPERLINK("http://x")',
    "甘肃白银一化工厂爆炸致12死 " + "🔥" * 30,
    "甘肃白银一化工厂爆炸致12死 " + "((((((((" * 10,
    "甘肃白银一化工厂爆炸致12死\n\n第二行",
]


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_title_is_kept_as_it_is_and_does_not_hide_the_incident(station: Station, title: str) -> None:
    take(station, [entry(1, title)])
    assert stored(station) == {"key 001": title}
    with station.database.read() as connection:
        (incident,) = views.incidents(connection)
        assert [step.figures["deaths"] for step in views.steps(connection, incident.id)] == [12]


@pytest.mark.parametrize("title", ["(" * 20_000, "9" * 20_000 + "人死亡", "死" * 20_000, "\u202e" * 20_000, " "])
def test_a_senseless_title_is_kept_and_opens_nothing(station: Station, title: str) -> None:
    take(station, [entry(1, title), entry(2, BLAST)])
    assert stored(station)["key 001"] == title
    with station.database.read() as connection:
        assert [incident.title for incident in views.incidents(connection)] == [BLAST]


@pytest.mark.parametrize("mark", ["\x00", "\ud800"], ids=["nul", "half a pair"])
def test_what_no_database_can_keep_is_taken_out_and_the_rest_comes_in(station: Station, mark: str) -> None:
    take(station, [entry(1, f"甘肃白银一化工厂{mark}爆炸致12死", f"a{mark}b"), entry(2, "甘肃白银举办花展")])
    assert stored(station) == {"key 001": "甘肃白银一化工厂爆炸致12死", "key 002": "甘肃白银举办花展"}


def test_a_number_that_fits_no_column_does_not_stop_the_intake(station: Station) -> None:
    take(station, [entry(1, "甘肃白银一化工厂爆炸致99999999999人死亡"), entry(2, BLAST)])
    assert len(stored(station)) == 2
    with station.database.read() as connection:
        assert [incident.figures["deaths"] for incident in views.incidents(connection)] == [12]


def test_a_persons_placing_is_not_overwritten_by_the_machine(station: Station) -> None:
    take(station, [entry(1, BLAST)])
    take(station, [entry(2, "甘肃白银化工厂爆炸死亡人数升至15人")])
    with station.database.read() as connection:
        old = views.incidents(connection)[0].id
        moved = incidents.item_ids(connection, old)[1]
    new = station.parts.desk.split(old, [moved], by="值班员", now=T0 + M).incident.id
    with station.database.write() as connection:
        incidents.attach(connection, moved, old, why="joined")
    take(station, [entry(2, "甘肃白银化工厂爆炸死亡人数升至15人"), entry(3, "甘肃白银化工厂爆炸死亡人数升至16人")])
    with station.database.read() as connection:
        assert [i.why for i in views.items(connection, new) if i.id == moved] == ["by_person"]
        assert moved not in incidents.item_ids(connection, old)


def test_a_broken_incident_does_not_stop_what_comes_in(station: Station) -> None:
    take(station, [entry(1, BLAST)])
    with station.database.write() as connection:
        connection.execute(update(DEADLINE).values(state="half open"))
    assert take(station, [entry(2, "甘肃白银化工厂爆炸死亡人数升至15人"), entry(3, "甘肃张掖一仓库火灾致4人死亡")]) == 2
    with station.database.read() as connection:
        fault = [alert for alert in views.alerts(connection) if alert.point == "fault"]
        told = {incident.title: incident.items for incident in views.incidents(connection)}
        other = next(i.id for i in views.incidents(connection) if "张掖" in i.title)
        assert views.deadlines(connection, matter_id=other)[0].state is DeadlineState.OPEN
    assert sum(told.values()) == 3
    assert len(fault) == 1


def test_an_entry_that_nothing_can_store_stops_no_other_and_is_kept_counted_and_told(station: Station) -> None:
    news = [entry(n, f"甘肃白银举办第{n}届花展") for n in range(1, 6)]
    poison = replace(entry(9, "甘肃白银一商场失火致11人死亡"), rank=10**30)
    assert take(station, [*news[:3], poison, *news[3:], entry(7, BLAST)]) == 6
    assert take(station, [poison]) == 0
    with station.database.read() as connection:
        assert [incident.title for incident in views.incidents(connection)] == [BLAST]
        [drop] = connection.execute(select(DROP))
        [told] = [alert for alert in views.alerts(connection) if alert.point == "troubled:entries"]
    assert (drop.reason, drop.title, drop.times) == ("broken", poison.title, 2)
    assert (told.page, told.detail["title"], told.detail["row"]) == (True, poison.title, "evening")


def test_an_entry_that_nothing_can_read_stops_no_other(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Intake.read

    def broken(self: Intake, source: Source, entry: Entry, now: datetime, *, old: bool = False) -> object:
        if entry.title == "坏":
            raise ValueError(entry.title)
        return read(self, source, entry, now, old=old)

    monkeypatch.setattr(Intake, "read", broken)
    assert take(station, [entry(1, "坏"), entry(2, BLAST)]) == 1
    with station.database.read() as connection:
        [drop] = connection.execute(select(DROP))
        [told] = [alert for alert in views.alerts(connection) if alert.point == "troubled:entries"]
    assert (drop.detail, told.detail["count"]) == ("ValueError: 坏", "1")


def test_a_broken_entry_that_reports_nothing_wakes_nobody(station: Station) -> None:
    take(station, [replace(entry(1, "甘肃白银举办花展"), rank=10**30), entry(2, BLAST)])
    with station.database.read() as connection:
        [told] = [alert for alert in views.alerts(connection) if alert.point == "troubled:entries"]
    assert not told.page
