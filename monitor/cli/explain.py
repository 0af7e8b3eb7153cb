"""Say why: of an incident, of a stored item, or of a text that is only tried."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.people import go_on_without
from monitor.cli.sections import show as sections_shown
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import read
from monitor.core.errors import N_
from monitor.core.explain.answers import ItemAnswer
from monitor.core.model import Item
from monitor.core.text import storable
from monitor.service import Parts, open_parts
from responders.documents.messages import Composer
from responders.documents.reasons import Section
from responders.documents.reasons_contact import contact_sections
from responders.documents.reasons_incident import incident_sections
from responders.documents.reasons_item import item_sections
from responders.documents.reasons_telling import alert_sections, deadline_sections
from responders.inquiry import try_text
from responders.rota import UnknownContact

LONGEST = 100_000
ASKED = ("alert", "deadline", "contact", "incident")


@click.command(help=say(COMMAND_HELP["explain"]))
@click.argument("subject", nargs=-1, metavar="[alert|deadline|contact|incident] [N]")
@click.option("--item", "item_id", type=NUMBER, help=say(N_("A stored item instead of an incident.")))
@click.option("--text", help=say(N_("A text to try instead, its title on the first line; - reads the standard input.")))
@click.option("--at", help=say(N_("Of a contact: the moment, like 2026-07-09T20:30; Beijing time.")))
@click.option("--compare", is_flag=True, help=say(N_("With a text: also compare it with the known incidents.")))
@JSON
@click.pass_context
def command(
    ctx: click.Context,
    subject: tuple[str, ...],
    item_id: int | None,
    text: str | None,
    at: str | None,
    *,
    compare: bool,
    as_json: bool,
) -> None:
    """Explain an incident, an alert, a deadline, a contact, an item or a text."""
    asked = _subject(subject, at, ctx)
    if sum(given is not None for given in (asked, item_id, text)) > 1:
        raise click.UsageError(say(N_("Name one thing: an incident, an item or a text.")))
    now = datetime.now(UTC)
    people_wanted = asked is not None and asked.kind == "contact"
    with open_parts(without_people=None if people_wanted else go_on_without) as parts:
        composer = Composer(say, parts.names)
        if asked is not None:
            _tell(*_stored(parts, composer, asked, now), as_json=as_json)
            return
        answer = parts.inquiry.item(item_id) if item_id is not None else _tried(parts, text, now, compare=compare)
        head = answer.record.item.title if answer.record else ""
        _tell(asdict(answer), item_sections(answer, composer), head, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a kind with a number, or a person's name and the moment."""

    kind: str
    number: int = 0
    name: str = ""
    at: datetime | None = None


def _subject(said: tuple[str, ...], at: str | None, ctx: click.Context) -> Subject | None:
    """Read what is asked about: a number alone is an incident's."""
    if not said:
        return None
    kind, value = said if len(said) == 2 else ("incident", said[0])
    if len(said) > 2 or kind not in ASKED or (at is not None and kind != "contact"):
        told = N_("Ask about one of: {kinds}, with its number or name; a number alone is an incident's.")
        raise click.UsageError(say(told, kinds=", ".join(ASKED)))
    if kind == "contact":
        return Subject(kind, name=value, at=None if at is None else read(at))
    return Subject(kind, NUMBER.convert(value, None, ctx))


def _stored(
    parts: Parts, composer: Composer, subject: Subject, now: datetime
) -> tuple[dict[str, Any], Iterable[Section], str]:
    """Return the answer about something that is stored: for programs, for people, and its head."""
    number = subject.number
    if subject.kind == "contact":
        person = parts.duty.person(subject.name)
        if person is None:
            raise UnknownContact(name=subject.name, known=", ".join(parts.duty.contacts) or "—")
        told = parts.inquiry.contact(person, subject.at or now)
        return asdict(told), contact_sections(told, composer), person.name
    if subject.kind == "alert":
        alert = parts.inquiry.alert(number)
        return asdict(alert), alert_sections(alert, composer), say(N_("Alert {id}"), id=number)
    if subject.kind == "deadline":
        deadline = parts.inquiry.deadline(number, now)
        return asdict(deadline), deadline_sections(deadline, composer), say(N_("Deadline {id}"), id=number)
    incident = parts.inquiry.incident(number, now)
    return asdict(incident), incident_sections(incident, composer), f"#{number} {incident.incident.title}"


def _tried(parts: Parts, text: str | None, now: datetime, *, compare: bool) -> ItemAnswer:
    """Read a text as if it had come just now; nothing is stored."""
    if text is None and sys.stdin.isatty():
        raise click.UsageError(say(N_("Name an incident, an item with --item, or a text with --text.")))
    given = _standard_input() if text in (None, "-") else str(text)
    title, _, rest = storable(given).strip().partition("\n")
    if not title:
        raise click.UsageError(say(N_("The text is empty.")))
    item = Item(title=title.strip(), text=rest.strip(), published_at=now)
    answer = try_text(parts.reader, item, parts.region)
    return replace(answer, compared=parts.inquiry.compare(item, now)) if compare else answer


def _standard_input() -> str:
    return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace").read(LONGEST)


def _tell(answer: dict[str, Any], sections: Iterable[Section], head: str, *, as_json: bool) -> None:
    if as_json:
        table.as_json([answer])
        return
    sections_shown(sections, head)
