"""Drafts in the database: versions and steps are only ever added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from monitor.core.drafts.draft import (
    OPEN_STATES,
    Draft,
    DraftState,
    Gate,
    GateStep,
    Person,
    Verdict,
    Version,
    Wording,
    digest,
)
from monitor.core.model import ResponseKind
from monitor.store.sql import insert, of
from monitor.store.tables_drafts import DraftRow, DraftVersionRow, GateStepRow

DRAFT = of(DraftRow)
VERSION = of(DraftVersionRow)
STEP = of(GateStepRow)
_OPEN = DRAFT.c.state.in_([state.value for state in OPEN_STATES])


def add(connection: Connection, matter_id: int, version: Version, now: datetime) -> int:
    """Keep a new draft with its first version and return its number."""
    values = {
        "matter_id": matter_id,
        "state": DraftState.DRAFTING.value,
        "number": version.number,
        "made_at": now,
        "path": [],
        "told": {},
    }
    made = connection.execute(insert(connection, DraftRow).values(**values).returning(DRAFT.c.id))
    number = int(made.scalar_one())
    add_version(connection, number, version)
    return number


def add_version(connection: Connection, draft_id: int, version: Version) -> None:
    """Keep a further version, which is then the newest."""
    wording, by = version.wording, version.by
    connection.execute(
        insert(connection, DraftVersionRow).values(
            draft_id=draft_id,
            number=version.number,
            kind=wording.kind.value,
            title=wording.title,
            text=wording.text,
            place=wording.place,
            answers=list(version.answers),
            by=by.name,
            account=by.account,
            contact=by.contact,
            at=version.at,
            digest=digest(wording),
        )
    )
    connection.execute(update(DRAFT).where(DRAFT.c.id == draft_id).values(number=version.number))


def add_steps(connection: Connection, draft: Draft, steps: Sequence[GateStep]) -> None:
    """Keep what happened at gates."""
    for number, step in enumerate(steps, len(draft.steps) + 1):
        connection.execute(
            insert(connection, GateStepRow).values(
                draft_id=draft.id,
                number=number,
                gate=step.gate.value,
                verdict=step.verdict.value,
                version=step.version,
                by=step.by.name,
                account=step.by.account,
                contact=step.by.contact,
                at=step.at,
                comment=step.comment,
                hash=step.hash,
            )
        )


def set_state(connection: Connection, draft_id: int, state: DraftState) -> None:
    """Set where a draft stands."""
    connection.execute(update(DRAFT).where(DRAFT.c.id == draft_id).values(state=state.value))


def set_published(
    connection: Connection,
    draft_id: int,
    response_id: int,
    path: Sequence[Gate],
    later_due_at: datetime | None,
    now: datetime,
) -> None:
    """Keep that a draft was published as a response."""
    connection.execute(
        update(DRAFT)
        .where(DRAFT.c.id == draft_id)
        .values(
            state=DraftState.PUBLISHED.value,
            published_at=now,
            response_id=response_id,
            path=[gate.value for gate in path],
            later_due_at=later_due_at,
        )
    )


def end_later(connection: Connection, draft_id: int) -> None:
    """Keep that nothing is owed of a published draft any more."""
    connection.execute(update(DRAFT).where(DRAFT.c.id == draft_id).values(later_due_at=None))


def look(connection: Connection, draft_id: int, at: datetime | None, told: Mapping[str, str] | None = None) -> None:
    """Set when a draft is looked at next, and what was told of it."""
    also = {} if told is None else {"told": dict(told)}
    connection.execute(update(DRAFT).where(DRAFT.c.id == draft_id).values(look_at=at, **also))


def due(connection: Connection, now: datetime, limit: int = 100) -> list[int]:
    """Return the drafts that must be looked at."""
    query = select(DRAFT.c.id).where(DRAFT.c.look_at <= now).order_by(DRAFT.c.look_at, DRAFT.c.id).limit(limit)
    return list(connection.scalars(query))


def told(connection: Connection, draft_id: int) -> tuple[datetime | None, dict[str, datetime]]:
    """Return when a draft is looked at next, and when each point of it was told."""
    row = connection.execute(select(DRAFT.c.look_at, DRAFT.c.told).where(DRAFT.c.id == draft_id)).one()
    return row.look_at, {point: datetime.fromisoformat(at) for point, at in row.told.items()}


def draft(connection: Connection, number: int) -> Draft | None:
    """Return one draft, None where there is none of that number."""
    return next(iter(_read(connection, DRAFT.c.id == number)), None)


def of_matter(connection: Connection, matter_id: int) -> list[Draft]:
    """Return the drafts of a matter, newest first."""
    return _read(connection, DRAFT.c.matter_id == matter_id)[::-1]


def waiting(connection: Connection) -> list[Draft]:
    """Return all drafts that wait for somebody: the open ones, and those whose later review is owed."""
    return _read(connection, or_(_OPEN, DRAFT.c.later_due_at.is_not(None)))


def of_responses(connection: Connection, response_ids: Collection[int]) -> dict[int, Draft]:
    """Return the drafts as which responses were published, by the number of the response."""
    found = _read(connection, DRAFT.c.response_id.in_(response_ids)) if response_ids else []
    return {one.response_id: one for one in found if one.response_id is not None}


def versions(connection: Connection, draft_id: int) -> list[Version]:
    """Return all versions of a draft, oldest first."""
    query = select(VERSION).where(VERSION.c.draft_id == draft_id).order_by(VERSION.c.number)
    return [_version(row) for row in connection.execute(query)]


def version(connection: Connection, draft_id: int, number: int) -> Version | None:
    """Return one version of a draft, None where there is none of that number."""
    query = select(VERSION).where(VERSION.c.draft_id == draft_id, VERSION.c.number == number)
    row = connection.execute(query).one_or_none()
    return None if row is None else _version(row)


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Draft]:
    newest = and_(VERSION.c.draft_id == DRAFT.c.id, VERSION.c.number == DRAFT.c.number)
    rows = connection.execute(select(DRAFT).where(where).order_by(DRAFT.c.id)).all()
    chosen = select(DRAFT.c.id).where(where)
    current = {
        row.draft_id: _version(row)
        for row in connection.execute(select(VERSION).join(DRAFT, newest).where(VERSION.c.draft_id.in_(chosen)))
    }
    authors: dict[int, list[Person]] = defaultdict(list)
    wrote = select(VERSION.c.draft_id, VERSION.c.by, VERSION.c.account, VERSION.c.contact, func.min(VERSION.c.number))
    for row in connection.execute(
        wrote.where(VERSION.c.draft_id.in_(chosen))
        .group_by(VERSION.c.draft_id, VERSION.c.by, VERSION.c.account, VERSION.c.contact)
        .order_by(func.min(VERSION.c.number))
    ):
        authors[row.draft_id].append(_person(row))
    steps: dict[int, list[GateStep]] = defaultdict(list)
    for row in connection.execute(select(STEP).where(STEP.c.draft_id.in_(chosen)).order_by(STEP.c.number)):
        steps[row.draft_id].append(_step(row))
    return [
        Draft(
            id=row.id,
            matter_id=row.matter_id,
            state=DraftState(row.state),
            version=current[row.id],
            authors=tuple(authors[row.id]),
            steps=tuple(steps[row.id]),
            path=tuple(Gate(name) for name in row.path),
            published_at=row.published_at,
            response_id=row.response_id,
            later_due_at=row.later_due_at,
        )
        for row in rows
    ]


def _version(row: Any) -> Version:
    wording = Wording(kind=ResponseKind(row.kind), title=row.title, text=row.text, place=row.place)
    return Version(number=row.number, wording=wording, by=_person(row), at=row.at, answers=tuple(row.answers))


def _step(row: Any) -> GateStep:
    return GateStep(
        gate=Gate(row.gate),
        verdict=Verdict(row.verdict),
        version=row.version,
        by=_person(row),
        at=row.at,
        comment=row.comment,
        hash=row.hash,
    )


def _person(row: Any) -> Person:
    return Person(row.by, row.account, row.contact)
