"""Fuzz one target for some time without guidance, and keep every input that breaks it.

python -m tests.fuzz.one TARGET SECONDS FOLDER [SEED]    prints a line; leaves with 1 where something was found.
"""

from __future__ import annotations

import hashlib
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

from tests.fuzz.limits import run
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import SEEDS

HANGS_AFTER = 20
MOST_KEPT = 200
MOST_SAID = 10


class Hangs(Exception):
    """An input takes longer than anything may."""


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise Hangs


def trouble_of(name: str, body: bytes) -> str:
    """Run a target; return what is wrong, with the place in the code, or ""."""
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER)
    try:
        return run(name, body).excess
    except Exception as error:  # noqa: BLE001 - finding them is what this is for
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/monitor/" in frame.filename or "/fuzz/targets" in frame.filename]
        place = ours[-1] if ours else frames[-1]
        return f"{type(error).__name__}: {str(error)[:120]} ({Path(place.filename).name}:{place.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def fuzz(name: str, seconds: float, folder: Path, seed: int) -> tuple[int, dict[str, Path]]:
    """Return how many inputs were run, and what was found: the trouble and the file with its input."""
    rng = random.Random(seed)
    pool = list(SEEDS[name])
    found: dict[str, Path] = {}
    runs = 0
    for body in pool:
        run(name, body)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        body = mutated(rng.choice(pool), rng, pool)
        runs += 1
        if trouble := trouble_of(name, body):
            key = trouble.rpartition("(")[2] or trouble
            if key not in found and len(found) < MOST_SAID:
                found[key] = folder / f"{name}-{hashlib.sha256(body).hexdigest()[:12]}"
                found[key].write_bytes(body)
                print(f"{name}: {trouble} -> {found[key]}", flush=True)  # noqa: T201 - what the command is for
        elif len(body) < 20_000 and rng.random() < 0.02:
            pool.append(body)
            if len(pool) > MOST_KEPT:
                del pool[rng.randrange(len(SEEDS[name]), len(pool))]
    return runs, found


def main() -> int:
    """Fuzz the target that is named."""
    name, seconds, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else time.time_ns() % 2**32
    signal.signal(signal.SIGALRM, _give_up)
    runs, found = fuzz(name, seconds, folder, seed)
    print(f"{name}: {runs} inputs in {seconds:.0f} s (seed {seed}), {len(found)} found", flush=True)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
