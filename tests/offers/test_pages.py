"""Offers on a phone: beside the running clock, on the board, logged or refused with one form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from monitor.core.model import ResponseKind
from monitor.core.offers.offer import OfferState
from monitor.store import views
from monitor.store.database import Database
from tests.offers.house import MINUTE, TITLE, House
from tests.responders.console.station import browsing, serving, token_of


@pytest.fixture
def house(database: Database) -> House:
    house = House(database)
    house.explode()
    return house


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with serving(house.station), browsing(house.station) as client:
        yield client


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = token_of(client.get("/incidents/1"))
    headers = {"Origin": str(client.base_url).rstrip("/")}
    return client.post(path, data={"token": token, "by": "Li", **fields}, headers=headers, follow_redirects=True)


def offers_of(page: str) -> str:
    return page.split('id="offers"', 1)[1].split("</section>", 1)[0]


def test_the_page_and_the_board_ask_and_one_form_logs_it(house: House, client: httpx.Client) -> None:
    assert 'id="offers"' not in client.get("/incidents/1").text
    house.publish()
    house.look()
    (offer,) = house.open
    asked = offers_of(client.get("/incidents/1").text)
    assert f"published “{TITLE}” at" in asked
    assert "would meet" in asked
    assert f'href="/incidents/1#offer-{offer.id}"' in client.get("/").text
    answer = post(client, "/incidents/1/offer/log", offer=str(offer.id), kind="authoritative_release")
    assert answer.status_code == 200
    assert "Response logged for incident 1." in answer.text
    assert house.station.states()["OP-AUTH-5H"] == "met"
    assert f"#offer-{offer.id}" not in client.get("/").text
    assert "logged by Li at" in offers_of(client.get("/incidents/1").text)


def test_another_kind_may_be_chosen(house: House, client: httpx.Client) -> None:
    house.publish()
    house.look()
    post(client, "/incidents/1/offer/log", offer=str(house.open[0].id), kind="clarification")
    with house.database.read() as connection:
        (response,) = views.responses(connection, matter_id=1)
    assert response.kind is ResponseKind.CLARIFICATION


def test_no_is_kept_and_can_be_taken_back(house: House, client: httpx.Client) -> None:
    house.publish()
    house.look()
    number = str(house.open[0].id)
    answer = post(client, "/incidents/1/offer/refuse", offer=number)
    assert "Kept: this is not the response." in answer.text
    assert "Li said at" in offers_of(answer.text)
    assert house.open == []
    post(client, "/incidents/1/offer/again", offer=number)
    assert [one.state for one in house.offers()] == [OfferState.OPEN]


def test_who_comes_second_reads_who_was_first(house: House, client: httpx.Client) -> None:
    house.publish()
    house.look()
    number = str(house.open[0].id)
    house.desk.log(1, int(number), by="Wang", now=house.now)
    answer = post(client, "/incidents/1/offer/log", offer=number)
    assert answer.status_code == 422
    assert "Wang has logged this as a response at" in offers_of(answer.text)
    with house.database.read() as connection:
        assert len(views.responses(connection, matter_id=1)) == 1


@pytest.mark.parametrize("number", ["", "x", "0", "999", "9" * 30, "1; DROP TABLE offer"])
def test_a_number_that_is_no_offer_changes_nothing(house: House, client: httpx.Client, number: str) -> None:
    house.publish()
    house.look()
    for act in ("log", "refuse", "again"):
        answer = post(client, f"/incidents/1/offer/{act}", offer=number)
        assert answer.status_code in (404, 409, 422), act
    assert [one.state for one in house.offers()] == [OfferState.OPEN]


def test_without_a_trusted_time_the_form_asks_for_it(house: House, client: httpx.Client) -> None:
    house.publish(dated=False)
    house.look()
    number = house.open[0].id
    asked = offers_of(client.get("/incidents/1").text)
    assert re.search(rf'id="offer-at-{number}" name="published_at" type="datetime-local" required', asked)
    assert "Say when it was published" in post(client, "/incidents/1/offer/log", offer=str(number)).text
    at = "2026-07-09T20:50"
    post(client, "/incidents/1/offer/log", offer=str(number), published_at=at)
    assert [one.state for one in house.offers()] == [OfferState.LOGGED]


def test_an_announced_conference_leads_to_the_plan_and_cannot_be_logged(house: House, client: httpx.Client) -> None:
    house.publish("关于金川区化工仓库爆炸事故将召开新闻发布会的公告")
    house.look()
    asked = offers_of(client.get("/incidents/1").text)
    assert 'href="/incidents/1/conference"' in asked
    assert "/offer/log" not in asked


def test_what_was_published_is_hostile_text(house: House, client: httpx.Client) -> None:
    house.publish("金川区化工仓库爆炸事故情况通报<script>alert(1)</script>\u202e", url="javascript:alert(1)")
    house.look()
    for page in ("/incidents/1", "/"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert 'href="javascript' not in text


def test_why_something_is_not_offered_is_shown(house: House, client: httpx.Client) -> None:
    house.publish("金川区化工仓库爆炸已致11人死亡", "（来源：新华社）金昌市金川区一化工仓库发生爆炸，造成11人死亡。")
    house.look()
    assert "taken over from others" in offers_of(client.get("/incidents/1").text)
    house.station.clock.now += MINUTE


def test_a_record_always_asks_when_the_conference_was_held(house: House, client: httpx.Client) -> None:
    house.publish("金川区化工仓库爆炸事故新闻发布会实录")
    house.look()
    number = house.open[0].id
    asked = offers_of(client.get("/incidents/1").text)
    assert re.search(rf'id="offer-at-{number}" name="published_at" type="datetime-local" required>', asked)
    assert "Held at, Beijing time" in asked
    assert "when the press conference was held" in post(client, "/incidents/1/offer/log", offer=str(number)).text


def test_a_release_that_was_a_conference_after_all_asks_when_it_was_held(house: House, client: httpx.Client) -> None:
    house.publish()
    house.look()
    number = str(house.open[0].id)
    answer = post(client, "/incidents/1/offer/log", offer=number, kind="press_conference")
    asked = offers_of(answer.text)
    assert re.search(rf'id="offer-at-{number}" name="published_at" type="datetime-local" required>', asked)
    assert '<option value="press_conference" selected>' in asked
    post(client, "/incidents/1/offer/log", offer=number, kind="press_conference", published_at="2026-07-09T20:50")
    with house.database.read() as connection:
        (response,) = views.responses(connection, matter_id=1)
    assert response.kind is ResponseKind.PRESS_CONFERENCE
