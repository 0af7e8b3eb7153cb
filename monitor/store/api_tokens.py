"""Tokens of programs in the database: the secret only as its digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.core.access.roles import Permission
from monitor.core.access.tokens import ApiToken
from monitor.store.sessions import digest
from monitor.store.sql import insert, of
from monitor.store.tables_accounts import TokenRow

TOKEN = of(TokenRow)


def add(connection: Connection, token: ApiToken, secret: str) -> None:
    """Keep a new token."""
    connection.execute(
        insert(connection, TokenRow).values(
            id=token.id,
            account_id=token.account_id,
            name=token.name,
            secret=digest(secret),
            scopes=",".join(sorted(scope.value for scope in token.scopes)),
            made_at=token.made_at,
            expires_at=token.expires_at,
            ended_by="",
        )
    )


def kept(connection: Connection, name: str) -> tuple[ApiToken, str] | None:
    """Return a token and the digest of its secret, or None where there is none of that name."""
    row = connection.execute(select(TOKEN).where(TOKEN.c.id == name)).one_or_none()
    return None if row is None else (_token(row), row.secret)


def of_account(connection: Connection, account_id: int) -> list[ApiToken]:
    """Return the tokens of an account that were not revoked, the latest first."""
    query = select(TOKEN).where(TOKEN.c.account_id == account_id, TOKEN.c.ended_at.is_(None))
    return [_token(row) for row in connection.execute(query.order_by(TOKEN.c.made_at.desc(), TOKEN.c.id))]


def end(
    connection: Connection, *, now: datetime, by: str, name: str | None = None, account_id: int | None = None
) -> int:
    """Revoke one token, or all of an account, or one only if it is that account's; return how many held until now."""
    if name is None and account_id is None:
        return 0
    query = update(TOKEN).where(TOKEN.c.ended_at.is_(None))
    if name is not None:
        query = query.where(TOKEN.c.id == name)
    if account_id is not None:
        query = query.where(TOKEN.c.account_id == account_id)
    return connection.execute(query.values(ended_at=now, ended_by=by)).rowcount


def _token(row: Row[Any]) -> ApiToken:
    known = {permission.value for permission in Permission}
    return ApiToken(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        scopes=frozenset(Permission(scope) for scope in row.scopes.split(",") if scope in known),
        made_at=row.made_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )
