"""From the settings to the legs that keep what was published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from monitor.core.errors import N_, Mistake
from monitor.loops.evidence.follow import Evidence, Office
from monitor.loops.evidence.stamp import OutsideStamps
from monitor.service.heart import SLOW, Pulse
from monitor.service.offers import knowledge_of
from monitor.service.parts import Parts
from responders.evidence.stamping import certificates_in


class NoCertificates(Mistake):
    """The file named for an outside authority's certificates holds none."""

    message = N_("evidence: tsa_ca names {file}, which holds no certificate that can be read ({why}).")


def evidence_pulses(parts: Parts, clock: Callable[[], datetime]) -> Iterator[Pulse]:
    """Yield the pulses that follow published pages; raise NoCertificates."""
    follow = evidence_of(parts, clock)
    yield Pulse("evidence", follow.tick, seconds=5, longest=SLOW)
    yield Pulse("evidence round", follow.go_round, seconds=60)
    outside = outside_stamps_of(parts, clock)
    if outside is not None:
        yield Pulse("time stamps", outside.tick, seconds=10, longest=SLOW)


def evidence_of(parts: Parts, clock: Callable[[], datetime]) -> Evidence:
    """Return the leg that follows published pages."""
    form = parts.settings.form
    knowledge = knowledge_of(parts)
    office = Office(form.bureau.name, parts.region, parts.pack, outside=bool(form.evidence.tsa))
    return Evidence(parts.database, parts.gate, knowledge, office, clock, parts.words)


def outside_stamps_of(parts: Parts, clock: Callable[[], datetime]) -> OutsideStamps | None:
    """Return the leg that asks an outside authority, None where none is set; raise NoCertificates."""
    setting = parts.settings.form.evidence
    if not setting.tsa:
        return None
    return OutsideStamps(parts.database, parts.gate, setting.tsa, roots_of(setting.tsa_ca), clock)


def roots_of(file: str) -> tuple[str, ...]:
    """Return the certificates in a file, none where no file is named; raise NoCertificates."""
    if not file:
        return ()
    try:
        found = certificates_in(Path(file).read_text(encoding="ascii", errors="replace"))
    except (OSError, ValueError) as error:
        raise NoCertificates(file=file, why=str(error)[:200]) from None
    if not found:
        raise NoCertificates(file=file, why="PEM")
    return tuple(found)
