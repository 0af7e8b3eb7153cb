"""Say why: of an incident, of a stored item, or of a text that is only tried."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.errors import N_
from monitor.core.explain.answers import ItemAnswer
from monitor.core.model import Item
from monitor.core.text import storable
from monitor.service import Parts, open_parts
from responders.documents.messages import Composer
from responders.documents.reasons import Mark, Section
from responders.documents.reasons_incident import incident_sections
from responders.documents.reasons_item import item_sections
from responders.inquiry import try_text

SIGNS = {Mark.FOR: "+", Mark.AGAINST: "-", Mark.OTHERWISE: "?", Mark.PLAIN: " "}
LONGEST = 100_000


@click.command(help=say(COMMAND_HELP["explain"]))
@click.argument("incident", type=NUMBER, required=False)
@click.option("--item", "item_id", type=NUMBER, help=say(N_("A stored item instead of an incident.")))
@click.option("--text", help=say(N_("A text to try instead, its title on the first line; - reads the standard input.")))
@click.option("--compare", is_flag=True, help=say(N_("With a text: also compare it with the known incidents.")))
@click.option("--json", "as_json", is_flag=True, help=say(N_("One JSON object a line.")))
def command(incident: int | None, item_id: int | None, text: str | None, *, compare: bool, as_json: bool) -> None:
    """Explain an incident, an item or a text."""
    if sum(given is not None for given in (incident, item_id, text)) > 1:
        raise click.UsageError(say(N_("Name one thing: an incident, an item or a text.")))
    now = datetime.now(UTC)
    with open_parts() as parts:
        composer = Composer(say, parts.names)
        if incident is not None:
            of_incident = parts.inquiry.incident(incident, now)
            incident_head = f"#{incident} {of_incident.incident.title}"
            _tell(asdict(of_incident), incident_sections(of_incident, composer), incident_head, as_json=as_json)
            return
        answer = parts.inquiry.item(item_id) if item_id is not None else _tried(parts, text, now, compare=compare)
        head = answer.record.item.title if answer.record else ""
        _tell(asdict(answer), item_sections(answer, composer), head, as_json=as_json)


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
    if head:
        click.echo(table.line(head))
    for section in sections:
        click.echo(f"\n{table.line(section.title)}")
        for entry in section.entries:
            note = f" ({entry.note})" if entry.note else ""
            click.echo(f"{SIGNS[entry.mark]} {table.line(entry.text + note)}")
            if entry.quote:
                click.echo(f"    | {table.line(entry.quote)}")
