"""What of the service does not do its work, in words for people: legs, sources, channels, alerts that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.errors import N_, Mistake
from monitor.core.fetched import Outcome
from monitor.core.second.circuit import Circuit
from monitor.core.source_alerts import MANY
from monitor.core.sources import FAILURE_MESSAGES, FailureKind
from monitor.service.heart import Pulse
from monitor.service.parts import Parts
from monitor.store import heartbeats, outbox, second, sources
from responders.console.health import Unwell

STANDSTILL = timedelta(minutes=2)
UNSENT = timedelta(minutes=2)
LATELY = timedelta(hours=24)
# The legs that somebody has to run, in this process or in another, each by a pulse that every such process has.
NEEDED = ("crawl", "watch", "sweep")


def unwell(parts: Parts, pulses: Sequence[Pulse], now: datetime) -> list[Unwell]:
    """Return the parts of the service that do not do their work."""
    found = list(_legs(parts, pulses, now))
    try:
        with parts.database.read() as connection:
            found += _legs_elsewhere(parts, connection, pulses, now)
            found += _sources(parts, connection)
            found += _channels(parts, connection, now)
            found += _second_reader(parts, connection)
            oldest = outbox.oldest_unsent(connection)
    except Mistake as mistake:
        return [*found, Unwell(parts.words(N_("The database fails")), None, parts.words.mistake(mistake))]
    if oldest is not None and now - oldest > UNSENT:
        found.append(Unwell(parts.words(N_("Alerts wait to be sent")), oldest))
    return found


def _legs(parts: Parts, pulses: Sequence[Pulse], now: datetime) -> Iterator[Unwell]:
    for pulse in pulses:
        seen = pulse.good_at or pulse.started_at
        if pulse.fault:
            yield Unwell(parts.words(N_("The leg {name} fails"), name=pulse.name), pulse.good_at, pulse.fault)
        elif seen is not None and now - seen > STANDSTILL:
            yield Unwell(parts.words(N_("The leg {name} stands still"), name=pulse.name), pulse.good_at)


def _legs_elsewhere(parts: Parts, connection: Connection, pulses: Sequence[Pulse], now: datetime) -> Iterator[Unwell]:
    """Yield the legs that another process should run and that none does."""
    own, beats = {pulse.name for pulse in pulses}, heartbeats.last(connection)
    for name in NEEDED:
        at, fault = beats.get(name, (None, ""))
        if name not in own and (at is None or now - at > STANDSTILL):
            yield Unwell(parts.words(N_("The leg {name} stands still"), name=name), at, fault)


def _sources(parts: Parts, connection: Connection) -> Iterator[Unwell]:
    """Yield one line where at least half of the sources fail; since when, and the most frequent reason."""
    states = [state for name, state in sources.states(connection).items() if name in parts.sources]
    failing = [state for state in states if state.last_outcome == Outcome.FAILED]
    if not failing or len(failing) < MANY * len(parts.sources):
        return
    reason = Counter(state.last_reason for state in failing).most_common(1)[0][0]
    example = next(state.id for state in failing if state.last_reason == reason)
    detail = sources.last_failure(connection, example)
    yield Unwell(
        parts.words(N_("{failing} of {all} sources are failing"), failing=len(failing), all=len(parts.sources)),
        max((state.last_good_at for state in failing if state.last_good_at is not None), default=None),
        parts.words(FAILURE_MESSAGES[FailureKind(reason)], detail=detail or "—"),
    )


def _second_reader(parts: Parts, connection: Connection) -> Iterator[Unwell]:
    """Yield the second reader where it fails again and again."""
    circuit = second.circuit(connection) if parts.settings.form.second_reader is not None else Circuit()
    if circuit.is_open:
        yield Unwell(parts.words(N_("The second reader fails")), None, circuit.said)


def _channels(parts: Parts, connection: Connection, now: datetime) -> Iterator[Unwell]:
    """Yield the channels whose last attempt of late did not get through, with the provider's word and the remedy."""
    for last, since in outbox.not_getting_through(connection).values():
        if last.started_at > now - LATELY:
            said = " ".join(text for text in (last.said, parts.words(last.remedy)) if text)
            yield Unwell(parts.words(N_("The channel {name} does not get through"), name=last.channel), since, said)
