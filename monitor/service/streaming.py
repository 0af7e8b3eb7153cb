"""From the sources that are streams to those who listen to them: their tokens, what of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from monitor.config.stream_tokens import token_of
from monitor.core.sources import Source
from monitor.core.streams import Sieve
from monitor.loops.ingest.manners import Manners
from monitor.loops.ingest.streams import Streams
from monitor.service.heart import PATIENT, Pulse
from monitor.service.parts import Parts


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
