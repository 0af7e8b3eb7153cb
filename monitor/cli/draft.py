"""Drafts of releases from a terminal: the same desk and rules, under the login of an account where there are any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.acts import moment, tell, who
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.cli.texts import text_of
from monitor.core.beijing import read, shown
from monitor.core.drafts.draft import FOR_THE_PUBLIC, Draft, Gate, Verdict, Wording, digest
from monitor.core.drafts.gates import holds, last_at, waits_at
from monitor.core.errors import N_, UnknownIncident
from monitor.core.model import ResponseKind
from monitor.service import Parts, open_parts
from monitor.store import drafts, views
from responders.channels.safe_text import visible
from responders.desk.drafts import UnknownDraft
from responders.documents.messages import Composer
from responders.documents.review_sheet import sheet_of
from responders.documents.review_sheet_docx import docx_of
from responders.labels import label

GATES = {"self-review": Gate.SELF_REVIEW, "secrecy": Gate.SECRECY, "approval": Gate.APPROVAL}
KINDS = [kind.value for kind in ResponseKind if kind in FOR_THE_PUBLIC]
Command = Callable[..., Any]

SEEN = click.option(
    "--seen", type=NUMBER, help=say(N_("The version that you have read; refused where it is not the newest."))
)
COMMENT = click.option("--comment", default="", help=say(N_("Your opinion; it is kept.")))
FILE = click.Path(path_type=Path, allow_dash=True)


@click.group(help=say(COMMAND_HELP["draft"]))
def group() -> None:
    """Hold the commands together."""


@group.command(help=say(N_("Begin a draft for an incident.")))
@click.argument("incident", type=NUMBER)
@click.argument("file", type=FILE)
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], help=say(N_("What it is.")))
@click.option("--title", required=True, help=say(N_("The title of what is published.")))
@click.option("--place", default="", help=say(N_("The web address or the channel where it is published.")))
@who
def new(incident: int, file: Path, kind: str, title: str, place: str, by: str) -> None:
    """Begin a draft."""
    wording = Wording(kind=ResponseKind(kind), title=title, text=text_of(file), place=place)
    with open_parts() as parts:
        _tell(parts, parts.desk.drafts.begin(incident, wording, by=by, now=moment()))


@group.command(help=say(N_("Show where a draft stands, its text, and what happened to it.")))
@click.argument("draft", type=NUMBER)
@JSON
def show(draft: int, *, as_json: bool) -> None:
    """Show a draft."""
    with open_parts() as parts:
        found = _draft(parts, draft)
        if as_json:
            table.as_json([_plain(parts, found)])
            return
        _tell(parts, found)
        click.echo(table.lines(f"\n{found.wording.text}\n"))
        for step in found.steps:
            told = f"{shown(step.at)} {say(label(step.gate))}: {say(label(step.verdict))}"
            click.echo(table.line(f"  {told}, {step.by.name}, {step.version} {step.comment}"))


@group.command("list", help=say(N_("List the drafts that wait for somebody.")))
@JSON
def listed(*, as_json: bool) -> None:
    """List what waits."""
    with open_parts() as parts:
        with parts.database.read() as connection:
            found = drafts.waiting(connection)
        if as_json:
            table.as_json([_plain(parts, one) for one in found])
            return
        for one in found:
            _tell(parts, one)


@group.command(help=say(N_("Save another text, title or place; what was passed has to be looked at again.")))
@click.argument("draft", type=NUMBER)
@click.option("--text", type=FILE, help=say(N_("A file with its text.")))
@click.option("--kind", type=click.Choice(KINDS), help=say(N_("What it is.")))
@click.option("--title", help=say(N_("The title of what is published.")))
@click.option("--place", help=say(N_("The web address or the channel where it is published.")))
@SEEN
@who
def edit(
    draft: int, text: Path | None, kind: str | None, title: str | None, place: str | None, seen: int | None, by: str
) -> None:
    """Edit a draft."""
    wording = None if text is None else text_of(text)
    with open_parts() as parts:
        found = _draft(parts, draft)
        old = found.wording
        changed = Wording(
            kind=old.kind if kind is None else ResponseKind(kind),
            title=old.title if title is None else title,
            text=old.text if wording is None else wording,
            place=old.place if place is None else place,
        )
        version = found.version.number if seen is None else seen
        _tell(parts, parts.desk.drafts.save(draft, changed, seen=version, by=by, now=moment()))


@group.command(help=say(N_("Hand a draft in.")))
@click.argument("draft", type=NUMBER)
@SEEN
@who
def submit(draft: int, seen: int | None, by: str) -> None:
    """Hand a draft in."""
    with open_parts() as parts:
        _tell(parts, parts.desk.drafts.submit(draft, seen=_seen(parts, draft, seen), by=by, now=moment()))


@group.command(help=say(N_("Let a draft pass the section's own review or the secrecy review.")))
@click.argument("draft", type=NUMBER)
@click.option("--gate", type=click.Choice([name for name in GATES if name != "approval"]), default="secrecy")
@COMMENT
@SEEN
@who
def review(draft: int, gate: str, comment: str, seen: int | None, by: str) -> None:
    """Review a draft."""
    _judge(draft, GATES[gate], Verdict.PASSED, comment, seen, by)


@group.command(help=say(N_("Approve a draft as it stands.")))
@click.argument("draft", type=NUMBER)
@COMMENT
@SEEN
@who
def approve(draft: int, comment: str, seen: int | None, by: str) -> None:
    """Approve a draft."""
    _judge(draft, Gate.APPROVAL, Verdict.PASSED, comment, seen, by)


@group.command("return", help=say(N_("Send a draft back; after publication, object to it.")))
@click.argument("draft", type=NUMBER)
@click.option("--gate", type=click.Choice(list(GATES)), default="secrecy")
@click.option("--comment", required=True, help=say(N_("What has to be mended.")))
@SEEN
@who
def send_back(draft: int, gate: str, comment: str, seen: int | None, by: str) -> None:
    """Send a draft back."""
    _judge(draft, GATES[gate], Verdict.RETURNED, comment, seen, by)


@group.command(help=say(N_("Log that a draft was published.")))
@click.argument("draft", type=NUMBER)
@click.option(
    "--published-at", required=True, help=say(N_("When it was published, like 2026-07-09T20:30; Beijing time."))
)
@click.option("--url", default="", help=say(N_("The address of the page, where it is known only now.")))
@click.option("--urgent", default="", help=say(N_("Why it cannot wait for its review, which is then owed.")))
@SEEN
@who
def publish(draft: int, published_at: str, url: str, urgent: str, seen: int | None, by: str) -> None:
    """Publish a draft."""
    at = read(published_at)
    with open_parts() as parts:
        version = _seen(parts, draft, seen)
        desk = parts.desk.drafts
        tell(parts, desk.publish(draft, seen=version, published_at=at, by=by, now=moment(), url=url, urgent=urgent))
        _tell(parts, _draft(parts, draft))


@group.command(help=say(N_("Give a draft up.")))
@click.argument("draft", type=NUMBER)
@click.option("--reason", required=True, help=say(N_("Why; it is kept.")))
@who
def withdraw(draft: int, reason: str, by: str) -> None:
    """Give a draft up."""
    with open_parts() as parts:
        _tell(parts, parts.desk.drafts.withdraw(draft, by=by, now=moment(), reason=reason))


@group.command(help=say(N_("Write the review sheet of a draft into a .docx file.")))
@click.argument("draft", type=NUMBER)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def sheet(draft: int, file: Path) -> None:
    """Write the review sheet."""
    with open_parts() as parts:
        found = _draft(parts, draft)
        with parts.database.read() as connection:
            incident = views.incident(connection, found.matter_id)
            response = views.response(connection, found.response_id) if found.response_id else None
        if incident is None:
            raise UnknownIncident(id=found.matter_id)
        unit = parts.settings.form.bureau.name
        file.write_bytes(
            docx_of(
                sheet_of(
                    found,
                    parts.desk.drafts.asked(found, incident),
                    incident,
                    response,
                    Composer(say, parts.names),
                    unit,
                    visible,
                )
            )
        )


def _judge(draft: int, gate: Gate, verdict: Verdict, comment: str, seen: int | None, by: str) -> None:
    with open_parts() as parts:
        version, desk = _seen(parts, draft, seen), parts.desk.drafts
        _tell(parts, desk.judge(draft, gate, verdict, seen=version, by=by, now=moment(), comment=comment))


def _draft(parts: Parts, number: int) -> Draft:
    with parts.database.read() as connection:
        found = drafts.draft(connection, number)
    if found is None:
        raise UnknownDraft(id=number)
    return found


def _seen(parts: Parts, number: int, seen: int | None) -> int:
    """Return the version that a person decides on: the one he names, else the newest."""
    return _draft(parts, number).version.number if seen is None else seen


def _path(parts: Parts, draft: Draft) -> tuple[Gate, ...]:
    with parts.database.read() as connection:
        incident = views.incident(connection, draft.matter_id)
    if incident is None:
        raise UnknownIncident(id=draft.matter_id)
    return parts.desk.drafts.asked(draft, incident)


def _tell(parts: Parts, draft: Draft) -> None:
    """Print where a draft stands."""
    path = _path(parts, draft)
    gate, state = waits_at(draft, path), say(label(draft.state))
    head = say(
        N_("Draft {id} for incident {incident}: {title} ({state}, version {number})"),
        id=draft.id,
        incident=draft.matter_id,
        title=draft.wording.title,
        state=state,
        number=draft.version.number,
    )
    click.echo(table.line(head))
    for one in path:
        last = last_at(draft, one)
        told = f"{say(label(last.verdict))}, {last.by.name}, {shown(last.at)}" if last else "—"
        mark = "✓" if holds(draft, one) else ("→" if one is gate else " ")
        click.echo(table.line(f"  {mark} {say(label(one))}: {told}"))
    if draft.later_due_at is not None:
        click.echo("  " + say(N_("The review is owed until {until}."), until=shown(draft.later_due_at)))


def _plain(parts: Parts, draft: Draft) -> dict[str, Any]:
    path = _path(parts, draft)
    gate = waits_at(draft, path)
    return {
        "id": draft.id,
        "incident": draft.matter_id,
        "state": draft.state.value,
        "version": draft.version.number,
        "kind": draft.wording.kind.value,
        "title": draft.wording.title,
        "text": draft.wording.text,
        "place": draft.wording.place,
        "answers": list(draft.version.answers),
        "sha256": digest(draft.wording),
        "gates": {one.value: holds(draft, one) for one in path},
        "waits_at": None if gate is None else gate.value,
        "response": draft.response_id,
        "later_due_at": None if draft.later_due_at is None else draft.later_due_at.isoformat(),
        "steps": [
            {
                "at": step.at.isoformat(),
                "gate": step.gate.value,
                "verdict": step.verdict.value,
                "version": step.version,
                "by": step.by.name,
                "comment": step.comment,
                "sha256": step.hash,
            }
            for step in draft.steps
        ],
    }
