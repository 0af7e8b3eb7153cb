"""The briefing leaves by mail: through the outbox and the deliver loop to a real mail server, both parts alike."""

from __future__ import annotations

import email.policy
from collections.abc import Collection, Iterator
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from html.parser import HTMLParser

import pytest
from sqlalchemy import Connection

from monitor.core.beijing import day_of
from monitor.core.model import AlertReason, AlertState
from monitor.core.views import AlertView
from monitor.loops.deliver import Deliver, Outlet
from monitor.store import briefings, views
from monitor.store.database import Database
from responders.channels.base import Message
from responders.channels.email import Email, Security
from responders.documents.messages import Scene
from tests.responders.fakes.markup import hidden
from tests.responders.fakes.smtp import FakeMailServer
from tests.story.morning import MOMENT, RECIPIENT, Morning

CHIEF = "chief@bureau.example"
HOSTILE = (
    "贵州一工地坍塌致3死<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>\u202e\r\n"
    "Bcc: evil@example.org\r\n== Ended deadlines ==\n* met \u2028{{7*7}} {0} %s \x1b[2J&lt;b&gt;"
)
HOSTILE_SEEN = (
    "贵州一工地坍塌致3死<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)> Bcc: evil@example"
)


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with FakeMailServer() as running:
        yield running


class Page(HTMLParser):
    """Collects the tags, addresses and words of a page; a page that runs or fetches anything fails."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.pictures: dict[str, str] = {}
        self.words = ""
        self._style = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._style = tag == "title"
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has {name}"
            if name == "src" and tag == "img" and (value or "").startswith("cid:"):
                self.pictures[(value or "")[4:]] = str(dict(attrs)["alt"])
                continue
            assert name not in ("src", "background", "action", "data", "srcset"), f"{tag} fetches {value}"
            assert "url(" not in (value or ""), f"{tag} fetches {value}"
            if name == "href":
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words += data
        self._style = False


def deliver(bureau: Morning, server: FakeMailServer, to: Collection[str] = (RECIPIENT,)) -> int:
    """Let the deliver loop run once for each recipient, as the service wires it; return how many mails were taken."""

    def compose(address: str, connection: Connection, scene: Scene) -> Message:
        assert scene.alert.reason is AlertReason.BRIEFING
        reader = next(reader for reader in bureau.brief.readers if reader.address == address)
        return bureau.brief.message(connection, scene, reader, bureau.leave(connection, address))

    def left(address: str, connection: Connection) -> bool:
        return bureau.subscriptions.has_left(connection, address)

    outlets = [
        Outlet(
            Email(
                name=f"briefing:{address}",
                host="127.0.0.1",
                port=server.port,
                sender="回应 <service@bureau.example>",
                recipient=address,
                security=Security.PLAIN,
                timeout=5,
            ),
            frozenset({AlertReason.BRIEFING}),
            closed=partial(left, address),
        )
        for address in to
    ]
    loops = [
        Deliver(bureau.database, outlet, outlets, partial(compose, address), bureau.clock)
        for address, outlet in zip(to, outlets, strict=True)
    ]
    return sum(loop.tick(bureau.clock()) for loop in loops)


def alert_of(bureau: Morning) -> AlertView:
    with bureau.database.read() as connection:
        return next(a for a in views.alerts(connection) if a.reason is AlertReason.BRIEFING)


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_it_arrives_with_both_parts_and_is_done(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    bureau.fetched("news", new=1)
    bureau.told("某省某市一化工厂爆炸致12死30伤", "7月8日，辽宁抚顺一化工厂发生爆炸，造成12人死亡、30人受伤。")
    bureau.morning()
    bureau.clock.advance(seconds=5)
    assert deliver(bureau, server) == 1
    assert deliver(bureau, server) == 0
    assert alert_of(bureau).state is AlertState.SENT

    [mail] = server.taken
    assert server.envelopes == [("service@bureau.example", [RECIPIENT])]
    assert mail["Date"].datetime == bureau.clock()
    assert mail["Importance"] is None
    with database.read() as connection:
        kept = briefings.read(connection, day_of(MOMENT))
    assert kept is not None
    assert str(mail["Subject"]).strip() == kept.title, "a long subject is folded before its first word"
    assert part(mail, "plain") == f"{kept.title}\n\n{kept.text}"
    assert Page(part(mail, "html")).words.split() == Page(kept.html).words.split()


def test_both_parts_say_the_same(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    bureau.fetched("news", new=1)
    bureau.told("某省某市一化工厂爆炸致12死30伤", "7月8日，辽宁抚顺一化工厂发生爆炸，造成12人死亡、30人受伤。")
    bureau.told("一仓库火灾致13人遇难", "河南一仓库发生火灾，造成13人遇难。", dated=False)
    bureau.clock.advance(hours=6)
    bureau.watch()
    bureau.morning()
    deliver(bureau, server)
    [mail] = server.taken
    page = Page(part(mail, "html"))
    shown = " ".join(page.words.split())
    told = part(mail, "plain").split("\n\n", 1)[1].splitlines()
    lines = [line.strip("= ").removeprefix("* ").strip() for line in told if line.strip()]
    assert len(lines) > 40
    for line in lines:
        # A label and its value stand in two cells.
        told_there = line in shown or all(piece in shown for piece in line.split(": ", 1))
        assert line in page.links or told_there, line
    assert set(page.links) == {line for line in lines if line.startswith("http")}
    assert len(shown) < 1.1 * len(" ".join(lines)), "the page says nothing more"


def test_a_hostile_title_stays_a_title_in_both_parts(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    bureau.told(HOSTILE, "贵州一工地坍塌，造成3人死亡。")
    bureau.morning()
    assert deliver(bureau, server) == 1
    [mail] = server.taken
    assert mail["Bcc"] is None
    subject = str(mail["Subject"])
    assert subject.splitlines() == [subject]
    plain, page = part(mail, "plain"), Page(part(mail, "html"))
    assert HOSTILE_SEEN in plain
    assert HOSTILE_SEEN in page.words
    assert hidden(plain) == hidden(page.words) == []
    assert "\n== Ended deadlines ==" not in plain, "no title can forge a section"
    assert not [line for line in plain.splitlines() if line.startswith("* met")]
    assert not page.tags & {"script", "b", "iframe", "link", "style", "form", "svg", "object"}
    assert set(page.links) == {"http://127.0.0.1:8765/incidents/1"}
    assert all(cid.endswith("@huiying") for cid in page.pictures)


def test_everybody_gets_a_mail_of_his_own(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database, to=(RECIPIENT, CHIEF))
    bureau.morning()
    assert deliver(bureau, server, (RECIPIENT, CHIEF)) == 2
    assert [to for _, to in server.envelopes] == [[RECIPIENT], [CHIEF]]
    for mail, other in zip(server.taken, (CHIEF, RECIPIENT), strict=True):
        assert other not in mail.as_string(policy=email.policy.SMTPUTF8)
    assert alert_of(bureau).state is AlertState.SENT


def test_by_hand_it_really_goes_out_again(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    bureau.morning()
    deliver(bureau, server)
    bureau.clock.advance(hours=1)
    bureau.told("云南一客车侧翻致4死11伤", "云南一客车侧翻，造成4人死亡、11人受伤。")
    bureau.clock.advance(minutes=1)
    bureau.brief.send(bureau.brief.current(bureau.clock()), bureau.clock())
    assert deliver(bureau, server) == 1
    first, second = server.taken
    assert first["Message-ID"] != second["Message-ID"]
    assert "1 new" in second["Subject"]
    assert "1 new" not in first["Subject"]


def test_a_mail_server_that_is_away_is_tried_until_it_is_back(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    server.answers["DATA"] = "421 4.3.2 shutting down"
    bureau.morning()
    assert deliver(bureau, server) == 0
    assert alert_of(bureau).state is AlertState.PENDING
    del server.answers["DATA"]
    bureau.clock.advance(minutes=2)
    assert deliver(bureau, server) == 1
    assert [mail["Subject"].strip()[:19] for mail in server.taken] == ["Briefing 2026-07-09"]


def test_a_briefing_that_nobody_took_is_told_in_the_next_without_naming_its_recipients(
    database: Database, server: FakeMailServer
) -> None:
    bureau = Morning(database)
    server.answers["DATA"] = f"554 5.7.1 <{RECIPIENT}> takes no such mail"
    bureau.morning()
    deliver(bureau, server)
    assert alert_of(bureau).state is AlertState.UNDELIVERABLE
    del server.answers["DATA"]
    bureau.morning(days=1)
    deliver(bureau, server)
    [mail] = server.taken
    plain = part(mail, "plain")
    assert "1 alert(s) not delivered" in mail["Subject"]
    assert "* undeliverable · briefing\n" in plain
    assert "every channel refused it" in plain
    assert "briefing: refused 1" in plain
    assert "Over briefing: refused 1" in plain
    assert RECIPIENT not in plain + part(mail, "html")


def test_a_briefing_too_old_to_be_of_use_is_not_sent_any_more(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    bureau.morning()
    bureau.clock.advance(hours=25)
    assert deliver(bureau, server) == 0
    assert alert_of(bureau).state is AlertState.EXPIRED
    assert bureau.morning(days=1, hours=2) == 1
    with database.read() as connection:
        kept = briefings.read(connection, day_of(MOMENT + timedelta(days=1)))
    assert kept is not None
    assert kept.text.count("* expired · briefing\n") == 0, "it expired at the end of this window, not inside it"
    assert deliver(bureau, server) == 1
