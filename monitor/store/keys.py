"""Random secrets of this installation, made once and shared by all its processes."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.sql import insert, of
from monitor.store.tables_channels import SecretRow

SECRET = of(SecretRow)
BYTES = 32


def key(connection: Connection, name: str) -> bytes | None:
    """Return the secret called `name`, or None where it was never made."""
    found = connection.execute(select(SECRET.c.value).where(SECRET.c.name == name)).scalar_one_or_none()
    return None if found is None else bytes.fromhex(found)


def ensure(connection: Connection, name: str, now: datetime) -> None:
    """Make the secret unless it is there; of two processes at once one makes it."""
    row = {"name": name, "value": secrets.token_hex(BYTES), "made_at": now}
    connection.execute(insert(connection, SecretRow).values(**row).on_conflict_do_nothing(index_elements=["name"]))


def renew(connection: Connection, name: str, now: datetime) -> None:
    """Make the secret anew: what was sealed with the former one is worth nothing from now on."""
    row = {"value": secrets.token_hex(BYTES), "made_at": now}
    statement = insert(connection, SecretRow).values(name=name, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
