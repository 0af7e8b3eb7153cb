"""Several processes place in turn: each knows what others placed, and what people moved, without reading all anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, update

from monitor.core.fetched import Entry
from monitor.core.incidents.placing import WINDOW
from monitor.core.incidents.surroundings import Surroundings
from monitor.core.model import Decoy, TimeNote, Trust
from monitor.core.sources import Source
from monitor.loops.ingest import memory as memory_module
from monitor.loops.ingest.memory import Shelf
from monitor.loops.ingest.take import Brought, Intake
from monitor.loops.ingest.together import Together
from monitor.store import views
from monitor.store.database import Database
from monitor.store.editions import PLACING, edition
from monitor.store.sql import of
from monitor.store.surroundings import surroundings
from monitor.store.tables import EditionRow, IncidentItemRow
from tests.responders.console.station import T0, Station, source
from tests.story.rumour_mill import CLAIM, DENIAL

EDITION, LINK = of(EditionRow), of(IncidentItemRow)
BLAST = "甘肃白银一化工厂爆炸致12死30伤"
MORE = "甘肃白银化工厂爆炸死亡人数升至13人"
TALK = "甘肃白银化工厂爆炸现场搜救仍在进行"
FIRE = "甘肃天水一商场起火致4死"
FLOOD = "甘肃陇南暴雨引发山洪 5人失联"


class Office:
    """Two processes on one database; the clock goes on by `pace` with each title."""

    pace = timedelta(minutes=1)

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.station = Station(database)
        first = self.station.parts.intake
        desk: Together[Brought, int] = Together(first._desk.weight, first._desk.most)
        self.processes = [first, replace(first, _memory=Shelf(), _desk=desk)]
        self.now, self.told, self.whole = T0, 0, 0

        def counted(*given: object, **named: object) -> Surroundings:
            self.whole += 1
            read: Callable[..., Surroundings] = surroundings
            return read(*given, **named)

        monkeypatch.setattr(memory_module, "surroundings", counted)

    def tell(self, process: int, *titles: str, by: Source | None = None) -> None:
        """Let one process take titles in."""
        for title in titles:
            self.told += 1
            self.now += self.pace
            entry = Entry(key=f"key {self.told}", title=title, published_at=self.now, time_note=TimeNote.STATED)
            assert self.processes[process].take(by or source("evening"), [entry], self.now) == 1

    def known(self, process: int) -> Surroundings:
        """Return what a process knows once it has placed something."""
        found = _memory_of(self.processes[process])._around
        assert found is not None
        return found

    def stored(self) -> Surroundings:
        """Return the same as the database has it."""
        first = self.processes[0]
        with self.station.database.read() as connection:
            return surroundings(connection, first.lore, self.known(0).background, self.now)

    def incidents(self) -> list[str]:
        with self.station.database.read() as connection:
            return sorted(incident.title for incident in views.incidents(connection))

    def held(self) -> set[str]:
        """Return the titles that stand with an incident."""
        with self.station.database.read() as connection:
            return {item.title for view in views.incidents(connection) for item in views.items(connection, view.id)}


def _memory_of(intake: Intake) -> memory_module.Memory:
    return intake._memory._memory


def alike(one: Surroundings, other: Surroundings) -> bool:
    """Tell whether two know the same incidents and the same of their titles."""
    counts = [{n: (t.counts, t.roots, t.titles, t.reports) for n, t in each._topics.items()} for each in (one, other)]
    return one._candidates == other._candidates and counts[0] == counts[1]


@pytest.fixture
def office(database: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(database, monkeypatch)


def test_each_process_knows_what_the_other_placed_without_reading_all_anew(office: Office) -> None:
    office.tell(0, BLAST)
    office.tell(1, MORE, FIRE)
    office.tell(0, TALK, FLOOD)
    office.tell(1, "甘肃天水商场起火死亡人数升至5人", TALK.replace("仍在", "彻夜"))
    office.tell(0, "甘肃陇南山洪失联5人全部找到 均已遇难")
    assert office.incidents() == sorted([BLAST, FIRE, FLOOD])
    assert alike(office.known(0), office.stored())
    assert office.whole == 2, "once for each process"
    office.tell(1, "甘肃白银化工厂爆炸再增1名遇难者 共14死")
    assert alike(office.known(1), office.stored())
    assert office.whole == 2


def test_nothing_is_counted_twice_of_what_was_placed_while_all_was_being_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    if office.station.database.is_sqlite:
        pytest.skip("on SQLite nobody else writes meanwhile")
    meanwhile = [MORE]

    def read_slowly(connection: Connection, name: str) -> int:
        found = edition(connection, name)
        while meanwhile:
            office.tell(0, meanwhile.pop())
        return found

    office.tell(0, BLAST)
    monkeypatch.setattr(memory_module, "edition", read_slowly)
    office.tell(1, FIRE)
    assert not meanwhile
    assert alike(office.known(1), office.stored())
    assert office.whole == 2


def test_talk_that_becomes_visible_behind_what_was_read_is_heard_all_the_same(office: Office) -> None:
    if office.station.database.is_sqlite:
        pytest.skip("on SQLite nobody else writes meanwhile")
    first, second = office.processes
    entry = Entry(key="late", title=TALK, published_at=office.now, time_note=TimeNote.STATED)
    with first.sitting() as slow:
        [(number, _)] = slow.keep([first.read(source("evening"), entry, office.now)])
        office.tell(1, "甘肃白银举办花展", FIRE)
        assert number not in _memory_of(second).lately._talk
    office.tell(1, BLAST)
    assert number in _memory_of(second).lately._talk
    assert TALK in office.held()


def test_what_a_person_moved_is_read_anew_by_every_process(office: Office) -> None:
    office.tell(0, BLAST, MORE)
    office.tell(1, FIRE)
    office.station.parts.sorting.set_aside(2, Decoy.OLD_EVENT, by="值班员", now=office.now, reason="旧闻")
    office.tell(0, FLOOD)
    office.tell(1, "甘肃天水商场起火死亡人数升至5人")
    assert alike(office.known(1), office.stored())
    office.tell(0, "甘肃白银化工厂爆炸死亡人数升至15人")
    assert alike(office.known(0), office.stored())
    assert office.whole == 4, "once for each process, and once again after the person"


def test_a_sitting_that_failed_leaves_the_others_memory_true(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.tell(0, BLAST)
    office.tell(1, FIRE)
    with monkeypatch.context() as broken:
        broken.setattr("monitor.store.incidents.attach", lambda *_, **__: 1 / 0)
        assert office.processes[0].take(source("evening"), [Entry(key="x", title=MORE)], office.now) == 0
    office.tell(1, MORE)
    office.tell(0, FLOOD)
    assert alike(office.known(0), office.stored())
    office.tell(1, TALK)
    assert alike(office.known(1), office.stored())


def test_talk_reaches_an_incident_that_only_the_other_process_has_placed_anything_of(office: Office) -> None:
    talk = ["白银化工厂爆炸现场家属等待消息", "白银化工厂爆炸后周边居民讲述", "白银化工厂爆炸为何发生"]
    office.tell(1, FIRE)
    office.tell(0, BLAST, MORE, "白银化工厂爆炸最新：搜救持续 已致14死")
    office.tell(1, *talk)
    assert office.held() >= set(talk)


def test_a_database_that_is_behind_what_is_remembered_is_read_anew(office: Office) -> None:
    office.tell(0, BLAST, MORE)
    known = office.known(0)
    with office.station.database.write() as connection:
        connection.execute(update(EDITION).where(EDITION.c.name == PLACING).values(number=1))
        connection.execute(delete(LINK).where(LINK.c.edition > 1))
    office.tell(0, FLOOD)
    assert office.known(0) is not known
    assert alike(office.known(0), office.stored())


def test_a_denial_that_is_handed_over_leaves_the_incident_where_it_was_talk(office: Office) -> None:
    police = replace(source("evening"), id="police", trust=Trust.OFFICIAL)
    account = replace(source("evening"), id="account", trust=Trust.PERSONAL)
    office.tell(0, "白银一化工厂电梯坠落致2死")
    office.tell(0, DENIAL, by=police)
    office.tell(1, FIRE)
    office.tell(0, CLAIM, by=account)
    for process, title in enumerate((FLOOD, "甘肃陇南山洪失联5人全部找到 均已遇难")):
        office.tell(process, title)
        assert alike(office.known(process), office.stored())


def test_an_incident_that_was_forgotten_comes_back_with_all_its_titles(office: Office) -> None:
    office.tell(0, BLAST, MORE)
    office.tell(1, FIRE)
    silent = T0 + 2 * office.pace + WINDOW - office.pace
    office.now = silent + timedelta(seconds=5)
    office.tell(0, FLOOD)
    office.now = silent - timedelta(seconds=5)
    office.tell(1, "甘肃白银化工厂爆炸死亡人数升至14人")
    office.now = silent + timedelta(seconds=10)
    office.tell(0, "甘肃陇南山洪失联5人全部找到 均已遇难")
    assert alike(office.known(0), office.stored())
