"""Tokens of programs: made once, shown once, bound to an account and to a few permissions, over at a set time."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.access.accounts import Account, reach
from monitor.core.access.roles import Permission
from monitor.core.access.tokens import ApiToken
from monitor.core.errors import N_, Mistake
from monitor.core.text import storable
from monitor.store import accounts, api_tokens, sessions
from monitor.store.database import Database

FORM = re.compile(r"hyt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
LONGEST, LONGEST_NAME = 366, 60
# What a program may be allowed. Accounts are for people.
SCOPES = tuple(permission for permission in Permission if permission is not Permission.ADMINISTER)


class ScopeMissing(Mistake):
    """A token is to allow nothing, or more than its owner may."""

    message = N_("Choose what the token allows, of what you may do yourself: {known}")


class TooLong(Mistake):
    """A token would hold too long, or not at all."""

    message = N_("A token holds for 1 to {longest} days.")


class TokenNameMissing(Mistake):
    """Nobody would know later what a token was for."""

    message = N_("Say what the token is for, in 60 characters at most.")


class UnknownToken(Mistake):
    """A token was named that does not hold."""

    message = N_("There is no such token that still holds; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Holder:
    """A program with a token that holds: whose, and what it allows."""

    account: Account
    token: ApiToken


class Tokens:
    """Makes tokens, recognises them, takes them back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(
        self, account: Account, name: str, scopes: Collection[Permission], *, days: int, now: datetime
    ) -> tuple[ApiToken, str]:
        """Make a token and return it with its text, which is kept nowhere; raise Mistakes."""
        given = " ".join(storable(name).split())
        if not given or len(given) > LONGEST_NAME:
            raise TokenNameMissing
        allowed = [scope for scope in SCOPES if reach(account, scope) is not None]
        if not scopes or not set(scopes) <= set(allowed):
            raise ScopeMissing(known=", ".join(allowed))
        if not 1 <= days <= LONGEST:
            raise TooLong(longest=LONGEST)
        token = ApiToken(
            id=secrets.token_hex(8),
            account_id=account.id,
            name=given,
            scopes=frozenset(scopes),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        secret = secrets.token_urlsafe(32)
        with self._database.write() as connection:
            api_tokens.add(connection, token, secret)
        return token, f"hyt_{token.id}_{secret}"

    def holder(self, text: str, now: datetime) -> Holder | None:
        """Return whose a token is, None where it holds nothing; nothing is written."""
        found = FORM.fullmatch(text)
        if found is None:
            return None
        with self._database.read() as connection:
            kept = api_tokens.kept(connection, found[1])
            if kept is None or not hmac.compare_digest(sessions.digest(found[2]), kept[1]) or not kept[0].holds(now):
                return None
            account = accounts.account(connection, kept[0].account_id)
        return Holder(account, kept[0]) if account is not None and account.active else None

    def of(self, account: Account) -> list[ApiToken]:
        """Return the tokens of an account that were not taken back."""
        with self._database.read() as connection:
            return api_tokens.of_account(connection, account.id)

    def revoke(self, account: Account, name: str, *, by: str, now: datetime) -> None:
        """Take a token back; raise UnknownToken where the account has none of that number."""
        with self._database.write() as connection:
            if not api_tokens.end(connection, now=now, by=by, name=name, account_id=account.id):
                raise UnknownToken
