"""Stating what is wrong, taking a decision back, and two people who decide at once; as the pages do it."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from monitor.core.model import Severity
from monitor.store import views
from responders.console.correcting import division_called
from responders.console.typed import UnknownPlace
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, token_of

Phone = Callable[..., Page]


def post(station: Station, client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    page = client.get("/incidents/1")
    named = {"token": token_of(page), "by": "Li", **fields}
    return client.post(path, data=named, headers={"origin": station.address})


def upto(page: httpx.Response) -> str:
    found = re.search(r'name="upto" value="(\d+)"', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("620302", ("620000", "620300", "620302")),
        ("甘肃省金昌市永昌县", ("620000", "620300", "620321")),
        (" 甘肃省 金昌市 ", ("620000", "620300", None)),
        ("甘肃省", ("620000", None, None)),
        ("永昌县", ("620000", "620300", "620321")),
    ],
)
def test_a_division_is_known_by_code_or_name(
    station: Station, typed: str, codes: tuple[str | None, str | None, str | None]
) -> None:
    place = division_called(typed, station.parts.names)
    assert (place.province, place.city, place.county) == codes


@pytest.mark.parametrize("typed", ["", "鼓楼区", "Atlantis", "999999", "<b>"])
def test_a_name_that_is_not_one_division_is_refused(station: Station, typed: str) -> None:
    with pytest.raises(UnknownPlace):
        division_called(typed, station.parts.names)


def test_a_correction_is_made_shown_and_undone(station: Station, phone: Phone) -> None:
    explosion(station)
    page = phone()
    page.goto("/incidents/1")
    page.locator("#correct > summary").click()
    page.locator("#correct-deaths").fill("2")
    page.locator("#correct-missing").fill("")
    page.locator("#correct-reason").fill("<i>the hospital</i> says so")
    page.locator("#by-correct").fill("Li")
    page.locator("#correct").get_by_role("button", name="Correct", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Incident 1 is corrected.")
    expect(page.locator(".happened .facts").first).to_contain_text("2 dead")
    expect(page.locator("#why")).to_contain_text("Stated by a person: <i>the hospital</i> says so")
    expect(page.locator("#undo")).to_contain_text("Li: corrected")
    page.locator("#undo").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("undone; both stay in the log")
    expect(page.locator(".happened .facts").first).to_contain_text("11 dead")
    expect(page.locator("#undo")).to_have_count(0)
    expect(page.locator("#log")).to_contain_text("undone")


def test_what_cannot_be_a_figure_is_shown_with_what_was_typed(station: Station, client: httpx.Client) -> None:
    explosion(station)
    answer = post(station, client, "/incidents/1/correct", deaths="many", reason="because", slug="explosion")
    assert answer.status_code == 422
    assert "many is no figure" in answer.text
    assert 'value="many"' in answer.text
    with station.database.read() as connection:
        found = views.incident(connection, 1)
    assert found is not None
    assert found.severity is Severity.MAJOR


def test_the_usual_form_changes_nothing_by_itself(station: Station, client: httpx.Client) -> None:
    explosion(station)
    text = client.get("/incidents/1").text
    form = text[text.index('id="correct"') : text.index('id="correct-reason"')]
    kind = re.search(r'<option value="(\w+)" selected>', form)
    figures = dict(re.findall(r'name="(\w+)" inputmode="numeric"[^>]* value="(\d*)"', form))
    place = re.search(r'id="correct-place"[^>]* value="(\d*)"', form)
    assert kind is not None
    assert place is not None
    assert figures["deaths"] == "11"
    answer = post(station, client, "/incidents/1/correct", slug=kind[1], place=place[1], reason="a look", **figures)
    assert answer.status_code == 422
    assert "Nothing was corrected" in answer.text


def test_of_two_people_at_once_the_second_is_told_who_was_first(station: Station, client: httpx.Client) -> None:
    explosion(station)
    board, sheet = client.get("/"), client.get("/incidents/1")
    station.parts.desk.dismiss(1, by="张三", now=station.clock(), reason="旧闻")
    for page, back in ((board, "board"), (sheet, "incident")):
        answer = post(station, client, "/incidents/1/confirm", upto=upto(page), back=back)
        assert answer.status_code == 422
        assert "张三 has been here before you: dismissed" in answer.text
    with station.database.read() as connection:
        found = views.incident(connection, 1)
    assert found is not None
    assert not found.confirmed
    again = post(station, client, "/incidents/1/confirm", upto=upto(client.get("/incidents/1")))
    assert again.status_code == 303


def test_an_acknowledgement_of_another_stops_no_confirmation(station: Station, client: httpx.Client) -> None:
    explosion(station)
    page = client.get("/incidents/1")
    station.parts.desk.acknowledge(1, by="张三", now=station.clock())
    assert post(station, client, "/incidents/1/confirm", upto=upto(page)).status_code == 303


def test_the_time_to_undo_ends(station: Station, client: httpx.Client) -> None:
    explosion(station)
    station.parts.desk.confirm(1, by="Li", now=station.clock())
    page = client.get("/incidents/1").text
    number = re.search(r'name="decision" value="(\d+)"', page)
    assert number is not None
    station.clock.advance(minutes=10)
    assert 'id="undo"' not in client.get("/incidents/1").text
    late = post(station, client, "/incidents/1/undo", decision=number[1])
    assert late.status_code == 422
    assert "could be undone until" in late.text
    for nonsense in ("", "-1", "9" * 17, "１"):
        assert post(station, client, "/incidents/1/undo", decision=nonsense).status_code == 422
