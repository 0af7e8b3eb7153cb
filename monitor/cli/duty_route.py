"""The command that tries the rules of routing: which office an incident would go to."""

from __future__ import annotations

import click

from monitor.cli import table
from monitor.cli.speech import say
from monitor.core.errors import N_, Mistake
from monitor.core.model import Place, Scope, Severity
from monitor.core.people.assignments import Part
from monitor.core.people.routing import route
from monitor.service import open_parts
from responders.desk.corrections import UnknownKind
from responders.documents.assignments import said_why
from responders.labels import label


class UnknownDivision(Mistake):
    """A place to be tried is no division."""

    message = N_("{code} is no division code. Write six digits, like 210200.")


@click.command("route", help=say(N_("Say which office the rules name for an incident, by place, kind and grade.")))
@click.argument("place")
@click.argument("kind")
@click.option(
    "--grade",
    type=click.Choice([grade.name.lower() for grade in Severity]),
    help=say(N_("Its grade; none where nothing is said.")),
)
def routed(place: str, kind: str, grade: str | None) -> None:
    """Try the rules of routing."""
    with open_parts() as parts:
        if place not in parts.names.places:
            raise UnknownDivision(code=place)
        if kind not in parts.names.kinds:
            raise UnknownKind(kind=kind)
        severity = Severity[grade.upper()] if grade else None
        found = route(parts.duty.offices.values(), _place(place), Scope.DOMESTIC, kind, severity)
        if found is None:
            click.echo(say(N_("No rule names an office.")))
            return
        for one in found.every:
            part = say(label(Part.LEAD if one is found.lead else Part.HELP))
            why = said_why(one, parts.names, say)
            click.echo(table.line(say(N_("{name} ({part}): {state}"), name=one.name, part=part, state=why)))


def _place(code: str) -> Place:
    """Return the place of a division's code, with the divisions that it lies in."""
    province, city = f"{code[:2]}0000", f"{code[:4]}00"
    return Place(province, city if city != province else None, code if code not in (province, city) else None)
