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
# What a cycle may take before it counts as hanging; a leg that calls others has a longer one of its own.
LONGEST = 8.0
# A delivery waits for a mail server for up to 20 s; a briefing and the second reader take their time.
PATIENT, SLOW = 25.0, 120.0
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pulse:
    """One leg's tick: how often, and how its cycles go. `due` is set where a cycle is to begin.

    `longest` is for how many seconds a cycle may show no sign of life; `sign` is given by what it works with. One that
    is not `grave` can fail without a deadline or an alert being lost.
    """

    name: str
    tick: Callable[[datetime], object]
    seconds: float
    longest: float = LONGEST
    grave: bool = True
    good_at: datetime | None = None
    fault: str = ""
    started_at: datetime | None = None
    cycles: int = 0
    faults: int = 0
    due: threading.Event = field(default_factory=threading.Event)
    _alive_at: float | None = None

    def sign(self) -> None:
        """Note that the cycle under way goes on."""
        if self._alive_at is not None:
            self._alive_at = time.monotonic()

    def hanging(self) -> float:
        """Return for how many seconds a cycle has hung; zero where none does."""
        alive_at = self._alive_at
        still = 0.0 if alive_at is None else time.monotonic() - alive_at
        return still if still > self.longest else 0.0

    def beat(self, now: datetime, say: Callable[[Mistake], str] = str) -> None:
        """Run one cycle; a fault is kept and told, and the next cycle comes all the same."""
        self._alive_at = time.monotonic()
        try:
            self.tick(now)
            self.good_at, self.fault = now, ""
        except Mistake as mistake:
            self._failed(say(mistake))
        except Exception as error:
            log.exception("%s", self.name)
            self._failed(f"{type(error).__name__}: {error}")
        finally:
            self._alive_at = None
            self.cycles += 1

    def _failed(self, said: str) -> None:
        self.faults += 1
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
        # A thread that is just being born has a number already and is not alive yet.
        self._begun: set[str] = set()

    def start(self) -> None:
        """Begin to beat; the first cycle of every pulse comes at once."""
        for pulse in self.pulses:
            self._metronome.add_job(pulse.due.set, "interval", seconds=pulse.seconds, id=pulse.name)
        # Before the legs: one of them watches over it, and would raise the alarm about what has not begun yet.
        self._metronome.start()
        for pulse in self.pulses:
            pulse.started_at = self._clock()
            self._threads[pulse.name].start()
            self._begun.add(pulse.name)

    @property
    def scheduler_beats(self) -> bool:
        """Tell whether the metronome's thread lives; without it the legs beat by themselves, only more slowly."""
        thread: threading.Thread | None = getattr(self._metronome, "_thread", None)
        return thread is not None and thread.is_alive()

    @property
    def dead(self) -> list[str]:
        """The legs whose thread has ended although nobody stopped it."""
        if self._stop.is_set():
            return []
        return [name for name, thread in self._threads.items() if name in self._begun and not thread.is_alive()]

    @property
    def hanging(self) -> dict[str, float]:
        """The legs that hang in the middle of a cycle, and for how many seconds."""
        return {pulse.name: still for pulse in self.pulses if (still := pulse.hanging())}

    @property
    def beats(self) -> bool:
        """Tell whether all legs beat: none dead, none hanging, the metronome alive."""
        return self.scheduler_beats and not self.dead and not self.hanging

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
