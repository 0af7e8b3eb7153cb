"""The office's own pages: each form does what the command does, and says kindly why it does not."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import httpx
import pytest

from monitor.core.access.roles import AccountRole
from monitor.core.duties.pacing import Pace
from monitor.core.duties.strictness import FIRST_START
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import AlertReason, DeliveryState
from monitor.core.people.rota import on_duty
from monitor.core.sources import Source, SourceKind
from monitor.gate import Gate, GateSettings
from monitor.loops.deliver import Outlet
from monitor.store import audit, deliveries, people, views
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Tried
from responders.channels.console import Console
from tests.crawl.site import running_site
from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import Station, browsing, serving, token_of
from tests.responders.console.test_duty import staffed_station
from tests.responders.console.test_matrix import enter
from tests.responders.console.test_pages import words
from tests.story.outbox import TAKEN, Told
from tests.story.roster import H

SECRET = "xoxb-canary-4711"
MINUTE = timedelta(minutes=1)


class Quiet(Told):
    """A channel that can be tried in silence, and is not open."""

    way = "quiet"

    def try_silently(self) -> Tried:
        raise DeliveryFailure("invalid_auth", permanent=True, remedy="Copy the robot's signing secret again.")


def outlets() -> list[Outlet]:
    every = frozenset(AlertReason)
    return [
        Outlet(Console(io.StringIO()), every, unread=True),
        Outlet(Told("chat"), every, pace=Pace(per_minute=20, reserve=8)),
        Outlet(Quiet("sms"), every, broadcast=False, drills=False),
    ]


def office_station(database: Database) -> Station:
    station = staffed_station(database)
    station.outlets = outlets()
    return station


@pytest.fixture
def office(database: Database) -> Iterator[tuple[Station, httpx.Client]]:
    """Return a console of a bureau with people and channels, and somebody in it who may do everything of this."""
    with serving(office_station(database)) as station, browsing(station) as client:
        station.people.hire("boss", AccountRole.ADMIN, name="赵磊")
        enter(station, client, "boss")
        yield station, client


def posted(station: Station, client: httpx.Client, path: str, page: str, **fields: str) -> httpx.Response:
    token = token_of(client.get(page))
    return client.post(path, data={"token": token, **fields}, headers={"Origin": station.address})


def told(client: httpx.Client, page: str) -> str:
    """Return what the page says of the act before."""
    found = re.search(r'class="told" role="status">([^<]*)<', client.get(page).text)
    assert found is not None
    return unescape(found[1])


def who(station: Station, after: timedelta) -> str | None:
    with station.database.read() as connection:
        changes = people.changes(connection, since=station.clock())
    return on_duty(station.parts.duty.rotas["duty"], changes, station.clock() + after).contact


def test_taking_over_by_form_lasts_until_the_shift_ends(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    answer = posted(station, client, "/duty/take", "/duty", rota="duty", contact="boss", reason="王敏请假")
    assert (answer.status_code, answer.headers["location"]) == (303, "/duty")
    assert "赵磊 is on duty from 2026-07-09 20:00 until 2026-07-10 08:30" in told(client, "/duty")
    assert (who(station, timedelta(0)), who(station, 13 * H)) == ("boss", "li")
    shown = words(client.get("/duty"), "rota-duty")
    assert "On duty: 赵磊" in shown
    assert "王敏请假" in shown


def test_an_override_and_its_taking_back(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    fields = {"rota": "duty", "contact": "boss", "begins": "2026-07-11T09:00", "ends": "2026-07-11T12:00"}
    assert posted(station, client, "/duty/override", "/duty", **fields).status_code == 303
    assert who(station, 38 * H) == "boss"
    assert "Take change 1 back" in client.get("/duty").text
    assert posted(station, client, "/duty/changes/1/cancel", "/duty").status_code == 303
    assert who(station, 38 * H) == "wang"
    again = posted(station, client, "/duty/changes/1/cancel", "/duty")
    assert again.status_code == 422
    assert "There is no change 1 that still holds" in again.text


def test_two_shifts_are_chosen_from_those_that_come(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    page = client.get("/duty").text
    shifts = re.findall(r'<option value="([^"]+)">07-[0-9: –-]+ (?:王敏|李强)', page)
    assert len(shifts) == 2 * 15
    assert (
        posted(station, client, "/duty/swap", "/duty", rota="duty", one=shifts[0], other=shifts[1]).status_code == 303
    )
    assert [who(station, n * 24 * H) for n in range(3)] == ["li", "wang", "wang"]
    assert "Swapped: 李强 and 王敏" in told(client, "/duty")


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("override", {"ends": "2026-07-01T08:00"}, "cannot be changed"),
        ("override", {"ends": "tomorrow"}, "tomorrow"),
        ("override", {"ends": "0001-01-01T00:00"}, "0001-01-01"),
        ("override", {"ends": "9999-12-31T23:59"}, "9999-12-31"),
        ("override", {"ends": "2026-07-10T08:00", "contact": "nobody<b>"}, "There is no contact nobody&lt;b&gt;"),
        ("take", {"rota": "no"}, "There is no rota no"),
        ("take", {"ends": "2027-07-10T08:00"}, "92 days at most"),
        ("swap", {"one": "2026-07-09T21:00~wang", "other": "2026-07-09T22:00~wang"}, "has both shifts already"),
        ("swap", {"one": "2026-07-09T21:00~li", "other": "2026-07-10T22:00~li"}, "is now that of 王敏"),
        ("swap", {"one": "", "other": ""}, "is not a time"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_form_and_changes_nothing(
    office: tuple[Station, httpx.Client], act: str, fields: dict[str, str], said: str
) -> None:
    station, client = office
    filled = {"rota": "duty", "contact": "boss", "reason": "病<假", **fields}
    answer = posted(station, client, f"/duty/{act}", "/duty", **filled)
    assert answer.status_code == 422
    if filled["rota"] == "duty":
        assert said in answer.text
        assert "病&lt;假" in answer.text
    with station.database.read() as connection:
        assert people.changes(connection, since=station.clock()) == []


def test_who_may_not_change_the_rota_is_shown_no_form(office: tuple[Station, httpx.Client]) -> None:
    station, _ = office
    station.people.hire("reader", AccountRole.REVIEWER)
    with browsing(station) as client:
        enter(station, client, "reader")
        for path in ("/duty", "/channels", "/sources/evening", "/drills"):
            assert not re.search(r'action="/(duty|channels|sources|drills)', client.get(path).text), path
        assert 'href="/audit"' not in client.get("/office").text


def test_without_accounts_the_form_asks_for_the_name(database: Database) -> None:
    with serving(office_station(database)) as station, browsing(station) as client:
        answer = posted(station, client, "/duty/take", "/duty", rota="duty", contact="boss")
        assert answer.status_code == 422
        assert "Say who you are" in answer.text
        assert posted(station, client, "/duty/take", "/duty", rota="duty", contact="boss", by="李强").status_code == 303
        with station.database.read() as connection:
            assert [change.by for change in people.changes(connection, since=station.clock())] == ["李强"]


def chat(station: Station) -> Told:
    channel = station.outlets[1].channel
    assert isinstance(channel, Told)
    return channel


def notes(station: Station, kind: str) -> list[str]:
    with station.database.read() as connection:
        return [row.text for row in audit.newest(connection, kind, 50)]


def test_a_test_goes_over_the_channel_itself_and_is_kept_with_who_sent_it(
    office: tuple[Station, httpx.Client],
) -> None:
    station, client = office
    answer = posted(station, client, "/channels/test", "/channels", channel="chat")
    assert answer.status_code == 303
    assert len(chat(station).keys) == 1
    assert chat(station).keys[0].startswith("test:")
    assert "The provider took the message." in told(client, "/channels")
    assert '"by": "赵磊"' in notes(station, "channel.tested")[0]
    assert "Last test 07-09 20:00 by 赵磊: ✓ The provider took the message." in words(
        client.get("/channels"), "channels"
    )


def test_a_test_of_one_person_goes_to_his_address(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    seen: list[str] = []

    def note(message: object, _: object) -> object:
        seen.append(str(getattr(message, "to", "")))
        return TAKEN

    chat(station).answers.append(note)  # type: ignore[arg-type]
    assert posted(station, client, "/channels/test", "/channels", channel="chat", contact="wang").status_code == 303
    assert seen == ["U1"]
    for channel, contact, said in (
        ("sms", "", "leads to single persons"),
        ("chat", "li", "has no way to 李强 over chat"),
        ("chat", "gone", "no contact gone any more"),
        ("caht", "", "Did you mean chat?"),
    ):
        refused = posted(station, client, "/channels/test", "/channels", channel=channel, contact=contact)
        assert refused.status_code == 422
        assert said in unescape(refused.text)


def test_what_a_provider_refuses_is_shown_with_its_remedy(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    chat(station).answers.append(DeliveryFailure("<93000> invalid", remedy="The signature was refused."))
    posted(station, client, "/channels/test", "/channels", channel="chat")
    shown = client.get("/channels").text
    assert "✗ &lt;93000&gt; invalid The signature was refused." in shown
    assert "<93000>" not in shown


def test_a_fault_of_ours_names_no_secret(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    chat(station).answers.append(RuntimeError(f"https://hook.example/{SECRET}"))
    assert posted(station, client, "/channels/test", "/channels", channel="chat").status_code == 303
    shown = client.get("/channels").text
    assert "✗ RuntimeError This is a fault of this program" in unescape(shown)
    assert SECRET not in shown + "".join(notes(station, "channel.tested"))


def test_tests_are_bounded_and_take_no_alerts_place(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    for _ in range(3):
        assert posted(station, client, "/channels/test", "/channels", channel="chat").status_code == 303
    answer = posted(station, client, "/channels/test", "/channels", channel="chat")
    assert answer.status_code == 422
    assert "was tested several times just now. Wait 60 s." in answer.text
    station.clock.now += MINUTE
    explosion(station)
    station.watch()
    now = station.clock()
    with station.database.write() as connection:
        alert = views.alerts(connection)[0]
        for n in range(12):
            begun = deliveries.begin(connection, replace(alert, deliveries=()), "chat", now)
            if begun is not None:
                deliveries.end(connection, begun, DeliveryState.ACCEPTED, now)
            connection.exec_driver_sql(f"UPDATE delivery SET attempt = {100 + n} WHERE attempt = 1")
    waits = posted(station, client, "/channels/test", "/channels", channel="chat")
    assert "takes no further message before" in waits.text
    assert len(chat(station).keys) == 3


def test_each_way_shows_its_last_proof(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    explosion(station)
    station.watch()
    now = station.clock()
    with station.database.write() as connection:
        alert = views.alerts(connection)[0]
        for state, said in ((DeliveryState.ACCEPTED, ""), (DeliveryState.REFUSED, "<b>no such user</b>")):
            number = deliveries.begin(connection, alert, "chat", now, contact="wang")
            assert number is not None
            deliveries.end(connection, number, state, now, said=said, remedy="The signature was refused.")
            connection.exec_driver_sql(f"UPDATE delivery SET attempt = {number + 50} WHERE id = {number}")
            now += MINUTE
    shown = words(client.get("/channels"), "contacts")
    assert "chat U1 last accepted 07-09 20:52 · last failed 07-09 20:53" in shown
    assert "The signature was refused." in shown
    assert "<b>no such user</b>" not in client.get("/channels").text
    assert "sms 13800000000 no proof in the last 90 days" in shown
    assert "on duty: 总值班" in shown


def test_what_robots_txt_forbids_is_not_looked_at_either(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    with running_site() as site, Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        url = site.page("/feed", "<rss version='2.0'><channel><title>x</title></channel></rss>")
        site.page("/robots.txt", "User-agent: *\nDisallow: /feed", "text/plain")
        station.parts.gate = gate
        sources = {"evening": Source(id="evening", name="示例晚报", kind=SourceKind.FEED, url=url)}
        station.parts.sources.clear()  # type: ignore[attr-defined]
        station.parts.sources.update(sources)  # type: ignore[attr-defined]
        answer = posted(station, client, "/sources/evening/preview", "/sources/evening")
        assert "Disallow: /feed" in words(answer, "preview")
        assert [asked.path for asked in site.asked] == ["/robots.txt"]


def test_a_source_is_looked_at_through_the_gate_and_nothing_is_stored(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    feed = (
        "<rss version='2.0'><channel><title>x</title><item><title>金昌市一化工厂发生爆炸，造成11人死亡&lt;script&gt;"
        "</title><link>javascript:alert(1)</link><guid>1</guid></item><item><title>天气晴</title>"
        "<link>https://e.example/2</link></item></channel></rss>"
    )
    with running_site() as site, Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        url = site.page("/feed", feed)
        station.parts.gate = gate
        sources = {"evening": Source(id="evening", name="示例晚报", kind=SourceKind.FEED, url=url)}
        station.parts.sources.clear()  # type: ignore[attr-defined]
        station.parts.sources.update(sources)  # type: ignore[attr-defined]
        before = counted(station)
        answer = posted(station, client, "/sources/evening/preview", "/sources/evening")
        assert answer.status_code == 200
        shown = words(answer, "preview")
        assert "天气晴" in shown
        assert "would be taken for an incident" in shown
        assert "<script>" not in answer.text.partition("<main")[2]
        assert 'href="javascript' not in answer.text
        assert counted(station) == before
        assert '"by": "赵磊"' in notes(station, "source.looked_at")[0]
        posted(station, client, "/sources/evening/preview", "/sources/evening")
        bounded = posted(station, client, "/sources/evening/preview", "/sources/evening")
        assert "fetched several times just now" in bounded.text
        assert [asked.path for asked in site.asked] == ["/robots.txt", "/feed"] * 2
        station.clock.now += 2 * MINUTE
        site.page("/feed", b"\x00\xff<!DOCTYPE x [<!ENTITY a '<script>'>]>", "text/html")
        hostile = posted(station, client, "/sources/evening/preview", "/sources/evening")
        assert hostile.status_code == 200
        assert "The answer" in words(hostile, "preview") or "The feed" in words(hostile, "preview")
    assert client.get("/sources/nope").status_code == 404
    assert posted(station, client, "/sources/nope/preview", "/sources").status_code == 404


def counted(station: Station) -> list[int]:
    with station.database.read() as connection:
        one = connection.exec_driver_sql
        return [one(f'SELECT count(*) FROM "{t}"').scalar_one() for t in ("item", "fetch", "matter", "deadline")]


def test_a_source_shows_its_last_fetches_and_none_of_its_secrets(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    source = replace(
        station.parts.sources["evening"], url=f"https://e.example/feed?key={SECRET}", headers=(("cookie", SECRET),)
    )
    station.parts.sources["evening"] = source  # type: ignore[index]
    explosion(station)
    deliver(station)
    page = client.get("/sources/evening")
    assert page.status_code == 200
    assert "Host: e.example" in words(page, "health")
    assert SECRET not in page.text + client.get("/sources").text


def test_the_rules_can_be_searched_and_each_tells_its_source(office: tuple[Station, httpx.Client]) -> None:
    _, client = office
    whole = client.get("/rules").text
    assert whole.count('id="rule-') > 40
    found = client.get("/rules", params={"q": "op-auth 5", "show": "on"}).text
    assert re.findall(r'id="rule-([A-Z0-9-]+)"', found) == ["OP-AUTH-5H"]
    off = re.findall(r'id="rule-([A-Z0-9-]+)"', client.get("/rules", params={"show": "off"}).text)
    assert "OP-AUTH-5H" not in off
    assert off
    assert "No rule fits." in client.get("/rules", params={"q": "<script>alert(1)"}).text
    assert "<script>alert(1)" not in client.get("/rules", params={"q": '"><script>alert(1)'}).text
    one = words(client.get("/rules/OP-AUTH-5H"))
    assert "国办发〔2016〕80号" in one
    assert "compared with the source" in one
    assert client.get("/rules/NO-SUCH").status_code == 404


def test_a_rule_tells_its_versions_and_what_runs_under_an_older_one(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    explosion(station)
    assert "a deadline first opened by it 2026-07-09" in words(client.get("/rules/OP-AUTH-5H"), "versions")
    rule = station.parts.pack.obligation("OP-AUTH-5H")
    assert rule is not None
    stricter = replace(rule, due=Term(4, Unit.HOUR), origin="cn-gov@2027.1")
    assert stricter.due.end(FIRST_START, stricter.calendar).at < rule.due.end(FIRST_START, rule.calendar).at
    others = tuple(stricter if one.id == rule.id else one for one in station.parts.pack.obligations)
    newer = Station(station.database, clock=station.clock)
    newer.parts.pack = replace(station.parts.pack, obligations=others)
    with serving(newer) as served, browsing(served) as opened:
        enter(served, opened, "boss")
        page = opened.get("/rules/OP-AUTH-5H")
        shown = words(page, "versions")
        assert "cn-gov@2027.1 in use; no deadline has opened by it yet" in shown
        assert "stricter OP-AUTH-5H due: 5 hours → 4 hours" in shown
        assert "#1 deadline" in words(page, "outdated")


def test_a_drill_by_form_is_marked_and_scored(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    bad = posted(station, client, "/drills/start", "/drills", title="某厂爆炸", times="<b>")
    assert bad.status_code == 422
    assert "&lt;b&gt; is no number" in bad.text
    assert 'value="某厂爆炸"' in bad.text
    assert "1 to 100 times" in posted(station, client, "/drills/start", "/drills", times="nan").text
    assert posted(station, client, "/drills/start", "/drills", title="某厂爆炸", times="10").status_code == 303
    page = client.get("/drills")
    assert "[DRILL] 某厂爆炸" in page.text
    assert posted(station, client, "/drills/start", "/drills").status_code == 422
    station.clock.now += 2 * MINUTE
    station.parts.desk.acknowledge(1, by="王敏", now=station.clock())
    assert "Acted first: 0:02:00 王敏" in words(client.get("/drills"), "full")
    assert posted(station, client, "/drills/end", "/drills").status_code == 303
    assert "0:02:00 王敏 acknowledge" in words(client.get("/drills/1"), "acts")
    assert "2 deadline(s) met in time" in words(client.get("/drills/1"), "score")
    assert "[DRILL] 某厂爆炸" in client.get("/drills/1").text
    assert "runs" not in words(client.get("/drills"), "past")
    assert client.get("/drills/9").status_code == 404


def test_all_ways_are_tried_in_silence_on_request(office: tuple[Station, httpx.Client]) -> None:
    station, client = office
    assert posted(station, client, "/drills/silent", "/drills").status_code == 303
    shown = words(client.get("/drills"), "silent")
    assert "sms" in shown
    assert "invalid_auth" in shown
    assert chat(station).keys == []
    posted(station, client, "/drills/silent", "/drills")
    assert "All ways were tried several times" in posted(station, client, "/drills/silent", "/drills").text
    assert len(notes(station, "channel.tried")) == 2
