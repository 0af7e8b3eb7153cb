"""Signing in at another service over HTTP: what it must say so that somebody is let in, and as whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.errors import Mistake
from monitor.gate import Gate, GateSettings
from monitor.store import accounts
from monitor.store.database import Database
from responders.accounts.entrance import Caller, WrongSignIn
from responders.accounts.provider import OtherServiceFailed, Provider, ProviderSettings
from responders.accounts.single_sign_on import NoAccountHere, NoRoleThere, NotOurQuestion, SingleSignOn
from tests.accounts.people import People
from tests.accounts.provider import CLIENT, SECRET, FakeProvider

BACK = "https://huiying.example.org/sign-in/other/back"
ROLES = {"值班": (AccountRole.DUTY,), "admins": (AccountRole.ADMIN,)}


@dataclass
class Desk:
    """Our side and the other service."""

    people: People
    fake: FakeProvider
    gate: Gate

    def sso(self, *, mapped: bool = False) -> SingleSignOn:
        told = ProviderSettings(issuer=self.fake.url, client_id=CLIENT, client_secret=SECRET, back=BACK)
        provider = Provider(lambda: self.gate, told)
        roles = ROLES if mapped else None
        return SingleSignOn(self.people.database, provider, self.people.register, self.people.entrance, roles=roles)

    def through(self, sso: SingleSignOn, **spoiled: Any) -> Account:
        """Sign in there and come back; `spoiled` claims replace the true ones, None leaves one out."""
        self.fake.spoil = spoiled
        begun = sso.begin(self.people.clock())
        code, state = self.fake.asked(begun.address)
        opened = sso.finish(code, state, begun.kept, Caller(ip="10.1.0.7"), self.people.clock())
        assert self.people.holds(opened.cookie)
        return opened.account

    def known(self) -> Account:
        return self.people.register.add(
            "wang", name="王敏", roles=[AccountRole.DUTY], issuer=self.fake.url, subject="4711", by="boss",
            now=self.people.clock(),
        )  # fmt: skip


@pytest.fixture
def desk(embedded_file: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    people = People(database)
    gate = Gate(GateSettings(allow=("127.0.0.1",), total_seconds=5))
    with FakeProvider(people.clock) as fake:
        yield Desk(people, fake, gate)
    gate.close()
    database.close()


def test_who_has_an_account_there_and_here_comes_in(desk: Desk) -> None:
    made = desk.known()
    assert desk.through(desk.sso()).id == made.id
    with pytest.raises(WrongSignIn):
        desk.people.enter("wang", "")


def test_who_has_none_here_is_told_his_number(desk: Desk) -> None:
    with pytest.raises(NoAccountHere, match="4711"):
        desk.through(desk.sso())
    assert desk.people.register.all() == []


@pytest.mark.parametrize(
    "spoiled",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"}, {"azp": "another"}, {"nonce": "another"}, {"nonce": None},
        {"exp": 1}, {"exp": None}, {"iat": 99_999_999_999}, {"iat": None}, {"sub": None}, {"nbf": 99_999_999_999},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_the_answer_to_our_question_lets_nobody_in(desk: Desk, spoiled: dict[str, Any]) -> None:
    desk.known()
    with pytest.raises(OtherServiceFailed, match="not signed by it, not meant for us"):
        desk.through(desk.sso(), **spoiled)
    assert desk.through(desk.sso()).login == "wang"


def test_a_token_that_is_not_signed_by_the_service_lets_nobody_in(desk: Desk) -> None:
    desk.known()
    fake = desk.fake
    fake.header = {"alg": "none"}
    with pytest.raises(OtherServiceFailed):
        desk.through(desk.sso())
    fake.header, fake.signed_by = {"alg": "HS256", "kid": "one"}, OctKey.import_key("a shared secret of enough bytes!")
    with pytest.raises(OtherServiceFailed):
        desk.through(desk.sso())
    public = fake.key.as_pem(private=False)
    assert b"PUBLIC" in public
    fake.header, fake.signed_by = {"alg": "RS256", "kid": "one"}, RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(OtherServiceFailed):
        desk.through(desk.sso())
    fake.header, fake.signed_by = {"alg": "RS256", "kid": "unknown"}, None
    with pytest.raises(OtherServiceFailed):
        desk.through(desk.sso())


def test_a_new_key_of_the_service_is_fetched_when_it_is_first_seen(desk: Desk) -> None:
    desk.known()
    sso = desk.sso()
    desk.through(sso)
    asked = sum(request.path == "/keys" for request in desk.fake.requests)
    desk.through(sso)
    assert sum(request.path == "/keys" for request in desk.fake.requests) == asked, "remembered"
    desk.people.clock.advance(minutes=2)
    desk.fake.key = RSAKey.generate_key(2048, {"kid": "two"}, private=True)
    desk.fake.header = {"alg": "RS256", "kid": "two"}
    assert desk.through(sso).login == "wang"


def test_a_code_or_a_state_is_good_once_and_only_in_its_own_browser(desk: Desk) -> None:
    desk.known()
    sso, clock = desk.sso(), desk.people.clock
    begun = sso.begin(clock())
    code, state = desk.fake.asked(begun.address)
    other = sso.begin(clock())
    for kept in ("", other.kept, "a.b", f"{state}..x", f"{state}.x."):
        with pytest.raises(NotOurQuestion):
            sso.finish(code, state, kept, Caller(), clock())
    with pytest.raises(OtherServiceFailed, match="did not accept the code"):
        sso.finish(code, other.kept.split(".")[0], other.kept, Caller(), clock())
    sso.finish(code, state, begun.kept, Caller(), clock())
    with pytest.raises(NotOurQuestion):
        sso.finish(code, state, begun.kept, Caller(), clock())
    third = sso.begin(clock())
    _, state = desk.fake.asked(third.address)
    with pytest.raises(OtherServiceFailed, match="did not accept the code"):
        sso.finish(code, state, third.kept, Caller(), clock())


def test_nobody_gets_an_account_by_an_equal_mail_address_or_login(desk: Desk) -> None:
    mine = desk.known()
    boss = desk.people.hire("boss", AccountRole.ADMIN)
    desk.fake.person = {
        "sub": "9999",
        "email": "wang@example.org",
        "email_verified": True,
        "preferred_username": "boss",
    }
    with pytest.raises(NoAccountHere):
        desk.through(desk.sso())
    desk.fake.person |= {"groups": ["值班"], "name": "Mallory"}
    made = desk.through(desk.sso(mapped=True))
    assert made.id not in (mine.id, boss.id)
    assert made.login.startswith("boss-")
    assert made.roles == {AccountRole.DUTY}
    with desk.people.database.read() as connection:
        assert accounts.of_login(connection, "boss") == boss


def test_groups_give_roles_each_time_and_nothing_else_does(desk: Desk) -> None:
    desk.people.hire("boss", AccountRole.ADMIN)
    sso = desk.sso(mapped=True)
    with pytest.raises(NoRoleThere):
        desk.through(sso)
    desk.fake.person["groups"] = ["值班", "unknown"]
    made = desk.through(sso)
    assert made.roles == {AccountRole.DUTY}
    assert (made.name, made.has_password) == ("王敏", False)
    cookie = desk.people.entrance.open(made, Caller(), desk.people.clock(), way="other").cookie
    desk.fake.person["groups"] = ["值班", "admins"]
    assert desk.through(sso).roles == {AccountRole.DUTY, AccountRole.ADMIN}
    assert not desk.people.holds(cookie), "other roles end the sessions"
    desk.fake.person["groups"] = "admins"
    with pytest.raises(NoRoleThere):
        desk.through(sso)


def test_a_disabled_account_stays_outside(desk: Desk) -> None:
    desk.known()
    desk.people.register.disable("wang", by="boss", now=desk.people.clock())
    with pytest.raises(WrongSignIn):
        desk.through(desk.sso())


def test_a_service_that_calls_itself_otherwise_or_fails_is_told_kindly(desk: Desk) -> None:
    desk.known()
    desk.fake.calls_itself = "https://evil.example"
    with pytest.raises(OtherServiceFailed, match="does not call itself"):
        desk.through(desk.sso())
    desk.fake.calls_itself = desk.fake.url + "/"
    with pytest.raises(OtherServiceFailed, match="does not call itself"):
        desk.through(desk.sso())
    desk.fake.calls_itself = ""
    closed = Gate(GateSettings(total_seconds=2))
    desk.gate, gate = closed, desk.gate
    with pytest.raises(OtherServiceFailed, match="could not be reached"):
        desk.through(desk.sso())
    closed.close()
    desk.gate = gate
    boss = desk.people.hire("boss", AccountRole.ADMIN)
    assert desk.people.enter("boss").account == boss, "who has a password here comes in all the same"


def test_every_failure_is_a_mistake_that_can_be_shown() -> None:
    assert all(issubclass(kind, Mistake) for kind in (OtherServiceFailed, NoAccountHere, NoRoleThere, NotOurQuestion))
