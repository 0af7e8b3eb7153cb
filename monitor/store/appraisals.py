"""Appraisals in the database: added as planned, held while a step is taken, saved as they are then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.core.appraisal.appraisal import Appraisal, Appraised, ByHand, Coverage, Deed
from monitor.core.appraisal.figures import FiguresDamaged, digest_of, figures_of, plain
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables_appraisal import AppraisalRow, AppraisedRow

APPRAISAL, APPRAISED = of(AppraisalRow), of(AppraisedRow)
_STEPS = ("planned", "approved", "announced", "dropped")
_OFFICE_STEPS = ("noticed", "checked", "reviewed", "settled", "told")


def add(connection: Connection, plan: Appraisal) -> int:
    """Keep a new appraisal with its offices, whatever number it has; return its own."""
    statement = insert(connection, AppraisalRow).values(**_columns(plan)).returning(APPRAISAL.c.id)
    number = int(connection.execute(statement).scalar_one())
    for one in plan.offices:
        connection.execute(
            insert(connection, AppraisedRow).values(appraisal_id=number, office=one.office, **_office_columns(one))
        )
    return number


def hold(connection: Connection, number: int) -> Appraisal | None:
    """Return an appraisal that nobody else changes until the transaction ends."""
    exclusive(connection, f"appraisal {number}")
    return one(connection, number)


def save(connection: Connection, before: Appraisal, after: Appraisal) -> None:
    """Keep what a step changed."""
    if _columns(before) != _columns(after):
        connection.execute(update(APPRAISAL).where(APPRAISAL.c.id == after.id).values(**_columns(after)))
    was = {office.office: office for office in before.offices}
    for office in after.offices:
        if was.get(office.office) != office:
            mine = (APPRAISED.c.appraisal_id == after.id, APPRAISED.c.office == office.office)
            connection.execute(update(APPRAISED).where(*mine).values(**_office_columns(office)))


def one(connection: Connection, number: int) -> Appraisal | None:
    """Return an appraisal, None where there is none of that number. Raise FiguresDamaged."""
    found = next(iter(_read(connection, [number])), None)
    for office in () if found is None else found.offices:
        if office.damaged:
            raise FiguresDamaged(office=office.name)
    return found


def newest(connection: Connection, most: int = 100) -> list[Appraisal]:
    """Return the appraisals, the newest first; damaged figures are marked, so that they hide no other appraisal."""
    query = select(APPRAISAL.c.id).order_by(APPRAISAL.c.id.desc()).limit(most)
    return _read(connection, list(connection.scalars(query)))


def _read(connection: Connection, numbers: Sequence[int]) -> list[Appraisal]:
    rows = connection.execute(select(APPRAISAL).where(APPRAISAL.c.id.in_(numbers)).order_by(APPRAISAL.c.id.desc()))
    query = select(APPRAISED).where(APPRAISED.c.appraisal_id.in_(numbers)).order_by(APPRAISED.c.id)
    offices: dict[int, list[Appraised]] = {}
    for row in connection.execute(query):
        offices.setdefault(row.appraisal_id, []).append(_appraised(row))
    return [_appraisal(row, offices.get(row.id, ())) for row in rows]


def _columns(plan: Appraisal) -> dict[str, Any]:
    names = ("title", "first", "last", "begins_on", "starts_on", "plan", "dropped_why")
    kept = {name: getattr(plan, name) for name in names} | {"coverage": plan.coverage.value}
    return kept | _deeds(plan, _STEPS)


def _office_columns(office: Appraised) -> dict[str, Any]:
    names = ("name", "proposed", "proposed_why", "digest", "grade", "grade_why")
    return {
        **{name: getattr(office, name) for name in names},
        "texts": dict(office.texts),
        "by_hand": {name: {"value": one.value, "source": one.source} for name, one in office.by_hand.items()},
        "figures": plain(office.figures),
        **_deeds(office, _OFFICE_STEPS),
    }


def _deeds(of_whom: Appraisal | Appraised, steps: Iterable[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in steps:
        deed: Deed | None = getattr(of_whom, name)
        kept |= {
            f"{name}_by": "" if deed is None else str(deed.by),
            f"{name}_at": None if deed is None else deed.at,
            f"{name}_account": None if deed is None else deed.account,
        }
    return kept


def _deed(row: Any, name: str) -> Deed | None:
    at = getattr(row, f"{name}_at")
    return None if at is None else Deed(getattr(row, f"{name}_by"), at, getattr(row, f"{name}_account"))


def _appraisal(row: Any, offices: Iterable[Appraised]) -> Appraisal:
    planned = _deed(row, "planned")
    assert planned is not None
    return Appraisal(
        id=row.id,
        title=row.title,
        coverage=Coverage(row.coverage),
        first=row.first,
        last=row.last,
        begins_on=row.begins_on,
        starts_on=row.starts_on,
        plan=row.plan,
        planned=planned,
        approved=_deed(row, "approved"),
        announced=_deed(row, "announced"),
        dropped=_deed(row, "dropped"),
        dropped_why=row.dropped_why,
        offices=tuple(offices),
    )


def _appraised(row: Any) -> Appraised:
    try:
        figures = figures_of(row.figures)
    except (KeyError, TypeError, ValueError):
        figures, damaged = (), True
    else:
        damaged = bool(row.digest) and digest_of(figures) != row.digest
    return Appraised(
        office=row.office,
        name=row.name,
        noticed=_deed(row, "noticed"),
        texts=row.texts,
        by_hand={name: ByHand(one["value"], one["source"]) for name, one in row.by_hand.items()},
        checked=_deed(row, "checked"),
        proposed=row.proposed,
        proposed_why=row.proposed_why,
        reviewed=_deed(row, "reviewed"),
        figures=figures,
        digest=row.digest,
        grade=row.grade,
        grade_why=row.grade_why,
        settled=_deed(row, "settled"),
        told=_deed(row, "told"),
        damaged=damaged,
    )
