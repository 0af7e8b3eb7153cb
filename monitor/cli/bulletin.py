"""Issues of bulletins from a terminal: the same desk and rules, under the login of an account where there are any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.acts import moment, who
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import day_of, shown
from monitor.core.bulletins.bulletin import NEWSLETTERS, OF_AN_INCIDENT, Bulletin, BulletinKind, BulletinState, digest
from monitor.core.errors import N_
from monitor.service import Parts, open_parts
from monitor.store import bulletins, views
from responders.desk.bulletins import UnknownBulletin
from responders.documents.bulletin_names import issue_name
from responders.documents.bulletin_paper import paper_of, plain_text
from responders.documents.bulletin_texts import BulletinWriter
from responders.documents.messages import Composer
from responders.documents.newsletter import incident_entry, title_of
from responders.documents.official_docx import docx_of
from responders.documents.official_html import paper_html
from responders.documents.scorecard import Proofs
from responders.labels import label

KINDS = [kind.value for kind in BulletinKind]
WRITTEN = N_("Written to {file}.")
OUT = click.Path(path_type=Path, dir_okay=False)


@click.group(help=say(COMMAND_HELP["bulletin"]))
def group() -> None:
    """Hold the commands together."""


@group.command("list", help=say(N_("List issues, the latest first.")))
@click.option("--kind", type=click.Choice(KINDS), help=say(N_("Only of this kind.")))
@click.option("--year", type=NUMBER, help=say(N_("Only of this year.")))
@click.option(
    "--state", type=click.Choice([state.value for state in BulletinState]), help=say(N_("Only in this state."))
)
@JSON
def listed(kind: str | None, year: int | None, state: str | None, *, as_json: bool) -> None:
    """List issues."""
    with open_parts() as parts, parts.database.read() as connection:
        found = bulletins.listed(
            connection,
            kind=None if kind is None else BulletinKind(kind),
            year=year,
            state=None if state is None else BulletinState(state),
        )
    if as_json:
        table.as_json([_plain(one) for one in found])
        return
    for one in found:
        _tell(one)


@group.command(help=say(N_("Make the next issue: of an incident, or a newsletter of the incidents named.")))
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("incidents", type=NUMBER, nargs=-1, required=True)
@click.option("--out", type=OUT, help=say(N_("Write it into this file as well: .docx, .html or .txt.")))
@who
def make(kind: str, incidents: tuple[int, ...], out: Path | None, by: str) -> None:
    """Make an issue."""
    chosen = BulletinKind(kind)
    if chosen in OF_AN_INCIDENT and len(incidents) != 1:
        raise click.UsageError(say(N_("Name one incident for an issue of this kind.")))
    with open_parts() as parts:
        made = (
            _newsletter(parts, chosen, incidents, by) if chosen in NEWSLETTERS else _of(parts, chosen, incidents[0], by)
        )
        _tell(made)
        if out is not None:
            _write(parts, made, out)


@group.command(help=say(N_("Show an issue as text, with what people did to it.")))
@click.argument("bulletin", type=NUMBER)
@JSON
def show(bulletin: int, *, as_json: bool) -> None:
    """Show an issue."""
    with open_parts() as parts:
        found = _bulletin(parts, bulletin)
    if as_json:
        table.as_json([_plain(found)])
        return
    _tell(found)
    click.echo(table.line(f"\n{found.content.title}"))
    for section in found.content.sections:
        click.echo(table.lines(f"\n{section.heading}\n{section.text}".rstrip()))
    click.echo("")
    for step in found.steps:
        told = f"{shown(step.at)} {say(label(step.act))}: {step.by.name}, {step.version} {step.comment}"
        click.echo(table.line(told.rstrip()))


@group.command(help=say(N_("Write an issue into a file: .docx, .html, or .txt for a telephone.")))
@click.argument("bulletin", type=NUMBER)
@click.option("--out", type=OUT, required=True, help=say(N_("The file; its ending says what is written.")))
def export(bulletin: int, out: Path) -> None:
    """Write an issue into a file."""
    with open_parts() as parts:
        _write(parts, _bulletin(parts, bulletin), out)


def _of(parts: Parts, kind: BulletinKind, incident: int, by: str) -> Bulletin:
    composer = Composer(say, parts.names, region=parts.region)
    writer = BulletinWriter(composer, Proofs(composer, parts.desk.release_rules))
    return parts.desk.bulletins.make(incident, kind, writer=writer, language=say.language, by=by, now=moment())


def _newsletter(parts: Parts, kind: BulletinKind, incidents: tuple[int, ...], by: str) -> Bulletin:
    composer, now = Composer(say, parts.names, region=parts.region), moment()
    with parts.database.read() as connection:
        known = {one.id: one for one in views.incidents(connection, ids=incidents)}
        entries = [
            incident_entry(known[number], views.responses(connection, matter_id=number), composer)
            for number in dict.fromkeys(incidents)
            if number in known
        ]
    days = sorted(day_of(one.opened_at) for one in known.values()) or [day_of(now)]
    title = title_of(kind, days[0], days[-1], composer)
    return parts.desk.bulletins.issue(kind, title, entries, language=say.language, by=by, now=now)


def _bulletin(parts: Parts, number: int) -> Bulletin:
    with parts.database.read() as connection:
        found = bulletins.bulletin(connection, number)
    if found is None:
        raise UnknownBulletin(id=number)
    return found


def _write(parts: Parts, bulletin: Bulletin, out: Path) -> None:
    paper = paper_of(bulletin, parts.settings.form.bureau.name)
    ending = out.suffix.lower()
    if ending == ".docx":
        out.write_bytes(docx_of(paper))
    elif ending == ".html":
        out.write_text(paper_html(paper), "utf-8")
    elif ending == ".txt":
        out.write_text(plain_text(bulletin).text + "\n", "utf-8")
    else:
        raise click.UsageError(say(N_("The file must end in .docx, .html or .txt.")))
    click.echo(say(WRITTEN, file=out))


def _tell(bulletin: Bulletin) -> None:
    """Print where an issue stands."""
    told = say(
        N_("{id}: {issue}, {state}, {title}"),
        id=bulletin.id,
        issue=issue_name(bulletin, say),
        state=say(label(bulletin.state)),
        title=bulletin.content.title,
    )
    click.echo(table.line(told))


def _plain(bulletin: Bulletin) -> dict[str, Any]:
    return {
        "id": bulletin.id,
        "kind": bulletin.kind.value,
        "year": bulletin.year,
        "number": bulletin.number,
        "sequel": bulletin.sequel,
        "follows": bulletin.follows,
        "incident": bulletin.matter_id,
        "state": bulletin.state.value,
        "version": bulletin.version.number,
        "made_at": bulletin.made_at.isoformat(),
        "title": bulletin.content.title,
        "sections": [
            {"key": one.key.value, "heading": one.heading, "text": one.text, "about": one.about}
            for one in bulletin.content.sections
        ],
        "sha256": digest(bulletin),
        "steps": [
            {
                "act": step.act.value,
                "at": step.at.isoformat(),
                "by": step.by.name,
                "version": step.version,
                "comment": step.comment,
                "sha256": step.hash,
            }
            for step in bulletin.steps
        ],
    }
