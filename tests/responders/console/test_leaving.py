"""The link by which a reader leaves the briefing: looking changes nothing, one press leaves, the last one stays."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser
from sqlalchemy import Connection, text

from monitor.store import keys
from responders.subscriptions import KEY, LastReader, Subscriptions, UnknownReader
from tests.responders.console.station import Station, browsing
from tests.responders.console.test_everybody import faults_on
from tests.responders.console.test_guard import everything

PUBLIC = {"Host": "duty.example.org"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_of(station: Station, n: int = 0) -> str:
    with station.database.read() as connection:
        return urlsplit(station.subscriptions.link(connection, station.readers[n])).path


def gone(station: Station) -> list[str]:
    return [one.address for one in station.subscriptions.listed() if one.left]


def logged(station: Station) -> list[tuple[str, str]]:
    with station.database.read() as connection:
        query = text("SELECT kind, subject FROM audit WHERE kind LIKE 'unsubscription.%' ORDER BY id")
        return [(row[0], row[1]) for row in connection.execute(query)]


def test_a_scanner_looks_and_nothing_happens_then_the_reader_leaves_and_comes_back(either_station: Station) -> None:
    station = either_station
    path = path_of(station)
    with browsing(station) as phone:
        before = everything(station.database)
        looked = [phone.get(path, headers=PUBLIC) for _ in range(3)]
        assert [answer.status_code for answer in looked] == [200] * 3
        assert everything(station.database) == before
        assert looked[0].text.count("<button>") == 1
        assert (looked[0].headers["cache-control"], looked[0].headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert station.readers[0] not in looked[0].text

        pressed = phone.post(path, headers=PUBLIC, data={"act": "leave"})
        assert pressed.status_code == 200
        assert gone(station) == [station.readers[0]]
        assert 'value="come_back"' in pressed.text
        assert phone.post(path, headers=PUBLIC, data={"act": "leave"}).status_code == 200, "twice is once"
        assert phone.post(path, headers=PUBLIC, data={"act": "come_back"}).status_code == 200
        assert gone(station) == []
    subject = f"unsubscription:{station.readers[0]}"
    assert logged(station) == [("unsubscription.added", subject), ("unsubscription.removed", subject)]


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_one_press_in_the_mail_program_leaves(station: Station, client: httpx.Client, form: str) -> None:
    """RFC 8058, section 3.2: the mail program posts without cookies or a page of ours; both forms of body are used."""
    if form == "urlencoded":
        answer = client.post(path_of(station), headers=PUBLIC, data=ONE_CLICK)
    else:
        files = {name: (None, value) for name, value in ONE_CLICK.items()}
        answer = client.post(path_of(station), headers=PUBLIC, files=files)
    assert answer.status_code == 200
    assert gone(station) == [station.readers[0]]


def test_the_last_reader_stays_and_is_told_why(either_station: Station) -> None:
    station = either_station
    with browsing(station) as client:
        assert client.post(path_of(station, 0), headers=PUBLIC).status_code == 200
        answer = client.post(path_of(station, 1), headers=PUBLIC, data=ONE_CLICK)
        assert answer.status_code == 422
        assert "You are the last one who gets the briefing" in answer.text
        assert re.search(r'<p class="mistake" role="alert" lang="zh">[^<]*最后一位', answer.text)
        assert gone(station) == [station.readers[0]]
        client.post(path_of(station, 0), headers=PUBLIC, data={"act": "come_back"})
        assert client.post(path_of(station, 1), headers=PUBLIC).status_code == 200


def test_forged_and_replaced_links_are_answered_kindly_and_change_nothing(
    station: Station, client: httpx.Client
) -> None:
    path = path_of(station)
    before = everything(station.database)
    for wrong in ("/u/x", path[:-2] + "AA", "/u/" + "A" * 3000, "/u/%00%ff"):
        answer = client.post(wrong, headers=PUBLIC)
        assert answer.status_code == 404, wrong
        assert "Nothing was changed" in answer.text
    assert everything(station.database) == before
    with station.database.write() as connection:
        keys.renew(connection, KEY, station.clock())
    assert client.post(path, headers=PUBLIC).status_code == 404
    assert gone(station) == []


def test_who_guesses_keeps_nobody_from_writing(
    station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    write = station.database.write

    def counted() -> AbstractContextManager[Connection]:
        begun.append("write")
        return write()

    monkeypatch.setattr(station.database, "write", counted)
    for act in ("leave", "come_back"):
        answers = [client.post(f"/u/guess{n}", headers=PUBLIC, data={"act": act}).status_code for n in range(12)]
        assert set(answers) <= {404, 429}
    assert begun == []
    assert client.post(path_of(station), headers=PUBLIC).status_code == 200
    assert begun == ["write"]


def test_an_address_written_twice_is_one_reader(station: Station) -> None:
    one = station.readers[0]
    twice = Subscriptions(station.database, (one, one, one.upper()), station.address)
    with station.database.read() as connection:
        token = twice.link(connection, one).rpartition("/")[2]
    with pytest.raises(LastReader):
        twice.leave(token, station.clock())
    assert gone(station) == []


def test_guessing_is_slowed_down(station: Station, client: httpx.Client) -> None:
    statuses = [client.get(f"/u/guess{n}", headers=PUBLIC).status_code for n in range(25)]
    assert statuses == [404] * 20 + [429] * 5
    assert client.get(path_of(station), headers=PUBLIC).status_code == 200, "a true link always passes"


def test_an_address_that_is_not_on_the_list_cannot_be_restored(station: Station) -> None:
    with pytest.raises(UnknownReader, match=r"nobody@bureau\.example"):
        station.subscriptions.restore("nobody@bureau.example")
    assert station.subscriptions.restore(station.readers[0]) is False


def test_without_a_public_address_there_is_no_link(station: Station) -> None:
    station.public = ()
    nowhere = type(station.subscriptions)(station.database, station.readers, "")
    with station.database.read() as connection:
        assert nowhere.link(connection, station.readers[0]) == ""


def test_everybody_can_use_the_page_in_each_of_its_states(station: Station, browser: Browser) -> None:
    context = browser.new_context(base_url=station.address)
    page = context.new_page()
    faults: list[tuple[object, ...]] = []
    for press in (False, True, False):
        page.goto(path_of(station, int(not press and bool(gone(station)))))
        if press or gone(station):
            page.locator("button").click()
            page.wait_for_load_state()
        faults += faults_on(page, page.url)
    assert page.locator(".mistake").count() == 2, "the last one stays, in both languages"
    page.goto("/u/forged")
    faults += faults_on(page, page.url)
    context.close()
    assert faults == []
