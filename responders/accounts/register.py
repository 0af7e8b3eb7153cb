"""The register of accounts: who is in it, as what, with which secrets. Each act keeps who did it.

No account is deleted, and the last administrator stays: otherwise a bureau would have locked itself out.
"""

from __future__ import annotations

import base64
import re
import secrets
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from monitor.core.access import totp
from monitor.core.access.accounts import Account, AccountState
from monitor.core.access.passwords import flaw_of, said
from monitor.core.access.roles import AccountRole
from monitor.core.access.sessions import End, Session
from monitor.core.errors import N_, Mistake
from monitor.core.people.duty import Duty
from monitor.core.text import storable
from monitor.store import accounts, api_tokens, buckets, sessions
from monitor.store.database import Database
from monitor.store.sql import exclusive
from responders.accounts.hashing import Hasher
from responders.accounts.pace import PER_ACCOUNT, refuse_haste

LOGIN = re.compile(r"[\w.@-]{1,60}")
REGION = re.compile(r"[1-9][0-9]{5}")
LONGEST_NAME = 40
TOTP_BYTES = 20


class UnknownAccount(Mistake):
    """An account was named that does not exist."""

    message = N_("There is no account {login}. List them with: `huiying account list`")


class LoginTaken(Mistake):
    """Two people would sign in under one name."""

    message = N_("There is an account {login} already. Take another name to sign in with.")


class BadLogin(Mistake):
    """A name to sign in with holds what people cannot type twice alike."""

    message = N_("{login} cannot be signed in with. Use letters, digits, dots, hyphens and @, 60 at most.")


class NameNeeded(Mistake):
    """An account without a name would leave nothing to keep with what its owner does."""

    message = N_("Give the name that is kept with what the person does, 40 characters at most.")


class RoleMissing(Mistake):
    """An account without a role may do nothing at all."""

    message = N_("Give one role at least; the person may do nothing otherwise.")


class RegionMissing(Mistake):
    """A county colleague without a region would see nothing, or everything."""

    message = N_("A county colleague needs the six digits of the region that he sees, such as 210102.")


class UnknownAccountContact(Mistake):
    """An account was to belong to a contact that the duty file does not have."""

    message = N_("The duty file has no contact {contact}. It has: {known}")


class LastAdmin(Mistake):
    """Nobody could administer accounts any more."""

    message = N_("{login} is the last administrator in use. Make somebody else one first; nothing was changed.")


class WeakPassword(Mistake):
    """A password would be guessed."""

    message = N_("This password is refused. {why}")


class WrongPassword(Mistake):
    """Who wants to change something is not who he seems."""

    message = N_("The present password is wrong; nothing was changed.")


class WrongCode(Mistake):
    """The code of the authenticator does not fit."""

    message = N_("This code is wrong or was used already. Wait for the next one; check the clock of your phone.")


class NoPassword(Mistake):
    """A second factor was wanted for somebody who signs in elsewhere."""

    message = N_("{login} has no password here: what is asked at sign-in is set where he signs in.")


class Register:
    """Keeps the accounts. `own` are names that no password may consist of, `duty` whom accounts can belong to."""

    def __init__(
        self,
        database: Database,
        hasher: Hasher,
        *,
        common: Collection[str] = (),
        own: Sequence[str] = (),
        duty: Duty | None = None,
    ) -> None:
        self._database = database
        self._hasher = hasher
        self._common = common
        self._own = tuple(own)
        self._duty = duty or Duty()

    def account(self, login: str) -> Account:
        """Return the account of a login; raise UnknownAccount."""
        with self._database.read() as connection:
            return _found(connection, login)

    def all(self) -> list[Account]:
        """Return all accounts."""
        with self._database.read() as connection:
            return accounts.listed(connection)

    def add(
        self,
        login: str,
        *,
        name: str,
        roles: Collection[AccountRole],
        by: str,
        now: datetime,
        password: str = "",
        contact: str = "",
        region: str = "",
        issuer: str = "",
        subject: str = "",
    ) -> Account:
        """Add an account that signs in with a password, or as `subject` of `issuer`; raise Mistakes."""
        key = login_key(login)
        if not LOGIN.fullmatch(key):
            raise BadLogin(login=login)
        facts = self._facts(name, roles, contact, region)
        kept = self._hashed(password, (key, name)) if password or not subject else ""
        with self._database.write() as connection:
            exclusive(connection, accounts.REGISTER)
            if accounts.of_login(connection, key) is not None:
                raise LoginTaken(login=key)
            return accounts.add(
                connection,
                now=now,
                by=by,
                login=key,
                password=kept,
                password_at=now if kept else None,
                issuer=issuer or None,
                subject=subject or None,
                **facts,
            )

    def edit(
        self,
        login: str,
        *,
        by: str,
        now: datetime,
        roles: Collection[AccountRole] | None = None,
        name: str | None = None,
        contact: str | None = None,
        region: str | None = None,
    ) -> Account:
        """Change what somebody is; other roles or another region end his sessions."""
        with self._database.write() as connection:
            exclusive(connection, accounts.REGISTER)
            was = _found(connection, login)
            facts = self._facts(
                was.name if name is None else name,
                was.roles if roles is None else roles,
                was.contact if contact is None else contact,
                was.region if region is None else region,
            )
            if was.active and AccountRole.ADMIN in was.roles and AccountRole.ADMIN not in facts["roles"]:
                _keep_an_admin(connection, was)
            changed = accounts.change(connection, was.id, now=now, by=by, **facts)
            if (changed.roles, changed.region) != (was.roles, was.region):
                sessions.end(connection, End.ROLES, now=now, by=by, account_id=was.id)
            return changed

    def disable(self, login: str, *, by: str, now: datetime) -> Account:
        """Let an account be of no more use; its sessions and tokens end."""
        with self._database.write() as connection:
            exclusive(connection, accounts.REGISTER)
            was = _found(connection, login)
            if was.active and AccountRole.ADMIN in was.roles:
                _keep_an_admin(connection, was)
            sessions.end(connection, End.DISABLED, now=now, by=by, account_id=was.id)
            api_tokens.end(connection, now=now, by=by, account_id=was.id)
            return accounts.change(connection, was.id, now=now, by=by, state=AccountState.DISABLED.value)

    def enable(self, login: str, *, by: str, now: datetime) -> Account:
        """Let an account be used again."""
        with self._database.write() as connection:
            was = _found(connection, login)
            return accounts.change(connection, was.id, now=now, by=by, state=AccountState.ACTIVE.value)

    def set_password(self, login: str, password: str, *, by: str, now: datetime) -> int:
        """Give an account another password; its sessions end, and how many is returned."""
        account = self.account(login)
        kept = self._hashed(password, (account.login, account.name))
        return self._renew_password(account, kept, by=by, now=now)

    def change_password(self, account: Account, present: str, wanted: str, *, session: str, now: datetime) -> int:
        """Let somebody change his own password; all his other sessions end. Raise WrongPassword, WeakPassword."""
        self._prove(account, present, now)
        kept = self._hashed(wanted, (account.login, account.name))
        return self._renew_password(account, kept, by=account.by, now=now, but=session)

    def begin_totp(self, account: Account, present: str, *, now: datetime) -> bytes:
        """Make a secret for somebody's authenticator; it counts once he has shown a code of it."""
        self._prove(account, present, now)
        secret = secrets.token_bytes(TOTP_BYTES)
        with self._database.write() as connection:
            facts = {"totp": base64.b32encode(secret).decode(), "totp_at": None, "totp_used": 0}
            accounts.change(connection, account.id, now=now, by=account.by, **facts)
        return secret

    def confirm_totp(self, account: Account, code: str, *, session: str, now: datetime) -> None:
        """Ask for a code at each sign-in from now on; raise WrongCode."""
        with self._database.write() as connection:
            kept, used = accounts.totp_of(connection, account.id)
            counter = totp.accepted(base64.b32decode(kept), code, used, now) if kept else None
            if counter is None:
                raise WrongCode
            accounts.change(connection, account.id, now=now, by=account.by, totp_at=now, totp_used=counter)
            sessions.end(connection, End.PASSWORD, now=now, by=account.by, account_id=account.id, but=session)

    def pending_totp(self, account: Account) -> bytes | None:
        """Return the secret of which no code was shown yet."""
        with self._database.read() as connection:
            kept, _ = accounts.totp_of(connection, account.id)
        return base64.b32decode(kept) if kept and not account.has_totp else None

    def drop_own_totp(self, account: Account, present: str, *, now: datetime) -> None:
        """Let somebody do without codes again; raise WrongPassword."""
        self._prove(account, present, now)
        self.drop_totp(account.login, by=account.by, now=now)

    def drop_totp(self, login: str, *, by: str, now: datetime) -> None:
        """Ask for no code any more: the phone is lost."""
        with self._database.write() as connection:
            was = _found(connection, login)
            accounts.change(connection, was.id, now=now, by=by, totp="", totp_at=None, totp_used=0)

    def sessions(self, account: Account, *, longest: timedelta, now: datetime) -> list[Session]:
        """Return the sessions of an account that may still hold."""
        with self._database.read() as connection:
            return sessions.of_account(connection, account.id, since=now - longest)

    def revoke(self, account: Account, *, by: str, now: datetime, session: str | None = None, but: str = "") -> int:
        """End one session of an account, or all `but` one; return how many stood."""
        with self._database.write() as connection:
            return sessions.end(connection, End.REVOKED, now=now, by=by, name=session, account_id=account.id, but=but)

    def _prove(self, account: Account, present: str, now: datetime) -> None:
        if not account.has_password:
            raise NoPassword(login=account.login)
        held = {f"own:{account.id}": PER_ACCOUNT}
        with self._database.write() as connection:
            refuse_haste(buckets.take(connection, held, now))
            kept = accounts.password_of(connection, account.id)
        if not self._hasher.fits(kept, present):
            raise WrongPassword
        with self._database.write() as connection:
            buckets.refill(connection, held, now)

    def _renew_password(self, account: Account, kept: str, *, by: str, now: datetime, but: str = "") -> int:
        with self._database.write() as connection:
            accounts.change(connection, account.id, now=now, by=by, password=kept, password_at=now)
            return sessions.end(connection, End.PASSWORD, now=now, by=by, account_id=account.id, but=but)

    def _hashed(self, password: str, names: Sequence[str]) -> str:
        flaw = flaw_of(password, self._common, (*self._own, *names))
        if flaw is not None:
            raise WeakPassword(why=said(flaw))
        return self._hasher.hash(password)

    def _facts(self, name: str, roles: Collection[AccountRole], contact: str, region: str) -> dict[str, Any]:
        """Return what is kept of somebody; raise the Mistake of what is missing or unknown."""
        given = " ".join(storable(name).split())
        if not given or len(given) > LONGEST_NAME:
            raise NameNeeded
        if not roles:
            raise RoleMissing
        if AccountRole.COUNTY in roles and not REGION.fullmatch(region):
            raise RegionMissing
        known = self._duty.contacts
        if contact and contact not in known:
            raise UnknownAccountContact(contact=contact, known=", ".join(sorted(known)) or "—")
        return {"name": given, "roles": frozenset(roles), "contact": contact, "region": region}


def login_key(login: str) -> str:
    """Return a login as it is kept: widths and case do not count."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def _found(connection: Connection, login: str) -> Account:
    found = accounts.of_login(connection, login_key(login))
    if found is None:
        raise UnknownAccount(login=login[:60])
    return found


def _keep_an_admin(connection: Connection, leaving: Account) -> None:
    if accounts.active_with(connection, AccountRole.ADMIN) <= 1:
        raise LastAdmin(login=leaving.login)
