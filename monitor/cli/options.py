"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.numbers import NUMBER
from monitor.cli.speech import say
from monitor.core.errors import N_

JSON = click.option("--json", "as_json", is_flag=True, help=say(N_("One JSON object a line.")))
LIMIT = click.option("--limit", type=NUMBER, default=50, show_default=True, help=say(N_("How many at most.")))
CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help=say(N_("The settings file instead of huiying.yaml."))
)
SOURCES = click.option(
    "--sources", type=click.Path(path_type=Path), help=say(N_("The sources file instead of sources.yaml."))
)
HEADS = click.option(
    "--head",
    "heads",
    multiple=True,
    metavar="N:HASH",
    help=say(N_("A seal from the foot of a briefing, kept outside this machine; may be given several times.")),
)
