"""Check the text of a release before or after it is published; advice, whatever comes of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.acts import moment, who
from monitor.cli.numbers import NUMBER
from monitor.cli.sections import show
from monitor.cli.speech import COMMAND_HELP, say
from monitor.cli.texts import text_of
from monitor.core.beijing import read
from monitor.core.checks.scorecard import Scorecard
from monitor.core.errors import N_
from monitor.core.model import ResponseKind
from monitor.service import Parts, open_parts
from responders.documents.messages import Composer
from responders.documents.scorecard import Proofs


@click.command(help=say(COMMAND_HELP["check-release"]))
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--incident", type=NUMBER, help=say(N_("Compare with what is known of this incident.")))
@click.option("--response", type=NUMBER, help=say(N_("Keep it as the text of this logged response.")))
@click.option(
    "--kind",
    type=click.Choice([k.value for k in ResponseKind]),
    default=ResponseKind.AUTHORITATIVE_RELEASE.value,
    help=say(N_("What it is.")),
)
@click.option("--policy", is_flag=True, help=say(N_("It interprets a policy and tells of no incident.")))
@click.option("--at", help=say(N_("When it is published, like 2026-07-09T20:30; Beijing time. Now without it.")))
@click.option("--json", "as_json", is_flag=True, help=say(N_("One JSON object a line.")))
@who
def command(
    file: Path,
    incident: int | None,
    response: int | None,
    kind: str,
    at: str | None,
    by: str,
    *,
    policy: bool,
    as_json: bool,
) -> None:
    """Check a release."""
    if sum((incident is not None, response is not None, policy)) > 1:
        raise click.UsageError(say(N_("Name one thing: an incident, a response or a policy.")))
    text = text_of(file)
    now = moment() if at is None else read(at)
    with open_parts() as parts:
        if response is not None:
            card = parts.desk.add_text(response, text, by=by, now=moment())
        elif incident is not None:
            card = parts.desk.check_release(incident, text, ResponseKind(kind), now=now)
        else:
            card = parts.proofreader.bare(text, ResponseKind(kind), now, policy=policy)
        _tell(parts, card, as_json=as_json)


def _tell(parts: Parts, card: Scorecard, *, as_json: bool) -> None:
    proofs = Proofs(Composer(say, parts.names), parts.checker.rules)
    if as_json:
        plain = asdict(card)
        for finding, told in zip(card.findings, plain["findings"], strict=True):
            for remark, one in zip(finding.remarks, told["remarks"], strict=True):
                one["said"] = proofs.remark(remark)
        table.as_json([plain])
        return
    for line in proofs.head(card):
        click.echo(table.line(line))
    show(proofs.sections(card.findings))
