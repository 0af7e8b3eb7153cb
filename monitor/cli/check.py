"""Check every configuration file and list every mistake of all of them at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from monitor.cli import table
from monitor.cli.calendar import said_coverage
from monitor.cli.doctor_slack import way_in
from monitor.cli.options import CONFIG, SOURCES
from monitor.cli.speech import COMMAND_HELP, say
from monitor.config.calendars import CN
from monitor.config.chains import load_chains
from monitor.config.conferences import load_conferences
from monitor.config.document import BadDocument
from monitor.config.gazetteer import load_gazetteer
from monitor.config.lexicon import load_words
from monitor.config.overlays import load_rules, with_base
from monitor.config.own_calendar import load_calendars
from monitor.config.own_releases import load_release_words
from monitor.config.release import load_release_rules
from monitor.config.rules import PACKS, PackRead
from monitor.config.settings import ConsoleSetting, Settings, SettingsFile, load_settings
from monitor.config.sources import load_sources
from monitor.config.stream_tokens import token_of
from monitor.core.duties.calendar import Calendar
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake
from monitor.core.people.duty import Duty
from monitor.core.second.opinion import Asks
from monitor.core.sources import Source
from monitor.loops.deliver import Outlet
from monitor.service import Parts, open_parts
from monitor.service.briefing import readers_of
from monitor.service.evidence import roots_of
from monitor.service.hosts import is_strict
from monitor.service.offers import own_sources_of
from monitor.service.outlets import outlets_of
from monitor.service.pushing import pushed, ways_in
from monitor.store.database import usable

T = TypeVar("T")


@click.command(help=say(COMMAND_HELP["check"]))
@CONFIG
@SOURCES
def command(config: Path | None, sources: Path | None) -> None:
    """Check the configuration."""
    examination = Examination()
    settings = examination.of(say(N_("Settings")), lambda: load_settings(config), _file)
    settings = settings or Settings(SettingsFile(), None)
    named = sources or (Path(settings.form.sources) if settings.form.sources else None)
    watched = examination.of(say(N_("Sources")), lambda: load_sources(named), _counted) or ()
    for source in watched:
        if source.stream_rule is not None and source.stream_rule.secret and source.enabled:
            examination.of(source.name, partial(token_of, source), lambda _: say(N_("in order")))
    for source in pushed({one.id: one for one in watched if one.enabled}).values():
        examination.of(say(N_("Brought data")), partial(ways_in, source), partial(_ways_in, source.id))
    form = settings.form
    office = say(N_("Rules {pack}"), pack=", ".join(form.rules))
    examination.of(office, lambda: load_rules(form.rules, form.groups, form.role), _obligations)
    for pack in sorted({path.stem for path in PACKS.glob("*.yaml")} - set(form.rules)):
        examination.of(say(N_("Rules {pack}"), pack=pack), partial(with_base, pack), _shipped)
    own = Path(form.calendar) if form.calendar else None
    examination.of(say(N_("Calendar")), lambda: load_calendars(own), _coverage)
    examination.of(say(N_("Lexicon")), load_words, lambda w: say(N_("{count} kinds"), count=len(w[0].kinds)))
    examination.of(say(N_("Chains")), lambda: load_chains(load_words()[0].kinds), lambda _: say(N_("in order")))
    examination.of(
        say(N_("Release checks")), lambda: load_release_rules(load_words()[0].kinds), lambda rules: rules.version
    )
    examination.of(say(N_("Press conferences")), load_conferences, lambda _: say(N_("in order")))
    examination.of(say(N_("Our own releases")), load_release_words, lambda _: say(N_("in order")))
    examination.of(say(N_("Gazetteer")), load_gazetteer, lambda _: say(N_("in order")))
    console, url = settings.form.console, settings.database_url
    examination.of(say(N_("Console")), lambda: console, _reached)
    examination.of(say(N_("Database")), lambda: usable(url), lambda name: name)
    with open_parts(settings) as parts:
        duty = examination.of(say(N_("Duty rota")), lambda: parts.duty, _people) or Duty()
        examination.of(
            say(N_("Channels")), lambda: outlets_of(settings.form, lambda: parts.gate, say, duty=duty), _channels
        )
        examination.of(
            say(N_("Briefing")),
            lambda: readers_of(parts, parts.language),
            lambda readers: say(N_("{n} recipient(s)"), n=len(readers)),
        )
        if not examination.faults:
            examination.of(say(N_("Our own sources")), lambda: own_sources_of(parts), str)
        examination.of(say(N_("Time stamps")), lambda: time_stamps_of(settings), lambda told: told)
        examination.of(say(N_("Slack buttons")), lambda: way_in(parts), lambda told: told)
        examination.of(say(N_("Second reader")), lambda: second_reader_of(parts), lambda told: told)
    if examination.faults:
        click.echo(say(N_("{count} mistake(s)."), count=examination.faults), err=True)
        sys.exit(1)
    click.echo(say(N_("No mistakes.")))


class Examination:
    """Tries one thing after another and counts the mistakes of all."""

    def __init__(self) -> None:
        self.faults = 0

    def of(self, name: str, load: Callable[[], T], told: Callable[[T], str]) -> T | None:
        """Load one thing and tell of it; tell its mistakes where it cannot be loaded."""
        try:
            value = load()
        except BadDocument as bad:
            self.faults += len(bad.problems)
            for problem in bad.problems:
                click.echo(table.lines(problem.told(say)), err=True)
            return None
        except Mistake as mistake:
            self.faults += 1
            click.echo(table.lines(f"{name}: {say.mistake(mistake)}"), err=True)
            return None
        click.echo(f"{name}: {told(value)}")
        return value


def second_reader_of(parts: Parts) -> str:
    """Say who the second reader is; nothing is asked of it."""
    setting = parts.settings.form.second_reader
    if parts.endpoint is None or setting is None:
        return say(N_("off"))
    asked = say(N_("every item")) if setting.items is Asks.ALL else say(N_("doubtful items"))
    return say(N_("{model} at {host}, asked about {items}"), model=setting.model, host=parts.endpoint.host, items=asked)


def time_stamps_of(settings: Settings) -> str:
    """Say who stamps the time of evidence; raise NoCertificates. Nothing is asked of anybody."""
    setting = settings.form.evidence
    if not setting.tsa:
        return say(N_("internal authority only"))
    count = len(roots_of(setting.tsa_ca))
    return say(N_("internal authority and {url}, {count} certificate(s)"), url=setting.tsa, count=count)


def _file(settings: Settings) -> str:
    return str(settings.file) if settings.file else say(N_("defaults"))


def _counted(sources: tuple[Source, ...]) -> str:
    return say(N_("{count}, {on} enabled"), count=len(sources), on=sum(source.enabled for source in sources))


def _ways_in(source_id: str, ways: tuple[int, str]) -> str:
    keys, folder = ways
    signed = say(N_("{count} key(s) for signed requests"), count=keys) if keys else ""
    return ", ".join(told for told in (source_id, signed, folder) if told)


def _obligations(pack: RulePack) -> str:
    return say(
        N_("{count} obligations, {on} on"), count=len(pack.obligations), on=sum(o.enabled for o in pack.obligations)
    )


def _shipped(read: list[PackRead]) -> str:
    return say(N_("{count} obligations, not in use"), count=len(read[-1].pack.obligations))


def _coverage(calendars: Mapping[str, Calendar]) -> str:
    return said_coverage(calendars[CN], say)


def _reached(console: ConsoleSetting) -> str:
    """Say where the console listens, and whether others than this machine may reach it."""
    listens = f"{console.host}:{console.port}"
    if not is_strict(console):
        return listens
    return say(N_("{listens}, reached by others: everybody signs in; have HTTPS in front"), listens=listens)


def _people(duty: Duty) -> str:
    if not duty.contacts:
        return say(N_("none; alerts go to the team channels only"))
    counts = {"contacts": len(duty.contacts), "rotas": len(duty.rotas), "policies": len(duty.policies)}
    return say(N_("{contacts} contacts, {rotas} rotas, {policies} policies"), **counts)


def _channels(outlets: list[Outlet]) -> str:
    return ", ".join(outlet.name for outlet in outlets)
