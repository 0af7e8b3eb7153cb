"""What of the service does not do its work, in words for people: legs, sources, channels, receivers of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.engine import CLOCKS, SAID, Ailment, Complaint
from monitor.core.errors import N_
from monitor.core.fetched import Outcome
from monitor.core.second.circuit import Circuit
from monitor.core.source_alerts import MANY, Point, titles
from monitor.core.sources import FAILURE_MESSAGES, FailureKind
from monitor.core.timekeeping import ClockTrouble
from monitor.loops.sources import NAMED, told_last
from monitor.service.briefing import UnknownOffice, readers_of
from monitor.service.parts import Parts
from monitor.store import deliveries, fetches, hook_events, hosts, second, sources
from responders.console.health import Unwell
from responders.language import Words

LATELY = timedelta(hours=24)
# A receiver that fails so often in a row has failed for some minutes.
FAILS = 5


def told(complaint: Complaint, words: Words) -> Unwell:
    """Put a complaint into words."""
    said = complaint.said
    if complaint.ailment is Ailment.CLOCK:
        said = words(CLOCKS[ClockTrouble(said)], **complaint.facts)
    what = words(SAID[complaint.ailment], **complaint.facts)
    return Unwell(what, complaint.since, said, grave=complaint.grave, ailment=complaint.ailment.value)


def asides(parts: Parts, connection: Connection, words: Words, now: datetime) -> Iterator[Unwell]:
    """Yield what is unwell around the engine: sources, channels, the second reader, the readers of the briefing."""
    yield from _sources(parts, connection, words)
    yield from _blind(parts, connection, words)
    yield from _channels(connection, words, now)
    yield from _second_reader(parts, connection, words)
    yield from _receivers(parts, connection, words)
    yield from _briefing(parts, words)


def _sources(parts: Parts, connection: Connection, words: Words) -> Iterator[Unwell]:
    """Yield one line where at least half of the sources fail; since when, and the most frequent reason."""
    states = [state for name, state in sources.states(connection).items() if name in parts.sources]
    waiting = hosts.failing_by_source(connection)
    failing = [state for state in states if state.last_outcome == Outcome.FAILED or state.id in waiting]
    if not failing or len(failing) < MANY * len(parts.sources):
        return
    reasons = Counter(state.last_reason for state in failing if state.last_outcome == Outcome.FAILED)
    reason = reasons.most_common(1)[0][0] if reasons else waiting[failing[0].id].reason
    example = next((state.id for state in failing if state.last_reason == reason), failing[0].id)
    detail = fetches.last_failure(connection, example)
    yield Unwell(
        words(N_("{failing} of {all} sources are failing"), failing=len(failing), all=len(parts.sources)),
        max((state.last_good_at for state in failing if state.last_good_at is not None), default=None),
        words(FAILURE_MESSAGES[FailureKind(reason)], detail=detail or "—"),
        ailment="sources",
    )


def _blind(parts: Parts, connection: Connection, words: Words) -> Iterator[Unwell]:
    """Yield one line for the sources that people were told of as silent or failing and that are not well again."""
    last = told_last(connection)
    if last is None or last.point is Point.MOST:
        return
    known = {one: parts.sources[one].name for one in last.source_ids if one in parts.sources}
    waiting = {one: state.host for one, state in hosts.failing_by_source(connection).items()}
    names = sorted(titles(sorted(known), known, waiting))
    if names:
        shown = names if len(names) <= NAMED else [*names[:NAMED], "…"]
        yield Unwell(
            words(N_("{n} source(s) fail or are silent for longer than usual"), n=len(known)),
            last.at,
            words(N_(", ")).join(shown),
            ailment="blind_sources",
        )


def _second_reader(parts: Parts, connection: Connection, words: Words) -> Iterator[Unwell]:
    """Yield the second reader where it fails again and again."""
    circuit = second.circuit(connection) if parts.settings.form.second_reader is not None else Circuit()
    if circuit.is_open:
        yield Unwell(words(N_("The second reader fails")), None, circuit.said, ailment="second_reader")


def _channels(connection: Connection, words: Words, now: datetime) -> Iterator[Unwell]:
    """Yield the channels whose last attempt of late did not get through, with the provider's word and the remedy."""
    for last, since in deliveries.not_getting_through(connection).values():
        if last.started_at > now - LATELY:
            said = " ".join(text for text in (last.said, words(last.remedy)) if text)
            yield Unwell(
                words(N_("The channel {name} does not get through"), name=last.channel), since, said, ailment="channel"
            )


def _receivers(parts: Parts, connection: Connection, words: Words) -> Iterator[Unwell]:
    """Yield the receivers of events that take none: one that fails again and again, one that wants no more."""
    named = {hook.name for hook in parts.settings.form.webhooks}
    for name, state in hook_events.states(connection).items():
        if name not in named:
            continue
        if state.ended_at is not None:
            what = N_(
                "The receiver {name} wants no more events; to tell it again, run: `huiying webhook resume {name}`"
            )
            yield Unwell(words(what, name=name), state.ended_at, state.said, ailment="receiver")
        elif state.failures >= FAILS:
            what = N_("The receiver {name} does not take events")
            yield Unwell(words(what, name=name), state.told_at, state.said, ailment="receiver")


def _briefing(parts: Parts, words: Words) -> Iterator[Unwell]:
    """Yield a reader of the briefing whose office the duty file does not have."""
    try:
        readers_of(parts, words.language)
    except UnknownOffice as fault:
        what = words(N_("The office of a recipient of the briefing is unknown and does not bound what he is told"))
        yield Unwell(what, None, words.mistake(fault), ailment="briefing")
