"""Fuzz all readers, or those that are named, each in a process of its own; leave with 1 where one broke.

python -m tests.fuzz [--seconds N] [--only TARGET,...] [--guided] [--folder DIR]    guided by coverage needs atheris.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS

GRACE = 120


def main() -> int:
    """Run each target for its time."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz what reads what others wrote.")
    parser.add_argument("--seconds", type=int, default=20, help="for each target (20)")
    parser.add_argument("--only", default=",".join(TARGETS), help="targets with commas between them")
    parser.add_argument("--guided", action="store_true", help="guided by coverage; needs atheris")
    parser.add_argument(
        "--folder", type=Path, default=Path("build", "fuzz"), help="where inputs are kept that break one"
    )
    given = parser.parse_args()
    names = given.only.split(",")
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    engine = "tests.fuzz.guided" if given.guided else "tests.fuzz.one"
    broken = []
    for name in names:
        command = [sys.executable, "-m", engine, name, str(given.seconds), str(given.folder)]
        try:
            failed = subprocess.run(command, check=False, timeout=given.seconds + GRACE).returncode != 0
        except subprocess.TimeoutExpired:
            failed = True
        broken += [name] if failed else []
    print(f"{len(names) - len(broken)} of {len(names)} hold; broken: {', '.join(broken) or 'none'}")  # noqa: T201
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
