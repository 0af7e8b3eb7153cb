"""Time stamps over what was kept of published pages, and the internal authority that gives ours."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.store.evidence import CAPTURE
from monitor.store.sql import insert, of
from monitor.store.tables_evidence import AuthorityRow, StampRow

AUTHORITY = of(AuthorityRow)
STAMP = of(StampRow)
INTERNAL = "internal"


def save_stamp(
    connection: Connection, capture_id: int, authority: str, *, token: bytes, at: datetime, serial: int, **told: str
) -> None:
    """Keep a time stamp; `told` are its digest and the certificates to examine it by."""
    row = {
        "capture_id": capture_id,
        "authority": authority,
        "at": at,
        "serial": str(serial),
        "token": base64.b64encode(token).decode("ascii"),
        **told,
    }
    same = ["capture_id", "authority"]
    connection.execute(insert(connection, StampRow).values(**row).on_conflict_do_nothing(index_elements=same))


def authority(connection: Connection) -> Row[Any] | None:
    """Return the internal authority's row, or None where it was never made."""
    return connection.execute(select(AUTHORITY).where(AUTHORITY.c.name == INTERNAL)).one_or_none()


def save_authority(connection: Connection, *, root: str, certificate: str, key: str, now: datetime) -> None:
    """Keep the internal authority unless there is one; of two processes at once one does."""
    row = {"name": INTERNAL, "root": root, "certificate": certificate, "key": key, "made_at": now}
    connection.execute(insert(connection, AuthorityRow).values(**row).on_conflict_do_nothing(index_elements=["name"]))


def claim_unstamped(
    connection: Connection, now: datetime, *, lease_until: datetime
) -> Row[Any, Any, Any, Any, Any] | None:
    """Hold a look whose manifest an outside authority has not stamped yet; None where none is due."""
    row = connection.execute(
        select(CAPTURE.c.id, CAPTURE.c.response_id, CAPTURE.c.manifest, CAPTURE.c.outside_tries, CAPTURE.c.at)
        .where(CAPTURE.c.outside_due_at <= now)
        .order_by(CAPTURE.c.outside_due_at, CAPTURE.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is not None:
        put_off_stamp(connection, row.id, lease_until, tries=row.outside_tries + 1)
    return row


def put_off_stamp(
    connection: Connection, capture_id: int, due_at: datetime | None, *, tries: int, said: str = ""
) -> None:
    """Ask the outside authority again at `due_at`, or no more."""
    values = {"outside_due_at": due_at, "outside_tries": tries, "outside_said": said}
    connection.execute(update(CAPTURE).where(CAPTURE.c.id == capture_id).values(**values))
