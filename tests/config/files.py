"""Files written for one test, and the mistakes that reading them gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.config.document import BadDocument

ROOT = Path(__file__).parents[2]


def mistakes(folder: Path, text: str, load: Callable[[Path], Any]) -> list[str]:
    """Return every mistake that `load` finds in `text`, as line and sentence."""
    file = folder / "file.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadDocument) as bad:
        load(file)
    return [str(problem).removeprefix(f"{file}:") for problem in bad.value.problems]
