"""Appraisals of offices from a terminal: list them, show one, write its papers and its workbook."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from monitor.cli import table
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.appraisal.appraisal import Appraisal
from monitor.core.appraisal.figures import plain
from monitor.core.errors import N_
from monitor.service import Parts, open_parts
from responders.documents.appraisal import grade_named, notice, results, self_check
from responders.documents.appraisal_book import write_book
from responders.documents.messages import Composer
from responders.documents.official_docx import docx_of
from responders.labels import label

WRITTEN = N_("Written to {file}.")


@click.group(help=say(COMMAND_HELP["appraisal"]))
def group() -> None:
    """Hold the commands together."""


@group.command(name="list", help=say(N_("List the appraisals, the newest first.")))
@JSON
def listed(*, as_json: bool) -> None:
    """List appraisals."""
    now = datetime.now(UTC)
    with open_parts() as parts:
        found = parts.appraisals.all()
    if as_json:
        table.as_json([_plain(one, now) for one in found])
        return
    rows = [
        [str(one.id), one.title, say(label(one.state(now))), f"{one.first} – {one.last}", str(len(one.offices))]
        for one in found
    ]
    table.show(rows, [say(N_("No.")), say(N_("Title")), say(N_("State")), say(N_("Period")), say(N_("Offices"))])


@group.command(help=say(N_("Show an appraisal, office by office.")))
@click.argument("number", type=NUMBER)
@JSON
def show(number: int, *, as_json: bool) -> None:
    """Show an appraisal."""
    now = datetime.now(UTC)
    with open_parts() as parts:
        held, rules = parts.appraisals.one(number), parts.appraisals.rules
    if as_json:
        table.as_json([_plain(held, now)])
        return
    click.echo(table.line(f"{held.id} {held.title}: {say(label(held.state(now)))}"))
    click.echo(say(N_("begins on {day}"), day=held.starts_on or held.begins_on))
    rows = [
        [
            one.office,
            one.name,
            say(label(one.state)) if held.announced else "",
            grade_named(one.grade, rules, say) if one.grade else "—",
        ]
        for one in held.offices
    ]
    table.show(rows, [say(N_("Id")), say(N_("Name of the office")), say(N_("State")), say(N_("Grade given"))])


@group.command(
    help=say(N_("Write the notice, the self-checks, the results (docx) and all figures (xlsx) to a folder."))
)
@click.argument("number", type=NUMBER)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help=say(N_("The folder; it is made where it is not there.")),
)
def export(number: int, out: Path) -> None:
    """Write the papers of an appraisal."""
    now = datetime.now(UTC)
    with open_parts() as parts:
        held = parts.appraisals.one(number)
        out.mkdir(parents=True, exist_ok=True)
        for file in _written(parts, held, out, now):
            click.echo(say(WRITTEN, file=table.line(str(file))))


def _written(parts: Parts, held: Appraisal, out: Path, now: datetime) -> list[Path]:
    desk, bureau = parts.appraisals, parts.settings.form.bureau.name
    composer = Composer(say, parts.names, region=parts.region)
    figures = {one.office: one.figures or desk.figures(held, one.office) for one in held.offices}
    papers = {"notice": notice(held, desk.rules, composer, bureau, now)}
    for n, one in enumerate(held.offices, 1):
        papers[f"self-check-{n}"] = self_check(held, one, figures[one.office], desk.rules, composer, now)
    if held.offices and all(one.settled for one in held.offices):
        papers["result"] = results(held, desk.rules, composer, bureau)
    files = []
    for name, paper in papers.items():
        files.append(out / f"appraisal-{held.id}-{name}.docx")
        files[-1].write_bytes(docx_of(paper))
    files.append(out / f"appraisal-{held.id}.xlsx")
    with files[-1].open("wb") as stream:
        write_book(held, figures, desk.rules, composer, stream, now)
    return files


def _plain(held: Appraisal, now: datetime) -> dict[str, Any]:
    """Return an appraisal for programs; a grade that is only proposed is not told."""
    return {
        "id": held.id,
        "title": held.title,
        "state": held.state(now).value,
        "coverage": held.coverage.value,
        "first": held.first.isoformat(),
        "last": held.last.isoformat(),
        "begins_on": held.begins_on.isoformat(),
        "starts_on": None if held.starts_on is None else held.starts_on.isoformat(),
        "offices": [
            {
                "office": one.office,
                "name": one.name,
                "state": one.state.value,
                "grade": one.grade or None,
                "figures": plain(one.figures),
                "by_hand": {name: {"value": hand.value, "source": hand.source} for name, hand in one.by_hand.items()},
                "digest": one.digest or None,
            }
            for one in held.offices
        ],
    }
