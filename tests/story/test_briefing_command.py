"""`huiying brief` from a terminal: shows, stores, sends, and says clearly what is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.beijing import day_of
from monitor.core.model import AlertReason
from monitor.store import briefings, views
from monitor.store.database import Database

ROOT = Path(__file__).parents[2]
SETTINGS = """
language: en
mail: {host: mail.bureau.example, sender: service@bureau.example, security: plain, port: 25}
briefing: {at: "08:27", to: [duty@bureau.example, chief@bureau.example]}
"""


class Terminal:
    """Runs the command with settings and a database of its own."""

    def __init__(self, folder: Path, url: str, settings: str = SETTINGS) -> None:
        file = folder / "huiying.yaml"
        file.write_text(settings, encoding="utf-8")
        self.environment = os.environ | {
            "HUIYING_LANG": "en",
            "HUIYING_CONFIG": str(file),
            "HUIYING_DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
        }
        self.folder = folder

    def brief(self, *options: str, code: int = 0) -> str:
        """Run `huiying brief`; return what it prints, on its error stream where it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "monitor", "brief", *options],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr if code else done.stdout


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(a.key for a in views.alerts(connection) if a.reason is AlertReason.BRIEFING)


def test_it_shows_without_storing_and_sends_as_often_as_asked(
    tmp_path: Path, database: Database, database_url: str
) -> None:
    terminal = Terminal(tmp_path, database_url)
    before = day_of(datetime.now(UTC))
    shown = terminal.brief()
    assert re.match(rf"Briefing {before}: no source was read\n", shown) or day_of(datetime.now(UTC)) != before
    assert "== Running deadlines ==\nNo deadline is running.\n" in shown
    with database.read() as connection:
        assert briefings.read(connection, before) is None
    assert keys(database) == []

    sent = terminal.brief("--send")
    day = re.search(r"Stored as the briefing of (\S+) and put into the outbox for 2 recipient\(s\)", sent)
    assert day is not None
    assert "sent before" not in sent
    again = terminal.brief("--send", "--date", day[1])
    assert "this is number 2 of that day" in again
    assert keys(database) == [f"briefing:{day[1]}", f"briefing:{day[1]}:2"]
    with database.read() as connection:
        kept = briefings.read(connection, day_of(datetime.fromisoformat(f"{day[1]}T12:00+08:00")))
    assert kept is not None
    assert terminal.brief("--date", day[1]) == f"{kept.title}\n{kept.text}"


def test_a_past_day_is_compiled_for_its_own_window(tmp_path: Path, database: Database, database_url: str) -> None:
    shown = Terminal(tmp_path, database_url).brief("--date", "2026/07/09")
    assert shown.startswith("Briefing 2026-07-09: ")
    assert "from 2026-07-08 08:27 to 2026-07-09 08:27" in shown
    assert keys(database) == []


@pytest.mark.parametrize(
    ("options", "settings", "said"),
    [
        (["--date", "yesterday"], SETTINGS, "yesterday is not a day. Write it like 2026-07-09."),
        (["--date", "2026-02-30"], SETTINGS, "2026-02-30 is not a day."),
        (["--date", "0001-01-01"], SETTINGS, "0001-01-01 is not a day."),
        (["--date", "9999-12-31"], SETTINGS, "9999-12-31 is not a day."),
        (["--date", f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}"], SETTINGS, "has not come yet"),
        (["--send"], "language: en\n", "Nobody would get the briefing. Write addresses under briefing: to:"),
    ],
    ids=["no day", "no such day", "the first year", "the last year", "a day to come", "no recipients"],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path: Path, options: list[str], settings: str, said: str) -> None:
    url = f"sqlite:///{tmp_path / 'huiying.db'}"
    assert said in Terminal(tmp_path, url, settings).brief(*options, code=1)
    database = Database(url)
    database.migrate()
    assert keys(database) == []
    database.close()
