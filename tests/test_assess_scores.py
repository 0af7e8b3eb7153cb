"""What is read out of real labelled texts, by the scoring script that comes with them; skipped where there are none."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AT_LEAST = {
    "incident_f1": 0.95,
    "incident_en_f1": 0.82,
    "deaths_exact": 0.95,
    "missing_exact": 0.95,
    "injured_exact": 0.92,
    "loss_yuan_exact": 0.95,
    "level_acc": 0.92,
}
AT_MOST = {"deaths_invented": 0.03, "missing_invented": 0.01, "trapped_invented": 0.02, "serious_invented": 0.02}


@pytest.fixture(scope="module")
def scores(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Score the texts of the incident and casualties folders; places have a test of their own."""
    folder = tmp_path_factory.mktemp("texts")
    for name in ("incident", "casualties"):
        (folder / name).symlink_to(shared / "data" / name)
    command = f"{shlex.quote(sys.executable)} -m monitor assess --jsonl"
    script = [sys.executable, str(shared / "eval" / "score_assess.py"), str(folder), "--cmd", command, "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HUIYING_LANG": "en"}
    done = subprocess.run(script, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", AT_LEAST)
def test_what_is_stated_is_read(scores: dict[str, float], name: str) -> None:
    assert scores[name] >= AT_LEAST[name]


@pytest.mark.parametrize("name", AT_MOST)
def test_little_is_invented(scores: dict[str, float], name: str) -> None:
    assert scores[name] <= AT_MOST[name]
