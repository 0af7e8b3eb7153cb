"""Twenty thousand sources in sources.yaml: what it takes to start with them, to hold them, to plan their turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.crawling.site import address
from tests.reliability.stage import Row, Stage

START_SECONDS, MEGABYTES, TICK_MS = 5.0, 600, 50.0
TICKS = 15


class Nobody(Executor):
    """Takes every task and begins none: what is measured is the planning alone."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


def rows(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Start the service in a process of its own, twice: into an empty database, and into one that knows the sources."""
    url = stage.fresh()
    with tempfile.TemporaryDirectory(prefix="huiying-many-") as name:
        folder = Path(name)
        write(folder / "sources.yaml", count)
        (folder / "huiying.yaml").write_text("bureau: {region: '620000'}\nsources: sources.yaml\n", encoding="utf-8")
        return [_row(stage, seed, count, url, folder, which) for which in ("first", "later")]


def _row(stage: Stage, seed: int, count: int, url: str, folder: Path, which: str) -> Row:
    began = time.monotonic()
    environment = os.environ | {"HUIYING_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
    # What the first start compiles is kept for the later one, as it is wherever nobody forbids it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawling.many", str(count)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    wanted = f"start < {START_SECONDS:g} s, memory < {MEGABYTES} MB, planner tick < {TICK_MS:g} ms"
    name = f"{count:,} sources in sources.yaml, {which} start"
    if done.returncode:
        return Row(name, stage.kind, wanted, done.stderr[-300:], held=False, seed=seed)
    found = json.loads(done.stdout.splitlines()[-1])
    start = found["ready"] - found["begun"]
    measured = (
        f"start {start:.1f} s, {found['megabytes']} MB, tick {found['tick']:.1f} ms (longest {found['longest']:.1f})"
    )
    held = start < START_SECONDS and found["megabytes"] < MEGABYTES and found["tick"] < TICK_MS
    return Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def write(file: Path, count: int) -> None:
    """Write so many feeds as a bureau would."""
    lines = ["version: 1", "feeds:"]
    for number in range(count):
        lines += [
            f"  - id: s{number:05}",
            f"    name: 示例站 {number}",
            f"    url: http://{address(number)}:9/feed/{number}",
            "    region: '620000'",
            "    interval: 10m",
        ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(count: int) -> None:
    """Build the service as `huiying run` does, plan some turns, and print what that took."""
    began = _begun()
    from monitor.cli import sweep_seldom  # noqa: PLC0415 - what is measured includes the imports

    sweep_seldom()
    from monitor.config.settings import load_settings  # noqa: PLC0415
    from monitor.service.parts import Parts  # noqa: PLC0415
    from monitor.service.running import Service  # noqa: PLC0415

    parts = Parts(load_settings())
    assert len(parts.sources) == count
    service = Service(parts, ("crawl", "watch"))
    ready = time.time()
    [pulse] = [one for one in service.heart.pulses if one.name == "crawl"]
    crawl: Any = pulse.tick.__self__  # type: ignore[attr-defined]
    crawl.pool = Nobody()
    taken = []
    for _ in range(TICKS):
        at = time.perf_counter()
        crawl.tick(datetime.now(UTC))
        taken.append(1000 * (time.perf_counter() - at))
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    found = {
        "begun": began,
        "ready": ready,
        "tick": sorted(taken)[TICKS // 2],
        "longest": max(taken),
        "megabytes": int(peak.split()[1]) // 1024,
    }
    sys.stdout.write(json.dumps(found) + "\n")
    parts.close()


def _begun() -> float:
    """Return when this process was begun, which is before Python was."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - up + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]))
