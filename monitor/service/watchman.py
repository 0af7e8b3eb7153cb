"""Look every two seconds at how the service fares, so that whoever asks is answered at once, also when it hangs.

What the heart does is asked at the moment of the question; what the database tells is read here and kept with its age.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from monitor.core.engine import LEFT_LYING, EngineFacts, Leg, Stored, complaints
from monitor.core.errors import Mistake
from monitor.core.paths import PathCheck, PathOutcome
from monitor.core.people.handover import unmanned
from monitor.service.condition import asides, told
from monitor.service.heart import Heart
from monitor.service.keeper import ClockKeeper
from monitor.service.parts import Parts
from monitor.store import duties, engine, heartbeats, paths, people, troubles
from responders.console.health import Unwell
from responders.language import LANGUAGES, Words

# The legs that somebody has to run, in this process or in another, each by a pulse that every such process has.
NEEDED = ("crawl", "watch", "sweep")
AUDIT_EVERY = 60.0
# A server that has not answered the simplest questions for so many seconds is not waited for any longer.
GIVEN_UP = 30.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Seen:
    """What was last read from the database, when on the monotonic clock, and what failed since."""

    stored: Stored | None = None
    at: float = field(default_factory=time.monotonic)
    fault: Mistake | None = None
    asides: dict[str, tuple[Unwell, ...]] = field(default_factory=dict)
    deadlines: dict[str, int] = field(default_factory=dict)
    checks: tuple[PathCheck, ...] = ()
    current: bool = False


class Watchman:
    """Knows how the service fares; `unread` names the channels that nobody may be reading."""

    def __init__(
        self,
        parts: Parts,
        clock: Callable[[], datetime],
        keeper: ClockKeeper,
        *,
        channels: Sequence[str],
        unread: Collection[str],
        disk: Callable[[], int] | None = None,
    ) -> None:
        self.keeper = keeper
        self.seen = Seen()
        self._parts = parts
        self._clock = clock
        self._channels = channels
        self._unread = unread if set(unread) < set(channels) else ()
        self._disk = disk or (lambda: free_disk(parts.settings.database_url))
        self._heart: Heart | None = None
        self._audited_at: float | None = None
        self._asked_at: float | None = None

    @cached_property
    def _tongues(self) -> dict[str, Words]:
        return {language: Words(language) for language in LANGUAGES}

    def watch(self, heart: Heart) -> None:
        """Watch over this heart from now on."""
        self._heart = heart

    def tick(self, now: datetime) -> None:
        """Read what the database tells; that it fails is kept, and is no fault of this leg."""
        self._asked_at = time.monotonic()
        try:
            self._look(now)
        finally:
            self._asked_at = None

    def _look(self, now: datetime) -> None:
        seen, audits = self.seen, self._audited_at is None or time.monotonic() - self._audited_at >= AUDIT_EVERY
        try:
            with self._parts.database.read() as connection:
                checks = tuple(paths.latest(connection, self._channels))
                stored = Stored(
                    beats=heartbeats.last(connection),
                    next_check=duties.next_check(connection),
                    forgotten=engine.forgotten(connection) if audits else _forgotten(seen),
                    pending=engine.pending(connection),
                    unreached=engine.unreached_since(connection, self._unread, now),
                    left=engine.left_lying(connection, now - LEFT_LYING),
                    paths={c.channel: c.said for c in checks if c.outcome is PathOutcome.FAILED},
                    troubled=troubles.summary(connection),
                    unmanned=self._unmanned(connection, now),
                )
                around = {name: tuple(asides(self._parts, connection, w, now)) for name, w in self._tongues.items()}
                counts = dict(engine.live_deadlines(connection)) if audits else seen.deadlines
            current = self._parts.database.is_current() if audits else seen.current
        except Mistake as mistake:
            seen.fault = mistake
            return
        if audits:
            self._audited_at = time.monotonic()
        self.seen = Seen(stored=stored, asides=around, deadlines=counts, checks=checks, current=current)

    def _unmanned(self, connection: Connection, now: datetime) -> dict[str, datetime]:
        duty = self._parts.duty
        return unmanned(duty, people.changes(connection, since=now), now) if duty.rotas else {}

    def rescue(self, _now: datetime) -> None:
        """Let go of a server that says nothing: the legs that wait for it fail, and ask anew over other connections.

        This asks the database nothing itself.
        """
        asked_at = self._asked_at
        if asked_at is not None and time.monotonic() - asked_at > GIVEN_UP:
            self._asked_at = time.monotonic()
            broken = self._parts.database.break_off()
            log.warning("the database says nothing: %s connections were broken off", broken)

    def facts(self) -> EngineFacts:
        """Return all that is known now."""
        heart, seen = self._heart, self.seen
        return EngineFacts(
            now=self._clock(),
            scheduler_beats=heart is None or heart.scheduler_beats,
            legs=() if heart is None else legs_of(heart),
            needed=NEEDED,
            stored=seen.stored,
            stored_age=time.monotonic() - seen.at,
            database_fault="" if seen.fault is None else self._parts.words.mistake(seen.fault),
            disk_free=self._disk(),
            clocks=self.keeper.troubles,
        )

    def unwell(self, language: str = "") -> list[Unwell]:
        """Return what does not do its work, in words of a language."""
        if self.seen.stored is None and self.seen.fault is None:
            # Not as a turn of the leg: nobody may take what hangs there for what has ended here.
            self._look(self._clock())
        words = self._tongues[language or self._parts.language]
        engine_itself = [told(complaint, words) for complaint in complaints(self.facts())]
        return [*engine_itself, *self.seen.asides.get(words.language, ())]

    @property
    def alive(self) -> bool:
        """Tell whether this process lives and its loops beat."""
        return self._heart is not None and self._heart.beats

    @property
    def ready(self) -> bool:
        """Tell whether the database answers and has the form that this program knows."""
        age = time.monotonic() - self.seen.at
        return self.seen.fault is None and self.seen.current and age <= AUDIT_EVERY / 6


def legs_of(heart: Heart) -> tuple[Leg, ...]:
    """Return how the legs of a heart fare."""
    dead, hanging = heart.dead, heart.hanging
    return tuple(
        Leg(
            name=pulse.name,
            good_at=pulse.good_at,
            started_at=pulse.started_at,
            fault=pulse.fault,
            dead=pulse.name in dead,
            hanging=hanging.get(pulse.name, 0.0),
            cycles=pulse.cycles,
            faults=pulse.faults,
            grave=pulse.grave,
        )
        for pulse in heart.pulses
    )


def free_disk(database_url: str) -> int:
    """Return the free bytes where the embedded database stands; for a server's, where we work."""
    _, embedded, file = database_url.partition("sqlite:///")
    folder = Path(file.removeprefix("file:").partition("?")[0]).parent if embedded else Path()
    return shutil.disk_usage(folder if folder.is_dir() else Path()).free


def _forgotten(seen: Seen) -> int:
    return 0 if seen.stored is None else seen.stored.forgotten
