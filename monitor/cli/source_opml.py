"""Sources in and out as OPML, the form in which programs that read feeds exchange their subscriptions."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from monitor.cli import table
from monitor.cli.options import SOURCES
from monitor.cli.source_known import own_file
from monitor.cli.speech import say
from monitor.config.document import unreadable
from monitor.config.source_file import add_to, begin, entries_of, problems_of
from monitor.core.errors import N_, Mistake, Said
from monitor.core.identity import canonical_url
from monitor.core.source_outlines import OWN, SourceEntry, entry_of, outline_of
from monitor.crawl.opml import Outlines, read_opml, write_opml
from monitor.crawl.raw import Unreadable
from responders.labels import label

# What makes two sources at one address two: what is read there.
READ_BY = ("item", "items", "form", "payload", "after")


class BadOpml(Mistake):
    """A file cannot be read as OPML."""

    message = N_("{file} cannot be read as OPML: {why}")


@dataclass(slots=True)
class Sorted:
    """What becomes of the outlines of a file: taken, known before, or told with its line."""

    taken: list[SourceEntry] = field(default_factory=list)
    known: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


@click.command("import", help=say(N_("Add the sources of an OPML file to sources.yaml; nothing there is overwritten.")))
@click.argument("file", type=click.Path(path_type=Path))
@SOURCES
@click.option("--to", type=click.Path(path_type=Path), help=say(N_("Write them to a new file instead.")))
@click.option("--dry-run", is_flag=True, help=say(N_("Only show what would be done.")))
def import_(file: Path, sources: Path | None, to: Path | None, dry_run: bool) -> None:
    """Import sources."""
    target = to or own_file(sources)
    found = sort(_outlines(file), [] if to else entries_of(target), str(file))
    if found.taken and not dry_run:
        begin(to, found.taken) if to else add_to(target, found.taken)
    for entry in found.taken:
        click.echo(
            f"+ {table.line(entry.id)}  {table.line(str(entry.values.get('name', '')))}  {table.line(entry.url)}"
        )
    for number, said in sorted(found.known):
        click.echo(f"= {file}:{number}: {table.line(said)}")
    for number, said in sorted(found.refused):
        click.echo(f"! {file}:{number}: {table.line(said)}", err=True)
    counts = {"taken": len(found.taken), "known": len(found.known), "refused": len(found.refused)}
    if dry_run:
        click.echo(say(N_("{taken} source(s) would be added, {known} known, {refused} not taken over."), **counts))
    else:
        told = N_("{taken} source(s) added to {file}, {known} known before, {refused} not taken over.")
        click.echo(say(told, file=target, **counts))


def _outlines(file: Path) -> Outlines:
    try:
        return read_opml(file.read_bytes())
    except OSError as error:
        raise BadOpml(file=str(file), why=Said(unreadable(error))) from None
    except Unreadable as failure:
        raise BadOpml(file=str(file), why=say(label(failure.kind), detail=failure.detail)) from None


def sort(outlines: Outlines, there: Iterable[SourceEntry], file: str) -> Sorted:
    """Return what becomes of the outlines of a file beside the sources that are `there`."""
    there = list(there)
    found = Sorted(refused=[(one.line, say(N_("not taken over: {what}"), what=one.said)) for one in outlines.leftovers])
    ids = {entry.id: entry for entry in there}
    before = {place: entry for entry in there for place in places_of(entry)}
    places = dict(before)
    base = next((entry.base for entry in there if entry.base), "")
    for outline in outlines.found:
        entry = entry_of(outline, ids)
        if entry is None:
            named = outline.attributes.get("text") or outline.attributes.get("title") or ""
            found.refused.append((outline.line, say(N_("{name}: no address of a feed"), name=named)))
            continue
        if entry.group == "rsshub":
            base = base or entry.base
            entry = entry if entry.base == base else _as_feed(entry)
        # Two of our own that read one address stood side by side where they come from; two of another's are one.
        others = before if _is_ours(outline.attributes) else places
        twin = ids.get(entry.id) or next((others[place] for place in places_of(entry) if place in others), None)
        if twin is not None:
            told = say(N_("{name} stands there already as {id}"), name=entry.values.get("name", entry.id), id=twin.id)
            found.known.append((outline.line, told))
            continue
        problems = [say(problem.message, **problem.facts) for problem in problems_of(entry, file)]
        if problems:
            found.refused.append((outline.line, f"{entry.id}: {' '.join(problems)}"))
            continue
        found.taken.append(entry)
        ids[entry.id] = entry
        places |= dict.fromkeys(places_of(entry), entry)
    return found


def _is_ours(attributes: Iterable[str]) -> bool:
    return any(name.startswith(OWN) for name in attributes)


def places_of(entry: SourceEntry) -> Iterator[str]:
    """Yield by what a source is known to read the same as another."""
    if entry.url:
        yield "\n".join(
            (canonical_url(entry.url).partition("://")[2], *(repr(entry.values.get(name, "")) for name in READ_BY))
        )


def _as_feed(route: SourceEntry) -> SourceEntry:
    """Return a route of another instance as a feed with its whole address: a file has one instance."""
    values = {("url" if name == "route" else name): value for name, value in route.values.items()}
    return replace(route, group="feeds", values=values | {"url": route.url}, base="")


@click.command("export", help=say(N_("Write all sources as OPML, with every field of theirs.")))
@SOURCES
@click.option("--opml", is_flag=True, required=True, help=say(N_("As OPML 2.0, which programs that read feeds know.")))
@click.option("--out", type=click.Path(path_type=Path), help=say(N_("The file to write; else the standard output.")))
def export(sources: Path | None, opml: bool, out: Path | None) -> None:  # noqa: ARG001 - the only form there is
    """Export sources."""
    entries = entries_of(own_file(sources))
    data = write_opml(map(outline_of, entries), title=say(N_("Sources of Huiying")))
    if out is None:
        sys.stdout.buffer.write(data)
    else:
        out.write_bytes(data)
        click.echo(say(N_("{count} source(s) written to {file}."), count=len(entries), file=out))
    secret = [entry.id for entry in entries if any(entry.values.get(part) for part in ("headers", "form", "payload"))]
    if secret:
        names = ", ".join(secret)
        told = N_("Headers and forms are in the file as well, perhaps with cookies or keys: {names}")
        click.echo(say(told, names=table.line(names)), err=True)
