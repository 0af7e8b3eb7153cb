"""Whole lists from the console and the command line: the same rows, whoever fetches them and in whatever form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from monitor.core.listed import Listed
from monitor.core.model import ResponseKind
from monitor.store import listing, views
from monitor.store.database import Database
from monitor.store.listing import Bounds
from responders.documents.messages import Composer
from responders.documents.sheet_files import Form
from responders.documents.sheets import SHEETS
from responders.exports import Exports
from tests.cli.terminal import Terminal, at_work
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import Station, browsing, serving

TOLL = "金昌市金川区一化工仓库发生爆炸，造成11人死亡"


@pytest.fixture
def station(database: Database) -> Iterator[Station]:
    with serving(Station(database)) as served:
        yield served


def busy(station: Station) -> None:
    explosion(station)
    for text in HOSTILE:
        station.tell(f"{text[:300]}{TOLL}", TOLL, url=text[:200])
    station.watch()
    deliver(station)
    now = station.clock()
    for text in HOSTILE[:9]:
        url = "https://bureau.example/1"
        station.parts.desk.respond(
            1, ResponseKind.REPLY, title=text, url=url, published_at=now, by=text.strip() or "Li", now=now
        )


def rows_of(station: Station, listed: Listed) -> list[dict[str, object]]:
    stream = io.BytesIO()
    composer = Composer(station.parts.words, station.parts.names)
    Exports(station.database, composer).write(listed, Form.JSONL, stream)
    return [json.loads(line) for line in stream.getvalue().split(b"\n")[:-1]]


def test_every_list_comes_whole_in_every_form(station: Station) -> None:
    busy(station)
    with browsing(station) as client:
        for listed in Listed:
            plain = rows_of(station, listed)
            assert plain, listed
            for form in Form:
                answer = client.get(f"/exports/{listed.value}.{form.value}")
                assert answer.status_code == 200
                assert answer.headers["content-disposition"].startswith('attachment; filename="huiying-')
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert _count(form, answer.content) == len(plain), (listed, form)
            heads = client.get(f"/exports/{listed.value}.csv").content.decode("utf-8-sig").split(",")
            assert heads[0] == station.parts.words(SHEETS[listed].columns[0].head)


def _count(form: Form, file: bytes) -> int:
    if form is Form.XLSX:
        page = openpyxl.load_workbook(io.BytesIO(file)).active
        assert page is not None
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
        return int(page.max_row) - 1
    if form is Form.CSV:
        return len(list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))) - 1
    return len(json.loads(file)) if form is Form.JSON else file.count(b"\n")


def test_what_is_asked_for_in_pieces_comes_once_and_in_order(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(station)
    whole = {listed: rows_of(station, listed) for listed in Listed}
    monkeypatch.setattr(listing, "CHUNK", 2)
    monkeypatch.setattr(listing.numbers, "__kwdefaults__", {"below": None, "limit": 2})
    for listed in Listed:
        assert rows_of(station, listed) == whole[listed]
    numbers = [row["number"] for row in whole[Listed.ITEMS]]
    assert numbers == sorted(set(map(int, map(str, numbers))), reverse=True)
    times = [row["at"] for row in whole[Listed.LOG]]
    assert times == sorted(map(str, times), reverse=True)
    assert {row["by"] for row in whole[Listed.LOG]} > {""}


def test_days_bound_a_list_by_beijing_time(station: Station) -> None:
    explosion(station)
    with browsing(station) as client:
        on_the_day = client.get("/exports/incidents.jsonl?from=2026-07-09&to=2026-07-09")
        after = client.get("/exports/incidents.jsonl?from=2026-07-10")
        before = client.get("/exports/incidents.jsonl?to=2026-07-08")
        wrong = client.get("/exports/incidents.csv?from=yesterday")
    assert on_the_day.text.count("\n") == 1
    assert after.text == before.text == ""
    assert wrong.status_code == 422
    assert "2026-07-09" in wrong.text


@pytest.mark.parametrize("name", ["incidents.exe", "secrets.csv", "incidents", ".csv", "incidents.csv.xlsx"])
def test_there_is_no_other_file(station: Station, name: str) -> None:
    with browsing(station) as client:
        assert client.get(f"/exports/{name}").status_code == 404


def test_the_region_bounds_what_is_listed(station: Station) -> None:
    explosion(station)
    station.tell("兰州市一煤矿发生透水事故，造成12人死亡", "甘肃省兰州市一煤矿发生透水事故，造成12人死亡。")
    station.watch()
    with station.database.read() as connection:
        for listed in (Listed.INCIDENTS, Listed.DEADLINES, Listed.ALERTS, Listed.ITEMS):
            near = listing.numbers(connection, listed, Bounds(within="620300"))
            rows = listing.piece(connection, listed, near)
            assert {getattr(row, "matter_id", 1) for row in rows} == {1}, listed
            assert len(near) < len(listing.numbers(connection, listed)), listed
        changes = [row for part in listing.rows(connection, Listed.LOG, Bounds(within="620300")) for row in part]
        assert {getattr(row, "matter_id", 0) for row in changes} == {1}
        live = listing.numbers(connection, Listed.DEADLINES, Bounds(live=True))
        assert set(live) == {d.id for d in views.deadlines(connection, live=True)}


def test_the_command_line_writes_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    database = Database(terminal.url)
    database.migrate()
    station = Station(database)
    explosion(station)
    station.watch()
    database.close()
    told = terminal.run("export", "deadlines", "--out", "list.xlsx")
    assert "list.xlsx" in told
    page = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert page is not None
    printed = terminal.run("export", "deadlines", "--format", "jsonl").splitlines()
    assert page.max_row - 1 == len(printed) > 0
    assert terminal.run("export", "deadlines").startswith("\ufeffNo.,")
    assert terminal.run("export", "log", "--format", "json", "--from", "2027-01-01").split() == ["[", "]"]
    assert "no day" in terminal.run("export", "log", "--from", "x", code=1)
    assert json.loads(printed[0])["due_at"].endswith("+08:00")
    assert datetime.fromisoformat(json.loads(printed[0])["due_at"]).astimezone(UTC).year == 2026
