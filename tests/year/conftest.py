"""The year, let pass once for all tests, however many processes they run in."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.year.bureau import Bureau
from tests.year.documents import written
from tests.year.year import year_at


@pytest.fixture(scope="session")
def year_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database in which the year has passed."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    file = folder / "year.db"
    with (folder / "year.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            begun = folder / "begun.db"
            begun.unlink(missing_ok=True)
            year_at(begun).database.close()
            begun.rename(file)
    return file


@pytest.fixture(scope="session")
def bureau(year_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Return the bureau at the end of the year, with a database of its own."""
    file = tmp_path_factory.mktemp("year") / "year.db"
    shutil.copy(year_file, file)
    found = year_at(file)
    yield found
    found.database.close()


@pytest.fixture(scope="session")
def examples(bureau: Bureau) -> dict[str, bytes]:
    """Return every document of the year."""
    return written(bureau)
