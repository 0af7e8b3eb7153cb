"""Signing in at another service of the bureau: sent there, come back, recognised by its name and its number for him.

An account belongs to the pair of issuer and subject and to nothing else: neither an e-mail address nor an equal login
ever leads to somebody's account.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.errors import N_, Mistake
from monitor.store import accounts, buckets
from monitor.store.database import Database
from responders.accounts.entrance import Caller, Entrance, Opened
from responders.accounts.provider import Person, Provider
from responders.accounts.register import LONGEST_NAME, Register, login_key

WHO = "sign-in service"


class NotOurQuestion(Mistake):
    """The browser comes back with an answer to something that it did not ask, or comes back twice."""

    message = N_("This answer does not belong to a sign-in that was begun in this browser just now. Begin again.")


class NoRoleThere(Mistake):
    """The other service knows the person, but none of his groups is anything here."""

    message = N_("None of your groups there has a role here. Ask an administrator of this service.")


class NoAccountHere(Mistake):
    """The other service knows the person, but nobody made him an account."""

    message = N_("You have no account here yet. An administrator can make one for your number there: {subject}")


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where the browser is sent, and what it keeps until it comes back."""

    address: str
    kept: str


class SingleSignOn:
    """Sends people to the other service and lets them in when they come back; `name` is what its button is called."""

    def __init__(
        self,
        database: Database,
        provider: Provider,
        register: Register,
        entrance: Entrance,
        *,
        name: str = "",
        roles: Mapping[str, tuple[AccountRole, ...]] | None = None,
    ) -> None:
        self._database = database
        self._provider = provider
        self._register = register
        self._entrance = entrance
        self.name = name
        self._roles = dict(roles or {})

    def begin(self, now: datetime) -> Begun:
        """Begin a sign-in; nothing is stored but in the browser. Raise OtherServiceFailed."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        address = self._provider.address(state=state, nonce=nonce, challenge=challenge, now=now)
        return Begun(address, f"{state}.{nonce}.{verifier}")

    def finish(self, code: str, state: str, kept: str, caller: Caller, now: datetime) -> Opened:
        """Let somebody in who comes back with a code; raise Mistakes."""
        parts = kept.split(".")
        if len(parts) != 3 or not all(parts) or not hmac.compare_digest(parts[0].encode(), state.encode()):
            raise NotOurQuestion
        digest = hashlib.sha256(b"state " + state.encode()).hexdigest()
        with self._database.write() as connection:
            if not buckets.spend_once(connection, digest, now):
                raise NotOurQuestion
        person = self._provider.person(code, verifier=parts[2], nonce=parts[1], now=now)
        return self._entrance.open(self._account(person, now), caller, now, way="other")

    def _account(self, person: Person, now: datetime) -> Account:
        """Return whose account it is, with the roles that the groups give; make it where groups give any."""
        with self._database.read() as connection:
            known = accounts.of_identity(connection, person.issuer, person.subject)
        if not self._roles:
            if known is None:
                raise NoAccountHere(subject=person.subject[:200])
            return known
        roles = frozenset(role for group in person.groups for role in self._roles.get(group, ()))
        if not roles:
            raise NoRoleThere
        if known is None:
            return self._register.add(
                self._free_login(person),
                name=" ".join(person.name.split())[:LONGEST_NAME],
                roles=roles,
                issuer=person.issuer,
                subject=person.subject,
                by=WHO,
                now=now,
            )
        if known.roles != roles:
            return self._register.edit(known.login, roles=roles, by=WHO, now=now)
        return known

    def _free_login(self, person: Person) -> str:
        """Return a login that nobody has; an equal one of somebody else stays his."""
        plain = "".join(c for c in login_key(person.login) if c.isalnum() or c in "_.@-")[:50] or "person"
        with self._database.read() as connection:
            if accounts.of_login(connection, plain) is None:
                return plain
        return f"{plain}-{hashlib.sha256(f'{person.issuer} {person.subject}'.encode()).hexdigest()[:8]}"
