"""Read a bureau's own days: local holidays, office closures, a year's notice that the program does not know yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from monitor.config.calendars import CN, known_calendar, shipped_calendar
from monitor.config.document import Document, Problem, check, read
from monitor.config.part import Part
from monitor.config.wording import Rejected
from monitor.core.duties.calendar import ONE_DAY, Calendar, Day, DayKind
from monitor.core.errors import N_

LONGEST = timedelta(days=60)


def read_day(value: Any) -> date:
    """Read a date such as 2027-02-05."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise Rejected(N_("{key} ({got}) is no date. Write it like 2027-02-05.")) from None


DayText = Annotated[date, BeforeValidator(read_day, json_schema_input_type=str)]


class _Part(Part):
    model_config = ConfigDict(populate_by_name=True)


class _Days(_Part):
    day: DayText | None = Field(default=None, description="One day")
    first: DayText | None = Field(default=None, alias="from", description="The first of several days")
    last: DayText | None = Field(default=None, alias="to", description="The last of them")
    kind: Literal["free", "working"] = Field(alias="is")
    note: str = Field(default="", description="Why, as people read it")


class _Own(_Part):
    published: list[Annotated[int, Field(ge=2000, le=2100)]] = Field(
        default=[], description="Years whose notice stands below in full, so that dates in them are certain"
    )
    days: list[_Days] = Field(default=[])


class CalendarFile(_Part):
    """The form of a bureau's calendar file."""

    version: Literal[1] = 1
    calendars: dict[Annotated[str, BeforeValidator(known_calendar)], _Own]


def load_calendars(file: Path | None, names: frozenset[str] = frozenset({CN})) -> Mapping[str, Calendar]:
    """Return these calendars with a bureau's own days; raise BadDocument with every mistake in its file."""
    own = _own(file) if file is not None else {}
    return {name: _with(shipped_calendar(name), own.get(name)) for name in sorted(names | own.keys())}


def _own(file: Path) -> Mapping[str, _Own]:
    document = read(file)
    form = check(document, CalendarFile, also=_contradictions(document))
    return form.calendars


def _with(calendar: Calendar, own: _Own | None) -> Calendar:
    if own is None:
        return calendar
    days = {d: Day(DayKind(part.kind), part.note) for part in own.days for d in _each(part)}
    years = None if calendar.years is None else calendar.years | frozenset(own.published)
    return replace(calendar, days={**calendar.days, **days}, years=years)


def _each(part: _Days) -> list[date]:
    first, last = part.day or part.first, part.day or part.last
    assert first is not None
    assert last is not None
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def _contradictions(document: Document) -> Iterator[Problem]:
    """Yield what each value allows alone but the whole does not; parts that are wrong in themselves are left out."""
    whole = document.value.get("calendars") if isinstance(document.value, dict) else None
    for name, own in whole.items() if isinstance(whole, dict) else ():
        listed = own.get("days") if isinstance(own, dict) else None
        seen: dict[date, int] = {}
        for n, raw in enumerate(listed if isinstance(listed, list) else ()):
            where = ("calendars", name, "days", n)
            try:
                part = _Days.model_validate(raw)
            except ValueError:
                continue
            yield from _wrong_days(document, where, part, seen)


def _wrong_days(
    document: Document, where: tuple[str | int, ...], part: _Days, seen: dict[date, int]
) -> Iterator[Problem]:
    alone = part.day is not None and part.first is None and part.last is None
    if not alone and (part.day is not None or part.first is None or part.last is None):
        yield document.problem(where, N_("Write either day: for one day, or from: and to: for several."))
        return
    if part.first is not None and part.last is not None and not timedelta(0) <= part.last - part.first <= LONGEST:
        message = N_("{first} to {last} are no days in a row, or more than 60.")
        yield document.problem(where, message, first=part.first.isoformat(), last=part.last.isoformat())
        return
    for one in _each(part):
        if one in seen:
            message = N_("{day} stands here twice, first on line {line}.")
            yield document.problem(where, message, day=one.isoformat(), line=seen[one])
        seen.setdefault(one, document.line(where))
