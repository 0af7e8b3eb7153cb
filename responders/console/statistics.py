"""The page of statistics, its workbook, and the rows behind each statistic."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.access.roles import Permission
from monitor.core.beijing import day_of, local
from monitor.core.errors import Mistake
from monitor.core.listed import Listed
from monitor.core.model import lies_in
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.reckoned import Column, Statistic, Table, TableName
from monitor.store import listing
from responders.console.console import Console
from responders.console.faults import DATABASE
from responders.console.filters import filter_of
from responders.console.visitor import NOWHERE, Visitor, visitor_of
from responders.documents.sheet_files import MEDIA_TYPES, Form
from responders.documents.statistics import (
    COLUMNS,
    TITLES,
    head_said,
    period_said,
    statistic_said,
    write_workbook,
)
from responders.statistics import A_DAY, Statistics, period

# So many rows of a statistic are shown at once; lists of more are what the exports are for.
SHOWN = 200
Text = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A statistic as it is shown; `rows` leads to its rows and is empty where there are none. `bar`: 0 to 100."""

    said: str
    rows: str
    bar: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it is shown."""

    name: TableName
    title: str
    line: str
    about: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks for, as typed."""

    first: str = ""
    last: str = ""
    region: str = ""
    office: str = ""

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        fields = {"from": self.first, "to": self.last, "region": self.region, "office": self.office, **more}
        return urlencode({name: value for name, value in fields.items() if value})


def _question(
    first: Annotated[Text, Query(alias="from")] = "", to: Text = "", region: Text = "", office: Text = ""
) -> Question:
    return Question(first, to, region, office)


Asking = Annotated[Question, Depends(_question)]


def routes(console: Console) -> APIRouter:
    """Return the routes of the statistics."""
    router, pages = APIRouter(), console.pages
    reckoner = Statistics(console.database, console.desk.conferences.rules)

    def asked_of(request: Request, question: Question, permission: Permission) -> Asked:
        since, until = period(question.first, question.last, console.clock())
        whole = question.region == WHOLE_COUNTRY
        region = WHOLE_COUNTRY if whole else filter_of({"region": question.region}).region or console.composer.region
        return Asked(
            since=since,
            until=until,
            region=reached(visitor_of(request), region, permission),
            office=question.office,
            home=console.composer.region,
        )

    @router.get("/statistics")
    def page(request: Request, question: Asking) -> Response:
        now = console.clock()
        said, period_text, tables = "", "", tuple[Shown, ...]()
        begins, ends = period("", "", now)
        offices = reckoner.offices()
        try:
            asked = asked_of(request, question, Permission.OVERSEE)
            begins, ends = asked.since, asked.until
            tables = tuple(_shown(table, question, console) for table in reckoner.tables(asked))
            period_text = period_said(asked, offices.get(question.office, question.office), console.composer)
        except DATABASE:
            raise
        except Mistake as mistake:
            said = console.composer.words.mistake(mistake)
        return pages.page(
            request,
            "statistics.html",
            now=now,
            status=422 if said else 200,
            said=said,
            tables=tables,
            period=period_text,
            question=question,
            begins=day_of(begins).isoformat(),
            ends=day_of(ends - A_DAY).isoformat(),
            offices=offices,
            regions=_regions(console),
            may_export=visitor_of(request).reach(Permission.EXPORT) is not None,
        )

    @router.get("/statistics.xlsx")
    def workbook(request: Request, question: Asking) -> Response:
        asked = asked_of(request, question, Permission.EXPORT)
        stream = BytesIO()
        named = reckoner.offices().get(question.office, question.office)
        write_workbook(reckoner.tables(asked), asked, named, console.composer, stream, console.clock())
        file = f"huiying-statistics-{local(asked.since):%Y%m%d}-{local(asked.until - A_DAY):%Y%m%d}.xlsx"
        headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
        return Response(stream.getvalue(), media_type=MEDIA_TYPES[Form.XLSX], headers=headers)

    @router.get("/statistics/rows")
    def rows(request: Request, question: Asking, table: Text = "", column: Text = "", head: Text = "") -> Response:
        if not table and not column:
            return RedirectResponse("/statistics", 303)
        if table not in set(TableName) or column not in set(Column):
            raise HTTPException(404)
        asked = asked_of(request, question, Permission.OVERSEE)
        name, counted = TableName(table), Column(column)
        found = next(one for one in reckoner.tables(asked) if one.name is name).statistic(head, counted)
        if found is None or found.of is None:
            raise HTTPException(404)
        composer = console.composer
        with console.database.read() as connection:
            ids = sorted(found.ids, reverse=True)[:SHOWN]
            pieces = listing.piece(connection, found.of, ids)
            titles = listing.titles(connection, {number for one in pieces if (number := matter_of(found.of, one))})
        return pages.page(
            request,
            "statistics_rows.html",
            now=console.clock(),
            title=composer.words(TITLES[name][0]),
            line=head_said(name, head, composer),
            column=composer.words(COLUMNS[counted]),
            statistic=statistic_said(found, composer),
            period=period_said(asked, reckoner.offices().get(question.office, question.office), composer),
            what=found.of.value,
            rows=[(one, titles.get(matter_of(found.of, one) or 0, ("", False))[0]) for one in pieces],
            more=len(found.ids) - len(pieces),
            back=f"/statistics?{question.query()}#{name.value}",
        )

    return router


def matter_of(of: Listed, row: object) -> int | None:
    """Return the number of the incident that a row belongs to."""
    number = getattr(row, "id" if of is Listed.INCIDENTS else "matter_id", None)
    return number if isinstance(number, int) else None


def reached(visitor: Visitor, region: str, permission: Permission) -> str:
    """Return the part of a region that the visitor may see; nothing lies in NOWHERE."""
    reach = visitor.reach(permission)
    if reach is None:
        return NOWHERE
    if lies_in(region, reach):
        return region
    return reach if lies_in(reach, region) else NOWHERE


def _regions(console: Console) -> list[tuple[str, str]]:
    """Return what can be chosen beside the own region: the divisions around it."""
    own = console.composer.region
    around = [own[:digits].ljust(6, "0") for digits in (4, 2) if own[digits:].strip("0")]
    named = [(code, console.composer.names.division(code)) for code in (own, *around) if code.strip("0")]
    return [*named, (WHOLE_COUNTRY, "")]


def _shown(table: Table, question: Question, console: Console) -> Shown:
    composer = console.composer
    title, line, about = map(composer.words, TITLES[table.name])
    most = max((one.statistics[0].value or 0 for one in table.lines), default=0)

    def cell(head: str, column: Column, statistic: Statistic, *, first: bool) -> Cell:
        query = question.query(table=table.name.value, column=column.value, head=head)
        bar = round(100 * (statistic.value or 0) / most) if first and most else 0
        return Cell(statistic_said(statistic, composer), f"/statistics/rows?{query}" if statistic.ids else "", bar)

    return Shown(
        table.name,
        title,
        line,
        about,
        tuple(composer.words(COLUMNS[column]) for column in table.columns),
        tuple(
            (
                head_said(table.name, one.head, composer),
                tuple(
                    cell(one.head, column, statistic, first=not at)
                    for at, (column, statistic) in enumerate(zip(table.columns, one.statistics, strict=True))
                ),
            )
            for one in table.lines
        ),
    )
