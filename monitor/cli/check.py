"""Check every configuration file and list every mistake of all of them at once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.document import BadDocument
from monitor.config.gazetteer import load_gazetteer
from monitor.config.lexicon import load_words
from monitor.config.rules import RULES, load_pack
from monitor.config.settings import Settings, SettingsFile, load_settings
from monitor.config.sources import load_sources
from monitor.core.errors import N_, Mistake
from monitor.service import Parts
from monitor.service.outlets import outlets_of


@click.command(help=say(COMMAND_HELP["check"]))
@click.option("--config", type=click.Path(path_type=Path), help=say(N_("The settings file instead of huiying.yaml.")))
@click.option("--sources", type=click.Path(path_type=Path), help=say(N_("The sources file instead of sources.yaml.")))
def command(config: Path | None, sources: Path | None) -> None:
    """Check the configuration."""
    faults = 0
    settings = Settings(SettingsFile(), None)

    def tried(name: str, load: Callable[[], Any], told: Callable[[Any], str]) -> Any:
        nonlocal faults
        try:
            value = load()
        except BadDocument as bad:
            faults += len(bad.problems)
            for problem in bad.problems:
                click.echo(f"{problem.file}:{problem.line}: {say(problem.message, **problem.facts)}", err=True)
            return None
        except Mistake as mistake:
            faults += 1
            click.echo(f"{name}: {say.mistake(mistake)}", err=True)
            return None
        click.echo(f"{name}: {told(value)}")
        return value

    loaded = tried(say(N_("Settings")), lambda: load_settings(config), lambda s: str(s.file or say(N_("defaults"))))
    settings = loaded or settings
    named = sources or (Path(settings.form.sources) if settings.form.sources else None)
    tried(
        say(N_("Sources")),
        lambda: load_sources(named),
        lambda all_: say(N_("{count}, {on} enabled"), count=len(all_), on=sum(source.enabled for source in all_)),
    )
    for pack in {settings.form.rules, *(path.stem for path in RULES.glob("cn-*.yaml"))}:
        tried(
            say(N_("Rules {pack}"), pack=pack),
            lambda pack=pack: load_pack(pack),
            lambda p: say(N_("{count} obligations"), count=len(p.obligations)),
        )
    tried(say(N_("Lexicon")), load_words, lambda w: say(N_("{count} kinds"), count=len(w[0].kinds)))
    tried(say(N_("Gazetteer")), load_gazetteer, lambda _: say(N_("in order")))
    tried(
        say(N_("Channels")),
        lambda: outlets_of(settings.form, lambda: Parts(settings).gate, say),
        lambda outlets: ", ".join(outlet.channel.name for outlet in outlets),
    )
    if faults:
        click.echo(say(N_("{count} mistake(s)."), count=faults), err=True)
        sys.exit(1)
    click.echo(say(N_("No mistakes.")))
