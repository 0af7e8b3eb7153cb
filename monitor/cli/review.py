"""An incident looked back upon: in a terminal, as a paper, as a workbook, as values."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.acts import moment
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import say
from monitor.core.aftermath.courses import Aftermath, reckon
from monitor.core.aftermath.followup import HeldReview, Lesson
from monitor.core.errors import N_, Mistake, UnknownIncident
from monitor.service import Parts, open_parts
from monitor.store import aftermath, views
from responders.documents import aftermath_files
from responders.documents.aftermath import Told, told
from responders.documents.aftermath_log import Checker
from responders.documents.messages import Composer
from responders.documents.scorecard import Proofs

WRITTEN = N_("Written to {file}.")
SUFFIXES = (".docx", ".xlsx", ".json")


class UnknownForm(Mistake):
    """A file is to be written in no form that there is."""

    message = N_("{file} ends in none of .docx, .xlsx and .json. Name a file that does.")


@click.command("review", help=say(N_("Look back upon an incident: its course, what was late and why.")))
@click.argument("incident", type=NUMBER)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(N_("Write it to a file instead: .docx, .xlsx or .json.")),
)
@JSON
def command(incident: int, out: Path | None, *, as_json: bool) -> None:
    """Show or write the review of an incident."""
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise UnknownForm(file=out.name)
    with open_parts() as parts:
        bureau = parts.settings.form.bureau.name
        composer = Composer(say, parts.names, region=parts.region)
        found, held, lessons = _read(parts, incident)
        checker = _checker(parts, composer) if found.facts.checks else None
        said = told(found, composer, held=held, lessons=lessons, checker=checker)
        values = aftermath_files.plain(found, composer, held, lessons)
    if out is not None:
        suffix = out.suffix.lower()
        if suffix == ".docx":
            body = aftermath_files.docx(said, found, composer, bureau=bureau)
        else:
            body = aftermath_files.workbook(said, composer) if suffix == ".xlsx" else aftermath_files.as_json(values)
        out.write_bytes(body)
        click.echo(say(WRITTEN, file=out))
    elif as_json:
        table.as_json([values])
    else:
        _show(said)


def _read(parts: Parts, number: int) -> tuple[Aftermath, HeldReview | None, list[Lesson]]:
    with parts.database.read() as connection:
        incident = views.incident(connection, number)
        if incident is None:
            raise UnknownIncident(id=number)
        found = reckon(aftermath.facts(connection, incident), parts.pack, moment())
        return found, aftermath.held(connection, number), aftermath.lessons(connection, number)


def _checker(parts: Parts, composer: Composer) -> Checker:
    proofs = Proofs(composer, parts.desk.release_rules)
    return Checker(proofs.score, proofs.title)


def _show(said: Told) -> None:
    """Print the review; what was fetched cannot steer the terminal."""
    click.echo(table.line(f"#{said.number} {said.title}: {said.subject}"))
    for name, value in said.facts:
        click.echo(table.line(say(N_("{name}: {value}"), name=name, value=value)))
    for sentence in said.conclusion:
        click.echo(table.line(sentence))
    for section in said.sections:
        click.echo(f"\n{section.title}")
        if not section.main:
            click.echo(f"  {section.none}")
        for row in section.main:
            click.echo("  " + table.line("  ".join(" ".join(cell.split()) for cell in row.cells if cell)))
