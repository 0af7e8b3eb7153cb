"""The audit log, a certificate and the reasons of an alert, asked from a terminal."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.loops.seal import Seal
from monitor.store.database import Database
from tests.cli.terminal import Terminal
from tests.story.office import MovedClock

COAL = "陕西榆林一煤矿透水致12人死亡"


@pytest.fixture
def busy(terminal: Terminal) -> Terminal:
    terminal.told(COAL, clock=MovedClock(datetime.now(UTC) - timedelta(hours=1)))
    seal(terminal)
    return terminal


def seal(terminal: Terminal) -> None:
    database = Database(terminal.url)
    Seal(database).tick(datetime.now(UTC))
    database.close()


def harm(terminal: Terminal, statement: str) -> None:
    """Change the log with another program, its triggers dropped."""
    connection = sqlite3.connect(terminal.folder / "huiying.db", isolation_level=None)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    for _, sql in found:
        connection.execute(sql)
    connection.close()


def test_a_whole_log_says_so_and_gives_its_seal(busy: Terminal) -> None:
    told = busy.run("audit", "verify")
    [found] = busy.json("audit", "verify")
    assert f"The audit log is whole: {found['head'].split(':')[0]} rows." in told
    assert f"Its seal: {found['head']}" in told
    assert "--head" in told
    assert "It leads to every seal given." in busy.run("audit", "verify", "--head", found["head"])
    busy.run("ack", 1)
    assert "wait to be sealed" in busy.run("audit", "verify")


def test_the_first_bad_row_is_named_with_what_it_says_now(busy: Terminal) -> None:
    [found] = busy.json("audit", "verify")
    harm(busy, "UPDATE audit SET text = text || ' closed' WHERE seq = 2")
    assert "Row 2 of the audit log was changed" in busy.run("audit", "verify", code=1)
    assert "closed" in busy.errors
    harm(busy, "DELETE FROM audit WHERE seq > 1")
    busy.run("audit", "verify")
    assert "it was cut off" in busy.run("audit", "verify", "--head", found["head"], code=1)
    assert "is no head" in busy.run("audit", "verify", "--head", "7:xyz", code=1)


def test_a_log_that_was_switched_off_for_a_while_says_so(busy: Terminal) -> None:
    connection = sqlite3.connect(busy.folder / "huiying.db", isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.close()
    busy.run("audit", "verify")
    assert "switched off the recording of these tables: account, " in busy.errors


def test_rows_are_listed_and_exported(busy: Terminal) -> None:
    listed = busy.json("audit", "list", "--matter", 1)
    assert {row["matter_id"] for row in listed} == {1}
    assert {row["kind"] for row in listed} == {"deadline.added", "transition.added", "alert.added"}
    assert "alert.added" in busy.run("audit", "list")
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert busy.json("audit", "list", "--since", tomorrow) == []
    busy.run("audit", "export", "--out", "log.jsonl")
    lines = (busy.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    everything = busy.json("audit", "list", "--limit", 10_000)
    assert [json.loads(line) for line in lines] == everything
    assert [row["seq"] for row in everything] == list(range(1, len(everything) + 1))
    assert busy.run("audit", "export").splitlines() == lines


def test_a_certificate_is_examined_without_any_database(
    busy: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy.run("ack", 1, "--by", "王某")
    told = busy.run("certificate", 1, "--out", "one.json", "--html", "one.html", "--by", "李某")
    assert "Certificate of deadline 1" in told
    assert "the clock counts from here" in told
    assert "王某: acknowledged" in told
    page = (busy.folder / "one.html").read_text(encoding="utf-8")
    assert "国办发" in page
    assert "<script" not in page
    (busy.folder / "huiying.db").unlink()
    monkeypatch.setenv("HUIYING_DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
    assert "The certificate is whole" in busy.run("certificate", "verify", "one.json")
    certificate = json.loads((busy.folder / "one.json").read_text(encoding="utf-8"))
    assert "are proven by the seal given." in busy.run(
        "certificate", "verify", "one.json", "--head", certificate["head"]
    )
    certificate["account"]["alerts"][0]["made_late"] = 0.5
    (busy.folder / "two.json").write_text(json.dumps(certificate), encoding="utf-8")
    assert "was changed" in busy.run("certificate", "verify", "two.json", code=1)
    (busy.folder / "three.json").write_text("{", encoding="utf-8")
    assert "cannot be read as a certificate" in busy.run("certificate", "verify", "three.json", code=1)
    whole = (busy.folder / "one.json").read_text(encoding="utf-8")
    (busy.folder / "four.json").write_text('{"deadline": 999,' + whole.lstrip()[1:], encoding="utf-8")
    assert '"deadline" stands there twice' in busy.run("certificate", "verify", "four.json", code=1)
    assert not (busy.folder / "huiying.db").exists()


def test_an_alert_and_a_deadline_are_explained(busy: Terminal) -> None:
    first = busy.json("alerts")[-1]
    told = busy.run("explain", "alert", first["id"])
    assert "Why it was made" in told
    assert first["key"] in told
    assert busy.json("explain", "alert", first["id"])[0]["alert"]["key"] == first["key"]
    told = busy.run("explain", "deadline", 1)
    assert "Moments at which people are told" in told
    assert "still to come" in told
    assert "no alert 999" in busy.run("explain", "alert", 999, code=1)
    assert busy.run("explain", "incident", 1) == busy.run("explain", 1)
    assert "Ask about one of" in busy.run("explain", "clock", 1, code=2)


def test_every_command_of_the_guide_is_one(busy: Terminal) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    lines = [line.split()[1:] for line in guide.splitlines() if line.startswith("huiying ")]
    assert len(lines) >= 10
    for words in lines:
        page = busy.run(*[word for word in words[:2] if not word.isdigit() and word.isalpha()], "--help")
        known = set(page.replace(",", " ").split()) | {"--out", "--html", "--head"}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_a_contact_that_nobody_knows_is_told(busy: Terminal) -> None:
    assert "no contact 王某" in busy.run("explain", "contact", "王某", code=1)
    assert "Ask about one of" in busy.run("explain", "alert", 1, "--at", "2026-07-09T20:30", code=2)
