"""Issues of bulletins in the database: versions and steps are only ever added, numbers given without a gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, func, literal, select, update

from monitor.core.bulletins.bulletin import (
    Bulletin,
    BulletinAct,
    BulletinKind,
    BulletinState,
    Content,
    Section,
    SectionKey,
    Step,
    Version,
    digest,
)
from monitor.core.bulletins.facts import Facts
from monitor.core.drafts.draft import Person
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables import MatterRow
from monitor.store.tables_bulletins import BulletinRow, BulletinStepRow, BulletinVersionRow

BULLETIN = of(BulletinRow)
VERSION = of(BulletinVersionRow)
STEP = of(BulletinStepRow)
MATTER = of(MatterRow)
FACTS = TypeAdapter(Facts)


def next_number(connection: Connection, kind: BulletinKind, year: int) -> int:
    """Return the next number of a kind in a year; nobody else takes one of that kind until the transaction ends."""
    exclusive(connection, f"bulletin:{kind.value}:{year}")
    used = select(func.max(BULLETIN.c.number)).where(BULLETIN.c.kind == kind.value, BULLETIN.c.year == year)
    return (connection.execute(used).scalar_one() or 0) + 1


def add(connection: Connection, bulletin: Bulletin) -> int:
    """Keep a new issue with its first version and return its id; what `bulletin` has as id is of no account."""
    made = connection.execute(
        insert(connection, BulletinRow)
        .values(
            kind=bulletin.kind.value,
            year=bulletin.year,
            number=bulletin.number,
            matter_id=bulletin.matter_id,
            follows=bulletin.follows,
            sequel=bulletin.sequel,
            made_at=bulletin.made_at,
            language=bulletin.language,
            state=bulletin.state.value,
            current=bulletin.version.number,
            facts={} if bulletin.facts is None else FACTS.dump_python(bulletin.facts, mode="json"),
        )
        .returning(BULLETIN.c.id)
    )
    number = int(made.scalar_one())
    _add_version(connection, number, bulletin)
    return number


def save(connection: Connection, bulletin: Bulletin, steps: Sequence[Step]) -> None:
    """Keep the version that a bulletin now has, where it is new, and the last steps."""
    current = select(BULLETIN.c.current).where(BULLETIN.c.id == bulletin.id)
    if connection.execute(current).scalar_one() != bulletin.version.number:
        _add_version(connection, bulletin.id, bulletin)
    for number, step in enumerate(steps, len(bulletin.steps) - len(steps) + 1):
        connection.execute(
            insert(connection, BulletinStepRow).values(
                bulletin_id=bulletin.id,
                number=number,
                act=step.act.value,
                version=step.version,
                by=step.by.name,
                account=step.by.account,
                contact=step.by.contact,
                at=step.at,
                comment=step.comment,
                hash=step.hash,
            )
        )
    values = {"state": bulletin.state.value, "current": bulletin.version.number}
    connection.execute(update(BULLETIN).where(BULLETIN.c.id == bulletin.id).values(**values))


def _add_version(connection: Connection, number: int, bulletin: Bulletin) -> None:
    version = bulletin.version
    connection.execute(
        insert(connection, BulletinVersionRow).values(
            bulletin_id=number,
            number=version.number,
            title=version.content.title,
            sections=[asdict(section) for section in version.content.sections],
            by=version.by.name,
            account=version.by.account,
            contact=version.by.contact,
            at=version.at,
            digest=digest(bulletin),
        )
    )


def lock(connection: Connection, number: int) -> bool:
    """Hold one issue until the transaction ends; tell whether there is one of that id."""
    query = select(BULLETIN.c.id).where(BULLETIN.c.id == number).with_for_update()
    return connection.execute(query).first() is not None


def bulletin(connection: Connection, number: int) -> Bulletin | None:
    """Return one issue by its id, None where there is none."""
    return next(iter(_read(connection, BULLETIN.c.id == number)), None)


def of_matter(connection: Connection, matter_id: int) -> list[Bulletin]:
    """Return the issues on an incident and on those that became part of it, newest first."""
    parts = select(literal(matter_id).label("id")).cte("parts", recursive=True)
    parts = parts.union(select(MATTER.c.id).where(MATTER.c.merged_into == parts.c.id))
    return _read(connection, BULLETIN.c.matter_id.in_(select(parts.c.id)))


def listed(
    connection: Connection,
    *,
    kind: BulletinKind | None = None,
    year: int | None = None,
    state: BulletinState | None = None,
    limit: int = 200,
) -> list[Bulletin]:
    """Return issues, newest first."""
    asked: list[ColumnElement[bool]] = []
    if kind is not None:
        asked.append(BULLETIN.c.kind == kind.value)
    if year is not None:
        asked.append(BULLETIN.c.year == year)
    if state is not None:
        asked.append(BULLETIN.c.state == state.value)
    newest = select(BULLETIN.c.id).where(*asked).order_by(BULLETIN.c.made_at.desc(), BULLETIN.c.id.desc()).limit(limit)
    return _read(connection, BULLETIN.c.id.in_(newest))


def years(connection: Connection) -> list[int]:
    """Return the years in which anything was issued, the latest first."""
    return list(connection.scalars(select(BULLETIN.c.year).distinct().order_by(BULLETIN.c.year.desc())))


def versions(connection: Connection, number: int) -> list[Version]:
    """Return all versions of an issue, oldest first."""
    query = select(VERSION).where(VERSION.c.bulletin_id == number).order_by(VERSION.c.number)
    return [_version(row) for row in connection.execute(query)]


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Bulletin]:
    rows = connection.execute(select(BULLETIN).where(where).order_by(BULLETIN.c.made_at.desc(), BULLETIN.c.id.desc()))
    found = rows.all()
    ids = [row.id for row in found]
    told: dict[int, list[Version]] = defaultdict(list)
    for row in connection.execute(
        select(VERSION).where(VERSION.c.bulletin_id.in_(ids)).order_by(VERSION.c.bulletin_id, VERSION.c.number)
    ):
        told[row.bulletin_id].append(_version(row))
    steps: dict[int, list[Step]] = defaultdict(list)
    for row in connection.execute(select(STEP).where(STEP.c.bulletin_id.in_(ids)).order_by(STEP.c.number)):
        steps[row.bulletin_id].append(_step(row))
    return [
        Bulletin(
            id=row.id,
            kind=BulletinKind(row.kind),
            year=row.year,
            number=row.number,
            made_at=row.made_at,
            language=row.language,
            version=told[row.id][-1],
            authors=tuple(dict.fromkeys(version.by for version in told[row.id])),
            steps=tuple(steps[row.id]),
            matter_id=row.matter_id,
            follows=row.follows,
            sequel=row.sequel,
            facts=FACTS.validate_python(row.facts) if row.facts else None,
        )
        for row in found
    ]


def _version(row: Any) -> Version:
    sections = tuple(Section(SectionKey(one["key"]), one["heading"], one["text"], one["about"]) for one in row.sections)
    return Version(number=row.number, content=Content(row.title, sections), by=_person(row), at=row.at)


def _step(row: Any) -> Step:
    return Step(
        act=BulletinAct(row.act),
        version=row.version,
        by=_person(row),
        at=row.at,
        comment=row.comment,
        hash=row.hash,
    )


def _person(row: Any) -> Person:
    return Person(row.by, row.account, row.contact)
