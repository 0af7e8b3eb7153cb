"""What goes wrong has a page of its own, with a remedy where a person can mend it and without our insides."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from monitor.core.errors import Mistake
from monitor.store import views
from monitor.store.database_faults import DatabaseBusy, ServerReadOnly
from responders.desk import Desk
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, token_of

NAUGHTY = (
    "/incidents/0", "/incidents/-1", "/incidents/1e3", "/incidents/99999999999999999999", "/incidents/%00",
    "/incidents/<script>alert(1)</script>", "/incidents?page=0", "/incidents?page=99999999", "/alerts?page=x",
    "/incidents/1/../../etc/passwd", "/static/../app.py", "/static/%2e%2e/app.py", "/%F0%9F%92%A9", "/incidents/",
    "/?q={{7*7}}", "/docs", "/openapi.json", "//evil.example",
)  # fmt: skip


@pytest.mark.parametrize("path", NAUGHTY)
def test_no_address_breaks_a_page(station: Station, client: httpx.Client, path: str) -> None:
    explosion(station)
    answer = client.get(httpx.URL(station.address + path))
    assert answer.status_code in (200, 404)
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_not_there(station: Station, client: httpx.Client) -> None:
    answer = client.get("/incidents/7")
    assert answer.status_code == 404
    assert "There is no incident 7." in answer.text
    assert "There is no such page." in client.get("/nowhere").text


def test_our_own_fault_shows_a_number_and_nothing_else(
    station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(views, "deadlines", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Fault number: " in answer.text
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    number = answer.text.split("Fault number: ")[1].split("<")[0]
    assert any(number in record.getMessage() for record in caplog.records)


def test_a_server_that_takes_no_writes_is_away_and_the_form_is_kept(
    station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    explosion(station)

    def standby(*_: object, **__: object) -> None:
        raise ServerReadOnly(name="huiying", why="standby")

    token = token_of(client.get("/incidents/1"))
    monkeypatch.setattr(Desk, "acknowledge", standby)
    answer = client.post(
        "/incidents/1/acknowledge", data={"token": token, "by": "Li"}, headers={"Origin": station.address}
    )
    assert answer.status_code == 503
    assert "takes no writes now (standby)" in unescape(answer.text)
    assert 'name="by" value="Li"' in answer.text


def test_a_busy_database_is_told_with_its_remedy(
    station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> Mistake:
        raise DatabaseBusy(name="sqlite:///huiying.db")

    monkeypatch.setattr(views, "incidents", busy)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "is locked by another process" in answer.text


def test_what_was_typed_is_kept_for_another_try_while_the_database_is_away(
    station: Station, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> Mistake:
        raise DatabaseBusy(name="sqlite:///huiying.db")

    explosion(station)
    filled = {
        "token": token_of(client.get("/")),
        "by": "王某",
        "kind": "authoritative_release",
        "title": "情况通报 <一>",
        "url": "https://example.org/1",
        "published_at": "2026-07-09T20:30",
    }
    with monkeypatch.context() as away:
        away.setattr(views, "deadlines", busy)
        answer = client.post("/incidents/1/respond", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 503
    assert "is locked by another process" in answer.text
    assert 'action="/incidents/1/respond"' in answer.text
    assert "情况通报 &lt;一&gt;" in answer.text
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))
    del again["page"]  # the form in the head asks for a name
    assert {name: unescape(value) for name, value in again.items()} == filled
    assert client.post("/incidents/1/respond", data=filled, headers={"Origin": station.address}).status_code == 303


def test_too_much_text_is_refused(station: Station, client: httpx.Client) -> None:
    explosion(station)
    filled = {"token": token_of(client.get("/")), "by": "x", "reason": "x" * 70_000}
    answer = client.post("/incidents/1/dismiss", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 413
    filled["reason"] = "x" * 3_000
    answer = client.post("/incidents/1/dismiss", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.text


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("respond", {"title": "x", "published_at": "yesterday"}, "yesterday is not a time."),
        ("respond", {"title": "x", "published_at": "0001-01-01T00:00+14:00"}, "is not a time."),
        ("respond", {"title": " \u200b ", "published_at": "2026-07-09T20:00"}, "Give the title of what was published."),
        (
            "respond",
            {"title": "x", "published_at": "2026-07-09T20:00", "url": "javascript:alert(1)"},
            "is not a web address.",
        ),
        ("dismiss", {"reason": "  "}, "Give a reason"),
        ("merge", {"into": "1"}, "cannot be merged into itself"),
        ("merge", {"into": "two"}, "two is not the number of an incident."),
        ("merge", {"into": "999"}, "There is no incident 999."),
        ("merge", {"into": "99999999999999999999999"}, "is not the number of an incident."),
        ("split", {}, "has no item"),
        ("split", {"items": ["1", "2", "3"]}, "would leave it empty"),
        ("split", {"items": ["99"]}, "has no item 99"),
    ],
)
def test_a_refused_act_says_why_beside_its_form_and_changes_nothing(
    station: Station, client: httpx.Client, act: str, fields: dict[str, str], said: str
) -> None:
    explosion(station)
    before = station.states()
    filled = {"token": token_of(client.get("/")), "by": "王某", **fields}
    answer = client.post(f"/incidents/1/{act}", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 422
    assert f'id="mistake-{act}"' in answer.text
    assert said in answer.text
    assert " autofocus" in answer.text
    for name, value in fields.items():
        assert name == "items" or not value.strip() or f'value="{value}"' in answer.text
    assert station.states() == before


def test_nobody_acts_without_a_name(station: Station, client: httpx.Client) -> None:
    explosion(station)
    filled = {"token": token_of(client.get("/"))}
    answer = client.post("/incidents/1/confirm", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 422
    assert "Say who you are" in answer.text
    assert 'id="by-confirm"' in answer.text
    answer = client.post("/incidents/1/confirm", data=filled | {"by": "王某"}, headers={"Origin": station.address})
    assert answer.status_code == 303
    assert "On duty: 王某" in client.get("/").text


def test_the_way_back_leads_nowhere_else(station: Station, client: httpx.Client) -> None:
    token = token_of(client.get("/"))
    for page in ("//evil.example", "https://evil.example/", "/\\evil.example", "/incidents/1\r\nX: y", "javascript:x"):
        filled = {"token": token, "by": "王某", "page": page}
        answer = client.post("/me", data=filled, headers={"Origin": station.address})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    filled["page"] = "/incidents/1"
    answer = client.post("/me", data=filled, headers={"Origin": station.address})
    assert answer.headers["location"] == "/incidents/1"
