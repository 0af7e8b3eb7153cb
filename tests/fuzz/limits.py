"""Hold one run of a target to its limits of time and memory."""

from __future__ import annotations

import gc
import resource
import time
from dataclasses import dataclass

from tests.fuzz.targets import TARGETS

MOST_SECONDS = 1.0
MOST_MEMORY = 100_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one input cost: seconds of this thread, and by how many bytes it grew beyond its largest size before."""

    seconds: float
    memory: int

    @property
    def excess(self) -> str:
        """Say which limit was passed, empty where none was."""
        if self.seconds > MOST_SECONDS:
            return f"{self.seconds:.2f} s"
        return f"{self.memory / 1e6:.0f} MB" if self.memory > MOST_MEMORY else ""


def largest() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run(name: str, body: bytes) -> Cost:
    """Run a target on an input and return what it cost; raise what it raises.

    Processor time of this thread only; on a machine that does much else even that varies, so that what seems to take
    too long must do so twice.
    """
    memory = largest()
    seconds = _seconds(name, body)
    if seconds > MOST_SECONDS:
        gc.collect()
        seconds = min(seconds, _seconds(name, body))
    return Cost(seconds, largest() - memory)


def _seconds(name: str, body: bytes) -> float:
    began = time.thread_time()
    TARGETS[name](body)
    return time.thread_time() - began
