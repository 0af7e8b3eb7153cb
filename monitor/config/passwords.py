"""Read which words passwords are tried with first."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "rules" / "passwords.txt"


@cache
def common_passwords() -> frozenset[str]:
    """Return the words in lower case."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
