"""What people found when they looked into claims; only ever added."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from monitor.core.incidents.claims import CheckResult, ClaimCheck
from monitor.core.particulars import Claim
from monitor.store.sql import insert, of
from monitor.store.tables import MatterRow
from monitor.store.tables_kinds import ClaimCheckRow
from monitor.store.tables_talk import WhisperRow

CHECK = of(ClaimCheckRow)
MATTER = of(MatterRow)
WHISPER = of(WhisperRow)


def add(
    connection: Connection,
    *,
    matter_id: int | None,
    claim: Claim | None,
    result: CheckResult,
    basis: str,
    by: str,
    now: datetime,
) -> int:
    """Keep a check and return its number."""
    statement = insert(connection, ClaimCheckRow).values(
        matter_id=matter_id,
        made_for=matter_id,
        item_id=None if claim is None else claim.item_id,
        whisper_id=None if claim is None else claim.whisper_id,
        result=result.value,
        basis=basis,
        at=now,
        by=str(by),
    )
    return int(connection.execute(statement.returning(CHECK.c.id)).scalar_one())


def of_matters(connection: Connection, matter_ids: Collection[int]) -> dict[int, list[ClaimCheck]]:
    """Return the checks of each matter, oldest first; those of rumours that came to tell of it are among them."""
    found: dict[int, list[ClaimCheck]] = {}
    for check in _read(connection, CHECK.c.matter_id.in_(matter_ids)):
        found.setdefault(check.matter_id or 0, []).append(check)
    return found


def of_whispers(connection: Connection, whisper_ids: Collection[int]) -> dict[int, list[ClaimCheck]]:
    """Return the checks of each denied rumour without an incident, oldest first."""
    found: dict[int, list[ClaimCheck]] = {}
    for check in _read(connection, CHECK.c.whisper_id.in_(whisper_ids)):
        if check.claim is not None and check.claim.whisper_id is not None:
            found.setdefault(check.claim.whisper_id, []).append(check)
    return found


def move_all(connection: Connection, source: int, target: int) -> None:
    """Let the checks of one matter belong to another."""
    connection.execute(update(CHECK).where(CHECK.c.matter_id == source).values(matter_id=target))


def give_back(connection: Connection, source: int, target: int) -> None:
    """Let those that were made for `source` belong to it again."""
    mine = (CHECK.c.matter_id == target, CHECK.c.made_for == source)
    connection.execute(update(CHECK).where(*mine).values(matter_id=source))


def whispers_of(connection: Connection, matter_id: int) -> dict[int, str]:
    """Return the denied rumours that turned out to tell of a matter, or of one that became part of it, by number."""
    parts, found = {matter_id}, {matter_id}
    while found:
        found = set(connection.scalars(select(MATTER.c.id).where(MATTER.c.merged_into.in_(found)))) - parts
        parts |= found
    query = select(WHISPER.c.id, WHISPER.c.title).where(WHISPER.c.matter_id.in_(parts)).order_by(WHISPER.c.id)
    return {row.id: row.title for row in connection.execute(query)}


def whisper_title(connection: Connection, whisper_id: int) -> str | None:
    """Return how a denied rumour is worded, None where there is none of that number."""
    return connection.execute(select(WHISPER.c.title).where(WHISPER.c.id == whisper_id)).scalar_one_or_none()


def _read(connection: Connection, where: ColumnElement[bool]) -> list[ClaimCheck]:
    return [_check(row) for row in connection.execute(select(CHECK).where(where).order_by(CHECK.c.at, CHECK.c.id))]


def _check(row: Any) -> ClaimCheck:
    named = row.item_id is not None or row.whisper_id is not None
    return ClaimCheck(
        id=row.id,
        matter_id=row.matter_id,
        claim=Claim(item_id=row.item_id, whisper_id=row.whisper_id) if named else None,
        result=CheckResult(row.result),
        basis=row.basis,
        at=row.at,
        by=row.by,
    )
