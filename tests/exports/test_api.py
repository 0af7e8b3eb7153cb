"""The API: what a token may, what comes twice, how lists are turned over, how a refusal is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from monitor.core.access.roles import AccountRole, Permission
from monitor.store import api_requests, views
from monitor.store.database import Database
from responders.console.api import description
from tests.accounts.people import COUNTY
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_matrix import enter

OPENAPI = Path(__file__).parents[2] / "docs" / "openapi.json"
OPENED: list[httpx.Client] = []


@pytest.fixture
def station(database: Database) -> Iterator[Station]:
    with serving(Station(database)) as served:
        explosion(served)
        served.tell("兰州市一煤矿发生透水事故，造成12人死亡", "甘肃省兰州市一煤矿发生透水事故，造成12人死亡。")
        served.watch()
        served.people.hire("zero", AccountRole.ADMIN)
        yield served
        while OPENED:
            OPENED.pop().close()


class Program:
    """A program with a token."""

    def __init__(self, station: Station, role: AccountRole, *scopes: Permission) -> None:
        login = f"{role.value}{len(station.people.register.all())}"
        account = station.people.hire(login, role, region=COUNTY if role is AccountRole.COUNTY else "")
        granted = scopes or (Permission.SEE,)
        _, self.token = station.people.tokens.issue(account, "test", granted, days=9, now=station.clock())
        self.client = httpx.Client(base_url=f"{station.address}/api/v1", trust_env=False, timeout=10)
        OPENED.append(self.client)
        self.client.headers["authorization"] = f"Bearer {self.token}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def post(self, path: str, body: Any = None, key: str = "k1", **headers: str) -> httpx.Response:
        return self.client.post(path, json=body or {}, headers={"idempotency-key": key, **headers})


def officer(station: Station) -> Program:
    scopes = (Permission.SEE, Permission.OVERSEE, Permission.ACKNOWLEDGE, Permission.JUDGE, Permission.RESPOND)
    return Program(station, AccountRole.DUTY, *scopes)


def published(station: Station, **more: Any) -> dict[str, Any]:
    at = (station.clock() - timedelta(minutes=1)).isoformat()
    return {"title": "情况通报", "url": "https://bureau.example/1", "published_at": at, **more}


def test_the_description_in_the_documents_is_that_of_the_program(station: Station) -> None:
    program = officer(station)
    told = program.get("/openapi.json").json()
    assert told == json.loads(OPENAPI.read_text(encoding="utf-8"))
    assert told["openapi"].startswith("3.1")
    assert "securitySchemes" in told["components"]
    assert "ValidationError" not in json.dumps(told)


def test_what_is_answered_is_as_described(station: Station) -> None:
    program = officer(station)
    told = program.get("/openapi.json").json()
    assert program.post("/incidents/1/responses", published(station)).status_code == 200
    for path in ("/incidents", "/deadlines", "/alerts", "/responses", "/incidents/1", "/deadlines/1"):
        answer = program.get(path)
        assert answer.status_code == 200, answer.text
        by_path = told["paths"][f"/api/v1{path.replace('/1', '/{number}')}"]
        schema = by_path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), {**schema, "components": told["components"]})
    refused = program.get("/incidents/999")
    assert refused.status_code == 404
    assert refused.headers["content-type"] == "application/problem+json"
    jsonschema.validate(refused.json(), {"$ref": "#/components/schemas/Problem", "components": told["components"]})


def test_a_response_that_is_sent_twice_is_logged_once(station: Station) -> None:
    program, body = officer(station), published(station)
    first = program.post("/incidents/1/responses", body)
    station.clock.now += timedelta(minutes=5)
    again = program.post("/incidents/1/responses", body)
    assert first.status_code == again.status_code == 200
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert first.json()["deadlines"][0]["state"] in ("met", "open")
    assert len(program.get("/responses").json()["items"]) == 1
    other = program.post("/incidents/1/responses", {**body, "title": "另一件"})
    assert (other.status_code, other.json()["code"]) == (422, "key-used")
    assert len(program.get("/responses").json()["items"]) == 1


def test_what_was_refused_may_be_mended_under_its_key(station: Station) -> None:
    program = officer(station)
    early = published(station, published_at="2020-01-01T00:00:00+08:00")
    assert program.post("/incidents/1/responses", early).status_code == 422
    assert program.post("/incidents/1/responses", published(station)).status_code == 200
    assert program.post("/incidents/1/dismiss", {}, "k2").json()["code"] == "reason-missing"
    assert program.post("/incidents/1/dismiss", {"reason": "演练误报"}, "k2").json()["incident"]["state"] == "dismissed"


def test_many_at_once_acknowledge_once(station: Station) -> None:
    program = officer(station)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: program.post("/incidents/1/acknowledge", {"reason": "x"}), range(6)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert any(answer.status_code == 200 for answer in answers)
    with station.database.read() as connection:
        log = views.log(connection, 1)
    assert len([line for line in log if line.what == "acknowledge"]) == 1


def test_a_request_that_died_on_the_way_can_be_sent_again(station: Station) -> None:
    program = officer(station)
    with station.database.read() as connection:
        owner = connection.exec_driver_sql("SELECT account_id FROM api_token").scalar_one()
    assert program.post("/incidents/1/acknowledge").status_code == 200
    with station.database.write() as connection:
        connection.exec_driver_sql("UPDATE api_request SET status = 0, answer = ''")
    assert program.post("/incidents/1/acknowledge").json()["code"] == "under-way"
    station.clock.now += timedelta(seconds=61)
    assert program.post("/incidents/1/acknowledge").status_code == 200
    station.clock.now += api_requests.KEPT + timedelta(minutes=2)
    with station.database.write() as connection:
        assert api_requests.claim(connection, owner, "another", "", station.clock()) is None
        assert connection.exec_driver_sql("SELECT count(*) FROM api_request").scalar_one() == 1


def test_a_token_allows_its_scopes_and_no_more(station: Station) -> None:
    seeing = Program(station, AccountRole.DUTY, Permission.SEE)
    assert seeing.get("/incidents").status_code == 200
    assert seeing.get("/alerts").status_code == 403
    for act in ("acknowledge", "confirm", "dismiss"):
        assert seeing.post(f"/incidents/1/{act}", {"reason": "x"}).status_code == 403
    assert seeing.post("/incidents/1/responses", published(station)).status_code == 403
    station.clock.now += timedelta(days=10)
    assert seeing.get("/incidents").status_code == 401


def test_a_county_s_program_is_shown_its_region(station: Station) -> None:
    county = Program(station, AccountRole.COUNTY, Permission.SEE, Permission.ACKNOWLEDGE)
    assert [one["id"] for one in county.get("/incidents").json()["items"]] == [1]
    assert {one["incident"] for one in county.get("/deadlines").json()["items"]} == {1}
    assert county.get("/deadlines?incident=2").json()["items"] == []
    assert county.get("/incidents/2").status_code == 403
    assert county.post("/incidents/2/acknowledge").status_code == 403
    assert county.post("/incidents/1/acknowledge").status_code == 200


def test_a_browser_s_cookie_never_acts_here(station: Station) -> None:
    station.people.hire("wang", AccountRole.DUTY)
    with browsing(station) as client:
        enter(station, client, "wang")
        own = {"Origin": station.address, "idempotency-key": "k"}
        answer = client.post("/api/v1/incidents/1/acknowledge", json={}, headers=own)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-needed")
        foreign = {"Origin": "https://evil.example", "idempotency-key": "k"}
        assert client.post("/api/v1/incidents/1/acknowledge", json={}, headers=foreign).status_code == 403
    with station.database.read() as connection:
        assert all(line.what != "acknowledge" for line in views.log(connection, 1))


def test_refusals_speak_the_language_that_is_asked_for(station: Station) -> None:
    program = officer(station)
    english = program.get("/incidents/999", **{"accept-language": "en"}).json()["title"]
    chinese = program.get("/incidents/999", **{"accept-language": "fr, zh-CN;q=0.9, en;q=0.2"}).json()["title"]
    assert english.startswith("There is no incident 999")
    assert "999" in chinese
    assert not chinese.isascii()
    bare = httpx.get(f"{station.address}/api/v1/incidents", trust_env=False)
    assert bare.status_code == 401
    assert bare.headers["www-authenticate"] == "Bearer"
    assert bare.json()["code"] == "sign-in-needed"
    assert program.get("/nowhere").headers["content-type"] == "application/problem+json"
    assert program.client.delete("/incidents").status_code == 405


def test_lists_are_turned_over_without_loss(station: Station) -> None:
    program = officer(station)
    whole = [one["id"] for one in program.get("/deadlines?limit=200").json()["items"]]
    assert len(whole) > 3
    seen: list[int] = []
    cursor = ""
    while True:
        page = program.get(f"/deadlines?limit=2&cursor={cursor}").json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == whole == sorted(whole, reverse=True)
    live = program.get("/deadlines?live=true&limit=200").json()["items"]
    assert all(one["live"] for one in live)
    for wrong in ("x", "djE6", "djI6MQ", "djE6LTE", "%00", "爆"):
        assert program.get(f"/deadlines?cursor={wrong}").json()["code"] == "bad-cursor", wrong


def test_hostile_requests_are_refused_in_form(station: Station) -> None:
    program = officer(station)
    post = program.client.post
    key = {"idempotency-key": "h", "content-type": "application/json"}
    bodies: list[bytes] = [
        b"",
        b"{",
        b"[" * 30_000,
        b'{"reason": 1e999}',
        b'{"reason": "\\ud800"}',
        b'{"x": 1}',
        b"null",
    ]
    bodies += [b'{"reason": "' + b"x" * 5_000 + b'"}', b"\xff\xfe"]
    for body in bodies:
        answer = post("/incidents/1/dismiss", content=body, headers=key)
        assert 400 <= answer.status_code < 500, body[:40]
        assert answer.headers["content-type"] == "application/problem+json", body[:40]
    assert post("/incidents/1/dismiss", content=b"x" * 100_000, headers=key).status_code == 413
    for number in ("0", "-1", "x", "99999999999", "1e3", "%00"):
        assert 400 <= program.get(f"/incidents/{number}").status_code < 500, number
    for key_text in ("", "x" * 201, "a b"):
        answer = program.post("/incidents/1/acknowledge", key=key_text)
        assert (answer.status_code, answer.json()["code"]) == (400, "key-needed")
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-07-09T20:40:00", "yesterday"):
        assert program.post("/incidents/1/responses", published(station, published_at=at)).status_code == 422, at
        assert program.client.get("/incidents", params={"since": at}).status_code in (200, 422), at


def test_every_hostile_title_comes_back_as_it_was_kept(station: Station) -> None:
    program = officer(station)
    logged = 0
    for n, text in enumerate(HOSTILE):
        answer = program.post("/incidents/1/responses", published(station, title=text[:1500]), key=f"t{n}")
        assert answer.status_code in (200, 422), (text, answer.text)
        logged += answer.status_code == 200
    assert logged > 30
    for one in program.get("/responses?limit=200").json()["items"]:
        assert "\n" not in one["title"]
        assert "\x00" not in one["title"]


def test_no_answer_holds_a_secret(station: Station) -> None:
    program = officer(station)
    program.post("/incidents/1/responses", published(station))
    texts = [program.get(path).text for path in ("/incidents", "/deadlines", "/alerts", "/responses", "/incidents/999")]
    secret = program.token.split("_", 2)[2]
    assert all(secret not in text for text in texts)
    with station.database.read() as connection:
        assert secret not in repr(connection.exec_driver_sql("SELECT * FROM api_request").all())


def test_the_page_lists_every_operation(station: Station) -> None:
    station.people.hire("wang", AccountRole.DUTY)
    with browsing(station) as client:
        enter(station, client, "wang")
        page = client.get("/api").text
    told = json.loads(OPENAPI.read_text(encoding="utf-8"))
    assert all(path in page for path in told["paths"])
    assert "http://" not in page.replace(station.address, "")
    assert description.__doc__


def test_a_conference_a_clarification_and_a_further_release_are_logged_with_what_is_their_own(station: Station) -> None:
    program = officer(station)
    conference = {"place": "新闻发布厅", "speaker": "王某，局长", "rank": "head", "questions": 5, "record_url": ""}
    first = published(station, kind="press_conference", conference=conference)
    assert program.post("/incidents/1/responses", first, key="k1").status_code == 200
    (held,) = program.get("/responses").json()["items"]
    assert held["conference"] == conference
    assert (held["claim"], held["follows"], held["promised_at"]) == (None, None, None)
    promised = (station.clock() + timedelta(hours=3)).isoformat()
    further = published(station, kind="follow_up_release", follows=held["id"], promised_at=promised)
    assert program.post("/incidents/1/responses", further, key="k2").status_code == 200
    kept = next(one for one in program.get("/responses").json()["items"] if one["kind"] == "follow_up_release")
    assert kept["follows"] == held["id"]
    assert datetime.fromisoformat(kept["promised_at"]) == datetime.fromisoformat(promised)


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("press_conference", {"conference": {"rank": "chief"}}, "UnknownRank"),
        ("press_conference", {"follows": 1}, "NotOfThisKind"),
        ("press_conference", {"conference": {}, "follows": 1}, "NotOfThisKind"),
        ("clarification", {"claim": "item:999"}, "ClaimOfAnother"),
        ("clarification", {"claim": "the first one"}, "NotAClaim"),
        ("follow_up_release", {"follows": 999}, "UnknownResponse"),
        ("follow_up_release", {"promised_at": "0001-01-01T00:00:00+08:00"}, "UnreadableTime"),
        ("follow_up_release", {"promised_at": "2020-01-01T00:00:00+08:00"}, "PromiseTooEarly"),
    ],
)
def test_what_does_not_fit_the_kind_is_a_problem_with_its_name(
    station: Station, kind: str, more: dict[str, Any], code: str
) -> None:
    program = officer(station)
    answer = program.post("/incidents/1/responses", published(station, kind=kind, **more))
    assert 400 <= answer.status_code < 500, answer.text
    assert program.get("/responses").json()["items"] == []
    assert code.lower() in answer.json()["code"].replace("_", "").replace("-", "").lower()
