"""What a language model may ask: incidents, one incident, deadlines, the briefing. It can change nothing.

Each answer is an envelope {success, summary, data, error}. What was fetched stands under `untrusted`, apart from ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.beijing import day_of, local
from monitor.core.errors import N_, Mistake, UnknownIncident
from monitor.core.views import DeadlineView, IncidentView, ResponseView
from monitor.store import briefings, listing, views
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.documents.particulars import plain_particulars
from responders.documents.plain_line import plain_line

MOST, LONGEST_QUERY, MOST_ITEMS, LONGEST_TEXT = 50, 200, 40, 20_000


class WrongArgument(Mistake):
    """A tool was called with something that it does not take."""

    message = N_("The argument {name} is not what the tool takes. See its schema.")


class NoBriefing(Mistake):
    """There is no briefing of that day."""

    message = N_("There is no briefing of {day}.")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is for, the schema of its arguments, and what it does."""

    about: str
    properties: Mapping[str, Any]
    run: Callable[[Connection, Mapping[str, Any]], tuple[str, Any]]
    required: tuple[str, ...] = ()


class ReadOnlyTools:
    """The tools over one database."""

    def __init__(self, database: Database, composer: Composer, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._composer = composer
        self._clock = clock
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20}
        number = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        query = {"type": "string", "maxLength": LONGEST_QUERY, "description": "Words of the title; empty for all."}
        day = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "Beijing day; today if left out."}
        self._tools = {
            "search_incidents": Tool(
                "Find safety incidents, the latest first.", {"query": query, "limit": limit}, self._search
            ),
            "get_incident": Tool(
                "One incident: figures, deadlines, responses, reports.", {"id": number}, self._incident, ("id",)
            ),
            "list_deadlines": Tool(
                "Statutory response deadlines that are still open, the most urgent first.",
                {"limit": limit},
                self._deadlines,
            ),
            "get_briefing": Tool("The daily briefing as it was compiled.", {"day": day}, self._briefing),
        }

    def described(self) -> list[dict[str, Any]]:
        """Return the tools as the protocol lists them."""
        return [
            {
                "name": name,
                "description": tool.about,
                "inputSchema": {
                    "type": "object",
                    "properties": dict(tool.properties),
                    "required": list(tool.required),
                    "additionalProperties": False,
                },
                "annotations": {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False},
            }
            for name, tool in self._tools.items()
        ]

    def call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a tool's envelope, None where there is no such tool."""
        tool = self._tools.get(name)
        if tool is None:
            return None
        try:
            _check(tool, arguments)
            with self._database.read() as connection:
                summary, data = tool.run(connection, arguments)
        except Mistake as mistake:
            said = self._composer.words.mistake(mistake)
            return {"success": False, "summary": said, "data": None, "error": type(mistake).__name__}
        return {"success": True, "summary": summary, "data": data, "error": None}

    def _search(self, connection: Connection, given: Mapping[str, Any]) -> tuple[str, Any]:
        query, limit = str(given.get("query", "")).strip(), given.get("limit", 20)
        found = views.incidents(connection, ids=listing.titled(connection, query, limit), limit=limit)
        return self._counted(len(found)), [self._told(one) for one in found]

    def _incident(self, connection: Connection, given: Mapping[str, Any]) -> tuple[str, Any]:
        number = given["id"]
        found = views.incident(connection, number)
        if found is None:
            raise UnknownIncident(id=number)
        told = self._told(found)
        told["deadlines"] = [self._deadline(one) for one in views.deadlines(connection, matter_id=number)]
        told["responses"] = [
            {
                "kind": one.kind.value,
                "published_at": local(one.published_at).isoformat(),
                "by": one.by,
                "untrusted": {"title": plain_line(one.title), "url": plain_line(one.url)} | _beside(one),
            }
            for one in views.responses(connection, matter_id=number)
        ]
        items = views.items(connection, number)[-MOST_ITEMS:]
        told["reports"] = [
            {
                "source": self._composer.names.source(one.source),
                "first_seen_at": local(one.first_seen_at).isoformat(),
                "untrusted": {"title": plain_line(one.title), "url": plain_line(one.url)},
            }
            for one in items
        ]
        return f"#{number} {self._composer.grade(found)} {self._composer.figures(found.figures)}", told

    def _deadlines(self, connection: Connection, given: Mapping[str, Any]) -> tuple[str, Any]:
        found = views.deadlines(connection, live=True, limit=given.get("limit", 20))
        titles = listing.titles(connection, {one.matter_id for one in found})
        told = []
        for one in found:
            title, drill = titles.get(one.matter_id, ("", False))
            told.append(self._deadline(one) | {"drill": drill, "untrusted": {"title": plain_line(title)}})
        return self._counted(len(told)), told

    def _briefing(self, connection: Connection, given: Mapping[str, Any]) -> tuple[str, Any]:
        try:
            day = date.fromisoformat(given["day"]) if "day" in given else day_of(self._clock())
        except ValueError:
            raise WrongArgument(name="day") from None
        found = briefings.read(connection, day)
        if found is None:
            raise NoBriefing(day=day)
        return day.isoformat(), {"day": day.isoformat(), "untrusted": {"text": found.text[:LONGEST_TEXT]}}

    def _counted(self, number: int) -> str:
        return self._composer.words(N_("{n} found"), n=number)

    def _told(self, one: IncidentView) -> dict[str, Any]:
        return {
            "id": one.id,
            "state": one.state.value,
            "kind": self._composer.names.kind(one.kind),
            "grade": self._composer.grade(one),
            "confirmed": one.confirmed,
            "figures": dict(one.figures),
            "opened_at": local(one.opened_at).isoformat(),
            "drill": one.drill,
            "untrusted": {"title": plain_line(one.title), "place": plain_line(self._composer.place(one))},
        }

    def _deadline(self, one: DeadlineView) -> dict[str, Any]:
        return {
            "id": one.id,
            "incident": one.matter_id,
            "duty": self._composer.clock(one),
            "state": one.state.value,
            "provisional": one.provisional,
            "due_at": local(one.due_at).isoformat(),
            "left": self._composer.left(one, self._clock()) if one.live else "",
        }


def _check(tool: Tool, given: Mapping[str, Any]) -> None:
    """Raise WrongArgument unless the arguments fit the tool's schema."""
    for name in (*given, *tool.required):
        schema = tool.properties.get(name)
        value = given.get(name)
        if schema is None or not _fits(value, schema):
            raise WrongArgument(name=plain_line(name, 40))


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    if schema["type"] == "integer":
        return type(value) is int and schema["minimum"] <= value <= schema["maximum"]
    return isinstance(value, str) and len(value) <= schema.get("maxLength", 10)


def _beside(one: ResponseView) -> dict[str, str]:
    """Return what only its kind of response has, under plain names."""
    told: dict[str, str] = {}
    for name, value in plain_particulars(one.particulars).items():
        parts = {f"{name}_{key}": part for key, part in value.items()} if isinstance(value, dict) else {name: value}
        told |= {key: plain_line(str(part)) for key, part in parts.items() if part not in (None, "")}
    return told
