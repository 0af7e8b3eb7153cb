"""Offers from a terminal: what we published ourselves, and whether it is the response."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from monitor.cli import table
from monitor.cli.acts import moment, who
from monitor.cli.numbers import NUMBER
from monitor.cli.options import JSON
from monitor.cli.speech import COMMAND_HELP, say
from monitor.core.beijing import read, shown
from monitor.core.errors import N_
from monitor.core.model import ResponseKind, Verb
from monitor.core.offers.offer import Offer, OfferState
from monitor.service import Parts, open_parts
from monitor.service.offers import offers_of
from monitor.store import offers, views
from responders.documents.messages import Composer
from responders.documents.offers import ASIDE, question_of
from responders.documents.outcomes import outcome

MOST = 200


@click.group(help=say(COMMAND_HELP["offer"]))
def group() -> None:
    """Hold the commands together."""


@group.command("list", help=say(N_("List what is offered; with --all also what is not, and why.")))
@click.argument("incident", type=NUMBER, required=False)
@click.option("--all", "everything", is_flag=True, help=say(N_("Also what was logged, refused or set aside.")))
@JSON
def listed(incident: int | None, *, everything: bool, as_json: bool) -> None:
    """List offers."""
    states = tuple(OfferState) if everything else (OfferState.OPEN,)
    with open_parts() as parts:
        with parts.database.read() as connection:
            if incident is None:
                found = offers.latest(connection, states=states, limit=MOST)
            else:
                found = offers.of_matters(connection, [incident], states=states).get(incident, [])
        if as_json:
            table.as_json(_as_json(one) for one in found)
            return
        if not found:
            click.echo(say(N_("Nothing is offered.")))
        for one in found:
            click.echo(table.line(f"{one.id}  #{one.matter_id}  {_said(one, parts)}"))
            if one.url:
                click.echo(table.line(f"    {one.url}"))


@group.command(help=say(N_("Log an offer as the response.")))
@click.argument("incident", type=NUMBER)
@click.argument("number", type=NUMBER)
@click.option("--kind", type=click.Choice([kind.value for kind in ResponseKind]), help=say(N_("Another kind.")))
@click.option("--published-at", help=say(N_("When the public could first read it, where that is not sure.")))
@who
def log(incident: int, number: int, kind: str | None, published_at: str | None, by: str) -> None:
    """Log an offer."""
    with open_parts() as parts:
        with parts.database.read() as connection:
            before = views.deadlines(connection, matter_id=incident)
        done = parts.desk.offers.log(
            incident,
            number,
            kind=ResponseKind(kind) if kind else None,
            published_at=read(published_at).astimezone(UTC) if published_at else None,
            by=by,
            now=moment(),
        )
        composer = Composer(parts.words, parts.names, region=parts.region)
        click.echo(outcome(Verb.RESPOND, done, before, composer))


@group.command(help=say(N_("Say that an offer is not the response; it is not offered again.")))
@click.argument("incident", type=NUMBER)
@click.argument("number", type=NUMBER)
@who
def refuse(incident: int, number: int, by: str) -> None:
    """Refuse an offer."""
    with open_parts() as parts:
        parts.desk.offers.refuse(incident, number, by=by, now=moment())
        click.echo(say(N_("Kept: this is not the response. It is not offered again.")))


@group.command(help=say(N_("Take a refusal back.")))
@click.argument("incident", type=NUMBER)
@click.argument("number", type=NUMBER)
@who
def again(incident: int, number: int, by: str) -> None:
    """Offer it again."""
    with open_parts() as parts:
        parts.desk.offers.again(incident, number, by=by, now=moment())
        click.echo(say(N_("It is offered again.")))


@group.command(help=say(N_("Look now at what our own sources published; the service does so by itself.")))
def look() -> None:
    """Look for offers."""
    with open_parts() as parts:
        made = offers_of(parts).tick(datetime.now(UTC))
    click.echo(say(N_("{n} new offer(s)."), n=made))


def _said(one: Offer, parts: Parts) -> str:
    """Ask about an offer, or say what became of it."""
    if one.state is OfferState.OPEN:
        return question_of(one, parts.words, parts.names)
    if one.why is not None:
        return f"{one.title}: {say(ASIDE[one.why])}"
    at = shown(one.decided_at) if one.decided_at else ""
    told = N_("logged by {name} at {at}")
    if one.state is OfferState.REFUSED:
        told = N_("{name} said at {at} that it is not the response")
    return f"{one.title}: {say(told, name=one.decided_by, at=at)}"


def _as_json(one: Offer) -> dict[str, object]:
    return {
        "id": one.id,
        "incident": one.matter_id,
        "item": one.item_id,
        "source": one.source,
        "form": one.form.value,
        "kind": one.kind.value if one.kind else None,
        "state": one.state.value,
        "why": one.why.value if one.why else None,
        "title": one.title,
        "url": one.url,
        "published_at": one.published_at.isoformat() if one.published_at else None,
        "found_at": one.found_at.isoformat(),
        "response": one.response_id,
    }
