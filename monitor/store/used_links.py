"""Acknowledge links that were pressed: held while the act is done, then used for good."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from monitor.core.duties.ack_links import Claim
from monitor.store.sql import insert, of
from monitor.store.tables_channels import UsedLinkRow

LINK = of(UsedLinkRow)
# Longer than the act takes; a process that died in it leaves the link to the next press.
HELD = timedelta(seconds=30)


def used_at(connection: Connection, claim: Claim) -> datetime | None:
    """Return when the link was used, or None where it was not."""
    found: datetime | None = connection.execute(
        select(LINK.c.used_at).where(LINK.c.digest == claim.digest)
    ).scalar_one_or_none()
    return found


def hold(connection: Connection, claim: Claim, now: datetime) -> bool:
    """Hold the link for the act; False where it is used, or another press is at it."""
    row = {"digest": claim.digest, "alert_id": claim.alert_id, "channel": claim.channel, "held_at": now}
    statement = insert(connection, UsedLinkRow).values(**row)
    free = or_(LINK.c.held_at.is_(None), LINK.c.held_at < now - HELD, LINK.c.held_at > now + HELD)
    statement = statement.on_conflict_do_update(
        index_elements=["digest"], set_={"held_at": now}, where=LINK.c.used_at.is_(None) & free
    )
    return connection.execute(statement.returning(LINK.c.digest)).first() is not None


def finish(connection: Connection, claim: Claim, now: datetime) -> None:
    """Keep that the link was used."""
    connection.execute(update(LINK).where(LINK.c.digest == claim.digest).values(used_at=now))


def release(connection: Connection, claim: Claim) -> None:
    """Let the link be pressed again: nothing was done with it."""
    connection.execute(update(LINK).where(LINK.c.digest == claim.digest).values(held_at=None))
