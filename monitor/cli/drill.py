"""Practise: begin and end a drill, see how it went."""

from __future__ import annotations

import click

from monitor.cli import table
from monitor.cli.acts import moment, who
from monitor.cli.numbers import NUMBER
from monitor.cli.options import LIMIT
from monitor.cli.people import go_on_without
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import shown
from monitor.core.drills import Drill, Score
from monitor.core.errors import N_
from monitor.core.model import Severity
from monitor.service import Parts, open_parts
from monitor.store import drills
from responders.documents.drill import score_lines
from responders.drills import MOST_TIMES
from responders.labels import label
from responders.language import LANGUAGES, Words

# What people call them, in either language; the largest first.
SEVERITIES = {severity.name.lower(): severity for severity in sorted(Severity, reverse=True)}
TONGUES = tuple(Words(language) for language in LANGUAGES)
HEAD = (N_("No."), N_("Begun"), N_("Ended"), N_("By"), N_("Incident"))


class Grade(click.ParamType[Severity]):
    """A severity by its English or Chinese name."""

    name = "grade"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Severity:
        """Return the severity that a person named."""
        spoken = {words(label(severity)): severity for words in TONGUES for severity in Severity}
        named = {**spoken, **SEVERITIES}
        if value not in named:
            grades = say(N_(", ")).join(say(label(severity)) for severity in SEVERITIES.values())
            self.fail(say(N_("{value} is no grade. Choose from: {grades}."), value=value, grades=grades))
        return named[value]


@click.group(help=say(COMMAND_HELP["drill"]))
def group() -> None:
    """Hold the commands about drills together."""


@group.command("start", help=say(N_("Begin a drill: alerts go out to everybody on duty, marked as a drill.")))
@click.option("--severity", type=Grade(), default="major", help=say(N_("How grave it is to be; major if not given.")))
@click.option("--title", default="", help=say(N_("What has happened, as it were.")))
@click.option(
    "--shorten",
    "times",
    type=click.FloatRange(1, MOST_TIMES),
    default=1.0,
    help=say(N_("How many times shorter the deadlines are than real ones.")),
)
@who
def start(severity: Severity, title: str, times: float, by: str) -> None:
    """Begin a drill."""
    with open_parts() as parts:
        drill = parts.drills.start(by=by, now=moment(), severity=severity, title=title, times=times)
        show(parts, drill, parts.drills.scored(drill.id)[1])
        silent = [c.name or c.kind for c in parts.settings.form.channels if not getattr(c, "drills", True)]
        if silent:
            told = N_("Not told over {names}: a machine may listen there, which cannot tell a drill.")
            click.echo(say(told, names=", ".join(silent)))


@group.command("end", help=say(N_("End the drill that runs and show how it went.")))
@who
def end(by: str) -> None:
    """End the drill that runs."""
    with open_parts() as parts:
        drill = parts.drills.end(by=by, now=moment())
        show(parts, drill, parts.drills.scored(drill.id)[1])


@group.command("list", help=say(N_("List the drills, the latest first.")))
@LIMIT
def listed(limit: int) -> None:
    """List drills."""
    with open_parts() as parts, parts.database.read() as connection:
        found = drills.drills(connection, limit=limit)
        rows = [
            [
                str(drill.id),
                shown(drill.started_at),
                shown(drill.ended_at) if drill.ended_at else say(N_("runs")),
                drill.started_by,
                f"#{drill.matter_id} {drill.title}",
            ]
            for drill in found
        ]
        table.show(rows, [say(head) for head in HEAD])


@group.command("show", help=say(N_("Show how a drill went: who acted, how fast, over which channels.")))
@click.argument("drill", type=NUMBER)
def shown_one(drill: int) -> None:
    """Show one drill."""
    with open_parts(without_people=go_on_without) as parts:
        show(parts, *parts.drills.scored(drill))


def show(parts: Parts, drill: Drill, score: Score) -> None:
    """Print a drill and its score."""
    for line in score_lines(drill, score, parts.names, say):
        click.echo(table.line(line))
