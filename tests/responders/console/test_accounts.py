"""One's own account and those of others, as people use them in several browsers, and programs with their tokens."""

from __future__ import annotations

import re

from sqlalchemy import text

from monitor.core.access import totp
from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole, Permission
from monitor.store.database import Database
from tests.accounts.people import PASSWORD
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving, token_of
from tests.responders.console.test_matrix import enter, posted


def test_ones_own_account_in_two_browsers(station: Station, duty_officer: Account) -> None:
    with browsing(station) as phone, browsing(station) as desk:
        enter(station, phone, "li")
        enter(station, desk, "li")
        page = phone.get("/account")
        assert page.text.count("/account/sessions/") == 2, "the other one, and all others"
        number = re.findall(r"/account/sessions/([0-9a-f]+)/end", page.text)[0]
        assert posted(station, phone, f"/account/sessions/{number}/end").status_code == 303
        assert desk.get("/").status_code == 303
        enter(station, desk, "li")
        old = phone.cookies["huiying_session"]
        fields = {"present": PASSWORD, "wanted": "another long passphrase", "again": "another long passphrase"}
        wrong = posted(station, phone, "/account/password", **{**fields, "again": "x"})
        assert (wrong.status_code, "differ" in wrong.text, "another long" in wrong.text) == (422, True, False)
        weak = posted(
            station, phone, "/account/password", present=PASSWORD, wanted="Password2026!", again="Password2026!"
        )
        assert "tried first" in weak.text
        assert posted(station, phone, "/account/password", **fields).status_code == 303
        assert phone.get("/").status_code == 200
        assert desk.get("/").status_code == 303
        assert phone.cookies["huiying_session"] != old
        desk.cookies.clear()
        desk.cookies.set("huiying_session", old, domain="127.0.0.1")
        assert desk.get("/").status_code == 303, "nor does a copy of the old cookie outlive it"


def test_a_second_factor_from_the_page_to_the_door(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        enter(station, client, "li")
        assert posted(station, client, "/account/code", present="wrong").status_code == 422
        assert posted(station, client, "/account/code", present=PASSWORD).status_code == 303
        secret = station.people.register.pending_totp(duty_officer)
        assert secret is not None
        assert totp.written(secret) in client.get("/account").text
        code = totp.code_of(secret, totp.counter_at(station.clock()))
        assert posted(station, client, "/account/code/confirm", code=code).status_code == 303
        assert totp.written(secret) not in client.get("/account").text
        posted(station, client, "/sign-out")
        assert posted(station, client, "/sign-in", login="li", password=PASSWORD).status_code == 422
        station.clock.advance(minutes=1)
        code = totp.code_of(secret, totp.counter_at(station.clock()))
        assert posted(station, client, "/sign-in", login="li", password=PASSWORD, code=code).status_code == 303


def test_a_program_with_a_token(station: Station, duty_officer: Account) -> None:
    explosion(station)
    with browsing(station) as client:
        enter(station, client, "li")
        refused = posted(station, client, "/account/tokens", name="x", scopes="approve", days="3")
        assert refused.status_code == 422
        made = posted(station, client, "/account/tokens", name="日报 <b>", scopes="see", days="3")
        assert made.headers["cache-control"] == "no-store"
        found = re.findall(r"hyt_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", made.text)
        assert len(found) == 1
        assert found[0] not in client.get("/account").text
        assert "日报 &lt;b&gt;" in client.get("/account").text
    shown = {"Authorization": f"Bearer {found[0]}"}
    with browsing(station) as program:
        assert program.get("/api/me", headers=shown).json() == {"login": "li", "name": "李强", "may": ["see"]}
        assert program.get("/incidents/1", headers=shown).status_code == 200
        assert program.get("/sources", headers=shown).status_code == 403
        assert program.post("/incidents/1/confirm", data={"reason": "x"}, headers=shown).status_code == 403
        for wrong in ("Bearer hyt_x", f"Basic {found[0]}", f"Bearer {found[0]}x", "Bearer"):
            answer = program.get("/api/me", headers={"Authorization": wrong})
            assert (answer.status_code, "error" in answer.json()) == (401, True)
        station.clock.advance(days=3)
        assert program.get("/api/me", headers=shown).status_code == 401


def test_a_token_that_is_wrong_is_not_helped_by_a_cookie(station: Station, duty_officer: Account) -> None:
    with browsing(station) as client:
        enter(station, client, "li")
        assert client.get("/", headers={"Authorization": "Basic eDp4"}).status_code == 401
        token = token_of(client.get("/account"))
        answer = client.post("/sign-out", data={"token": token}, headers={"Authorization": "Bearer x"})
        assert answer.status_code == 401
        assert client.get("/").status_code == 200


def test_an_administrator_makes_an_account_and_takes_it_back(station: Station) -> None:
    station.people.hire("boss", AccountRole.ADMIN, name="赵磊")
    with browsing(station) as boss, browsing(station) as client:
        enter(station, boss, "boss")
        fields = {"login": "wu", "name": "吴 <i>", "roles": "duty", "password": "Password2026!"}
        weak = posted(station, boss, "/accounts", **fields)
        assert weak.status_code == 422
        assert 'value="wu"' in weak.text
        assert "Password2026!" not in weak.text
        assert posted(station, boss, "/accounts", **{**fields, "password": PASSWORD}).status_code == 303
        enter(station, client, "wu")
        page = boss.get("/accounts").text
        assert "吴 &lt;i&gt;" in page
        number = station.people.register.account("wu").id
        assert posted(station, boss, f"/accounts/{number}/edit", name="吴", roles="leader").status_code == 303
        assert client.get("/").status_code == 303
        enter(station, client, "wu")
        assert posted(station, boss, f"/accounts/{number}/disable").status_code == 303
        assert client.get("/").status_code == 303
        assert station.people.register.account("wu").changed_by == "赵磊"
        own = station.people.register.account("boss").id
        assert "last administrator" in posted(station, boss, f"/accounts/{own}/disable").text
        assert boss.get("/accounts/99").status_code == 404


def test_no_secret_of_anybody_stands_on_any_page(station: Station, duty_officer: Account) -> None:
    explosion(station)
    boss = station.people.hire("boss", AccountRole.ADMIN, AccountRole.DUTY)
    _, token = station.people.tokens.issue(boss, "x", [Permission.SEE], days=3, now=station.clock())
    with browsing(station) as client:
        enter(station, client, "boss")
        session = client.cookies["huiying_session"].split(".")
        columns = {"account": "password, totp", "account_session": "secret, seal", "api_token": "secret"}
        with station.database.read() as connection:
            found = [connection.execute(text(f"SELECT {named} FROM {table}")).all() for table, named in columns.items()]
        hashes = [value for rows in found for row in rows for value in row if value]
        canaries = [PASSWORD, token.split("_", 2)[2], session[1], session[3], *hashes]
        for path in ("/", "/account", "/accounts", "/accounts/1", "/api/me", "/metrics", "/nowhere", "/incidents/1"):
            page = client.get(path).text
            assert [canary for canary in canaries if canary in page] == [], path


def test_every_page_of_accounts_in_chinese(station: Station) -> None:
    chinese = Station(Database(str(station.database.engine.url)), language="zh", clock=station.clock)
    chinese.people.hire("boss", AccountRole.ADMIN)
    with serving(chinese), browsing(chinese) as client:
        pages = [client.get("/sign-in").text]
        enter(chinese, client, "boss")
        pages += [client.get(path).text for path in ("/account", "/accounts", "/accounts/1")]
    for page in pages:
        bare = re.sub(r"<(style|script)[^>]*>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]{2,}(?: [a-z]{2,}){2,}", bare)
    chinese.database.close()
