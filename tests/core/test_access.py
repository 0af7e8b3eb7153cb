"""The pure rules of access: who may what, how long, how often, and which passwords and codes are good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.passwords import common_passwords
from monitor.core.access import totp
from monitor.core.access.accounts import NOTHING, About, Account, AccountState, By, may, reach
from monitor.core.access.buckets import Bucket, Pace, filled, wait_for
from monitor.core.access.passwords import Flaw, flaw_of
from monitor.core.access.roles import GRANTS, AccountRole, Permission
from monitor.core.access.sessions import End, Limits, Session, end_of
from monitor.core.model import Place

NOW = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
HERE, THERE = About(Place("620000", "620300", "620302")), About(Place("620000", "620100", None))
MANY = st.sets(st.sampled_from(AccountRole)).map(frozenset)


def account(*roles: AccountRole, region: str = "", state: AccountState = AccountState.ACTIVE) -> Account:
    return Account(id=1, login="li", name="李", roles=frozenset(roles), region=region, state=state)


@given(MANY, st.sampled_from(Permission))
@settings(max_examples=60)
def test_nobody_may_what_no_role_of_his_grants(roles: frozenset[AccountRole], permission: Permission) -> None:
    one = account(*roles, region="620300")
    granted = [role for role in roles if permission in GRANTS[role]]
    assert may(one, permission, HERE) == bool(granted)
    assert may(one, permission, THERE) == any(role is not AccountRole.COUNTY for role in granted)
    disabled = account(*roles, region="620300", state=AccountState.DISABLED)
    assert not may(disabled, permission, HERE)
    assert reach(disabled, permission) is None


def test_a_county_colleague_reaches_his_region_and_nothing_that_lies_nowhere() -> None:
    county = account(AccountRole.COUNTY, region="620300")
    assert may(county, Permission.SEE, HERE)
    assert not may(county, Permission.SEE, THERE)
    assert not may(county, Permission.SEE, NOTHING)
    assert not may(county, Permission.SEE, About(Place(name="somewhere")))
    assert reach(county, Permission.SEE) == "620300"
    assert reach(county, Permission.JUDGE) is None
    assert reach(account(AccountRole.COUNTY), Permission.SEE) is None
    assert not may(account(AccountRole.COUNTY), Permission.SEE, HERE)
    both = account(AccountRole.COUNTY, AccountRole.REVIEWER, region="620300")
    assert reach(both, Permission.SEE) == "000000"


def test_nobody_holds_two_of_the_offices_that_must_differ_by_one_role() -> None:
    for role, granted in GRANTS.items():
        assert len(granted & {Permission.DRAFT, Permission.REVIEW, Permission.APPROVE}) <= 1, role


def test_a_name_of_an_account_is_the_name_with_what_belongs_to_it() -> None:
    by = account(AccountRole.DUTY).by
    assert by == "李"
    assert isinstance(by, By)
    assert (by.account, by.contact) == (1, "")


@pytest.mark.parametrize(
    ("made", "used", "end"),
    [(0, 0, None), (11, 11, None), (12, 12, End.IDLE), (12, 1, None), (24 * 7, 0, End.OLD), (24 * 7 - 1, 1, None)],
)
def test_a_session_ends_by_idleness_and_by_age(made: int, used: int, end: End | None) -> None:
    session = Session(id="x", account_id=1, made_at=NOW - timedelta(hours=made), seen_at=NOW)
    assert end_of(session, NOW - timedelta(hours=used), Limits(), NOW) is end


def test_a_use_before_the_beginning_counts_from_the_beginning() -> None:
    session = Session(id="x", account_id=1, made_at=NOW, seen_at=NOW)
    assert end_of(session, NOW - timedelta(days=3), Limits(), NOW) is None


PACE = Pace(3, timedelta(minutes=1))


@given(st.lists(st.integers(min_value=-30, max_value=300), max_size=40))
@settings(max_examples=80)
def test_a_bucket_never_gives_more_than_its_pace(steps: list[int]) -> None:
    now, bucket, taken, latest = NOW, None, 0, NOW
    for step in steps:
        now += timedelta(seconds=step)
        latest = max(latest, now)
        here = filled(bucket, PACE, now)
        assert 0 <= here.level <= PACE.burst
        if not wait_for(here, PACE):
            taken, bucket = taken + 1, Bucket(here.level - 1, now)
    walked = timedelta(seconds=sum(step for step in steps if step > 0))
    assert taken <= PACE.burst + walked / PACE.every


# RFC 6238, appendix B, of which an authenticator shows the last six digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    secret = b"12345678901234567890"
    now = datetime.fromtimestamp(seconds, UTC)
    counter = totp.accepted(secret, code[:3] + " " + code[3:], 0, now)
    assert counter == seconds // 30
    assert totp.accepted(secret, code, counter, now) is None, "a code is of use once"
    assert totp.accepted(secret, code, 0, now + timedelta(seconds=30)) == counter
    assert totp.accepted(secret, code, 0, now + timedelta(seconds=61)) is None
    assert totp.accepted(secret, "", 0, now) is None


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("short", Flaw.SHORT),
        ("x" * 257, Flaw.LONG),
        ("aaaaaaaaaaaa", Flaw.PLAIN),
        ("12345678901", Flaw.PLAIN),
        ("0987654321qwertyuiop", Flaw.PLAIN),
        ("1qaz2wsx3edc", Flaw.PLAIN),
        ("Password123!", Flaw.COMMON),
        ("P@ssw0rd2026", Flaw.COMMON),
        ("admin@123456", Flaw.COMMON),
        ("woaini5201314", Flaw.COMMON),
        ("WoAiNi!!1314520", Flaw.COMMON),
        ("adminpassword", Flaw.COMMON),
        ("Ｐａｓｓｗｏｒｄ１２３", Flaw.COMMON),
        ("wangxiaoming2026", Flaw.OWN),
        ("某市应急管理局2026!", Flaw.OWN),
        ("correct horse battery", None),
        ("夜里两点半的电话不要响", None),
        ("gT7#vQ9z!kLm", None),
        ("x7" + "长" * 200 + "yzw", None),
    ],
)
def test_passwords_that_are_tried_first_are_refused(password: str, flaw: Flaw | None) -> None:
    assert flaw_of(password, common_passwords(), ["wangxiaoming", "某市应急管理局"]) is flaw


@given(st.text(max_size=40))
@settings(max_examples=80)
def test_no_text_breaks_the_reading_of_passwords(text: str) -> None:
    assert flaw_of(text, common_passwords(), [text]) in (*Flaw, None)
