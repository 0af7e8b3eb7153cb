"""An account, and the one question that everybody asks: may it do this, to that?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from monitor.core.access.roles import GRANTS, AccountRole, Permission
from monitor.core.model import Place

WHOLE_COUNTRY = "000000"


class AccountState(StrEnum):
    """Whether an account may be used; none is ever deleted, for what it did stays."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class About:
    """What an act is about, as far as it decides who may do it. Nothing known of it lies in nobody's region."""

    place: Place | None = None

    def within(self, region: str) -> bool:
        """Tell whether it lies in the division `region`."""
        return bool(region) and self.place is not None and self.place.within(region)


NOTHING = About()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who may use this service. `login` is typed, `name` is kept with what he does.

    `contact` is who he is in the duty file, empty where he is in none. `region` bounds what a county colleague sees.
    """

    id: int
    login: str
    name: str
    contact: str = ""
    roles: frozenset[AccountRole] = frozenset()
    region: str = ""
    state: AccountState = AccountState.ACTIVE
    issuer: str = ""
    subject: str = ""
    has_password: bool = False
    has_totp: bool = False
    made_at: datetime | None = None
    changed_by: str = ""

    @property
    def active(self) -> bool:
        """Tell whether it may be used."""
        return self.state is AccountState.ACTIVE

    @property
    def by(self) -> By:
        """Who acts, as it is kept with an act."""
        return By.of(self.name, account=self.id, contact=self.contact)


class By(str):
    """The name of who acts, which knows the account it belongs to and the contact of the duty file.

    Whoever takes a name takes this; where the decision is stored, both are kept with it.
    """

    __slots__ = ("account", "contact")
    account: int
    contact: str

    @classmethod
    def of(cls, name: str, *, account: int, contact: str = "") -> Self:
        """Return the name of an account's owner."""
        made = cls(name)
        made.account, made.contact = account, contact
        return made


def may(account: Account, permission: Permission, about: About = NOTHING) -> bool:
    """Tell whether an account may do something to an object.

    Of an object that lies nowhere a county colleague may nothing; ask `reach` where there is no single object.
    """
    return account.active and any(
        permission in GRANTS[role] and (role is not AccountRole.COUNTY or about.within(account.region))
        for role in account.roles
    )


def reach(account: Account, permission: Permission) -> str | None:
    """Return the division within which an account may do something: the whole country, its region, None for nowhere."""
    if may(account, permission):
        return WHOLE_COUNTRY
    granted = account.active and AccountRole.COUNTY in account.roles and permission in GRANTS[AccountRole.COUNTY]
    return account.region or None if granted else None


def grants(roles: Collection[AccountRole]) -> frozenset[Permission]:
    """Return everything that some roles together may do somewhere."""
    return frozenset().union(*(GRANTS[role] for role in roles))
