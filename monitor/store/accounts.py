"""Accounts in the database. Secrets are handed out by name only, never with an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.core.access.accounts import Account, AccountState
from monitor.core.access.roles import AccountRole
from monitor.store.sql import insert, of
from monitor.store.tables_accounts import AccountRow

ACCOUNT = of(AccountRow)
REGISTER = "accounts"


def any_account(connection: Connection) -> bool:
    """Tell whether there is an account at all, usable or not."""
    return connection.execute(select(ACCOUNT.c.id).limit(1)).first() is not None


def account(connection: Connection, number: int) -> Account | None:
    """Return one account, or None where there is none of that number."""
    return _one(connection, ACCOUNT.c.id == number)


def of_login(connection: Connection, login: str) -> Account | None:
    """Return the account that signs in under a name, in lower case."""
    return _one(connection, ACCOUNT.c.login == login)


def of_identity(connection: Connection, issuer: str, subject: str) -> Account | None:
    """Return the account of somebody who is known by another service, by both that service and his number there."""
    return _one(connection, (ACCOUNT.c.issuer == issuer) & (ACCOUNT.c.subject == subject))


def of_contact(connection: Connection, contact: str) -> list[Account]:
    """Return the accounts of somebody in the duty file, the oldest first."""
    asked = select(ACCOUNT).where(ACCOUNT.c.contact == contact).order_by(ACCOUNT.c.id)
    return [account_of(row) for row in connection.execute(asked)]


def listed(connection: Connection) -> list[Account]:
    """Return all accounts by their login."""
    return [account_of(row) for row in connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.login))]


def active_with(connection: Connection, role: AccountRole) -> int:
    """Count the accounts in use that have a role."""
    rows = connection.execute(select(ACCOUNT.c.roles).where(ACCOUNT.c.state == AccountState.ACTIVE.value))
    return sum(role in _roles(row.roles) for row in rows)


def password_of(connection: Connection, number: int) -> str:
    """Return the hash of an account's password, empty where it has none."""
    found: str = connection.execute(select(ACCOUNT.c.password).where(ACCOUNT.c.id == number)).scalar_one()
    return found


def totp_of(connection: Connection, number: int) -> tuple[str, int]:
    """Return an account's second secret, empty where it has none, and the counter last used."""
    row = connection.execute(select(ACCOUNT.c.totp, ACCOUNT.c.totp_used).where(ACCOUNT.c.id == number)).one()
    return row.totp, row.totp_used


def spend_totp(connection: Connection, number: int, counter: int) -> bool:
    """Keep that a code was used; False where this one, or a later one, was used already."""
    spent = update(ACCOUNT).where(ACCOUNT.c.id == number, ACCOUNT.c.totp_used < counter).values(totp_used=counter)
    return connection.execute(spent).rowcount == 1


def add(connection: Connection, *, now: datetime, by: str, roles: Iterable[AccountRole], **facts: Any) -> Account:
    """Keep a new account and return it with its number."""
    values = {
        "contact": "",
        "region": "",
        "state": AccountState.ACTIVE.value,
        "password": "",
        "totp": "",
        "totp_used": 0,
        **facts,
        "roles": _written(roles),
        "made_at": now,
        "changed_at": now,
        "changed_by": by,
    }
    return account_of(connection.execute(insert(connection, AccountRow).values(**values).returning(ACCOUNT)).one())


def change(connection: Connection, number: int, *, now: datetime, by: str, **facts: Any) -> Account:
    """Change some facts of an account and keep who did it."""
    if "roles" in facts:
        facts["roles"] = _written(facts["roles"])
    statement = update(ACCOUNT).where(ACCOUNT.c.id == number)
    changed = statement.values(**facts, changed_at=now, changed_by=by).returning(ACCOUNT)
    return account_of(connection.execute(changed).one())


def account_of(row: Row[Any]) -> Account:
    """Return a row as an account, without its secrets."""
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        contact=row.contact,
        roles=_roles(row.roles),
        region=row.region,
        state=AccountState(row.state),
        issuer=row.issuer or "",
        subject=row.subject or "",
        has_password=bool(row.password),
        has_totp=row.totp_at is not None,
        made_at=row.made_at,
        changed_by=row.changed_by,
    )


def count(connection: Connection) -> int:
    """Count all accounts."""
    return int(connection.execute(select(func.count()).select_from(ACCOUNT)).scalar_one())


def _one(connection: Connection, where: ColumnElement[bool]) -> Account | None:
    row = connection.execute(select(ACCOUNT).where(where)).one_or_none()
    return None if row is None else account_of(row)


def _roles(text: str) -> frozenset[AccountRole]:
    """Read roles; one that a later version wrote grants nothing here."""
    known = {role.value for role in AccountRole}
    return frozenset(AccountRole(name) for name in text.split(",") if name in known)


def _written(roles: Iterable[AccountRole]) -> str:
    return ",".join(sorted(role.value for role in roles))
