"""What some sources told of a day and others did not: each figure leads to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Request, Response

from monitor.core.beijing import day_of, instant
from monitor.core.missed.facts import Happening
from monitor.core.missed.report import Missed, missed_of
from monitor.store.missed_facts import missed_facts
from responders.console.console import Console
from responders.documents import missed as told

ONE_DAY = timedelta(days=1)
EARLIEST = date(2000, 1, 1)


def routes(console: Console) -> APIRouter:
    """Return the route of the page."""
    router, composer = APIRouter(), console.composer

    @router.get("/missed")
    def missed(request: Request) -> Response:
        now = console.clock()
        day = _day(request.query_params, now)
        found = _read(console, day, now)
        groups = told.groups_of(found)
        group = request.query_params.get("group", "")
        group = group if group in groups else ""
        shown = [one for one in found.happenings if not group or group in one.carried]
        return console.pages.page(
            request,
            "missed.html",
            now=now,
            day=day,
            before=day - ONE_DAY,
            after=day + ONE_DAY if day < day_of(now) else None,
            missed=found,
            groups=groups,
            group=group,
            shown=shown,
            lists=list(told.lists(found, composer)),
            drops=told.said_drops(found, composer),
            estimate=told.said_estimate(found, composer),
            group_name=lambda one: told.group_name(one, composer),
            grade_of=lambda one: _grade(console, one),
        )

    return router


def _read(console: Console, day: date, now: datetime) -> Missed:
    since, until = (instant(one, time.min) for one in (day, day + ONE_DAY))
    with console.database.read() as connection:
        return missed_of(missed_facts(connection, console.office.beside, since, until, now))


def _day(asked: Mapping[str, str], now: datetime) -> date:
    """Return the day that is asked for; yesterday where none is, or none that can be told of."""
    today = day_of(now)
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return today - ONE_DAY
    return day if EARLIEST <= day <= today else today - ONE_DAY


def _grade(console: Console, happening: Happening) -> str:
    return console.composer.severity(happening.severity) if happening.severity else ""
