from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, at_work


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal in an empty folder that speaks English."""
    return at_work(tmp_path, monkeypatch)
