"""The entrance: who signs in, how often somebody may try, and whether a browser is still signed in.

Whoever tries from a device that has signed in to the account before has tries of his own: nobody elsewhere can use
them up, so that the person on duty is never locked out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.access import totp
from monitor.core.access.accounts import Account
from monitor.core.access.buckets import Pace
from monitor.core.access.sessions import End, Limits, Session, end_of
from monitor.core.errors import N_, Mistake
from monitor.store import accounts, audit, buckets, keys, sessions
from monitor.store.database import Database
from responders.accounts.hashing import Hasher
from responders.accounts.pace import PER_ACCOUNT, PER_ADDRESS, PER_DEVICE, refuse_haste
from responders.accounts.register import login_key

DEVICES = "known devices"
# How old what a cookie says of the last use may become before it is renewed.
RENEWED_EACH = timedelta(minutes=5)
LONGEST_AGENT = 200
REFUSED = "account.refused"


class WrongSignIn(Mistake):
    """Name, password or code do not fit; which of them is not said."""

    message = N_("Name, password or code is wrong. Nothing else is said here, so that nobody can try out names.")


@dataclass(frozen=True, slots=True)
class Caller:
    """From where somebody asks: his address, his browser, and what an earlier sign-in left there."""

    ip: str = ""
    agent: str = ""
    device: str = ""
    former: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its cookie, which holds the secret, and what marks the device as known."""

    account: Account
    session: Session
    cookie: str
    device: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """A browser that is signed in; `renewed` is the cookie to set instead, where it is time."""

    account: Account
    session: Session
    secret: str
    renewed: str = ""


class Entrance:
    """Lets people in and recognises them afterwards."""

    def __init__(self, database: Database, hasher: Hasher, limits: Limits | None = None) -> None:
        self._database = database
        self._hasher = hasher
        self.limits = limits or Limits()
        self._in_use = False

    def in_use(self) -> bool:
        """Tell whether there is any account; once there is one, there always is."""
        if not self._in_use:
            with self._database.read() as connection:
                self._in_use = accounts.any_account(connection)
        return self._in_use

    def sign_in(self, login: str, password: str, code: str, caller: Caller, now: datetime) -> Opened:
        """Let somebody in; raise TooManyTries, or WrongSignIn whatever was wrong, after the same time."""
        key = login_key(login)[:60]
        with self._database.write() as connection:
            account = accounts.of_login(connection, key)
            held = self._buckets(connection, key, account, caller)
            wait = buckets.take(connection, held, now)
            kept = "" if account is None else accounts.password_of(connection, account.id)
        refuse_haste(wait)
        fits = self._hasher.fits(kept, password)
        with self._database.write() as connection:
            if account is not None:
                account = accounts.account(connection, account.id)
            # What another transaction changed meanwhile counts: the password as it was, the state as it is.
            good = fits and account is not None and accounts.password_of(connection, account.id) == kept
            if good and account is not None and account.active and _code_fits(connection, account, code, now):
                buckets.refill(connection, held, now)
                return self._open(connection, account, caller, now, way="password")
            subject = "" if account is None else f"account:{account.id}"
            audit.note(connection, REFUSED, {"ip": caller.ip}, now, subject=subject)
        raise WrongSignIn

    def open(self, account: Account, caller: Caller, now: datetime, *, way: str) -> Opened:
        """Open a session for somebody whom another service has vouched for; raise WrongSignIn where he may not."""
        with self._database.write() as connection:
            fresh = accounts.account(connection, account.id)
            if fresh is None or not fresh.active:
                raise WrongSignIn
            return self._open(connection, fresh, caller, now, way=way)

    def recognise(self, cookie: str, now: datetime) -> Recognised | None:
        """Return who a cookie belongs to, None for nobody; nothing is written."""
        parts = cookie.split(".")
        if len(parts) != 4 or not cookie.isascii() or not parts[2].isdigit() or len(parts[2]) > 12:
            return None
        name, secret, seen, mac = parts
        with self._database.read() as connection:
            kept = sessions.kept(connection, name)
        if kept is None or not hmac.compare_digest(sessions.digest(secret), kept.secret):
            return None
        if not hmac.compare_digest(_mac(kept.seal, name, seen), mac):
            return None
        used_at = datetime.fromtimestamp(int(seen), UTC)
        if not kept.account.active or end_of(kept.session, used_at, self.limits, now) is not None:
            return None
        due = abs(now - used_at) >= RENEWED_EACH
        renewed = _cookie(name, secret, kept.seal, now) if due else ""
        return Recognised(kept.account, kept.session, secret, renewed)

    def note_act(self, session: str, now: datetime) -> None:
        """Keep that a session did something; of no session there is nothing to keep."""
        if not session:
            return
        with self._database.write() as connection:
            sessions.touch(connection, session, now)

    def sign_out(self, recognised: Account, session: str, now: datetime) -> None:
        """End a session for good."""
        with self._database.write() as connection:
            sessions.end(connection, End.SIGNED_OUT, now=now, by=recognised.by, name=session)

    def rotate(self, account: Account, session: str, caller: Caller, now: datetime) -> Opened:
        """Put a new session in place of one, after a change that a thief of the old cookie must not outlive."""
        with self._database.write() as connection:
            sessions.end(connection, End.REPLACED, now=now, by=account.by, name=session)
            return self._open(connection, account, caller, now, way="rotated")

    def _open(self, connection: Connection, account: Account, caller: Caller, now: datetime, *, way: str) -> Opened:
        if caller.former:
            sessions.end(connection, End.REPLACED, now=now, by=account.by, name=caller.former)
        secret, seal = secrets.token_urlsafe(32), secrets.token_hex(32)
        session = Session(
            id=secrets.token_hex(8),
            account_id=account.id,
            made_at=now,
            seen_at=now,
            ip=caller.ip,
            agent=caller.agent[:LONGEST_AGENT],
        )
        sessions.add(connection, session, secret=secret, seal=seal, way=way)
        device = caller.device if self._knows(connection, caller.device, account) else _marked(connection, account, now)
        return Opened(account, session, _cookie(session.id, secret, seal, now), device)

    def _buckets(
        self, connection: Connection, login: str, account: Account | None, caller: Caller
    ) -> Mapping[str, Pace]:
        if account is not None and self._knows(connection, caller.device, account):
            return {f"device:{sessions.digest(caller.device)[:32]}": PER_DEVICE}
        hidden = hashlib.sha256(login.encode()).hexdigest()[:32]
        return {f"address:{caller.ip}": PER_ADDRESS, f"account:{hidden}": PER_ACCOUNT}

    @staticmethod
    def _knows(connection: Connection, device: str, account: Account) -> bool:
        """Tell whether a device has signed in to an account before."""
        number, _, rest = device.partition(".")
        nonce, _, mac = rest.partition(".")
        if number != str(account.id) or not (nonce and mac and device.isascii()):
            return False
        key = keys.key(connection, DEVICES)
        return key is not None and hmac.compare_digest(_device_mac(key, number, nonce), mac)


def _code_fits(connection: Connection, account: Account, code: str, now: datetime) -> bool:
    """Tell whether the second factor is there, where there is one, and use it up."""
    if not account.has_totp:
        return True
    kept, used = accounts.totp_of(connection, account.id)
    counter = totp.accepted(base64.b32decode(kept), code, used, now)
    return counter is not None and accounts.spend_totp(connection, account.id, counter)


def _cookie(name: str, secret: str, seal: str, now: datetime) -> str:
    seen = str(int(now.timestamp()))
    return f"{name}.{secret}.{seen}.{_mac(seal, name, seen)}"


def _mac(seal: str, name: str, seen: str) -> str:
    return hmac.new(seal.encode(), f"{name}.{seen}".encode(), hashlib.sha256).hexdigest()


def _marked(connection: Connection, account: Account, now: datetime) -> str:
    """Return what marks a device as one that has signed in to an account."""
    keys.ensure(connection, DEVICES, now)
    key = keys.key(connection, DEVICES)
    assert key is not None
    number, nonce = str(account.id), secrets.token_hex(12)
    return f"{number}.{nonce}.{_device_mac(key, number, nonce)}"


def _device_mac(key: bytes, number: str, nonce: str) -> str:
    return hmac.new(key, f"{number}.{nonce}".encode(), hashlib.sha256).hexdigest()
