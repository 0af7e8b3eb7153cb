"""A link in a message: looking changes nothing, one press acknowledges once, all else is answered kindly."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from monitor.core.errors import AlreadyDismissed
from monitor.core.model import AlertReason
from monitor.core.views import AlertView
from monitor.store import views
from responders.links import AckLinks
from tests.responders.console.scenes import explosion, flooding
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_guard import everything
from tests.story.outbox import at_once

PUBLIC = {"Host": "duty.example.org"}


def page_of(station: Station, *, matter: int = 1) -> AlertView:
    with station.database.read() as connection:
        return next(a for a in views.alerts(connection, matter_id=matter) if a.page)


def path_of(station: Station, channel: str = "企业微信值班群", *, matter: int = 1) -> str:
    """Return the path of the link that a page about an incident carries over a channel."""
    station.links.prepare(station.clock())
    with station.database.read() as connection:
        link = station.links.link(connection, page_of(station, matter=matter), channel)
    assert link is not None
    return link.url.removeprefix("https://duty.example.org")


def acknowledgers(station: Station, matter: int = 1) -> list[str]:
    with station.database.read() as connection:
        return [line.by for line in views.log(connection, matter) if line.what == "acknowledge"]


def test_a_scanner_looks_and_nothing_happens_then_a_person_presses_once(either_station: Station) -> None:
    station = either_station
    explosion(station)
    path = path_of(station)
    with browsing(station) as phone:
        before = everything(station.database)
        looked = [phone.get(path, headers=PUBLIC) for _ in range(3)]
        assert [answer.status_code for answer in looked] == [200] * 3
        assert everything(station.database) == before
        assert "金昌" in looked[0].text
        assert looked[0].text.count("<button>") == 1
        assert "set-cookie" not in looked[0].headers
        assert (looked[0].headers["cache-control"], looked[0].headers["referrer-policy"]) == ("no-store", "no-referrer")
        pressed = phone.post(path, headers=PUBLIC)
        assert pressed.status_code == 200
        assert acknowledgers(station) == ["link:企业微信值班群"]
        station.clock.advance(minutes=5)
        again = phone.post(path, headers=PUBLIC)
        assert (again.status_code, phone.get(path, headers=PUBLIC).status_code) == (410, 410)
        assert "<button>" not in again.text
        assert acknowledgers(station) == ["link:企业微信值班群"]


def test_the_answer_is_in_both_languages(station: Station, client: httpx.Client) -> None:
    explosion(station)
    text = client.post(path_of(station), headers=PUBLIC).text
    assert re.search(r'<p lang="en">Noted: you act on this', text)
    assert re.search(r'<p lang="zh">[^<]*时限', text)


def test_forged_expired_and_replaced_links_are_answered_kindly_and_change_nothing(
    station: Station, client: httpx.Client
) -> None:
    explosion(station)
    path, other = path_of(station), path_of(station, "钉钉")
    before = everything(station.database)
    for wrong in ("/a/x", path[:-2] + "AA", "/a/" + "A" * 3000, "/a/%00%ff"):
        answer = client.post(wrong, headers=PUBLIC)
        assert answer.status_code == 404, wrong
        assert "Nothing was changed" in answer.text
    station.clock.advance(hours=30)
    assert client.post(path, headers=PUBLIC).status_code == 410
    assert everything(station.database) == before
    station.clock.advance(hours=-30)
    station.links.renew(station.clock())
    assert client.post(other, headers=PUBLIC).status_code == 404
    assert acknowledgers(station) == []
    assert client.post(path_of(station, "钉钉"), headers=PUBLIC).status_code == 200


def test_guessing_is_slowed_down_and_locks_nobody_out(station: Station, client: httpx.Client) -> None:
    explosion(station)
    statuses = [client.get(f"/a/guess{n}", headers=PUBLIC).status_code for n in range(25)]
    assert statuses == [404] * 20 + [429] * 5
    assert client.post(path_of(station), headers=PUBLIC).status_code == 200, "a true link always passes"
    station.clock.advance(minutes=2)
    assert client.get("/a/guess", headers=PUBLIC).status_code == 404


def test_under_the_public_name_there_is_nothing_but_links(station: Station, client: httpx.Client) -> None:
    explosion(station)
    for path in ("/", "/incidents/1", "/alerts", "/healthz", "/a", "/a/../incidents", "/static/../incidents"):
        assert client.get(path, headers=PUBLIC).status_code in (400, 404), path
    assert client.post("/incidents/1/acknowledge", headers=PUBLIC).status_code == 400
    assert client.get("/static/console.css", headers=PUBLIC).status_code == 200
    assert client.get(path_of(station), headers={"Host": "elsewhere.example.org"}).status_code == 400


def test_a_press_from_inside_a_chat_program_counts_although_it_tells_no_origin(
    station: Station, client: httpx.Client
) -> None:
    explosion(station)
    told = PUBLIC | {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    assert client.post(path_of(station), headers=told).status_code == 200


def test_two_presses_at_the_same_moment_acknowledge_once(either_station: Station) -> None:
    station = either_station
    explosion(station)
    path = path_of(station)
    statuses: list[int] = []

    def press() -> None:
        with browsing(station) as phone:
            statuses.append(phone.post(path, headers=PUBLIC).status_code)

    assert at_once(*[press] * 6) == []
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 410}
    assert acknowledgers(station) == ["link:企业微信值班群"]


def test_what_the_desk_refuses_is_said_and_the_link_can_be_pressed_again(
    station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    explosion(station)
    path = path_of(station)

    def refuse(*_: object, **__: object) -> None:
        raise AlreadyDismissed(id=1)

    with monkeypatch.context() as patch:
        patch.setattr(station.parts.desk, "acknowledge", refuse)
        answer = client.post(path, headers=PUBLIC)
        assert answer.status_code == 422
        assert "dismissed" in answer.text
    assert client.post(path, headers=PUBLIC).status_code == 200


def test_a_link_about_a_merged_incident_acknowledges_what_it_became_part_of(
    station: Station, client: httpx.Client
) -> None:
    explosion(station)
    flooding(station)
    path = path_of(station, matter=2)
    station.parts.desk.merge(2, 1, by="李", now=station.clock())
    assert client.post(path, headers=PUBLIC).status_code == 200
    assert acknowledgers(station, 1) == ["link:企业微信值班群"]


def test_only_pages_about_an_incident_carry_a_link_and_only_where_people_can_follow_it(station: Station) -> None:
    explosion(station)
    alert = page_of(station)
    silent = AckLinks(station.database, station.parts.desk, "", station.parts.words)
    with station.database.read() as connection:
        assert station.links.link(connection, alert, "群") is None, "there is no key yet"
    station.links.prepare(station.clock())
    with station.database.read() as connection:
        assert station.links.link(connection, alert, "群") is not None
        assert silent.link(connection, alert, "群") is None
        for other in (
            replace(alert, page=False),
            replace(alert, matter_id=None),
            replace(alert, reason=AlertReason.SETTLED),
        ):
            assert station.links.link(connection, other, "群") is None


def test_the_key_is_made_once_by_whoever_comes_first(station: Station) -> None:
    explosion(station)
    first = path_of(station)
    at_once(*[lambda: station.links.prepare(station.clock())] * 4)
    assert path_of(station) == first


def test_the_page_fits_a_phone(station: Station) -> None:
    explosion(station)
    station.clock.advance(minutes=1)
    with serving(Station(station.database, language="zh", clock=station.clock)) as chinese, browsing(chinese) as phone:
        text = phone.get(path_of(chinese)).text
    assert text.index("我已知悉") < text.index("I have seen this")
    assert 'name="viewport"' in text
