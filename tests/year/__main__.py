"""Write docs/examples anew: `python -m tests.year`; with `course`, what the year follows, from the real archive."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.year.archive import course_of
from tests.year.course import FILE, written
from tests.year.documents import FOLDER, write_all
from tests.year.pictures import draw
from tests.year.year import year_at


def main() -> None:
    """Do what is asked."""
    if sys.argv[1:] == ["course"]:
        shared = Path(os.environ.get("HUIYING_SHARED", Path(__file__).parents[3] / "shared"))
        FILE.write_text(written(course_of(shared)), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as folder:
        write_all(year_at(Path(folder) / "year.db"), FOLDER)
    draw(FOLDER)


main()
