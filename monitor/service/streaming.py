"""From the sources that are streams to those who listen to them, and from feeds with hubs to those who ask the hubs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from fastapi import APIRouter

from monitor.config.stream_tokens import token_of
from monitor.core.sources import Source
from monitor.core.streams import Sieve
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.ingest.hub_links import HubLinks
from monitor.loops.ingest.manners import Manners
from monitor.loops.ingest.streams import Streams
from monitor.loops.ingest.websub import Callbacks, Hubs
from monitor.service.heart import PATIENT, SLOW, Pulse
from monitor.service.parts import Parts
from monitor.service.pushing import fetched
from responders.console.websub_door import PATH, routes


def streamed(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources that are listened to."""
    return {name: source for name, source in sources.items() if source.stream_rule is not None}


def streams_of(parts: Parts, owner: str, clock: Callable[[], datetime]) -> Streams | None:
    """Return what listens to the streams, each given its rows; None where there are none. Raise NoToken."""
    sources = streamed(parts.sources)
    if not sources:
        return None
    rules = {name: source.stream_rule for name, source in sources.items() if source.stream_rule is not None}
    streams = Streams(
        intake=parts.intake,
        gate=parts.gate,
        sources=sources,
        sieves={name: Sieve.of(rule, parts.reader.signals) for name, rule in rules.items()},
        tokens={name: token_of(source) for name, source in sources.items()},
        owner=owner,
        clock=clock,
        manners=Manners(parts.gate, parts.database),
    )
    streams.register(clock())
    return streams


def stream_pulses(streams: Streams | None) -> Iterator[Pulse]:
    """Yield what keeps listening, where there is anything to listen to."""
    if streams is not None:
        yield Pulse("streams", streams.tick, seconds=1, longest=PATIENT)


def takes_calls(parts: Parts) -> bool:
    """Tell whether hubs can reach us."""
    console = parts.settings.form.console
    return bool(console.websub and console.public_url)


def hub_pulses(parts: Parts, crawl: Crawl, clock: Callable[[], datetime]) -> Iterator[Pulse]:
    """Yield what asks hubs and reads what they brought, where they can reach us; what sources offer is noted anyway."""
    crawl.hub_links = HubLinks(parts.database, takes_calls(parts))
    if takes_calls(parts):
        callback = parts.settings.form.console.public_url + PATH.replace("{token}", "")
        hubs = Hubs(parts.database, parts.gate, crawl, callback, clock)
        yield Pulse("hubs", hubs.tick, seconds=5, longest=SLOW, grave=False)
        yield Pulse("brought", hubs.read, seconds=1)


def hub_doors(parts: Parts, clock: Callable[[], datetime]) -> list[APIRouter]:
    """Return the address that hubs call, none where they cannot reach us."""
    return [routes(Callbacks(parts.database, fetched(parts.sources), clock))] if takes_calls(parts) else []
