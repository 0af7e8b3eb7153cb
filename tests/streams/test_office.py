"""Streams and hubs as the service builds them and as people see them: legs, previews, doctor, an item's page."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.doctor_streams import hub_said
from monitor.config.settings import Settings, SettingsFile
from monitor.core.fetched import DropReason, Outcome
from monitor.core.sources import FailureKind
from monitor.core.websub import State
from monitor.gate import Gate, GateSettings
from monitor.service.clock import ServiceClock
from monitor.service.parts import Parts
from monitor.service.pushing import fetched
from monitor.service.running import Service, process_name
from monitor.store import streams, views, websub
from monitor.store.database import Database
from responders.previews import preview
from tests.cli.terminal import at_work
from tests.responders.console.station import T0, Station, browsing, serving
from tests.streams.fake_jetstream import running_jetstream
from tests.streams.fake_mastodon import TOKEN, FakeMastodon, running_mastodon
from tests.streams.listening import jetstream_source, listening_threads, mastodon_source

BLAST = "<p>甘肃白银一化工厂发生爆炸，已致12人死亡</p>"


@pytest.fixture
def server() -> Iterator[FakeMastodon]:
    with running_mastodon() as fake:
        yield fake


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    yield Station(database)
    database.close()


def test_the_service_listens_and_its_end_leaves_nothing_behind(
    station: Station, server: FakeMastodon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOOT_TOKEN", TOKEN)
    source = mastodon_source(server.url, secret="env:TOOT_TOKEN")
    console = {"public_url": "https://duty.example.org", "websub": True, "port": 0}
    form = {"bureau": {"region": "620000"}, "http": {"allow": ["127.0.0.1"]}, "console": console}
    parts = Parts(Settings(SettingsFile.model_validate(form), None), station.database)
    parts.sources = {source.id: source}
    parts.lexicon, parts.reader = station.parts.lexicon, station.parts.reader
    service = Service(parts, ("crawl", "watch"), ServiceClock(station.clock, lambda: station.clock().timestamp()))
    assert fetched(parts.sources) == {}
    assert {"streams", "hubs", "brought"} <= {pulse.name for pulse in service.heart.pulses}
    ends = time.monotonic() + 60
    while not server.pages:
        assert time.monotonic() < ends
        for pulse in service.heart.pulses:
            pulse.beat(station.clock(), parts.words.mistake)
        time.sleep(0.05)
    server.post(BLAST)
    found = 0
    while not found:
        assert time.monotonic() < ends
        station.clock.advance(seconds=1)
        time.sleep(0.05)
        with station.database.read() as connection:
            found = len(list(views.incidents(connection)))
    ended = time.monotonic()
    assert service._streams is not None
    service._streams.close(30)
    assert time.monotonic() - ended < 10
    assert listening_threads() == []
    assert service._streams.tick(station.clock()) == 0
    with station.database.read() as connection:
        assert streams.states(connection, ["toots"])["toots"].owner == ""
    parts.gate.close()


def test_a_look_at_a_stream_shows_what_would_be_kept(station: Station, server: FakeMastodon) -> None:
    for text in ("晚霞", BLAST, "花展"):
        server.post(text)
    with Gate(GateSettings(allow=("127.0.0.1",))) as gate, running_jetstream() as sky:
        reader = station.parts.reader
        refused = preview(gate, reader, mastodon_source(server.url), T0, limit=1, pages=0)
        assert (refused.fetched.outcome, refused.fetched.reason) == (Outcome.FAILED, FailureKind.FORBIDDEN)
        began = time.monotonic()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TOOT_TOKEN", TOKEN)
            patch.setattr("responders.previews.LISTENED", 1.5)
            source = mastodon_source(server.url, secret="env:TOOT_TOKEN")
            found = preview(gate, reader, source, T0, limit=20, pages=0)
            nothing = preview(gate, reader, jetstream_source(sky.url), T0, limit=20, pages=0)
        assert time.monotonic() - began < 30
    assert [looked.assessment.is_incident for looked in found.looked] == [True]
    assert [(one.reason, one.detail) for one in found.fetched.dropped] == [(DropReason.NOT_ASKED_FOR, "2")]
    assert (nothing.fetched.outcome, nothing.fetched.entries) == (Outcome.ITEMS, ())
    assert listening_threads() == []


def test_the_page_of_an_item_says_that_it_was_taken_back(station: Station) -> None:
    station.tell("甘肃白银一化工厂爆炸致12人死亡")
    with serving(station), browsing(station) as client:
        assert "took it back" not in client.get("/items/1").text
        with station.database.write() as connection:
            connection.exec_driver_sql("UPDATE item SET external_id = 'post-1'")
            assert streams.withdraw(connection, "evening", ["post-1", "post-2"], T0 + timedelta(minutes=5)) == 1
        page = client.get("/items/1").text
    assert re.search("Its author took it back; noticed [^.]*20:05", page), re.findall("Its author[^<]*", page)


def test_doctor_says_what_hubs_are_offered_and_how_each_fares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    database, now = Database(terminal.url), datetime.now(UTC)
    database.migrate()
    with database.write() as connection:
        for name in ("a", "b", "c"):
            websub.name_hub(connection, name, hub="https://h/", topic="https://t/", token=name, secret="s", ask_at=now)
        websub.change(connection, "a", "a", state=State.ACTIVE.value, expires_at=now + timedelta(days=1))
        websub.change(connection, "b", "b", state=State.DENIED.value, said="no")
    assert "Hubs: off: 3 source(s) offer one" in terminal.run("doctor")
    (tmp_path / "huiying.yaml").write_text(
        "console:\n  public_url: https://duty.example.org\n  websub: true\n", "utf-8"
    )
    said = terminal.run("doctor", code=1) + terminal.printed
    assert "Hubs: 1 of 3 tell what is new" in said
    assert "Hubs b: https://h/ denies: no" in said
    with database.write() as connection:
        websub.change(connection, "a", "a", missed=3)
        (one, _, two) = websub.subscriptions(connection)
    assert hub_said(one, now) == "https://h/ has told nothing of what was found"
    assert hub_said(two, now) == "https://h/ has not called back: —"
    database.close()


def test_two_processes_of_the_same_host_and_number_are_two() -> None:
    assert process_name() != process_name()
