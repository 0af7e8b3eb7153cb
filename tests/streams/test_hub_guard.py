"""What strangers gain at the address that hubs call, and hubs from what we tell them: nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import Connection

from monitor.core.fetched import Fetched, Outcome
from monitor.core.sources import FailureKind
from monitor.core.websub import State
from monitor.crawl.hub_ways import HubFlaw, hub_flaw
from monitor.gate import Answer, Gate, GateSettings
from monitor.loops.ingest import hub_asking
from monitor.loops.ingest.hub_asking import Asking, fit_to_tell
from monitor.loops.ingest.websub import PACE, Callbacks
from monitor.store import sources, websub
from monitor.store.database import Database
from monitor.store.database_faults import DatabaseBusy
from monitor.store.websub import Subscription
from responders.console import websub_door
from responders.console.websub_door import routes
from responders.previews import Preview
from tests.cli.terminal import SOURCE, at_work
from tests.crawl.site import Reply, running_site
from tests.responders.console.station import Station, browsing, serving
from tests.streams.listening import DROP, FETCH
from tests.streams.test_websub import BLAST, PUBLIC, Office, subscribed

T0 = datetime(2026, 3, 1, 2, tzinfo=UTC)
FEEDS = "feeds:\n" + "".join(
    f"  - {{id: {name}, name: {name}, url: https://{name}.example/rss.xml}}\n" for name in ("one", "two")
)
SETTINGS = """http: {allow: [allowed.intranet]}
console: {public_url: "https://duty.example.org", websub: true}
"""
TOKEN, SECRET = "t" * 43, "s" * 64


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    station = Station(database)
    station.doors = [routes(Callbacks(database, {"news": None}, station.clock, lambda: 0.0))]  # type: ignore[dict-item]
    with running_site() as site, serving(station), browsing(station) as client:
        made = Office(station, site, client)
        yield made
        made.close()


def due(hub: str, **more: Any) -> Subscription:
    values: dict[str, Any] = {"source_id": "news", "hub": hub, "topic": "https://x.example/f", "token": TOKEN}
    values |= {"secret": SECRET, "state": State.ASKED, "ask_at": T0, "expires_at": None, "failures": 0, "said": ""}
    return Subscription(**values | {"brought_at": None, "missed": 0, "told": False} | more)


@contextmanager
def unused() -> Iterator[Connection]:
    pytest.fail("nothing is to be asked or written")
    yield


def test_a_stranger_takes_no_lock_and_a_strange_token_asks_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    callbacks = Callbacks(database, {}, lambda: T0)
    monkeypatch.setattr(database, "write", unused)
    assert callbacks.verify("a" * 43, {"hub.mode": "subscribe", "hub.topic": "x", "hub.challenge": "y"}) is None
    monkeypatch.setattr(database, "read", unused)
    for token in ("a\x00b", "a", "é" * 43, "a" * 65, "a" * 30 + "\n", "a" * 30 + "\x00"):
        assert callbacks.verify(token, {"hub.topic": "x"}) is None
        assert callbacks.admits(token) is not None


def test_a_nul_in_the_address_is_as_unknown_as_any(office: Office) -> None:
    assert office.reach("GET", f"{PUBLIC}a%00b?hub.topic=x").status_code == 404
    assert office.reach("POST", f"{PUBLIC}a%00b", content=b"x").status_code == 410
    assert office.reach("POST", f"{PUBLIC}{'a' * 30}%00", content=b"x").status_code == 410


def test_forgeries_are_one_row_and_stop_no_delivery(office: Office) -> None:
    subscribed(office)
    told = {
        office.hub.distribute(b"<rss/>", signature=f"sha256={number:064x}")[0] for number in range(PACE.burst + 5)
    } | set(office.hub.distribute(b"<rss/>", signature="secret-of-somebody=1"))
    assert told == {202, 429}
    with office.station.database.read() as connection:
        (row,) = connection.execute(DROP.select())
    assert (row.detail, row.times) == ("X-Hub-Signature: sha256", PACE.burst)
    assert office.hub.distribute(office.publish(BLAST)) == [202]
    office.read()
    assert BLAST in office.titles()


def test_what_waits_when_a_hub_is_forgotten_is_dealt_with_and_says_so(office: Office) -> None:
    subscribed(office)
    office.hub.distribute(office.publish(BLAST))
    with office.station.database.write() as connection:
        websub.forget(connection, "news")
        assert websub.waiting(connection, "news") == 1
    office.read()
    with office.station.database.read() as connection:
        assert websub.waiting(connection, "news") == 0
        last = connection.execute(FETCH.select().order_by(FETCH.c.id.desc())).first()
        assert sources.state(connection, "news").next_at <= office.station.clock()
    assert last is not None
    assert last.detail == "WebSub not watched any more"


def test_a_body_that_met_a_busy_database_is_read_a_minute_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(office)
    office.hub.distribute(office.publish(BLAST))
    absorb = type(office.crawl).absorb

    def busy(*_: object, **__: object) -> None:
        raise DatabaseBusy(name="x")

    for _ in range(4):
        monkeypatch.setattr(type(office.crawl), "absorb", busy)
        office.read()
        monkeypatch.setattr(type(office.crawl), "absorb", absorb)
        office.read()
        assert BLAST not in office.titles()
        office.station.clock.advance(minutes=1)
    office.read()
    assert BLAST in office.titles()


def test_while_the_database_fails_nothing_is_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(office)

    def busy(*_: object) -> AbstractContextManager[Connection]:
        raise DatabaseBusy(name="x")

    async def read(_: object) -> bytes:
        pytest.fail("read")

    monkeypatch.setattr(Callbacks, "admits", busy)
    monkeypatch.setattr(websub_door, "_body", read)
    answer = office.reach("POST", f"{PUBLIC}{office.known.token}", content=b"x")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_bodies_that_do_not_come_are_not_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(office)
    monkeypatch.setattr(websub_door, "READ_SECONDS", 0.3)
    path, url = f"/websub/{office.known.token}", office.client.base_url
    head = f"POST {path} HTTP/1.1\r\nHost: duty.example.org\r\nContent-Length: 10\r\n\r\nabc"
    slow = [socket.create_connection((url.host, url.port or 80), 5) for _ in range(websub_door.READ_AT_ONCE + 2)]
    for one in slow:
        one.sendall(head.encode())
    for one in slow:
        one.settimeout(60)
        assert one.recv(200).startswith(b"HTTP/1.1 503")
        one.close()
    monkeypatch.setattr(websub_door, "READ_SECONDS", 30)
    assert office.hub.distribute(office.publish(BLAST)) == [202]


@pytest.mark.parametrize(
    ("hub", "source", "flaw"),
    [
        ("https://hub.example/", "https://news.example/f", None),
        ("https://hub.example/", "http://10.1.0.9/f", None),
        ("http://hub.example/", "https://news.example/f", HubFlaw.PLAIN),
        ("http://hub.example/", "http://hub.example/f", HubFlaw.PLAIN),
        ("http://10.1.0.9:8080/hub", "http://10.1.0.9/f", None),
        ("http://10.1.0.8/hub", "http://10.1.0.9/f", HubFlaw.PLAIN),
        ("https://10.1.0.8/hub", "http://10.1.0.9/f", None),
        ("http://allowed.intranet/hub", "https://news.example/f", HubFlaw.INSIDE),
        ("https://allowed.intranet/hub", "https://news.example/f", HubFlaw.INSIDE),
        ("https://0x0a010009/", "https://news.example/f", HubFlaw.INSIDE),
        ("https://allowed.intranet/hub", "", HubFlaw.INSIDE),
        ("http://hub.example/", "", HubFlaw.PLAIN),
    ],
)
def test_which_hubs_are_asked(hub: str, source: str, flaw: HubFlaw | None) -> None:
    assert hub_flaw(hub, source, ("10.1.0.0/16", "allowed.intranet")) is flaw


def test_a_strange_feed_opens_no_way_into_the_own_network() -> None:
    with running_site() as site, Gate(GateSettings(allow=("127.0.0.0/8",)), resolve=lambda *_: ["127.0.0.1"]) as gate:
        asking = Asking(gate, PUBLIC)
        port = site.url.rpartition(":")[2]
        assert asking.ask(due(f"{site.url}/hub"), "https://news.example/f").startswith("address_refused: intranet")
        # A name of the outside that means an address of the inside.
        said = asking.ask(due(f"https://hub.example:{port}/hub"), "https://news.example/f")
        assert said == "address_refused: hub.example is 127.0.0.1"
        assert asking.ask(due(f"http://hub.example:{port}/hub"), "https://news.example/f").startswith(
            "address_refused: plain_http"
        )
        assert site.connections == 0
        # The hub of a source that is gone: it is asked to stop where it has called back before.
        gone = due(f"{site.url}/hub", state=State.LEAVING)
        assert asking.ask(gone, "").startswith("address_refused: intranet")
        site.pages["/hub"] = Reply(b"", 202)
        assert asking.ask(due(f"{site.url}/hub", state=State.LEAVING, expires_at=T0), "") == ""
        assert b"hub.secret" not in site.asked[-1].body


class Scripted(Gate):
    """A gate whose answers are written down."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self.answers, self.posted = list(answers), list[tuple[str, float]]()

    def outside(self) -> Gate:
        return self

    def post(self, url: str, body: bytes, **more: Any) -> Answer:
        self.posted.append((url, more["total_seconds"]))
        return self.answers.pop(0)


def sent_on(to: str) -> Answer:
    return Answer(status=307, headers={"location": to}, url="", body=b"")


def test_a_hub_sends_us_on_encrypted_only() -> None:
    gate = Scripted(sent_on("https://other.example/h"), sent_on("http://hub.example/"))
    assert Asking(gate, PUBLIC).ask(due("https://hub.example/"), "https://news.example/f") == (
        f"{FailureKind.REDIRECT}: from https to http://hub.example/"
    )
    assert [url for url, _ in gate.posted] == ["https://hub.example/", "https://other.example/h"]


def test_one_time_holds_for_all_the_ways_a_hub_sends_us(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((0.0, 0.0, 7.0, 11.0))
    monkeypatch.setattr(hub_asking, "monotonic", lambda: next(moments))
    gate = Scripted(sent_on("/a"), sent_on("/b"), sent_on("/c"))
    said = Asking(gate, PUBLIC).ask(due("https://hub.example/"), "https://news.example/f")
    assert said == "timeout: 10 s, last https://hub.example/b"
    assert [seconds for _, seconds in gate.posted] == [10.0, 3.0]


def test_what_a_hub_says_is_one_line_without_what_was_made_for_it() -> None:
    odd = "".join(f"%{ord(sign):02x}" for sign in SECRET)
    form = urlencode({"callback": f"{PUBLIC}{TOKEN}"})
    said = fit_to_tell(f"HTTP 400\nERROR  root: no\x1b[2J\u2028 {form} {odd}", due("https://h/"))
    assert said == f"HTTP 400 ERROR root: no [2J callback={PUBLIC}… …"
    assert fit_to_tell(quote(SECRET) + " x" * 500, due("https://h/")).startswith("… x x")
    assert len(fit_to_tell("y" * 196 + SECRET, due("https://h/"))) == 197
    gate = Scripted(Answer(status=400, headers={}, url="", body=f"bad {SECRET}\r\nWARN x".encode()))
    assert Asking(gate, PUBLIC).ask(due("https://h/"), "https://news.example/f") == "HTTP 400 bad … WARN x"


def test_doctor_and_source_test_say_why_a_hub_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_work(tmp_path, monkeypatch)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    (tmp_path / "sources.yaml").write_text(FEEDS, "utf-8")
    (tmp_path / "huiying.yaml").write_text(SETTINGS, "utf-8")
    database = Database(terminal.url)
    database.migrate()
    with database.write() as connection:
        for name, hub in (("one", "http://hub.example/"), ("two", "https://allowed.intranet/hub")):
            websub.name_hub(connection, name, hub=hub, topic="https://t/", token=name, secret="s", ask_at=T0)
            websub.change(connection, name, name, state=State.ASKED.value)
    database.close()
    said = terminal.run("doctor")
    plain = "Hub: http://hub.example/, not used: it would be told a secret over http without encryption"
    inside = "Hub: https://allowed.intranet/hub, not used: it lies in the own network and the source does not"
    assert f"Hubs one: {plain}" in said
    assert f"Hubs two: {inside}" in said
    offered = Fetched(outcome=Outcome.ITEMS, hub="http://hub.example/", topic="https://t/")
    monkeypatch.setattr("monitor.cli.source.preview", lambda *_, **__: Preview(SOURCE, offered, ()))
    assert plain in terminal.run("source", "test", "one")
