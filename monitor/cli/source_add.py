"""Add a source by its address: look how it can be read, show what would come, write the entry once a person agrees."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.options import SOURCES
from monitor.cli.source_known import own_file
from monitor.cli.source_opml import places_of
from monitor.cli.speech import say
from monitor.config.source_fields import web_address
from monitor.config.source_file import add_to, begin, entries_of, problems_of
from monitor.config.wording import Rejected
from monitor.core.beijing import shown
from monitor.core.errors import N_, Mistake
from monitor.core.model import Trust
from monitor.core.source_outlines import SourceEntry, new_id
from monitor.core.sources import FailureKind
from monitor.crawl.discovery import Discovery, Proposal, discover
from monitor.service import open_parts
from responders.labels import label

SHOWN = 8


class NoAddress(Mistake):
    """What was to be added is no address."""

    message = N_("{url} is not a web address. It must begin with http:// or https://.")


class Unusable(Mistake):
    """An address cannot be read as a source."""

    message = N_("Nothing can be read at {url}: {why}")


class Scripted(Mistake):
    """A page is empty until scripts fill it."""

    message = N_(
        "The page {url} is filled by scripts only; there is nothing to read in it. Look for the address from which "
        "they fetch it and describe that under apis, or take a route of RSSHub."
    )


class NoList(Mistake):
    """A page holds neither feed nor list."""

    message = N_(
        "Neither a feed nor a list of links was found at {url}. Give the address of the page that lists the articles, "
        "or write the selectors into sources.yaml yourself."
    )


class Known(Mistake):
    """The address is a source already."""

    message = N_("{url} is read already as {id}. Nothing was changed.")


class Refused(Mistake):
    """The entry would be a mistake in sources.yaml."""

    message = N_("The entry cannot be written: {why} Nothing was changed.")


@click.command(
    "add", help=say(N_("Look how an address can be read, show what would come, and add it to sources.yaml."))
)
@click.argument("url", metavar="URL")
@SOURCES
@click.option("--to", type=click.Path(path_type=Path), help=say(N_("Write it to a new file instead.")))
@click.option("--id", "id_", help=say(N_("The id; otherwise made from the address.")))
@click.option("--name", help=say(N_("The name; otherwise the title that the site gives itself.")))
@click.option("--trust", type=click.Choice([one.value for one in Trust]), help=say(N_("How far it is trusted.")))
@click.option("--region", help=say(N_("The division that it covers, by its code.")))
@click.option("--choose", type=int, default=0, help=say(N_("Which of the proposals to take, without a question.")))
@click.option("--yes", is_flag=True, help=say(N_("Take the first proposal, without a question.")))
def add(
    url: str,
    sources: Path | None,
    to: Path | None,
    id_: str | None,
    name: str | None,
    trust: str | None,
    region: str | None,
    choose: int,
    yes: bool,
) -> None:
    """Add a source."""
    target = to or own_file(sources)
    there = [] if to else entries_of(target)
    try:
        address = web_address(url if "://" in url else f"https://{url}")
    except Rejected:
        raise NoAddress(url=table.line(url)) from None
    with open_parts() as parts:
        found = discover(parts.gate, address, datetime.now(UTC))
    if not found.proposals:
        raise _why(found, address)
    for number, proposal in enumerate(found.proposals, 1):
        _show(number, proposal)
    number = choose or (1 if yes else _ask(len(found.proposals)))
    if not 1 <= number <= len(found.proposals):
        click.echo(say(N_("Nothing was changed.")))
        return
    chosen = found.proposals[number - 1]
    stated = {"name": name, "trust": trust, "region": region}
    values = {"id": id_ or new_id(str(chosen.values["url"]), [one.id for one in there]), **chosen.values}
    values |= {"interval": _short(chosen.interval)} | {key: value for key, value in stated.items() if value}
    entry = SourceEntry(chosen.group, values)
    _refuse_known(entry, there)
    if problems := problems_of(entry, str(target)):
        raise Refused(why=" ".join(say(problem.message, **problem.facts) for problem in problems))
    begin(to, [entry]) if to else add_to(target, [entry])
    click.echo(say(N_("{id} was added to {file}. It is read from the next start on."), id=entry.id, file=target))


def _why(found: Discovery, url: str) -> Mistake:
    if found.scripted:
        return Scripted(url=url)
    if found.reason is None or found.reason is FailureKind.NOTHING_MATCHED:
        return NoList(url=url)
    return Unusable(url=url, why=say(label(found.reason), detail=found.detail))


def _refuse_known(entry: SourceEntry, there: list[SourceEntry]) -> None:
    wanted = set(places_of(entry))
    twin = next((one for one in there if one.id == entry.id or wanted & set(places_of(one))), None)
    if twin is not None:
        raise Known(url=entry.url, id=twin.id)


def _show(number: int, proposal: Proposal) -> None:
    """Print a proposal: what it reads by, how good its times are, how often something comes, the newest entries."""
    way = say(N_("Feed")) if proposal.group == "feeds" else say(N_("List"))
    rules = "  ".join(f"{key}: {proposal.values[key]}" for key in ("item", "time") if key in proposal.values)
    click.echo(
        f"[{number}] {way}  {table.line(str(proposal.values['name']))}  {table.line(str(proposal.values['url']))}"
    )
    notes = Counter(entry.time_note for entry in proposal.entries)
    gap = proposal.gap
    facts = {
        say(N_("Items")): len(proposal.entries),
        say(N_("Discarded")): len(proposal.dropped),
        say(N_("Characters")): proposal.charset,
        say(N_("Times")): ", ".join(f"{say(label(note))} {count}" for note, count in notes.most_common()),
        say(N_("A new one every")): say(N_("unknown")) if gap is None else _short(gap),
        say(N_("Interval")): _short(proposal.interval),
    }
    click.echo("    " + "  ".join(f"{name}: {value}" for name, value in facts.items()))
    if rules:
        click.echo(f"    {table.line(rules)}")
    for entry in proposal.entries[:SHOWN]:
        when = shown(entry.published_at) if entry.published_at else str(entry.published_day or "")
        click.echo(f"    * {when}  {table.line(entry.title)}")


def _short(length: timedelta) -> str:
    minutes = max(1, round(length.total_seconds() / 60))
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m" if minutes < 600 else f"{minutes // 60}h"


def _ask(most: int) -> int:
    asked = say(N_("Which one is to be added (1 to {most}, 0 for none)?"), most=most)
    answer: int = click.prompt(asked, type=click.IntRange(0, most), default=1)
    return answer
