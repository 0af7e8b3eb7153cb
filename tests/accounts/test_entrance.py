"""Signing in as a story in time: what lets one in, what ends it, who is held up by whom."""

from __future__ import annotations

import json
import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.core.access import totp
from monitor.core.access.roles import AccountRole, Permission
from monitor.store.database import Database
from responders.accounts.entrance import WrongSignIn
from responders.accounts.hashing import Hasher
from responders.accounts.pace import PER_ACCOUNT, PER_ADDRESS, TooManyTries
from responders.accounts.register import (
    BadLogin,
    LastAdmin,
    LoginTaken,
    RegionMissing,
    RoleMissing,
    UnknownAccount,
    WeakPassword,
    WrongCode,
    WrongPassword,
)
from responders.accounts.tokens import ScopeMissing, TooLong, UnknownToken
from tests.accounts.people import PASSWORD, People

DUTY, ADMIN, COUNTY = AccountRole.DUTY, AccountRole.ADMIN, AccountRole.COUNTY


@pytest.fixture
def people(database: Database) -> People:
    return People(database)


def test_there_is_no_account_that_nobody_made(people: People) -> None:
    assert not people.entrance.in_use()
    for login, password in (("admin", "admin"), ("admin", ""), ("", ""), ("huiying", "huiying")):
        with pytest.raises(WrongSignIn):
            people.enter(login, password)
    people.hire("admin", ADMIN)
    assert people.entrance.in_use()
    with pytest.raises(WrongSignIn):
        people.enter("admin", "admin")


def test_who_signs_in_is_recognised_whatever_the_widths_and_case_of_what_he_types(people: People) -> None:
    made = people.hire("Wang.Min", DUTY, name="王敏")
    opened = people.enter(" ＷＡＮＧ.min ", "夜里两点半　the phone rings")
    found = people.entrance.recognise(opened.cookie, people.clock())
    assert found is not None
    assert (found.account.id, found.account.name, found.session.ip) == (made.id, "王敏", "10.1.0.7")
    with people.database.read() as connection:
        stored = str(connection.execute(text("SELECT * FROM account_session")).all())
        stored += str(connection.execute(text("SELECT * FROM account")).all())
    assert found.secret not in stored
    assert PASSWORD not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_a_cookie_that_was_touched_is_worth_nothing(people: People, part: int) -> None:
    people.hire("li", DUTY)
    parts = people.enter("li").cookie.split(".")
    for forged in ("", "0" * len(parts[part]), parts[part] + "0", "9999999999", "é"):
        cookie = ".".join([*parts[:part], forged, *parts[part + 1 :]])
        assert not people.holds(cookie), part
    assert not people.holds(".".join(parts[:3]))
    assert people.holds(".".join(parts))


def test_a_session_that_is_not_used_ends_and_one_that_is_used_ends_after_a_week(people: People) -> None:
    people.hire("li", DUTY)
    cookie = people.enter("li").cookie
    people.clock.advance(minutes=1)
    found = people.entrance.recognise(cookie, people.clock())
    assert found is not None
    assert found.renewed == "", "a cookie is not renewed at every page"
    for _ in range(20):
        people.clock.advance(hours=8)
        found = people.entrance.recognise(cookie, people.clock())
        assert found is not None
        cookie = found.renewed
    first = cookie
    people.clock.advance(hours=7)
    found = people.entrance.recognise(cookie, people.clock())
    assert found is not None
    people.clock.advance(minutes=30)
    assert people.holds(found.renewed), "167 and a half hours, and used"
    people.clock.advance(hours=1)
    assert not people.holds(first)
    assert not people.holds(found.renewed), "older than a week"


def test_an_idle_session_ends_although_its_cookie_is_young(people: People) -> None:
    people.hire("li", DUTY)
    cookie = people.enter("li").cookie
    people.clock.advance(hours=11, minutes=59)
    assert people.holds(cookie)
    people.clock.advance(minutes=2)
    assert not people.holds(cookie)


def test_a_clock_that_jumps_back_signs_nobody_out_and_lengthens_nothing(people: People) -> None:
    people.hire("li", DUTY)
    cookie = people.enter("li").cookie
    people.clock.advance(hours=-3)
    assert people.holds(cookie)
    people.clock.advance(hours=3 + 13)
    assert not people.holds(cookie)


def test_everything_that_should_end_a_session_does(people: People) -> None:
    people.hire("boss", ADMIN)
    account = people.hire("li", DUTY)
    register, entrance, now = people.register, people.entrance, people.clock()

    def fresh() -> str:
        cookie = people.enter("li").cookie
        assert people.holds(cookie)
        return cookie

    cookie = fresh()
    entrance.sign_out(account, cookie.split(".")[0], now)
    assert not people.holds(cookie)
    cookie = fresh()
    register.edit("li", roles=[DUTY, AccountRole.APPROVER], by="boss", now=now)
    assert not people.holds(cookie)
    cookie = fresh()
    register.edit("li", name="李四", by="boss", now=now)
    assert people.holds(cookie), "another name is no other right"
    register.set_password("li", "another long passphrase", by="boss", now=now)
    assert not people.holds(cookie)
    with pytest.raises(WrongSignIn):
        people.enter("li")
    register.set_password("li", PASSWORD, by="boss", now=now)
    one, two = fresh(), fresh()
    assert register.revoke(account, by="boss", now=now, session=one.split(".")[0]) == 1
    assert (people.holds(one), people.holds(two)) == (False, True)
    register.change_password(account, PASSWORD, "yet another passphrase", session=two.split(".")[0], now=now)
    assert people.holds(two), "who changes his own password stays"
    register.set_password("li", PASSWORD, by="boss", now=now)
    cookie = fresh()
    register.disable("li", by="boss", now=now)
    assert not people.holds(cookie)
    with pytest.raises(WrongSignIn):
        people.enter("li")
    register.enable("li", by="boss", now=now)
    assert not people.holds(cookie), "what was ended stays ended"
    fresh()


def test_signing_in_again_ends_the_session_of_that_browser(people: People) -> None:
    people.hire("li", DUTY)
    first = people.enter("li").cookie
    second = people.enter("li", former=first.split(".")[0]).cookie
    assert first.split(".")[:2] != second.split(".")[:2]
    assert (people.holds(first), people.holds(second)) == (False, True)


def test_a_session_of_somebody_else_cannot_be_revoked_as_ones_own(people: People) -> None:
    people.hire("li", DUTY)
    boss = people.hire("boss", ADMIN)
    cookie = people.enter("li").cookie
    assert people.register.revoke(boss, by="boss", now=people.clock(), session=cookie.split(".")[0]) == 0
    assert people.holds(cookie)


def test_a_thousand_tries_from_one_address_are_twenty(people: People) -> None:
    people.hire("li", DUTY)
    looked = 0
    for n in range(1000):
        try:
            people.enter(f"li{n % 50}", "wrong", ip="10.9.9.9")
        except WrongSignIn:
            looked += 1
        except TooManyTries:
            pass
    assert looked == PER_ADDRESS.burst
    people.enter("li", ip="10.1.0.8")
    people.clock.advance(seconds=10)
    with pytest.raises(WrongSignIn):
        people.enter("li7", "wrong", ip="10.9.9.9")


def test_tries_at_one_account_from_everywhere_do_not_lock_its_owner_out_of_his_own_phone(people: People) -> None:
    people.hire("li", DUTY)
    phone = people.enter("li").device
    refused = 0
    for n in range(60):
        try:
            people.enter("li", "wrong", ip=f"10.8.0.{n}")
        except TooManyTries:
            refused += 1
        except WrongSignIn:
            pass
    assert refused == 60 - PER_ACCOUNT.burst
    with pytest.raises(TooManyTries):
        people.enter("li", ip="10.8.1.1")
    opened = people.enter("li", device=phone, ip="10.8.0.3")
    assert opened.device == phone
    people.hire("wu", DUTY)
    with pytest.raises(TooManyTries):
        people.enter("li", device=people.enter("wu").device)
    with pytest.raises(TooManyTries):
        people.enter("li", device=f"{phone[:-1]}{'0' if phone[-1] != '0' else '1'}")


def test_good_tries_use_nothing_up(people: People) -> None:
    people.hire("li", DUTY)
    for _ in range(3 * PER_ACCOUNT.burst):
        people.enter("li")


def test_a_stolen_phone_has_few_tries_too(people: People) -> None:
    people.hire("li", DUTY)
    phone = people.enter("li").device
    for _ in range(10):
        with pytest.raises(WrongSignIn):
            people.enter("li", "wrong", device=phone)
    with pytest.raises(TooManyTries):
        people.enter("li", "wrong", device=phone)
    people.enter("li", ip="10.1.0.9")


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password() -> None:
    hasher = Hasher()
    kept = hasher.hash(PASSWORD)
    spans: dict[str, list[float]] = {kept: [], "": []}
    for _ in range(7):
        for known, found in spans.items():
            began = time.thread_time()
            assert not hasher.fits(known, "wrong password")
            found.append(time.thread_time() - began)
    one, other = statistics.median(spans[kept]), statistics.median(spans[""])
    assert 0.6 < one / other < 1.6


def test_the_second_factor_is_asked_for_and_each_code_is_good_once(people: People) -> None:
    account = people.hire("li", DUTY)
    secret = people.register.begin_totp(account, PASSWORD, now=people.clock())
    people.enter("li")
    assert people.register.pending_totp(account) == secret
    with pytest.raises(WrongCode):
        people.register.confirm_totp(account, "000000", session="", now=people.clock())
    code = totp.code_of(secret, totp.counter_at(people.clock()))
    people.register.confirm_totp(account, code, session="", now=people.clock())
    for wrong in ("", "000000", code):
        with pytest.raises(WrongSignIn):
            people.enter("li", code=wrong)
    people.clock.advance(seconds=30)
    code = totp.code_of(secret, totp.counter_at(people.clock()))
    with pytest.raises(WrongSignIn):
        people.enter("li", "wrong", code=code)
    people.enter("li", code=code)
    with pytest.raises(WrongSignIn):
        people.enter("li", code=code)
    people.register.drop_totp("li", by="boss", now=people.clock())
    people.enter("li")


def test_somebody_else_at_the_open_screen_cannot_change_the_password(people: People) -> None:
    account = people.hire("li", DUTY)
    register, now = people.register, people.clock()
    with pytest.raises(WrongPassword):
        register.change_password(account, "wrong", "another long passphrase", session="", now=now)
    with pytest.raises(WrongPassword):
        register.begin_totp(account, "wrong", now=now)
    for _ in range(PER_ACCOUNT.burst - 2):
        with pytest.raises(WrongPassword):
            register.change_password(account, "wrong", "another long passphrase", session="", now=now)
    with pytest.raises(TooManyTries):
        register.change_password(account, PASSWORD, "another long passphrase", session="", now=now)


def test_the_register_refuses_what_would_be_of_no_use(people: People) -> None:
    register, now = people.register, people.clock()
    people.hire("boss", ADMIN)
    with pytest.raises(LoginTaken):
        people.hire("ＢＯＳＳ", DUTY)
    with pytest.raises(BadLogin):
        people.hire("two words", DUTY)
    with pytest.raises(RoleMissing):
        people.hire("li")
    with pytest.raises(RegionMissing):
        people.hire("li", COUNTY)
    with pytest.raises(WeakPassword, match="It is among those"):
        register.add("li", name="李", roles=[DUTY], by="boss", now=now, password="Password2026!")
    with pytest.raises(WeakPassword):
        register.add("li", name="李", roles=[DUTY], by="boss", now=now)
    with pytest.raises(LastAdmin):
        register.disable("boss", by="boss", now=now)
    with pytest.raises(LastAdmin):
        register.edit("boss", roles=[DUTY], by="boss", now=now)
    people.hire("wu", ADMIN)
    register.disable("boss", by="wu", now=now)
    with pytest.raises(LastAdmin):
        register.disable("wu", by="wu", now=now)
    with pytest.raises(UnknownAccount):
        register.disable("nobody", by="wu", now=now)


def test_the_log_tells_who_changed_what_and_no_secret(people: People) -> None:
    account = people.hire("li", DUTY)
    secret = people.register.begin_totp(account, PASSWORD, now=people.clock())
    code = totp.code_of(secret, totp.counter_at(people.clock()))
    people.register.confirm_totp(account, code, session="", now=people.clock())
    people.register.edit("li", roles=[DUTY, ADMIN], by="boss", now=people.clock())
    people.register.set_password("li", "another long passphrase", by="boss", now=people.clock())
    people.clock.advance(minutes=1)
    code = totp.code_of(secret, totp.counter_at(people.clock()))
    opened = people.enter("li", "another long passphrase", code)
    _, token = people.tokens.issue(account, "exports", [Permission.SEE], days=3, now=people.clock())
    with pytest.raises(WrongSignIn):
        people.enter("li", "not this", ip="10.7.7.7")
    with people.database.read() as connection:
        rows = connection.execute(text("SELECT kind, subject, text FROM audit ORDER BY id")).all()
        kept = connection.execute(text("SELECT password, totp FROM account")).one()
        seal = connection.execute(text("SELECT secret, seal FROM account_session")).one()
        tokens = connection.execute(text("SELECT secret FROM api_token")).one()
    log = "\n".join(row.text for row in rows)
    kinds = [row.kind for row in rows]
    assert kinds.count("account.changed") == 4
    assert "account_session.added" in kinds
    assert "api_token.added" in kinds
    assert '"changed_by": "boss"' in log.replace('":"', '": "')
    refused = next(row for row in rows if row.kind == "account.refused")
    assert (refused.subject, json.loads(refused.text)) == (f"account:{account.id}", {"ip": "10.7.7.7"})
    canaries = [
        *kept,
        *seal,
        *tokens,
        opened.cookie.split(".")[1],
        token.split("_", 2)[2],
        PASSWORD,
        "another long",
        "$argon2",
    ]
    assert [canary for canary in canaries if canary in log] == []


def test_a_token_allows_what_was_chosen_until_its_day_and_not_longer_than_its_owner(people: People) -> None:
    account = people.hire("li", DUTY)
    tokens, now = people.tokens, people.clock()
    with pytest.raises(ScopeMissing):
        tokens.issue(account, "x", [Permission.APPROVE], days=3, now=now)
    with pytest.raises(ScopeMissing):
        tokens.issue(people.hire("boss", ADMIN), "x", [Permission.ADMINISTER], days=3, now=now)
    with pytest.raises(TooLong):
        tokens.issue(account, "x", [Permission.SEE], days=0, now=now)
    made, secret = tokens.issue(account, "日报导出", [Permission.SEE, Permission.EXPORT], days=3, now=now)
    holder = tokens.holder(secret, now + timedelta(days=2))
    assert holder is not None
    assert holder.token.scopes == {Permission.SEE, Permission.EXPORT}
    assert tokens.holder(secret, now + timedelta(days=3)) is None
    for forged in ("", "hyt_", secret[:-1], secret[:-1] + ("A" if secret[-1] != "A" else "B"), secret + " ", "é" * 64):
        assert tokens.holder(forged, now) is None
    with pytest.raises(UnknownToken):
        tokens.revoke(people.hire("wu", DUTY), made.id, by="wu", now=now)
    tokens.revoke(account, made.id, by="li", now=now)
    assert tokens.holder(secret, now) is None
    _, other = tokens.issue(account, "x", [Permission.SEE], days=3, now=now)
    people.register.disable("li", by="boss", now=now)
    assert tokens.holder(other, now) is None
