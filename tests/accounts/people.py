"""People for tests: a register and an entrance whose hashing is quick, and somebody in each role."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from monitor.config.passwords import common_passwords
from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.core.people.duty import Duty
from monitor.store.database import Database
from responders.accounts.entrance import Caller, Entrance, Opened
from responders.accounts.hashing import Hasher
from responders.accounts.register import Register
from responders.accounts.tokens import Tokens
from tests.story.office import MovedClock

QUICK = Hasher(times=1, memory_kb=8)
PASSWORD = "夜里两点半 the phone rings"
COUNTY = "620300"


@dataclass
class People:
    """An office with accounts."""

    database: Database
    clock: MovedClock = field(default_factory=MovedClock)
    duty: Duty | None = None

    @cached_property
    def register(self) -> Register:
        return Register(
            self.database, QUICK, common=common_passwords(), own=("某市应急管理局", "huiying"), duty=self.duty
        )

    @cached_property
    def entrance(self) -> Entrance:
        return Entrance(self.database, QUICK)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.database)

    def hire(self, login: str, *roles: AccountRole, name: str = "", region: str = "", contact: str = "") -> Account:
        """Give somebody an account with the password of the tests."""
        return self.register.add(
            login,
            name=name or login,
            roles=roles,
            region=region,
            contact=contact,
            by="test",
            now=self.clock(),
            password=PASSWORD,
        )

    def enter(self, login: str, password: str = PASSWORD, code: str = "", **caller: str) -> Opened:
        """Let somebody sign in from 10.1.0.7 unless another address is given."""
        return self.entrance.sign_in(login, password, code, Caller(**{"ip": "10.1.0.7", **caller}), self.clock())

    def holds(self, cookie: str) -> bool:
        return self.entrance.recognise(cookie, self.clock()) is not None
