"""The heartbeat: calls each leg's tick at its pace, notices when it stops, and goes on after any fault.

APScheduler is a metronome here: its jobs live in memory, carry no state and only nudge. Each leg beats in a thread of
its own, so that one that hangs delays no other, and beats by itself on the monotonic clock where no nudge comes: the
metronome's thread can die, and its waiting depends on the wall clock.
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
GRACE = 10.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pulse:
    """One leg's tick: how often, and how its cycles go. `due` is set where a cycle is to begin."""

    name: str
    tick: Callable[[datetime], object]
    seconds: float
    good_at: datetime | None = None
    fault: str = ""
    started_at: datetime | None = None
    due: threading.Event = field(default_factory=threading.Event)

    def beat(self, now: datetime, say: Callable[[Mistake], str] = str) -> None:
        """Run one cycle; a fault is kept and told, and the next cycle comes all the same."""
        try:
            self.tick(now)
            self.good_at, self.fault = now, ""
        except Mistake as mistake:
            self._failed(say(mistake))
        except Exception as error:
            log.exception("%s", self.name)
            self._failed(f"{type(error).__name__}: {error}")

    def _failed(self, said: str) -> None:
        if said != self.fault:
            log.error("%s: %s", self.name, said)
        self.fault = said


class Heart:
    """Beats all pulses until it is stopped; `say` puts a Mistake into words, `patience` is in seconds."""

    def __init__(
        self,
        pulses: list[Pulse],
        clock: Callable[[], datetime],
        *,
        say: Callable[[Mistake], str] = str,
        patience: float = PATIENCE,
    ) -> None:
        self.pulses = pulses
        self._clock = clock
        self._say = say
        self._patience = patience
        self._stop = threading.Event()
        self._metronome = BackgroundScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}, timezone="UTC"
        )
        self._threads = {
            pulse.name: threading.Thread(target=self._keep, args=(pulse,), name=pulse.name, daemon=True)
            for pulse in pulses
        }

    def start(self) -> None:
        """Begin to beat; the first cycle of every pulse comes at once."""
        for pulse in self.pulses:
            self._metronome.add_job(pulse.due.set, "interval", seconds=pulse.seconds, id=pulse.name)
            pulse.started_at = self._clock()
            self._threads[pulse.name].start()
        self._metronome.start()

    def stop(self, grace: float = GRACE) -> list[str]:
        """Stop beating once the cycles under way have ended, or after `grace` seconds; return what hangs on."""
        self._stop.set()
        if self._metronome.running:
            self._metronome.shutdown(wait=False)
        for pulse in self.pulses:
            pulse.due.set()
        end = time.monotonic() + grace
        for thread in self._threads.values():
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))
        hanging = [name for name, thread in self._threads.items() if thread.is_alive()]
        if hanging:
            log.warning("left in the middle of a cycle: %s", ", ".join(hanging))
        return hanging

    def _keep(self, pulse: Pulse) -> None:
        """Beat whenever the metronome says so, or when it has said nothing for too long."""
        while not self._stop.is_set():
            pulse.beat(self._clock(), self._say)
            pulse.due.wait(pulse.seconds + self._patience)
            pulse.due.clear()
