"""The heartbeat: calls each leg's tick at its pace, notices when it stops, and goes on after any fault.

APScheduler is a metronome here: its jobs live in memory and carry no state. A watchdog on the monotonic clock ticks in
its place where it does not, because its thread can die and its waiting depends on the wall clock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from monitor.core.errors import Mistake

PATIENCE = 5.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pulse:
    """One leg's tick: how often, and how its last cycles went."""

    name: str
    tick: Callable[[datetime], object]
    seconds: float
    good_at: datetime | None = None
    fault: str = ""
    _begun: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def beat(self, now: datetime) -> None:
        """Run one cycle; a fault is kept and told, and the next cycle comes all the same."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._begun = time.monotonic()
            self.tick(now)
            self.good_at, self.fault = now, ""
        except Mistake as mistake:
            self._failed(str(mistake))
        except Exception as error:
            log.exception("%s", self.name)
            self._failed(f"{type(error).__name__}: {error}")
        finally:
            self._lock.release()

    def _failed(self, said: str) -> None:
        if said != self.fault:
            log.error("%s: %s", self.name, said)
        self.fault = said

    @property
    def waited(self) -> float:
        """Seconds since the last cycle began."""
        return time.monotonic() - self._begun


class Heart:
    """Beats all pulses until it is stopped."""

    def __init__(self, pulses: list[Pulse], clock: Callable[[], datetime]) -> None:
        self.pulses = pulses
        self._clock = clock
        self._stop = threading.Event()
        self._scheduler = BackgroundScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}, timezone="UTC"
        )
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        for pulse in self.pulses:
            self._scheduler.add_job(self._beat, "interval", [pulse], seconds=pulse.seconds, id=pulse.name)
        self._scheduler.start()
        self._watchdog.start()
        for pulse in self.pulses:
            pulse.beat(self._clock())

    def stop(self) -> None:
        """Stop beating; cycles under way end first."""
        self._stop.set()
        self._scheduler.shutdown(wait=True)
        self._watchdog.join(timeout=PATIENCE)

    def _beat(self, pulse: Pulse) -> None:
        pulse.beat(self._clock())

    def _watch(self) -> None:
        """Beat in the metronome's place where it has not come for too long."""
        while not self._stop.wait(1.0):
            for pulse in self.pulses:
                if pulse.waited > pulse.seconds + PATIENCE:
                    pulse.beat(self._clock())
