"""The options that only some kinds of response have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from monitor.cli.numbers import NUMBER
from monitor.cli.speech import say
from monitor.core.beijing import read
from monitor.core.errors import N_
from monitor.core.particulars import Clarification, Conference, Continuation, Particulars
from responders.desk.particulars import NotOfThisKind, claim_of

Command = Callable[..., Any]
OF_A_CONFERENCE = (
    click.option("--place", default="", help=say(N_("Of a press conference: where it was held."))),
    click.option("--speaker", default="", help=say(N_("Of a press conference: who spoke, with office."))),
    click.option("--rank", default="", help=say(N_("Of a press conference: the rank of the highest speaker."))),
    click.option("--questions", type=NUMBER, help=say(N_("Of a press conference: how many questions were answered."))),
    click.option("--record-url", default="", help=say(N_("Of a press conference: where its record can be read."))),
)
OTHERS = (
    click.option("--claim", default="", help=say(N_("Of a clarification: the claim it answers, like item:12."))),
    click.option("--follows", type=NUMBER, help=say(N_("Of a further release: the number of the one it continues."))),
    click.option("--promised-at", default="", help=say(N_("Of a further release: when the next one is promised."))),
)


def of_a_conference(function: Command) -> Command:
    """Add the options of a press conference."""
    for option in reversed(OF_A_CONFERENCE):
        function = option(function)
    return function


def of_its_kind(function: Command) -> Command:
    """Add the options of all kinds that have some of their own."""
    for option in reversed(OTHERS):
        function = option(function)
    return of_a_conference(function)


def particulars_of(*, claim: str, follows: int | None, promised_at: str, **held: Any) -> Particulars | None:
    """Return what was said beside the response, None where nothing was. Raise NotOfThisKind, NotAClaim."""
    said: list[Particulars] = []
    conference = Conference(**held)
    if conference != Conference():
        said.append(conference)
    if claim:
        said.append(Clarification(claim=claim_of(claim)))
    if follows is not None or promised_at:
        said.append(Continuation(follows=follows, promised_at=read(promised_at) if promised_at else None))
    if len(said) > 1:
        raise NotOfThisKind
    return said[0] if said else None
