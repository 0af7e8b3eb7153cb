"""Assigning and signing at the console: who may, for what, and what stands on the pages and in the lists."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from monitor.core.model import AlertReason
from monitor.core.people.assignments import Assignment
from monitor.core.views import AlertView
from monitor.loops.receipts import ReceiptWatch
from monitor.store import assignments, undoing, views
from monitor.store.database import Database
from responders.console.filters import Filter, filter_of
from tests.responders.console.bureau_offices import DUTY, hire, office_station
from tests.responders.console.scenes import flooding
from tests.responders.console.station import Station, browsing, token_of
from tests.responders.console.test_matrix import enter, posted


@pytest.fixture
def bureau(database: Database) -> Iterator[Station]:
    with office_station(database) as station:
        hire(station)
        yield station


def held(station: Station, number: int = 1) -> Assignment | None:
    with station.database.read() as connection:
        return assignments.standing(connection, number)


def asked(station: Station) -> list[AlertView]:
    with station.database.read() as connection:
        found = [one for one in views.alerts(connection, matter_id=1) if one.reason is AlertReason.ASSIGNMENT]
    return sorted(found, key=lambda one: one.id)


def assign(station: Station, client: httpx.Client, *offices: str, **more: str) -> httpx.Response:
    page = client.get("/account")
    data = {"token": token_of(page), "office": offices[0], "offices": list(offices[1:]), **more}
    return client.post("/incidents/1/assign", data=data, headers={"Origin": station.address})


def test_from_the_proposal_over_the_assignment_to_the_receipts(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        page = client.get("/incidents/1").text
        assert "Not assigned yet. The rules propose:" in page
        assert "is responsible for all incidents in 甘肃省金昌市" in page
        assert "proposed, not assigned" in client.get("/").text
        assert assign(bureau, client, "chem", "rescue", "leaders", reason="按预案").status_code == 303
        page = client.get("/incidents/1").text
        assert "按预案" in page
        assert "not signed yet, due" in page
        assert "Sign for" not in page, "the officer on duty belongs to none of them"
        assert "2 assisting office(s) not signed" in client.get("/").text
    with browsing(bureau) as client:
        enter(bureau, client, "li")
        page = client.get("/incidents/1").text
        assert page.count("Sign for") == 1
        assert 'action="/incidents/1/assign"' not in page, "a reviewer assigns nothing"
        assert posted(bureau, client, "/incidents/1/sign", office="chem").status_code == 303
        assert "signed by 李强" in client.get("/incidents/1").text
    found = held(bureau)
    assert found is not None
    assert (found.lead.signed_by, found.proposed) == ("李强", True)


def test_whoever_belongs_to_one_office_signs_for_no_other(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assign(bureau, client, "chem", "rescue")
        answer = posted(bureau, client, "/incidents/1/sign", office="chem")
        assert answer.status_code == 422
        assert (
            "王敏 does not belong to 危化监管科 in the duty file. Only its own people sign for it: 李强." in answer.text
        )
    with browsing(bureau) as client:
        enter(bureau, client, "sun")
        assert "Sign for 救援协调科" in client.get("/incidents/1").text
        assert posted(bureau, client, "/incidents/1/sign", office="chem").status_code == 422
        assert posted(bureau, client, "/incidents/1/sign", office="rescue").status_code == 303
        assert assign(bureau, client, "rescue").status_code == 403
    with browsing(bureau) as client:
        # His office is asked, but the incident lies outside his region: it is nothing that he could see.
        enter(bureau, client, "far")
        assert posted(bureau, client, "/incidents/1/sign", office="chem").status_code == 403
    found = held(bureau)
    assert found is not None
    assert [one.office for one in found.receipts if one.signed_at] == ["rescue"]


def test_a_typed_name_signs_for_its_own_office_while_nobody_has_an_account(database: Database) -> None:
    with office_station(database) as station, browsing(station) as client:
        data = {"token": token_of(client.get("/incidents/1")), "by": "王敏", "office": "chem"}
        own = {"Origin": station.address}
        assert client.post("/incidents/1/assign", data=data, headers=own).status_code == 303
        assert client.post("/incidents/1/sign", data=data, headers=own).status_code == 422
        assert client.post("/incidents/1/sign", data={**data, "by": "李强"}, headers=own).status_code == 303


def test_what_is_typed_wrong_is_refused_and_kept(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        answer = assign(bureau, client, "nowhere", "rescue", reason="说明")
        assert answer.status_code == 422
        assert "There is no office nowhere in the duty file." in answer.text
        assert 'value="说明"' in answer.text
        assert assign(bureau, client, "<script>alert(1)</script>").text.count("<script>alert") == 0
    assert held(bureau) is None


def test_two_officers_at_once(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assert assign(bureau, client, "chem", upto="0").status_code == 303
        answer = assign(bureau, client, "province", upto="0")
        assert answer.status_code == 422
        assert "王敏 has been here before you: assigned" in answer.text
    found = held(bureau)
    assert found is not None
    assert found.lead.office == "chem"


def test_the_board_is_filtered_by_office_and_says_what_it_leaves_out(bureau: Station) -> None:
    flooding(bureau)
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assert 'id="filter-office"' in client.get("/").text
        for office, here in (("chem", {1}), ("province", {2}), ("rescue", {1}), ("gone", {1, 2})):
            page = client.get(f"/?office={office}").text
            assert {n for n in (1, 2) if f'id="incident-{n}"' in page} == here, office
            assert ("the filter leaves out 1 incident(s)" in page) is (len(here) == 1)
        assign(bureau, client, "province")
        page = client.get("/?office=province").text
        assert 'id="incident-1"' in page
        answer = posted(bureau, client, "/incidents/1/confirm", back="board", shown="office=province")
        assert answer.headers["location"] == "/?office=province"


def test_a_filter_keeps_what_nobody_is_named_for() -> None:
    assert filter_of({"office": "chem", "region": "620300"}).address == "/?region=620300&office=chem"
    assert not filter_of({"office": "a b"})
    assert Filter(office="chem")


def test_without_offices_the_pages_are_as_before(station: Station) -> None:
    station.tell("金昌市一仓库发生爆炸 已致11人死亡", "金昌市一仓库发生爆炸，已致11人死亡。")
    with browsing(station) as client:
        for path in ("/", "/incidents/1"):
            page = client.get(path).text
            assert "金昌" in page
            assert "Responsible office" not in page
            assert "filter-office" not in page


def test_an_office_signs_by_the_link_of_its_message(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assign(bureau, client, "chem", "rescue")
    first, second = asked(bureau)
    bureau.links.prepare(bureau.clock())
    with bureau.database.read() as connection:
        assert bureau.links.link(connection, first, "team") is None, "a group's link would not say who signs"
        assert bureau.links.link(connection, first, "mail", "sl") is None
        link = bureau.links.link(connection, first, "mail", "lq")
        other = bureau.links.link(connection, second, "mail", "sl")
    assert link is not None
    assert other is not None
    assert link.label == "Sign: our office takes it over"
    path = link.url.removeprefix("https://duty.example.org")
    with browsing(bureau) as client:
        page = client.get(path).text
        assert "王敏 has assigned this to 危化监管科. Press the button to sign for it" in page
        assert held_signed(bureau) == []
        assert "Signed for 危化监管科." in client.post(path).text
        assert held_signed(bureau) == ["李强"]
        again = client.post(path)
        assert again.status_code == 410
        assert "You signed for 危化监管科 by this link" in again.text
    bureau.parts.desk.assignments.assign(1, "province", by="王敏", now=bureau.clock())
    with browsing(bureau) as client:
        late = client.post(other.url.removeprefix("https://duty.example.org"))
        assert late.status_code == 422
        assert "is not assigned to 救援协调科, or not any more" in late.text
    with bureau.database.read() as connection:
        incident = views.incident(connection, 1)
    assert incident is not None
    assert incident.acted_at is None, "to sign is not to act: the deadlines page on"


def held_signed(station: Station) -> list[str]:
    found = held(station)
    return [] if found is None else [one.signed_by for one in found.receipts if one.signed_at]


def test_programs_and_sheets_are_told_who_is_responsible(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assert client.get("/api/v1/incidents/1").json()["incident"]["assignment"] is None
        assign(bureau, client, "chem", "rescue", reason="按预案")
        bureau.parts.desk.assignments.sign(1, "chem", by="李强", now=bureau.clock())
        for path in ("/api/v1/incidents", "/api/v1/incidents/1"):
            answer = client.get(path).json()
            told = (answer["items"][0] if "items" in answer else answer["incident"])["assignment"]
            assert (told["by"], told["note"], told["as_proposed"]) == ("王敏", "按预案", False)
            receipts = [(one["office"], one["part"], one["signed_by"]) for one in told["receipts"]]
            assert receipts == [("chem", "lead", "李强"), ("rescue", "help", "")]
        sheet = client.get("/exports/incidents.csv").content.decode("utf-8-sig")
        head, row = sheet.splitlines()[0], sheet.splitlines()[1]
        assert "Lead,Assisting,Lead signed" in head
        assert "危化监管科,救援协调科,2026-07-09 20:52" in row


def test_why_says_which_rule_named_the_office(bureau: Station) -> None:
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assign(bureau, client, "province")
        page = client.get("/incidents/1/why").text
    assert "危化监管科: is responsible for all incidents in 甘肃省金昌市" in page
    assert "应急指挥中心 (lead): not signed yet" in page


def test_the_officer_on_duty_is_told_of_an_office_that_does_not_sign(bureau: Station) -> None:
    bureau.parts.desk.assignments.assign(1, "chem", by="王敏", now=bureau.clock())
    for _ in range(4):
        bureau.clock.advance(minutes=15)
        ReceiptWatch(bureau.database, DUTY).tick(bureau.clock())
    told = [(one.point, [who.contact for who in one.audience]) for one in asked(bureau)]
    assert told == [("receipt:asked", ["lq"]), ("receipt:late", ["lq"]), ("receipt:unsigned", ["wm"])]
    with browsing(bureau) as client:
        enter(bureau, client, "wang")
        assert "not signed, was due" in client.get("/incidents/1").text
        assert "危化监管科 has still not signed" in client.get("/incidents/1").text


def test_a_merge_takes_the_assignment_along_and_its_undoing_gives_it_back(bureau: Station) -> None:
    flooding(bureau)
    desk, now = bureau.parts.desk, bureau.clock()
    desk.assignments.assign(2, "province", by="王敏", now=now)
    desk.merge(2, 1, by="王敏", now=now)
    assert leads(bureau) == ("province", "")
    undo_last(bureau, 2)
    assert leads(bureau) == ("", "province")
    desk.assignments.assign(1, "chem", by="王敏", now=now)
    desk.merge(2, 1, by="王敏", now=now)
    assert leads(bureau) == ("chem", "province"), "whoever is responsible already stays so"
    bureau.clock.advance(minutes=40)
    ReceiptWatch(bureau.database, DUTY).tick(bureau.clock())
    assert {one.detail["office"] for one in asked(bureau) if one.point != "receipt:asked"} == {"chem"}
    with bureau.database.read() as connection:
        assert not [one for one in views.alerts(connection, matter_id=2) if one.point == "receipt:late"]


def leads(station: Station) -> tuple[str, str]:
    """Return who leads each of the two incidents."""
    first, second = held(station, 1), held(station, 2)
    return ("" if first is None else first.lead.office, "" if second is None else second.lead.office)


def undo_last(station: Station, number: int) -> None:
    with station.database.read() as connection:
        last = undoing.last_decision(connection, number)
    assert last is not None
    station.parts.desk.undo(number, last.id, by="王敏", now=station.clock())
