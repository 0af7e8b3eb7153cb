"""Hubs that tell what is new, told as stories: asked, confirmed, renewed, left; silent, forged, refused, denied."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from zlib import crc32

import httpx
import pytest

from monitor.core.fetched import Entry, Fetched, Outcome
from monitor.core.sources import FailureKind, Source, SourceKind
from monitor.core.websub import SILENT, State, interval, signature_holds
from monitor.crawl.hubs import HubLink, hub_link
from monitor.gate import Gate, GateSettings
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.ingest.hub_links import HubLinks
from monitor.loops.ingest.websub import MOST_TRIES, MOST_WAITING, READING, Callbacks, Hubs
from monitor.store import fetches, sources, views, websub
from monitor.store.database import Database
from monitor.store.websub import Subscription
from responders.console.websub_door import routes
from tests.crawl.site import Reply, Site, running_site
from tests.responders.console.station import Station, browsing, serving
from tests.story.test_heart import come
from tests.streams.fake_hub import FakeHub
from tests.streams.listening import DROP, FETCH, ITEM

PUBLIC = "http://duty.example.org/websub/"
BLAST = "甘肃白银一化工厂发生爆炸，已致12人死亡"


def feed(site: Site, *titles: str, hub: str = "") -> bytes:
    link = f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{site.url}/topic.xml"/>' if hub else ""
    entries = "".join(f"<item><title>{t}</title><link>{site.url}/{crc32(t.encode())}</link></item>" for t in titles)
    head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>x</title>'
    return f"<?xml version='1.0'?>{head}{link}{entries}</channel></rss>".encode()


@dataclass
class Office:
    """An office that hubs can call, a site with a feed and a hub."""

    station: Station
    site: Site
    client: httpx.Client
    on: bool = True
    hub: FakeHub = field(init=False)
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        self.hub = FakeHub(self.site, self.reach)
        self.source = Source(id="news", name="某县新闻", kind=SourceKind.FEED, url=f"{self.site.url}/feed.xml")
        self.station.parts.sources = {"news": self.source}
        self.gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=30))
        self.pool = ThreadPoolExecutor(4)
        parts, clock = self.station.parts, self.station.clock
        self.sources = {"news": self.source}
        self.crawl = Crawl(parts.intake, self.gate, self.sources, self.pool, 4, clock, lambda: 0.5)
        self.crawl.hub_links = HubLinks(self.station.database, self.on)
        self.crawl.register(clock())
        self.hubs = Hubs(self.station.database, self.gate, self.crawl, PUBLIC, clock)
        self.publish("某县召开会议")

    def close(self) -> None:
        self.pool.shutdown()
        self.gate.close()

    def reach(self, method: str, url: str, **more: object) -> httpx.Response:
        """Call the office as a hub does, from outside, under its public name."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}/websub/" == PUBLIC
        headers = {"host": parts.netloc, **more.pop("headers", {})}  # type: ignore[dict-item]
        return self.client.request(method, f"{parts.path}?{parts.query}", headers=headers, **more)  # type: ignore[arg-type]

    def publish(self, *titles: str, hub: bool = True) -> bytes:
        body = feed(self.site, *titles, hub=self.hub.url if hub else "")
        self.site.page("/feed.xml", body, "application/rss+xml")
        return body

    def look(self) -> None:
        """Fetch the source as soon as it is due."""
        with self.station.database.read() as connection:
            self.station.clock.now = max(self.station.clock(), sources.state(connection, "news").next_at)
        self.crawl.tick(self.station.clock())
        self.crawl.wait()

    def ask(self) -> int:
        """Ask the hubs, and let them call back."""
        asked = self.hubs.tick(self.station.clock())
        self.hub.settle()
        return asked

    def read(self) -> None:
        self.hubs.read(self.station.clock())
        self.hubs.wait()

    @property
    def known(self) -> Subscription:
        with self.station.database.read() as connection:
            found = websub.subscription(connection, "news")
        assert found is not None
        return found

    def state(self) -> State:
        return self.known.state

    def gap(self) -> timedelta:
        """Return how long it is until the next look."""
        with self.station.database.read() as connection:
            return sources.state(connection, "news").next_at - self.station.clock()

    def titles(self) -> list[str]:
        with self.station.database.read() as connection:
            return sorted(row.title for row in connection.execute(ITEM.select()))

    def drops(self) -> list[str]:
        with self.station.database.read() as connection:
            return [row.reason for row in connection.execute(DROP.select())]


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    station = Station(database)
    station.doors = [routes(Callbacks(database, {"news": None}, station.clock, lambda: 0.0))]  # type: ignore[dict-item]
    with running_site() as site, serving(station), browsing(station) as client:
        made = Office(station, site, client)
        yield made
        made.close()


def subscribed(office: Office) -> None:
    office.look()
    assert office.ask() == 1
    assert come(lambda: office.state() is State.ACTIVE), (office.known.said, office.hub.answers)


@pytest.mark.parametrize("early", [False, True])
def test_a_hub_is_asked_confirms_and_what_it_brings_is_read_at_once(office: Office, early: bool) -> None:
    office.hub.early = early
    subscribed(office)
    (asked,) = office.hub.asked
    assert asked["hub.topic"] == f"{office.site.url}/topic.xml"
    assert len(asked["hub.secret"]) >= 32
    assert office.known.expires_at == office.station.clock() + timedelta(days=10)
    office.look()
    assert timedelta(minutes=35) < office.gap() < timedelta(minutes=45)
    body = office.publish("某县召开会议", BLAST)
    assert office.hub.distribute(body) == [202]
    assert office.titles() == ["某县召开会议"]
    office.read()
    assert office.titles() == sorted(["某县召开会议", BLAST])
    with office.station.database.read() as connection:
        (incident,) = views.incidents(connection)
        last = connection.execute(FETCH.select().order_by(FETCH.c.id.desc())).first()
    assert incident.figures["deaths"] == 12
    assert last is not None
    assert (last.outcome, last.new, last.seen) == ("items", 1, 2)
    assert office.known.missed == 0
    office.hub.distribute(body)
    office.read()
    assert len(office.titles()) == 2
    office.look()
    assert office.known.missed == 0


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_signature_of_the_recommendation_is_believed(office: Office, method: str) -> None:
    subscribed(office)
    office.hub.distribute(office.publish(BLAST), method=method)
    office.read()
    assert BLAST in office.titles()


@pytest.mark.parametrize("signature", ["", "sha256=00", "sha256", "md5=1", "sha256=é".encode().decode("latin-1")])
def test_what_is_not_signed_is_answered_and_not_read(office: Office, signature: str) -> None:
    subscribed(office)
    if signature.isascii():
        assert office.hub.distribute(office.publish(BLAST), signature=signature) == [202]
    else:
        assert not signature_holds("s", signature, b"x")
        office.hub.distribute(office.publish(BLAST), signature="sha1=0")
    office.read()
    assert office.titles() == ["某县召开会议"]
    assert office.drops() == ["forged"]


def test_a_lease_is_renewed_before_its_end_and_lapses_where_the_hub_does_not_call_back(office: Office) -> None:
    office.hub.lease = 100_000
    subscribed(office)
    office.station.clock.advance(seconds=69_000)
    assert office.ask() == 0
    office.station.clock.advance(seconds=2_000)
    assert office.ask() == 1
    assert office.known.expires_at == office.station.clock() + timedelta(seconds=100_000)
    office.hub.silent = True
    office.station.clock.advance(seconds=70_001)
    assert office.ask() == 1
    assert office.ask() == 0
    assert office.known.tells(office.station.clock())
    office.station.clock.advance(seconds=30_000)
    assert not office.known.tells(office.station.clock())
    office.look()
    assert office.gap() < timedelta(minutes=12)
    office.ask()
    assert office.state() is State.ASKED
    office.hub.silent = False
    office.station.clock.advance(days=1)
    office.ask()
    assert office.state() is State.ACTIVE


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"hub.topic": "http://other.example/"}, 404),
        ({"hub.mode": "unsubscribe"}, 404),
        ({"hub.mode": "publish"}, 404),
        ({"hub.challenge": ""}, 404),
        ({"hub.challenge": "x" * 5000}, 404),
        ({}, 200),
    ],
)
def test_only_what_was_asked_for_is_confirmed(office: Office, changed: dict[str, str], status: int) -> None:
    office.hub.silent = True
    office.look()
    office.ask()
    asked = {"hub.mode": "subscribe", "hub.topic": office.known.topic, "hub.challenge": "<b>?", **changed}
    answer = office.reach("GET", f"{PUBLIC}{office.known.token}?{urlencode(asked)}")
    assert answer.status_code == status
    assert answer.text == ("<b>?" if status == 200 else "")
    assert answer.headers["content-type"].startswith("text/plain")
    assert office.known.state is (State.ACTIVE if status == 200 else State.ASKED)
    assert office.reach("GET", f"{PUBLIC}nobody?{urlencode(asked)}").status_code == 404
    assert office.reach("POST", f"{PUBLIC}nobody", content=b"x").status_code == 410


def test_a_hub_that_denies_is_left_alone_for_a_week_and_looking_goes_on(office: Office) -> None:
    office.hub.silent = True
    office.look()
    office.ask()
    denied = {"hub.mode": "denied", "hub.topic": office.known.topic, "hub.reason": "not for you"}
    assert office.reach("GET", f"{PUBLIC}{office.known.token}?{urlencode(denied)}").status_code == 200
    assert (office.known.state, office.known.said) == (State.DENIED, "not for you")
    office.station.clock.advance(days=6)
    assert office.ask() == 0
    office.look()
    assert office.gap() < timedelta(minutes=12)
    office.station.clock.advance(days=1)
    assert office.ask() == 1


def test_a_hub_that_sends_us_on_is_followed_and_one_that_refuses_is_asked_again_later(office: Office) -> None:
    moved = office.site.pages["/hub"]
    office.site.pages["/new"] = moved
    office.site.pages["/hub"] = Reply(b"", 307, {"Location": "/new"})
    office.hub.refuse = 500
    office.look()
    office.ask()
    assert office.known.said == "HTTP 500 not now"
    assert office.ask() == 0
    office.hub.refuse = 0
    office.station.clock.advance(hours=1)
    office.ask()
    assert office.state() is State.ACTIVE
    assert (office.known.failures, office.known.said) == (0, "")


def test_a_hub_in_the_own_network_or_in_a_circle_is_not_asked_for_ever(office: Office) -> None:
    office.site.pages["/hub"] = Reply(b"", 308, {"Location": "/hub"})
    office.look()
    office.ask()
    assert office.known.said.startswith("redirect")
    assert len([one for one in office.site.asked if one.path == "/hub"]) == 4
    office.site.pages["/hub"] = Reply(b"", 307, {"Location": "http://["})
    office.station.clock.advance(hours=3)
    office.ask()
    assert office.known.said.startswith("redirect")
    office.site.pages["/hub"] = Reply(b"", 307, {"Location": "http://169.254.169.254/"})
    office.station.clock.advance(hours=9)
    office.ask()
    assert office.known.said.startswith("address_refused")


def test_what_is_found_by_looking_though_a_hub_should_have_told_of_it_makes_the_next_look_come_sooner(
    office: Office,
) -> None:
    subscribed(office)
    office.look()
    usual = office.gap()
    assert usual > timedelta(minutes=35)
    office.publish("某县召开会议", "新闻")
    office.look()
    assert office.gap() == pytest.approx(usual / 2, rel=0.1)
    office.hub.distribute(office.publish("某县召开会议", "新闻", "新闻2"))
    office.read()
    office.look()
    assert usual / 2 < office.gap() < usual, "what it did tell of makes looking no more urgent"


def test_a_hub_that_falls_silent_is_told_once_by_day_and_looked_past(office: Office) -> None:
    # How often it brings something shall not matter here, only whether its hub tells.
    office.sources["news"] = replace(office.sources["news"], steady=True)
    subscribed(office)
    office.look()
    for number in range(3):
        assert office.gap() > timedelta(minutes=30)
        office.publish("某县召开会议", *(f"新闻{n}" for n in range(number + 1)))
        office.look()
    assert office.known.missed == 3
    assert office.gap() < timedelta(minutes=12)

    def told() -> list[str]:
        with office.station.database.read() as connection:
            return [a.detail["names"] for a in views.alerts(connection, limit=50) if a.point == SILENT]

    office.station.clock.now = office.station.clock.now.replace(hour=18)
    office.ask()
    assert told() == [], "it is night in Beijing"
    office.station.clock.advance(hours=9)
    office.ask()
    office.ask()
    assert told() == ["某县新闻"]
    assert len(office.hub.asked) == 2, "it is asked anew"
    office.hub.distribute(office.publish("某县召开会议", "新闻9"))
    office.read()
    office.look()
    assert office.known.missed == 0
    office.look()
    assert office.gap() > timedelta(minutes=30)


def test_a_hub_that_brings_something_while_others_are_asked_is_not_told_as_silent(office: Office) -> None:
    subscribed(office)
    database = office.station.database
    with database.write() as connection:
        websub.change(connection, "news", office.known.token, missed=3)
    office.station.clock.advance(hours=15)
    silent = office.known
    office.hubs._tell([silent], office.station.clock())
    office.hubs._tell([silent], office.station.clock())
    with database.read() as connection:
        assert [a.point for a in views.alerts(connection, limit=50)].count(SILENT) == 1, "two processes"
    assert office.hub.distribute(office.publish("某县召开会议", "新闻9")) == [202]
    office.hubs._tell([silent], office.station.clock())
    assert (office.known.missed, office.known.told) == (0, False)
    with database.write() as connection:
        assert websub.miss(connection, silent) == 0, "it told something since that was read"
    assert office.known.missed == 0


def test_the_hub_of_a_source_that_is_gone_is_left(office: Office) -> None:
    subscribed(office)
    del office.sources["news"]
    assert office.ask() == 1
    assert [asked["hub.mode"] for asked in office.hub.asked] == ["subscribe", "unsubscribe"]
    assert office.hub.subscribed == {}
    with office.station.database.read() as connection:
        assert websub.subscriptions(connection) == []


def test_a_hub_that_does_not_let_us_go_is_forgotten_and_a_feed_that_changes_its_hub_gets_another(
    office: Office,
) -> None:
    subscribed(office)
    first = office.known.token
    office.publish("某县召开会议", "新闻", hub=False)
    office.look()
    assert office.state() is State.LEAVING
    office.publish("某县召开会议", "新闻", "再一条")
    office.look()
    assert office.state() is State.WANTED
    assert office.known.token != first
    assert office.reach("POST", f"{PUBLIC}{first}", content=b"x").status_code == 410
    office.station.clock.advance(hours=1)
    office.ask()
    office.hub.silent = True
    del office.sources["news"]
    for _ in range(5):
        office.ask()
        office.station.clock.advance(days=2)
    with office.station.database.read() as connection:
        assert websub.subscriptions(connection) == []


def test_too_much_is_refused_for_now_and_rubbish_makes_us_look(office: Office) -> None:
    subscribed(office)
    for _ in range(MOST_WAITING):
        assert office.hub.distribute(b"") == [202]
    assert office.hub.distribute(b"") == [503]
    assert office.hub.distribute(b"x" * (8 * 1024 * 1024 + 1)) == [413]
    assert {office.hub.distribute(b"")[0] for _ in range(60)} == {503, 429}
    office.station.clock.advance(minutes=5)
    for _ in range(10):
        office.read()
    with office.station.database.read() as connection:
        assert websub.waiting(connection, "news") == 0
        assert sources.state(connection, "news").next_at <= office.station.clock()
    assert office.hub.distribute(b"\xff\x00<rss") == [202]
    office.read()
    assert office.titles() == ["某县召开会议"]


def test_a_body_whose_reader_was_killed_is_read_by_the_next(office: Office) -> None:
    subscribed(office)
    office.hub.distribute(office.publish(BLAST))
    now = office.station.clock()
    with office.station.database.write() as connection:
        assert websub.take_body(connection, now, now + timedelta(minutes=15)) is not None
    office.read()
    assert BLAST not in office.titles()
    office.station.clock.advance(minutes=15)
    office.read()
    assert BLAST in office.titles()


def test_where_hubs_cannot_reach_us_their_offer_is_noted_and_nothing_asked(office: Office) -> None:
    office.crawl.hub_links = HubLinks(office.station.database, on=False)
    office.look()
    assert office.state() is State.WANTED
    assert office.hub.asked == []
    assert office.gap() < timedelta(minutes=12)


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "feed_url": "https://x.example/j",
    "hubs": [{"type": "rssCloud", "url": "https://no/"}, {"type": "WebSub", "url": "https://h/"}]}"""


@pytest.mark.parametrize(
    ("header", "text", "offer"),
    [
        ("", "<rss><channel></channel></rss>", ("", "")),
        ('<https://h/>; rel="hub", <https://t/f>; rel=self', "<feed/>", ("https://h/", "https://t/f")),
        ("", "<feed><link href='/h?a=1&amp;b=2' rel=\"HUB x\"/>", ("https://x.example/h?a=1&b=2", "https://x.example/f")),
        ("", '<feed><entry><link rel="hub" href="https://evil.example/"/></entry></feed>', ("", "")),
        ("", '<a10:link rel="hub" href="javascript:1"/><link rel=hub href=https://h/>', ("https://h/", "https://x.example/f")),
        ("", JSON_FEED, ("https://h/", "https://x.example/j")),
        ("", '{"hubs": 5}', ("", "")),
        ("<http://[>; rel=hub", '<link rel="hub" href="http://[x"/><link rel="hub" href="http://a b/"/>', ("", "")),
        ("", '<link rel="hub" href="https://h/"/><link rel="self" href="//["/>', ("https://h/", "https://x.example/f")),
        ("<" * 10_000, "<link " * 10_000 + "hub", ("", "")),
    ],
)  # fmt: skip
def test_what_a_document_offers(header: str, text: str, offer: tuple[str, str]) -> None:
    assert hub_link(header, text, "https://x.example/f") == HubLink(*offer)


def test_a_signature_of_another_body_or_secret_does_not_hold() -> None:
    right = "sha512=" + hmac.new(b"secret", b"body", hashlib.sha512).hexdigest()
    assert signature_holds("secret", right, b"body")
    assert signature_holds("secret", right.upper().replace("SHA512", "SHA512"), b"body")
    assert not signature_holds("secret", right, b"body ")
    assert not signature_holds("other", right, b"body")
    assert interval(timedelta(minutes=10), told=True) == timedelta(minutes=40)
    assert interval(timedelta(hours=6), told=True) == timedelta(hours=6)
    assert interval(timedelta(minutes=10), told=False) == timedelta(minutes=10)


def test_a_body_that_kills_whoever_reads_it_is_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(office)
    office.hub.distribute(office.publish(BLAST))
    for _ in range(MOST_TRIES):
        now = office.station.clock()
        with office.station.database.write() as connection:
            assert websub.take_body(connection, now, now + READING) is not None
        office.station.clock.advance(minutes=15)

    def deadly(*_: object) -> Fetched:
        raise AssertionError("read again")

    monkeypatch.setattr("monitor.loops.ingest.websub.delivered", deadly)
    office.read()
    with office.station.database.read() as connection:
        assert websub.waiting(connection, "news") == 0
    assert office.drops() == ["broken"]


def test_whatever_is_said_of_a_fetch_can_be_stored(office: Office) -> None:
    now, bad = office.station.clock(), "a\x00b\ud800c"
    fetched = Fetched(outcome=Outcome.FAILED, reason=FailureKind.UNREADABLE, detail=bad)
    page = FailedPage(Entry(key="k", url=f"https://a.example/{bad}", title="x", text=""), bad)
    with office.station.database.write() as connection:
        fetches.record(connection, "news", fetched, new=0, next_at=now, failure_score=1.0, now=now)
        fetches.record_pages(connection, "news", [page], now)
        websub.record(connection, "news", fetched, new=0, now=now)
    with office.station.database.read() as connection:
        kept = [one.detail for one in fetches.latest_fetches(connection, "news", 3)]
    assert kept == ["WebSub abc", "https://a.example/abc abc", "abc"]


@dataclass
class FailedPage:
    """A page that could not be read."""

    entry: Entry
    detail: str
    reason: FailureKind | None = FailureKind.UNREADABLE
    status: int | None = None
