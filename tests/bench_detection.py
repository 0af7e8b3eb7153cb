"""Print how well the reading does on real archives, beside the figures to reach: `make bench-detection`.

The archives and their scoring scripts are not part of the project: HUIYING_SHARED names their folder.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MONITOR = [sys.executable, "-m", "monitor"]
# The figure, the way it should lie, and what to reach.
GOALS = {
    "stream": {
        "major_recall": (">=", 0.985), "lag_h_median": ("<=", 0.0), "lag_h_p90": ("<=", 1.0),
        "firm_false_30d": ("<=", 0.5), "prov_false_30d": ("<=", 2.0), "decoy_clocks": ("<=", 10),
        "ge3_recall": (">=", 0.97), "bcubed_f1": (">=", 0.92), "frag_mean": ("<=", 1.15), "level_acc": (">=", 0.95),
    },
    "pairs": {"pairs_f1": (">=", 0.93)},
    "texts": {
        "incident_f1": (">=", 0.95), "incident_en_f1": (">=", 0.90), "deaths_exact": (">=", 0.97),
        "missing_exact": (">=", 0.93), "trapped_exact": (">=", 0.93), "injured_exact": (">=", 0.93),
        "serious_exact": (">=", 0.93), "loss_yuan_exact": (">=", 0.93), "deaths_invented": ("<=", 0.02),
        "injured_invented": ("<=", 0.02), "level_acc": (">=", 0.97), "place_province_acc": (">=", 0.97),
        "place_city_acc": (">=", 0.95), "place_county_acc": (">=", 0.90),
    },
}  # fmt: skip


def main() -> None:
    """Run the three scoring scripts and print one table; exit with 2 where the archives are absent."""
    shared = Path(os.environ.get("HUIYING_SHARED", ROOT.parent / "shared"))
    if not (shared / "data").is_dir():
        raise SystemExit(f"The real archives are not in {shared}; set HUIYING_SHARED to their folder.")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        found = {"stream": stream(shared, scratch), "pairs": pairs(shared), "texts": texts(shared, scratch)}
    for part, goals in GOALS.items():
        for name, (way, goal) in goals.items():
            print(line(name, found[part].get(name), way, goal))  # noqa: T201 - what the command is for
    for what, named in found["stream"]["cases"].items():
        print(f"{what}: {', '.join(named)}")  # noqa: T201
    print(f"{'replay':20} {found['stream']['seconds']:.0f} s, {found['stream']['megabytes']:.0f} MB")  # noqa: T201


def line(name: str, value: float | None, way: str, goal: float) -> str:
    """Return one row of the table: name, value, goal, and whether it is reached."""
    reached = value is not None and (value >= goal if way == ">=" else value <= goal)
    return f"{name:20} {value!s:>8}  {way} {goal:<6} {'' if reached else 'not reached'}".rstrip()


def stream(shared: Path, scratch: Path) -> dict[str, Any]:
    """Replay the streams of titles and score the incidents."""
    folder = shared / "data" / "weibo-hot"
    archives = [str(folder / name) for name in ("stream_early.tsv.xz", "stream.tsv.xz")]
    begun = time.monotonic()
    run([*MONITOR, "replay", *archives, "--out", str(scratch / "out")])
    seconds = time.monotonic() - begun
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = [str(scratch / "out" / "incidents.jsonl"), str(folder)]
    scored = score(shared, "score_stream.py", *found)
    told = run([sys.executable, str(shared / "eval" / "score_stream.py"), *found, "--show", "1000"])
    return {**scored, "seconds": seconds, "megabytes": megabytes, "cases": cases(told)}


def cases(told: str) -> dict[str, list[str]]:
    """Return every missed and every false case that the scoring script names: the id of the event, or the moment."""
    found: dict[str, list[str]] = {}
    for row in told.splitlines():
        what, colon, rest = row.partition(": ")
        if colon and what.startswith(("missed", "false")):
            found.setdefault(what, []).append(rest.split()[0])
    return found


def pairs(shared: Path) -> dict[str, Any]:
    """Score which of two reports tell of one happening."""
    return score(
        shared, "score_pairs.py", str(shared / "data" / "same_event"), "--cmd", shlex.join([*MONITOR, "replay"])
    )


def texts(shared: Path, scratch: Path) -> dict[str, Any]:
    """Score what is read out of single texts; rows of which the place is not labelled are left out."""
    for name in ("incident", "casualties"):
        (scratch / name).symlink_to(shared / "data" / name)
    (scratch / "place").mkdir()
    rows = (shared / "data" / "place" / "place.jsonl").read_text(encoding="utf-8").splitlines()
    labelled = [row for row in rows if row.strip() and json.loads(row)["place"]]
    (scratch / "place" / "place.jsonl").write_text("\n".join(labelled), encoding="utf-8")
    return score(shared, "score_assess.py", str(scratch), "--cmd", shlex.join([*MONITOR, "assess", "--jsonl"]))


def score(shared: Path, script: str, *arguments: str) -> dict[str, Any]:
    """Run a scoring script and return its figures."""
    found: Mapping[str, Any] = json.loads(
        run([sys.executable, str(shared / "eval" / script), *arguments, "--json"]).splitlines()[-1]
    )
    return dict(found)


def run(command: list[str]) -> str:
    """Run a command from the project's folder and return what it printed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HUIYING_LANG": "en"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
