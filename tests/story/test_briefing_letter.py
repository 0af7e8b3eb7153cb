"""The briefing's mail over a real mail server, taken apart: its parts, its charts, the Word file, its editions."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from datetime import UTC, time, timedelta
from email.message import EmailMessage, MIMEPart

import pytest
from docx import Document
from sqlalchemy import text

from monitor.core.beijing import instant
from monitor.core.briefing import Briefing, WrittenBriefing
from monitor.core.model import AlertReason, AlertState, ResponseKind
from monitor.core.people.contacts import Contact
from monitor.core.people.contacts import Office as ResponsibleOffice
from monitor.core.people.duty import Duty
from monitor.core.people.rota import Hours, Layer, Rota
from monitor.loops.brief import AllLeft
from monitor.loops.deliver import scene_of
from monitor.store import briefings, outbox, troubles, views
from monitor.store.database import Database
from monitor.store.unsubscriptions import Unsubscription, add
from responders.channels.base import Message, Tone, Try
from responders.channels.console import Console
from responders.channels.email_letter import letter
from responders.documents import charts
from responders.documents.briefing import written
from responders.documents.messages import Composer
from tests.responders.fakes.smtp import FakeMailServer
from tests.story.morning import MOMENT, RECIPIENT, Morning, section, told
from tests.story.test_briefing_mail import CHIEF, HOSTILE, HOSTILE_SEEN, Page, deliver, part

COUNTY = {"address": "county@bureau.example", "region": "210402", "language": "zh"}
OFFICE = {"address": "office@bureau.example", "office": "gansu"}
PUBLIC = "https://duty.bureau.example"
FUSHUN = ("辽宁抚顺新抚区一化工厂爆炸致12死30伤", "辽宁抚顺市新抚区一化工厂发生爆炸，造成12人死亡、30人受伤。")
HENAN = ("河南一仓库火灾致13人遇难", "河南郑州一仓库发生火灾，造成13人遇难。")


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with FakeMailServer() as running:
        yield running


def night(database: Database, to: Collection[str | dict[str, str]] = (RECIPIENT,), **more: object) -> Morning:
    """Return a bureau that was told of two disasters, answered one of them, and let deadlines pass."""
    bureau = Morning(database, to=to, public_url=PUBLIC, bureau="示例市应急管理局", **more)  # type: ignore[arg-type]
    bureau.clock.now = MOMENT - timedelta(days=3)
    bureau.fetched("news", new=1)
    bureau.told("广西一煤矿透水致11人死亡", "广西百色一煤矿发生透水，造成11人死亡。")
    bureau.clock.advance(hours=60)
    bureau.watch()
    bureau.clock.now = MOMENT - timedelta(hours=20)
    bureau.told(*FUSHUN)
    bureau.told(*HENAN)
    bureau.clock.advance(hours=2)
    now = bureau.clock()
    bureau.parts.desk.respond(
        2, ResponseKind.AUTHORITATIVE_RELEASE, title="情况通报", url="", published_at=now, by="发言人", now=now
    )
    bureau.clock.advance(hours=10)
    bureau.watch()
    return bureau


def parts_of(mail: EmailMessage) -> list[tuple[int, str]]:
    """Return the tree of a mail: how deep each part lies, and of what kind it is."""

    def walk(one: MIMEPart, depth: int) -> Iterator[tuple[int, str]]:
        yield depth, one.get_content_type()
        if one.is_multipart():
            for inner in one.iter_parts():
                yield from walk(inner, depth + 1)

    return list(walk(mail, 0))


def docx_of(mail: EmailMessage) -> bytes:
    [paper] = [one for one in mail.iter_attachments() if str(one.get_filename()).endswith(".docx")]
    content = paper.get_content()
    assert isinstance(content, bytes)
    return content


def words_of(paper: bytes) -> str:
    document = Document(io.BytesIO(paper))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_it_has_text_page_charts_and_paper_and_fetches_nothing(database: Database, server: FakeMailServer) -> None:
    bureau = night(database)
    bureau.morning()
    assert deliver(bureau, server) == 1
    [mail] = server.taken
    drawn = charts.can_write_chinese()
    related = [(2, "multipart/related"), (3, "text/html"), (3, "image/png"), (3, "image/png")]
    assert parts_of(mail)[:3] == [(0, "multipart/mixed"), (1, "multipart/alternative"), (2, "text/plain")]
    assert parts_of(mail)[3:-1] == (related if drawn else [(2, "text/html")])
    assert parts_of(mail)[-1] == (1, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")

    page = Page(part(mail, "html"))
    pictures = {str(one["Content-ID"]): one for one in mail.walk() if one.get_content_type() == "image/png"}
    assert {f"<{cid}>" for cid in page.pictures} == set(pictures)
    assert len(pictures) == (2 if drawn else 0)
    for picture in pictures.values():
        assert picture.get_content().startswith(b"\x89PNG")
        assert picture.get_content_disposition() == "inline"
    source = part(mail, "html")
    assert not re.search(r"(?i)<(script|link|style|iframe|object|form|base)\b|@import|url\(|srcset", source)
    assert set(re.findall(r'(?i)(?:src|background)="([a-z]+:)', source)) <= {"cid:"}
    assert len(server.raw[0]) < 500_000


def test_its_charts_are_told_in_the_text_as_well(database: Database, server: FakeMailServer) -> None:
    bureau = night(database)
    bureau.morning()
    deliver(bureau, server)
    [mail] = server.taken
    plain, page = part(mail, "plain"), Page(part(mail, "html"))
    assert "major: 3 (07-06: 1, 07-08: 2)" in section(plain, "Incidents opened in 14 days, by grade")
    assert "extraordinarily" in section(plain, "Incidents opened in 14 days, by grade").lower()
    for title in ("Incidents opened in 14 days, by grade", "Deadlines that fell due in 30 days"):
        lines = section(plain, title).split("\n\n")[0].strip().splitlines()
        said = "; ".join([title, *(line.replace(": ", " ", 1) for line in lines)])
        assert said in page.pictures.values() or not charts.can_write_chinese()


def test_its_figures_are_those_of_the_database(database: Database, server: FakeMailServer) -> None:
    bureau = night(database)
    bureau.morning()
    deliver(bureau, server)
    plain = part(server.taken[0], "plain")
    day = instant(MOMENT.date(), time.min)
    with database.read() as connection:

        def count(query: str, **facts: object) -> int:
            return int(connection.execute(text(query), facts).scalar_one())

        opened = "SELECT count(*) FROM matter JOIN incident ON matter_id = id WHERE NOT drill AND state = 'open' "
        # Written as each database compares it: with the offset, or as UTC without one.
        first, last = (at.astimezone(UTC) for at in (day - timedelta(days=14), day))
        since, until = (str(at if not database.is_sqlite else at.replace(tzinfo=None)) for at in (first, last))
        grave = opened + "AND severity = 3 AND opened_at >= :since AND opened_at < :until"
        majors = count(grave, since=since, until=until)
        running = count("SELECT count(*) FROM deadline WHERE state IN ('open', 'missed') AND settled_at IS NULL")
        missed = count("SELECT count(*) FROM deadline WHERE state = 'missed' AND due_at < :until", until=until)
        met = count("SELECT count(*) FROM deadline WHERE state = 'met' AND due_at < :until", until=until)
    assert f"major: {majors} (" in plain
    assert section(plain, "Running deadlines").count("\n* ") + 1 == running
    ended = section(plain, "Deadlines that fell due in 30 days")
    assert re.search(rf"^missed: {missed}\b", ended, re.MULTILINE)
    assert re.search(rf"^kept in time: {met}\b", ended, re.MULTILINE)
    assert missed > 0


def test_a_new_incident_is_told_with_heat_and_what_was_answered(database: Database, server: FakeMailServer) -> None:
    bureau = night(database)
    bureau.told("热搜：" + HENAN[0], source="hot")
    bureau.morning()
    deliver(bureau, server)
    fresh = section(part(server.taken[0], "plain"), "New incidents")
    fushun, henan = (next(row for row in fresh.split("\n* ") if name in row) for name in ("抚顺", "仓库"))
    assert "published: authoritative release 2026-07-08 14:27, 1 in all" in fushun
    assert re.search(r"nothing published yet; .+: (overdue by )?\d+:\d\d", henan)


def test_the_word_file_says_what_the_mail_says(database: Database, server: FakeMailServer) -> None:
    bureau = night(database)
    bureau.told(HOSTILE, "贵州一工地坍塌，造成3人死亡。")
    bureau.morning()
    deliver(bureau, server)
    [mail] = server.taken
    said = words_of(docx_of(mail))
    assert "示例市应急管理局" in said
    assert HOSTILE_SEEN in said
    flat = " ".join(said.split())
    addresses = re.compile(r"^\s*(https?://\S+|I no longer want .*)$")
    for line in part(mail, "plain").split("\n\n", 1)[1].splitlines():
        told_there = line.strip("= ").removeprefix("* ").strip()
        if told_there and not addresses.match(line):
            assert all(" ".join(piece.split()) in flat for piece in told_there.split(": ", 1)), line


def test_a_day_without_news_is_told_with_charts_of_zeros_as_words(database: Database, server: FakeMailServer) -> None:
    bureau = Morning(database)
    bureau.fetched("news")
    bureau.morning()
    assert deliver(bureau, server) == 1
    [mail] = server.taken
    plain = part(mail, "plain")
    assert "nothing new" in mail["Subject"]
    assert section(plain, "Deadlines that fell due in 30 days").strip().splitlines()[:3] == [
        "missed: 0",
        "kept in time: 0",
        "kept late: 0",
    ]
    assert Page(part(mail, "html")).pictures == {}, "bars of nothing show nothing"
    assert "kept in time" in words_of(docx_of(mail))


def test_each_reader_gets_his_edition_in_his_language(database: Database, server: FakeMailServer) -> None:
    duty = Duty(offices={"gansu": ResponsibleOffice("gansu", "gansu", ())})
    bureau = night(database, to=(RECIPIENT, COUNTY, OFFICE), duty=duty)
    bureau.morning()
    everybody = [reader.address for reader in bureau.brief.readers]
    assert deliver(bureau, server, everybody) == 3
    own, county, office = (part(mail, "plain") for mail in server.taken)
    assert "抚顺" in own
    assert "仓库" in own
    assert "本份日报范围：辽宁省抚顺市新抚区。范围外的 1 起新增突发事件" in county
    assert "抚顺" in county
    assert "仓库" not in county + part(server.taken[1], "html") + words_of(docx_of(server.taken[1]))
    assert "This edition is for gansu. It leaves out 2 new incident(s)" in office
    assert "抚顺" not in office
    assert [to for _, to in server.envelopes] == [[address] for address in everybody]
    for mail, address in zip(server.taken, everybody, strict=True):
        assert not any(other in mail.as_string() for other in everybody if other != address)


def test_an_edition_that_cannot_be_written_keeps_no_other_reader_waiting(
    database: Database, server: FakeMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = night(database, to=(RECIPIENT, COUNTY))

    def odd(briefing: Briefing, composer: Composer, **more: str) -> WrittenBriefing:
        if briefing.edition.region:
            raise KeyError("something odd")
        return written(briefing, composer, **more)

    everybody = (RECIPIENT, COUNTY["address"])
    with monkeypatch.context() as broken:
        broken.setattr("monitor.loops.brief.written", odd)
        assert bureau.morning() == 1
        assert deliver(bureau, server, everybody) == 1
    assert [to for _, to in server.envelopes] == [[RECIPIENT]]
    with database.read() as connection:
        assert "something odd" in troubles.of_leg(connection, "brief")["2026-07-09 zh/210402/"]
    bureau.clock.advance(hours=1)
    assert deliver(bureau, server, everybody) == 1
    assert "本份日报范围" in part(server.taken[1], "plain")


def test_one_that_fails_by_hand_is_compiled_anew_and_not_told_as_it_was(
    database: Database, server: FakeMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = night(database, to=(RECIPIENT, COUNTY))
    bureau.morning()
    with monkeypatch.context() as broken:
        broken.setattr(
            "monitor.loops.brief.written",
            lambda briefing, *a, **more: written(briefing, *a, **more) if not briefing.edition.region else 1 / 0,
        )
        later = bureau.brief.current(bureau.clock() + timedelta(hours=1))
    assert bureau.brief.send(later, bureau.clock()).times == 2
    with database.read() as connection:
        assert briefings.read(connection, MOMENT.date(), "zh/210402/") is None


def test_a_reader_of_an_office_that_is_gone_gets_the_bureaus(database: Database, server: FakeMailServer) -> None:
    bureau = night(database, to=(RECIPIENT, OFFICE))
    bureau.morning()
    assert deliver(bureau, server, (RECIPIENT, OFFICE["address"])) == 2
    own, office = (part(mail, "plain").partition(PUBLIC)[0] for mail in server.taken)
    assert "仓库" in office
    assert office == own


def test_an_edition_that_was_not_stored_is_compiled_when_it_is_sent(database: Database, server: FakeMailServer) -> None:
    night(database).morning()
    later = Morning(database, to=(RECIPIENT, COUNTY))
    later.clock.now = MOMENT + timedelta(minutes=1)
    assert deliver(later, server, [COUNTY["address"]]) == 1
    assert "本份日报范围" in part(server.taken[0], "plain")


def test_sent_again_it_is_the_same_mail_and_compiled_anew_one_of_its_thread(
    database: Database, server: FakeMailServer
) -> None:
    bureau = night(database, to=(RECIPIENT, CHIEF))
    bureau.morning()
    deliver(bureau, server, (RECIPIENT, CHIEF))
    bureau.clock.advance(hours=1)
    stored = bureau.brief.of_day(bureau.brief.current(bureau.clock()).day, bureau.clock())
    assert bureau.brief.send(stored, bureau.clock()).times == 2
    deliver(bureau, server, (RECIPIENT, CHIEF))
    bureau.clock.advance(hours=1)
    bureau.brief.send(bureau.brief.current(bureau.clock()), bureau.clock())
    deliver(bureau, server, (RECIPIENT, CHIEF))
    first, other, again, _, anew, _ = server.taken
    assert first["Message-ID"] == again["Message-ID"]
    assert part(first, "plain") == part(again, "plain")
    assert len({first["Message-ID"], other["Message-ID"], anew["Message-ID"]}) == 3
    assert first["References"] == again["References"] == anew["References"] != other["References"]


def test_a_mail_says_how_to_leave_and_who_left_gets_none(database: Database, server: FakeMailServer) -> None:
    bureau = night(database, to=(RECIPIENT, CHIEF))
    bureau.morning()
    deliver(bureau, server, (RECIPIENT, CHIEF))
    for mail in server.taken:
        link = str(mail["List-Unsubscribe"]).strip("<>")
        assert link.startswith(f"{PUBLIC}/u/")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in part(mail, "plain")
        assert link in Page(part(mail, "html")).links
    assert len({str(mail["List-Unsubscribe"]) for mail in server.taken}) == 2
    bureau.subscriptions.leave(str(server.taken[1]["List-Unsubscribe"]).strip("<>").rpartition("/")[2], bureau.clock())
    server.taken.clear()
    bureau.morning(days=1)
    assert deliver(bureau, server, (RECIPIENT, CHIEF)) == 1
    [mail] = server.taken
    assert mail["To"] == RECIPIENT
    assert "1 get this briefing by mail; 1 left the list" in part(mail, "plain")
    with database.read() as connection:
        newest = next(a for a in views.alerts(connection) if a.reason is AlertReason.BRIEFING)
        assert outbox.alert_of(connection, newest.id).state is AlertState.SENT  # type: ignore[union-attr]


def test_where_everybody_left_somebody_is_told(database: Database) -> None:
    """Two left, then the settings lost the third: no press refused that."""
    bureau = Morning(database, to=(RECIPIENT, CHIEF))
    with database.write() as connection:
        for address in (RECIPIENT, CHIEF):
            add(connection, Unsubscription(address, bureau.clock(), "link"))
    assert bureau.morning() == 1
    with database.read() as connection:
        [alarm] = list(views.alerts(connection))
    assert (alarm.reason, alarm.point, alarm.page) == (AlertReason.TROUBLE, "briefing:nobody", False)
    with pytest.raises(AllLeft):
        bureau.brief.send(bureau.brief.current(bureau.clock()), bureau.clock())
    bureau.subscriptions.restore(CHIEF)
    assert bureau.morning(days=1) == 1
    with database.read() as connection:
        assert next(a.reason for a in views.alerts(connection)) is AlertReason.BRIEFING


def test_empty_hours_of_the_rota_and_deaf_channels_are_told(database: Database) -> None:
    day = MOMENT.date()
    half = Layer("days", ("li",), day - timedelta(days=9), time(8), timedelta(days=1))
    over = Rota("night", "夜班", (Layer("once", ("li",), day + timedelta(days=3), time(8), timedelta(days=1)),))
    nights = Hours(frozenset(range(7)), time(20), time(8))
    dark = Rota(
        "dark", "夜间", (Layer("nights", ("li",), day - timedelta(days=9), time(8), timedelta(days=1), (nights,)),)
    )
    rotas = {"day": Rota("day", "白班", (half,)), "night": over, "dark": dark}
    duty = Duty(contacts={"li": Contact("li", "李", ())}, rotas=rotas)
    bureau = Morning(database, duty=duty)
    bureau.morning()
    said = section(told(bureau), "Channels and duty rota")
    assert "* nobody on duty · 夜班\n  2026-07-09 08:27 to 2026-07-12 08:00\n" in said
    assert "3 rota(s); empty hours in the next 7 days: 9" in said
    assert "* nobody on duty · 夜间\n" in said
    assert said.count("\n  2026-07-1") == 2
    assert "\n  … and 5 more.\n" in said
    assert "白班" not in said


def test_a_flood_of_long_titles_stays_within_what_mail_servers_take(database: Database) -> None:
    bureau = Morning(database)
    for n in range(260):
        bureau.told(f"第{n}号：辽宁抚顺一化工厂爆炸致{n % 90 + 3}死" + "字" * 3000, "辽宁抚顺。" * 50)
    bureau.morning()
    briefing = bureau.brief.of_day(bureau.brief.current(bureau.clock()).day, bureau.clock())
    assert len(briefing.html) < 2_000_000
    assert len(briefing.text) < 400_000


@pytest.mark.parametrize("domain", ["b.example", "mail.emergency-management.some-long-county.liaoning.gov.example"])
def test_addresses_in_headers_are_never_written_as_encoded_words(domain: str) -> None:
    link = f"https://{domain}:8443/u/" + "a" * 22
    message = Message(key="k", title="日报" * 60, tone=Tone.CALM, leave=link, thread="briefing:2026-07-09")
    raw = letter(message, sender=f"service@{domain}", recipient="a@b.example").as_bytes()
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in raw
    assert re.search(rf"^References: <[0-9a-f]{{40}}@{re.escape(domain)}>\r$".encode(), raw, re.MULTILINE)
    assert all(len(line) < 998 for line in raw.split(b"\r\n"))


def test_only_a_secure_address_offers_the_one_press() -> None:
    message = Message(key="k", title="t", tone=Tone.CALM, leave="http://10.1.0.8:8765/u/x")
    mail = letter(message, sender="a@b.example", recipient="c@d.example")
    assert mail["List-Unsubscribe"] == "<http://10.1.0.8:8765/u/x>"
    assert mail["List-Unsubscribe-Post"] is None


def test_a_channel_of_text_alone_loses_no_figure_of_the_charts(database: Database, server: FakeMailServer) -> None:
    bureau = night(database)
    bureau.morning()
    deliver(bureau, server)
    with database.read() as connection:
        alert = next(a for a in views.alerts(connection) if a.reason is AlertReason.BRIEFING)
        message = bureau.brief.message(connection, scene_of(connection, alert, MOMENT), bureau.brief.readers[0])
    stream = io.StringIO()
    Console(stream).send(message, Try())
    assert "major: 3 (07-06: 1, 07-08: 2)" in stream.getvalue()
    assert "PNG" not in stream.getvalue() + repr(message)
