"""The rules as they stood when deadlines opened, kept by what they say: the same rule is kept once.

A calendar is kept by its name: which days are worked is known better later, and does not change the rule.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Executable, bindparam, select

from monitor.core.duties.calendar import Calendar
from monitor.core.duties.obligations import Obligation
from monitor.store.sql import insert, of, once_per_dialect
from monitor.store.tables import DeadlineRow, MatterRow
from monitor.store.tables_packs import RuleVersionRow

RULE = of(RuleVersionRow)
DEADLINE = of(DeadlineRow)
MATTER = of(MatterRow)
_FORM: TypeAdapter[Obligation] = TypeAdapter(Obligation)
_BODIES = select(RULE.c.digest, RULE.c.body).where(RULE.c.digest.in_(bindparam("digests", expanding=True)))


@once_per_dialect
def _keeping(connection: Connection) -> Executable:
    return insert(connection, RuleVersionRow).on_conflict_do_nothing(index_elements=["digest"])


def keep(connection: Connection, rule: Obligation, now: datetime) -> str:
    """Keep a rule as it stands, unless it is kept already; return its digest."""
    digest, body = _digested(rule)
    values = {
        "digest": digest,
        "obligation_id": rule.id,
        "origin": rule.origins,
        "body": json.loads(body),
        "first_used_at": now,
    }
    connection.execute(_keeping(connection), values)
    return digest


def rules(connection: Connection, digests: Collection[str]) -> dict[str, Obligation]:
    """Return the kept rules by their digests."""
    if not digests:
        return {}
    missing = [digest for digest in digests if digest not in _READ]
    for digest, body in connection.execute(_BODIES, {"digests": missing}) if missing else ():
        _READ[digest] = _FORM.validate_json(json.dumps(body))
    return {digest: _READ[digest] for digest in digests if digest in _READ}


# What a digest names never changes, so it is read once.
_READ: dict[str, Obligation] = {}


@lru_cache(maxsize=1024)
def _digested(rule: Obligation) -> tuple[str, str]:
    named = replace(rule, calendar=Calendar(rule.calendar.name, rule.calendar.zone))
    body = json.dumps(_plain(named), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest(), body


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it, the same whatever the order of its sets."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, time | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(_plain, value))
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule as it stood when a deadline first opened by it; `origin` names the packs and their versions."""

    origin: str
    first_used_at: datetime
    rule: Obligation


def history(connection: Connection, obligation_id: str) -> list[Kept]:
    """Return the versions of a rule by which real deadlines opened, the oldest first; a drill's are shortened."""
    real = (
        select(DEADLINE.c.rule)
        .join(MATTER, MATTER.c.id == DEADLINE.c.matter_id)
        .where(DEADLINE.c.obligation_id == obligation_id, DEADLINE.c.rule.is_not(None), MATTER.c.drill.is_(False))
    )
    query = select(RULE).where(RULE.c.obligation_id == obligation_id, RULE.c.digest.in_(real))
    rows = connection.execute(query.order_by(RULE.c.first_used_at, RULE.c.digest)).all()
    found = rules(connection, [row.digest for row in rows])
    return [Kept(row.origin, row.first_used_at, found[row.digest]) for row in rows]
