"""The door as browsers meet it: cookies, what is kept with an act, where one is led, what strangers learn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from sqlalchemy import select, text

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.people.duty import Duty
from monitor.gate import Gate, GateSettings
from monitor.store.sql import of
from monitor.store.tables_accounts import SessionRow
from responders.accounts import Accounts
from responders.accounts.provider import Provider, ProviderSettings
from responders.accounts.single_sign_on import SingleSignOn
from responders.console.health import PROBES
from responders.console.paths import local_path
from tests.accounts.people import PASSWORD
from tests.accounts.provider import CLIENT, SECRET, FakeProvider
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving, token_of
from tests.responders.console.test_guard import everything
from tests.responders.console.test_matrix import enter, posted

HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
AWAY = (
    "//evil.example", "///evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example",
    "/%2fevil.example",
    "/%5cevil.example", " //evil.example", "/\t/evil.example", "/\n//evil.example", "javascript:alert(1)",
    "//evil%00.example",
    "/.evil.example//x", "http:evil.example", "/x//evil.example", "/@evil.example", "/\u2028/evil", "／／evil.example",
    "/sign-in", "/sign-in?next=/sign-in", "//google.com/%2f..", "/////evil.example/", "/<>//evil.example", "",
    "evil.example",
    "/" + "a" * 400,
)  # fmt: skip


def cookies(answer: httpx.Response) -> dict[str, str]:
    return {line.split("=")[0]: line.lower() for line in answer.headers.get_list("set-cookie")}


def test_without_an_account_the_console_is_open_on_this_machine_and_shut_to_others(station: Station) -> None:
    explosion(station)
    with browsing(station) as client:
        assert "金昌" in client.get("/").text
        assert client.get("/account").status_code == 403
        assert client.get("/accounts").status_code == 403
    station.strict = True
    with serving(station), browsing(station) as client:
        answer = client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        door = client.get("/sign-in").text
        assert "huiying account add NAME --role admin" in door
        assert "金昌" not in door


def test_the_first_account_shuts_the_door_behind_everybody(station: Station, client: httpx.Client) -> None:
    explosion(station)
    token = token_of(client.get("/"))
    station.people.hire("boss", AccountRole.ADMIN)
    assert client.get("/incidents/1").headers["location"] == "/sign-in?next=%2Fincidents%2F1"
    filled = {"token": token, "by": "王某"}
    answer = client.post("/incidents/1/confirm", data=filled, headers={"Origin": station.address})
    assert answer.status_code == 401
    assert station.states()["OP-AUTH-5H"] == "open"


def test_what_is_done_carries_the_account_and_not_what_somebody_typed(station: Station, duty_officer: Account) -> None:
    explosion(station)
    with browsing(station) as client:
        enter(station, client, "li")
        page = client.get("/incidents/1").text
        assert 'name="by"' not in page
        token = token_of(client.get("/incidents/1"))
        filled = {"token": token, "by": "王敏", "reason": "x"}
        station.clock.advance(minutes=3)
        answer = client.post("/incidents/1/confirm", data=filled, headers={"Origin": station.address})
        assert answer.status_code == 303
        assert (
            client.post("/me", data={"token": token, "by": "王敏"}, headers={"Origin": station.address}).status_code
            == 403
        )
        assert "李强" in client.get("/incidents/1").text
    with station.database.read() as connection:
        decided = connection.execute(text('SELECT "by", detail FROM decision ORDER BY id DESC LIMIT 1')).one()
        seen = connection.execute(select(of(SessionRow).c.seen_at)).scalar_one()
    assert decided.by == "李强"
    assert f'"account": {duty_officer.id}' in decided.detail
    assert seen == station.clock()


def test_an_account_is_the_contact_that_it_was_given_to_and_no_namesake(station: Station) -> None:
    explosion(station)
    station.people.hire("one", AccountRole.DUTY, name="王敏")
    station.parts.duty = Duty()
    with browsing(station) as client:
        enter(station, client, "one")
        token = token_of(client.get("/incidents/1"))
        client.post("/incidents/1/acknowledge", data={"token": token}, headers={"Origin": station.address})
    with station.database.read() as connection:
        detail = connection.execute(text("SELECT detail FROM decision ORDER BY id DESC LIMIT 1")).scalar_one()
    assert '"contact": ""' in detail


def test_signing_in_gives_another_secret_and_signing_out_ends_it(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        visit = cookies(client.get("/sign-in"))["huiying_visit"]
        answer = enter(station, client, "li")
        session = client.cookies["huiying_session"]
        assert visit.split("=")[1].split(";")[0] not in session.lower()
        assert {"httponly", "samesite=lax", "path=/"} <= set(cookies(answer)["huiying_session"].split("; "))
        assert client.get("/").status_code == 200
        assert posted(station, client, "/sign-out").headers["location"] == "/sign-in"
        assert "huiying_session" not in client.cookies
        client.cookies.set("huiying_session", session, domain="127.0.0.1")
        assert client.get("/").status_code == 303


def test_over_https_the_cookies_are_bound_to_this_host(station: Station, duty_officer: Account) -> None:
    station.proxies = ("127.0.0.1",)
    with serving(station), browsing(station) as client:
        page = client.get("/sign-in", headers=HTTPS)
        assert "not encrypted" not in page.text
        assert set(cookies(page)) == {"__Host-huiying_visit"}
        jar = {"Cookie": page.headers["set-cookie"].split(";")[0], "Origin": station.address, **HTTPS}
        filled = {"token": token_of(page), "login": "li", "password": PASSWORD}
        answer = client.post("/sign-in", data=filled, headers=jar)
        assert answer.status_code == 303
        found = cookies(answer)["__Host-huiying_session"]
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(found.split("; "))
        assert "domain" not in found
        value = answer.headers["set-cookie"].split("__Host-huiying_session=")[1].split(";")[0]
        plain = {"Cookie": f"huiying_session={value}", **HTTPS}
        assert client.get("/", headers=plain).status_code == 303, (
            "a cookie that a neighbour could set counts for nothing"
        )
        good = {"Cookie": f"__Host-huiying_session={value}", **HTTPS}
        assert client.get("/", headers=good).status_code == 200
    longest = station.people.entrance.limits.longest
    sessions = station.people.register.sessions(duty_officer, longest=longest, now=station.clock())
    assert [session.ip for session in sessions] == ["203.0.113.9"]


def test_only_a_trusted_proxy_says_where_somebody_comes_from(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        page = client.get("/sign-in", headers=HTTPS)
        assert set(cookies(page)) == {"huiying_visit"}
        assert "not encrypted" not in page.text, "this machine"
    station.proxies = ("127.0.0.1",)
    with serving(station), browsing(station) as client:
        far = client.get("/sign-in", headers={"X-Forwarded-For": "203.0.113.9"})
        assert "not encrypted" in far.text
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 303
        forged = {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}
        assert client.get("/metrics", headers=forged).status_code == 303, "the last one that we do not trust counts"
        assert client.get("/healthz", headers=forged).status_code == 200


@pytest.mark.parametrize("to", AWAY)
def test_nobody_is_led_away_after_signing_in(to: str) -> None:
    assert local_path(to) == "/"


@pytest.mark.parametrize("to", ["/", "/incidents", "/incidents/1", "/incidents?page=2", "/decoys/crime", "/account"])
def test_one_is_led_to_where_one_wanted_to_go(station: Station, client: httpx.Client, to: str) -> None:
    station.people.hire("li", AccountRole.DUTY)
    asked = client.get(to)
    door = client.get(asked.headers["location"])
    kept = unescape(re.findall(r'name="to" value="([^"]*)"', door.text)[0])
    assert kept == to
    filled = {"token": token_of(door), "login": "li", "password": PASSWORD, "to": kept}
    answer = client.post("/sign-in", data=filled, headers={"Origin": station.address})
    assert answer.headers["location"] == to
    filled["to"] = "//evil.example"
    assert client.get("/sign-in?next=//evil.example").headers["location"] == "/"


def test_a_wrong_password_says_nothing_more_and_keeps_no_password(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        answers = []
        for login in ("li", "nobody"):
            answer = posted(station, client, "/sign-in", login=login, password="not this one", code="1")
            assert answer.status_code == 422
            assert "not this one" not in answer.text
            assert "huiying_session" not in client.cookies
            answers.append(re.sub(r'value="[^"]*"|<time[^/]*/time>|datetime="[^"]*"|data-now="[^"]*"', "", answer.text))
        assert answers[0] == answers[1]
        for _ in range(30):
            answer = posted(station, client, "/sign-in", login="li", password="x")
        assert answer.status_code == 429
        assert "Wait 1 min" in answer.text


def test_what_was_typed_outlives_the_end_of_a_session(station: Station, duty_officer: Account) -> None:
    explosion(station)
    with browsing(station) as client:
        enter(station, client, "li")
        token = token_of(client.get("/incidents/1"))
        filled = {"token": token, "title": "情况通报 <一>", "url": "", "published_at": "2026-07-09T20:40"}
        station.clock.advance(hours=13)
        before = everything(station.database)
        answer = client.post("/incidents/1/respond", data=filled, headers={"Origin": station.address})
        assert answer.status_code == 401
        assert everything(station.database) == before
        assert "情况通报 &lt;一&gt;" in answer.text
        again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))
        enter(station, client, "li")
        sent = {name: unescape(value) for name, value in again.items()}
        late = client.post("/incidents/1/respond", data=sent, headers={"Origin": station.address})
        assert late.status_code == 403, "the page is older than the session"
        sent["token"] = token_of(late)
        assert "情况通报 &lt;一&gt;" in late.text
        assert client.post("/incidents/1/respond", data=sent, headers={"Origin": station.address}).status_code == 303


def test_a_page_that_renews_itself_does_not_keep_a_session_alive(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        enter(station, client, "li")
        station.clock.advance(hours=1)
        assert "huiying_session" not in cookies(client.get("/", headers={"Sec-Fetch-Mode": "cors"}))
        assert "huiying_session" in cookies(client.get("/", headers={"Sec-Fetch-Mode": "navigate"}))
        station.clock.advance(hours=11, minutes=30)
        assert client.get("/").status_code == 200
        station.clock.advance(hours=12, minutes=1)
        assert client.get("/").status_code == 303


def test_acknowledge_links_need_no_account(station: Station, duty_officer: Account) -> None:
    explosion(station)
    station.strict = True
    with serving(station), browsing(station) as client:
        answer = client.get("/a/x", headers={"Host": "duty.example.org"})
        assert answer.status_code == 404
        assert "link" in answer.text
        assert client.get("/", headers={"Host": "duty.example.org"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/account", "/api/me", "/a/x", *PROBES])
def test_strangers_learn_neither_version_nor_state(station: Station, duty_officer: Account, path: str) -> None:
    station.proxies = ("127.0.0.1",)
    with serving(station), browsing(station) as client:
        answer = client.get(path, headers=HTTPS)
        assert not re.search(r"\d+\.\d+\.\d+(?!\.)", re.sub(r"203\.0\.113\.9", "", answer.text)), path
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers


def test_forms_and_fields_are_bounded(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        token = token_of(client.get("/sign-in"))
        own = {"Origin": station.address}
        big = {"token": token, "login": "li", "password": "x" * 100_000}
        assert client.post("/sign-in", data=big, headers=own).status_code == 413
        long = {"token": token, "login": "li", "password": "x" * 2_000}
        answer = client.post("/sign-in", data=long, headers=own)
        assert answer.status_code == 422
        assert "xxxx" not in answer.text
        many = "&".join(f"a{n}=1" for n in range(3_000))
        kind = {"Content-Type": "application/x-www-form-urlencoded", **own}
        assert client.post("/sign-in", content=f"token={token}&{many}", headers=kind).status_code in (400, 422)
        assert (
            client.get("/static/console.css", headers={"Range": "bytes=" + ",".join(["0-1"] * 5_000)}).status_code < 500
        )


@pytest.fixture
def service(station: Station) -> Iterator[tuple[Station, FakeProvider]]:
    gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5))
    with FakeProvider(station.clock) as fake:
        back = "http://127.0.0.1/sign-in/other/back"
        told = ProviderSettings(issuer=fake.url, client_id=CLIENT, client_secret=SECRET, back=back)
        people = station.people
        provider = Provider(lambda: gate, told)
        roles = {"值班": (AccountRole.DUTY,)}
        other = SingleSignOn(station.database, provider, people.register, people.entrance, name="统一认证", roles=roles)
        station.accounts = Accounts(people.register, people.entrance, people.tokens, other)
        fake.person["groups"] = ["值班"]
        people.hire("boss", AccountRole.ADMIN)
        yield station, fake
    gate.close()


def test_through_the_bureaus_own_service(service: tuple[Station, FakeProvider]) -> None:
    station, fake = service
    with serving(station), browsing(station) as client:
        assert "Sign in with 统一认证" in client.get("/sign-in?next=/incidents").text
        before = everything(station.database)
        gone = client.get("/sign-in/other?next=/incidents")
        assert gone.headers["location"].startswith(f"{fake.url}/authorize?")
        code, state = fake.asked(gone.headers["location"])
        back = client.get("/sign-in/other/back", params={"code": code, "state": state})
        assert everything(station.database) == before, "coming back changes nothing yet"
        assert back.headers["cache-control"] == "no-store"
        filled = {"token": token_of(back), "code": code, "state": state}
        own = {"Origin": station.address}
        assert client.post("/sign-in/other", data={**filled, "token": "x"}, headers=own).status_code == 403
        gone = client.get("/sign-in/other?next=/incidents")
        code, state = fake.asked(gone.headers["location"])
        with browsing(station) as victim:
            stolen = {"token": token_of(victim.get("/sign-in")), "code": code, "state": state}
            assert victim.post("/sign-in/other", data=stolen, headers=own).status_code == 422
            assert "huiying_session" not in victim.cookies
        answer = client.post("/sign-in/other", data={**filled, "code": code, "state": state}, headers=own)
        assert (answer.status_code, answer.headers["location"]) == (303, "/incidents")
        assert client.get("/api/me").json()["may"]
        assert client.get("/sign-in/other/back?error=access_denied").status_code == 200


def test_where_there_is_no_such_service_there_is_no_such_page(station: Station, client: httpx.Client) -> None:
    for path in ("/sign-in/other", "/sign-in/other/back?code=x&state=y"):
        assert client.get(path).status_code == 404
