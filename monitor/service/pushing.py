"""From the sources to which data is brought to their doors: the address for signed requests, the folders for files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter

from monitor.config.setting_fields import secret
from monitor.config.wording import Rejected
from monitor.core.errors import N_, Mistake
from monitor.core.signed import key_of
from monitor.core.sources import Source, SourceKind
from monitor.loops.ingest.drop import Drops
from monitor.loops.ingest.push import Brought, Pushes
from monitor.service.heart import PATIENT, Pulse
from monitor.service.parts import Parts
from responders.console.push_door import Sender, routes
from responders.labels import label
from responders.language import Words


class NoSecret(Mistake):
    """What keeps a source's secret cannot be read."""

    message = N_(
        "Source {id}: the secret {name} cannot be read. Set that variable or file, or leave it out of secrets."
    )


class NoFolder(Mistake):
    """The folder of a source is not there."""

    message = N_("Source {id}: the folder {folder} is not there. Create it, or correct drop in sources.yaml.")


def fetched(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources that are fetched."""
    return {
        name: source
        for name, source in sources.items()
        if source.kind is not SourceKind.PUSH and source.stream_rule is None
    }


def pushed(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources to which data is brought."""
    return {name: source for name, source in sources.items() if source.kind is SourceKind.PUSH}


def push_pulses(parts: Parts, clock: Callable[[], datetime]) -> Iterator[Pulse]:
    """Yield what looks into the folders, where there are push sources; each is given its row first."""
    sources = pushed(parts.sources)
    if sources:
        pushes = Pushes(parts.intake, sources, clock)
        pushes.register(clock())
        drops = Drops(pushes, lambda source, brought: report(source, brought, parts.words))
        yield Pulse("drop", drops.tick, seconds=2, longest=PATIENT)


def push_doors(parts: Parts, clock: Callable[[], datetime]) -> list[APIRouter]:
    """Return the address for signed requests, none where no source has secrets; raise NoSecret, WeakKey."""
    sources = pushed(parts.sources)
    senders = {name: Sender(source, _keys(source)) for name, source in sources.items() if _names(source)}
    if not senders:
        return []
    pushes = Pushes(parts.intake, sources, clock)
    pushes.register(clock())
    return [routes(senders, pushes, parts.database, clock)]


def ways_in(source: Source) -> tuple[int, str]:
    """Return how many keys a push source has and its folder; raise NoSecret, WeakKey, NoFolder."""
    keys = _keys(source)
    folder = source.push_rule.drop if source.push_rule is not None else ""
    if folder and not Path(folder).is_dir():
        raise NoFolder(id=source.id, folder=folder)
    return len(keys), folder


def _names(source: Source) -> tuple[str, ...]:
    return source.push_rule.secrets if source.push_rule is not None else ()


def _keys(source: Source) -> list[bytes]:
    keys = []
    for name in _names(source):
        try:
            keys.append(key_of(secret(name).get_secret_value(), source.id))
        except Rejected:
            raise NoSecret(id=source.id, name=name) from None
    return keys


def report(source: Source, brought: Brought, words: Words) -> str:
    """Return what is laid beside a file that was dealt with."""
    if brought.reason is not None:
        why = words(label(brought.reason), detail=brought.detail)
        return words(N_("{name}: the file was not taken. {why}"), name=source.name, why=why) + "\n"
    counts = {"rows": brought.rows, "new": brought.new, "known": brought.known, "refused": len(brought.refused)}
    told = N_("{name}: {rows} row(s), {new} new, {known} known before, {refused} not taken.")
    lines = [words(told, name=source.name, **counts)]
    for bad in brought.refused:
        facts = {"line": bad.line, "why": words(label(bad.reason)), "detail": f"{bad.title} {bad.detail}".strip()}
        lines.append(words(N_("Line {line}: {why} {detail}"), **facts).rstrip())
    return "\n".join(lines) + "\n"
