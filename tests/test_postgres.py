"""The server that the tests start: what a killed run leaves behind is swept away, what is in use is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PREFIX, is_running, server_in, sweep

ROOT = Path(__file__).parents[1]
LEFT_BEHIND = f"""
import os, signal, tests.postgres as p
with p.running_postgres() as address:
    [folder] = p.Path(p.tempfile.gettempdir()).glob("{PREFIX}%s-*" % os.getpid())
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def place() -> Iterator[str]:
    """A folder in which no other run sweeps."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield folder


def test_what_a_killed_run_left_behind_is_swept_away(place: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", LEFT_BEHIND],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": place, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    folder = Path(killed.stdout.strip())
    server = server_in(folder)
    assert server is not None
    assert is_running(server)
    assert sweep(folder)
    assert not folder.exists()
    assert not is_running(server)


def test_what_is_in_use_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / f"{PREFIX}{os.getpid()}-x"
    folder.mkdir()
    assert not sweep(folder)
    assert folder.exists()
