"""A terminal of our own: runs commands in this process, in English, with settings and a database of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli import huiying
from monitor.cli.speech import say
from monitor.config.settings import Settings, SettingsFile
from monitor.core.fetched import Entry
from monitor.core.identity import item_key
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Identity, Source, SourceKind
from monitor.service import Parts
from monitor.store.database import Database
from responders.language import Words
from tests.story.office import MovedClock

SOURCE = Source(id="news", name="晨报", kind=SourceKind.FEED, url="https://news.example/", trust=Trust.OFFICIAL)


@dataclass(slots=True)
class Terminal:
    """A person at a terminal in `folder`; `printed` and `errors` hold what the last command said on either stream."""

    folder: Path
    url: str
    printed: str = field(default="", init=False)
    errors: str = field(default="", init=False)

    def run(self, *words: object, code: int = 0) -> str:
        """Run a command and return what it prints: on its error stream where it is to fail."""
        done = CliRunner().invoke(huiying, [str(word) for word in words], prog_name="huiying")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        self.printed, self.errors = done.stdout, done.stderr
        return done.stderr if code else done.stdout

    def json(self, *words: object) -> list[dict[str, Any]]:
        """Run a list with --json and return its objects."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]

    def told(self, title: str, *, clock: MovedClock, text: str = "", rank: int | None = None) -> None:
        """Let a trusted source tell something at the moment of the clock, in a place on its list where it has one."""
        database = Database(self.url)
        parts = Parts(Settings(SettingsFile(), None), database)
        now = clock()
        key = item_key(source_id="news", url="", external_id=title, title=title, text=text, identity=Identity.AUTO)
        entry = Entry(key=key, title=title, text=text, published_at=now, time_note=TimeNote.STATED, rank=rank)
        database.migrate()
        parts.intake.take(SOURCE, [entry], now)
        database.close()


def speak(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Let all commands speak a language, which is otherwise settled when the program starts."""
    monkeypatch.setenv("HUIYING_LANG", language)
    monkeypatch.setenv("LANGUAGE", language)
    monkeypatch.setattr(say, "language", language)
    monkeypatch.setattr(say, "_catalogue", Words(language)._catalogue)


def at_work(folder: Path, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> Terminal:
    """Return a terminal in an empty folder, with nothing set but the language and where the database stands."""
    speak(monkeypatch, language)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("HUIYING_CONFIG", raising=False)
    terminal = Terminal(folder, f"sqlite:///{folder / 'huiying.db'}")
    monkeypatch.setenv("HUIYING_DATABASE_URL", terminal.url)
    monkeypatch.setenv("LOGNAME", "li")
    return terminal
