"""What a replay of real archives finds, by the scoring script that comes with them; skipped where there are none."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STREAMS = ("stream_early.tsv.xz", "stream.tsv.xz")
AT_LEAST = {"major_recall": 0.95, "ge3_recall": 0.90}
AT_MOST = {"firm_false_30d": 3.0}

pytestmark = pytest.mark.measured


@pytest.fixture(scope="module")
def scores(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Replay the streams as the command does and score what it wrote; time and memory are told, not judged."""
    folder = shared / "data" / "weibo-hot"
    if not all((folder / name).is_file() for name in STREAMS):
        pytest.skip(f"the archive of hot lists is not in {folder}")
    out = tmp_path_factory.mktemp("replay")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HUIYING_LANG": "en"}
    begun = time.monotonic()
    command = [sys.executable, "-m", "monitor", "replay", *(str(folder / name) for name in STREAMS), "--out", str(out)]
    subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=environment)
    seconds = time.monotonic() - begun
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    script = [sys.executable, str(shared / "eval" / "score_stream.py"), str(out / "incidents.jsonl"), str(folder)]
    done = subprocess.run([*script, "--json"], capture_output=True, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    print(f"replay: {seconds:.0f} s, {megabytes:.0f} MB; {found}")  # noqa: T201 - shown by pytest -s
    return found


@pytest.mark.parametrize("name", AT_LEAST)
def test_what_happened_is_found(scores: dict[str, float], name: str) -> None:
    assert scores[name] >= AT_LEAST[name]


@pytest.mark.parametrize("name", AT_MOST)
def test_little_is_found_that_did_not_happen(scores: dict[str, float], name: str) -> None:
    assert scores[name] <= AT_MOST[name]
