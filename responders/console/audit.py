"""The audit log, to be read: found by matter, person, kind and time; and examined, with the first bad row named."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response

from monitor.core.access.buckets import Pace
from monitor.core.audit.chain import Head
from monitor.core.audit.checking import Checked, check, read_head
from monitor.core.beijing import instant
from monitor.core.errors import N_, Mistake
from monitor.store import audit, buckets
from monitor.store.audit_search import Found, Searched, Wanted, kinds, search
from responders.console.console import Console
from responders.console.faults import DATABASE
from responders.console.lists import PER_PAGE
from responders.console.office_page import Typed
from responders.console.visitor import StalePage, clean, given_name, visitor_of
from responders.documents.audit import kind_said, said_fault, said_text

PATH = "/audit"
EXAMINED = "audit.examined"
OFTEN = Pace(2, timedelta(seconds=30))
LONGEST_SAID = 1500
DIGITS = 18
Asked = Annotated[str, Query(max_length=100)]
Heads = Annotated[str, Form(max_length=2000)]


class ExaminedEnough(Mistake):
    """The whole log is being read already, or was just now."""

    message = N_("The log is being examined, or was just now. Wait half a minute.")


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows are asked for, as it stands in the address; what cannot be read asks for nothing."""

    matter: str = ""
    person: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""

    def wanted(self, before: str) -> Wanted:
        """Return what is looked for; `before` is the number of the row to go on from."""
        first, last = _day(self.since), _day(self.until)
        return Wanted(
            matter=_number(self.matter),
            person=clean(self.person, 100),
            kind=self.kind,
            since=None if first is None else instant(first, time()),
            until=None if last is None else instant(last + timedelta(days=1), time()),
            before=_number(before),
        )

    def address(self, before: int) -> str:
        """Return the address at which the search goes on."""
        fields = {"matter": self.matter, "person": self.person, "kind": self.kind, "from": self.since, "to": self.until}
        return f"{PATH}?{urlencode({**{k: v for k, v in fields.items() if v}, 'before': before})}"


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row as it is shown; `said` is cut where it is very long, `cut` tells so."""

    found: Found
    kind: str
    said: str
    by: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination found: the finished sentence, the head, what was switched off meanwhile."""

    checked: Checked
    said: str
    gaps: tuple[tuple[datetime, str], ...]
    compared: int


class Examiner:
    """Reads the whole log for people, once at a time in this process."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._busy = Lock()

    def examine(self, heads: Collection[Head], *, by: str, now: datetime) -> Examined:
        """Check the chain and keep that somebody did; raise ExaminedEnough."""
        database, words = self._console.database, self._console.composer.words
        if not self._busy.acquire(blocking=False):
            raise ExaminedEnough
        try:
            with database.write() as connection:
                if buckets.take(connection, {"examine the log": OFTEN}, now):
                    raise ExaminedEnough
            with database.read() as connection:
                checked = check(lambda first: audit.rows(connection, first), heads)
                gaps = audit.interruptions(connection)
            fault = checked.fault
            detail = {"by": str(by), "head": str(checked.head), "fault": None if fault is None else fault.kind.value}
            with database.write() as connection:
                audit.note(connection, EXAMINED, detail, now, subject="audit")
        finally:
            self._busy.release()
        said = "" if fault is None else said_fault(fault, words)
        return Examined(checked, said, tuple((at, ", ".join(gap["tables"])) for at, gap in gaps), len(heads))


def audit_page(
    console: Console,
    request: Request,
    asked: Filter,
    *,
    before: str = "",
    examined: Examined | None = None,
    said: str = "",
    heads: str = "",
) -> Response:
    """Render a page of the log, with what an examination found where there was one."""
    with console.database.read() as connection:
        found = search(connection, asked.wanted(before), PER_PAGE)
        facts: dict[str, Any] = {
            "head": audit.head(connection),
            "waiting": audit.waiting(connection)[0],
            "anchors": audit.anchors(connection)[-1:],
            "kinds": _kinds(console, kinds(connection)),
        }
    return console.pages.page(
        request,
        "audit.html",
        now=console.clock(),
        status=422 if said else 200,
        rows=_rows(console, found),
        further=None if found.further is None else asked.address(found.further),
        back_to=found.back_to,
        asked=asked,
        narrowed=asked != Filter(),
        begun=bool(_number(before)),
        examined=examined,
        said=said,
        heads=heads,
        **facts,
    )


def _rows(console: Console, found: Searched) -> list[LogRow]:
    words = console.composer.words
    rows = []
    for one in found.rows:
        told = json.loads(one.row.text)
        plain = told.get("now") or told if isinstance(told, dict) else {}
        by = next((str(plain[key]) for key in plain if key == "by" or (key.endswith("_by") and plain[key])), "")
        said = said_text(one.row.text)
        rows.append(LogRow(one, kind_said(one.row.kind, words), said[:LONGEST_SAID], by, len(said) > LONGEST_SAID))
    return rows


def _kinds(console: Console, held: list[str]) -> list[tuple[str, str]]:
    """Return what can be chosen: each table or thing that the log has rows of, by the name that people know."""
    words = console.composer.words
    heads = dict.fromkeys(kind.partition(".")[0] for kind in held)
    return sorted(((head, kind_said(head, words)) for head in heads), key=lambda one: one[1])


def _number(text: str) -> int | None:
    plain = text.strip().removeprefix("#")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= DIGITS else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def routes(console: Console) -> APIRouter:
    """Return the routes of the log."""
    router, words, examiner = APIRouter(), console.composer.words, Examiner(console)

    @router.get(PATH)
    def log(
        request: Request,
        matter: Asked = "",
        person: Asked = "",
        kind: Asked = "",
        first: Annotated[str, Query(alias="from", max_length=20)] = "",
        to: Annotated[str, Query(max_length=20)] = "",
        before: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        asked = Filter(matter.strip(), person.strip(), kind.strip(), first, to)
        return audit_page(console, request, asked, before=before)

    @router.post(f"{PATH}/verify")
    def verify(request: Request, token: Typed = "", by: Typed = "", heads: Heads = "") -> Response:
        visitor = visitor_of(request)
        visitor.check(token)
        try:
            outside = [read_head(line) for line in heads.splitlines() if line.strip()]
            found = examiner.examine(outside, by=given_name(by, visitor), now=console.clock())
        except (*DATABASE, StalePage):
            raise
        except Mistake as mistake:
            return audit_page(console, request, Filter(), said=words.mistake(mistake), heads=heads)
        return audit_page(console, request, Filter(), examined=found, heads=heads)

    return router
