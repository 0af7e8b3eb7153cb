"""The folder in which files are put down for us: which are complete, and where they go once they were dealt with."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from monitor.crawl.rows import RowForm

DONE, REFUSED, REPORT = "done", "refused", ".report.txt"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", REPORT)
FORMS_BY_SUFFIX = {".csv": RowForm.CSV, ".jsonl": RowForm.LINES, ".ndjson": RowForm.LINES, ".json": RowForm.OBJECT}
LONGEST_FILE = 50_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A file as it stands in the folder; it is complete once it stands so for some seconds."""

    path: Path
    size: int
    changed_ns: int
    number: int

    @property
    def form(self) -> RowForm | None:
        """How its rows are written, None where its name does not tell."""
        return FORMS_BY_SUFFIX.get(self.path.suffix.lower())


def standing(folder: Path) -> list[Standing]:
    """Return the files of a folder, oldest first; those that are clearly being written and hidden ones are left out."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                continue
            facts = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(facts.st_mode):
                found.append(Standing(Path(entry.path), facts.st_size, facts.st_mtime_ns, facts.st_ino))
    return sorted(found, key=lambda file: (file.changed_ns, file.path.name))


def put_away(file: Standing, place: str, report: str) -> Path | None:
    """Move a file into a folder beside it, with its report; return where it is, None where it is gone."""
    folder = file.path.parent / place
    folder.mkdir(exist_ok=True)
    target, number = folder / file.path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{file.path.stem}-{number}{file.path.suffix}"
    try:
        file.path.rename(target)
    except FileNotFoundError:
        return None
    target.with_name(target.name + REPORT).write_text(report, encoding="utf-8")
    return target
