"""A summer of a bureau, and what its statistics say of it at every door; on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from monitor.core.listed import Listed
from monitor.core.model import ResponseKind
from monitor.core.particulars import Conference
from monitor.core.statistics.facts import Asked
from monitor.core.statistics.reckoned import Column, Table, TableName, Unit
from monitor.store import listing
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.documents.statistics import COLUMNS, TITLES, head_said, statistic_said
from responders.language import Words
from responders.statistics import Statistics, period
from tests.cli.terminal import Terminal, at_work
from tests.responders.console.scenes import deliver
from tests.responders.console.station import T0, Station, browsing, serving

H = timedelta(hours=1)
RELEASE, PRESS = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.PRESS_CONFERENCE
# Whose lines may be called in English as they are in the code.
SELF_NAMED = {TableName.KINDS, TableName.GRADES, TableName.CONFERENCES, TableName.MONTHS, TableName.SOURCES}
# Not counted from rows one by one.
SUMS = {Column.DEATHS, Column.INJURED, Column.OF_INCIDENTS}


def summer(station: Station) -> None:
    """Let four incidents happen: answered in time, answered late, never answered, and a false alarm."""
    desk, clock = station.parts.desk, station.clock
    clock.now = T0
    for title in (
        "金昌市金川区一化工厂爆炸致12人死亡、30人受伤",
        "张掖市山丹县一仓库火灾致11人死亡",
        "酒泉市肃州区一客车侧翻致13人死亡",
        "兰州市城关区一锅炉爆炸致10人死亡",
    ):
        station.tell(title, at=T0)
    station.watch()
    deliver(station)
    clock.now = T0 + H
    desk.acknowledge(1, by="王敏", now=clock.now)
    desk.respond(1, RELEASE, title="通报", url="https://weibo.com/1", published_at=clock.now, by="王敏", now=clock.now)
    desk.dismiss(4, by="王敏", now=clock.now, reason="旧闻")
    clock.now = T0 + 8 * H
    station.watch()
    desk.acknowledge(2, by="王敏", now=clock.now)
    desk.respond(
        2, RELEASE, title="通报", url="https://yjj.example.cn/2", published_at=clock.now, by="王敏", now=clock.now
    )
    held = Conference(place="金昌", speaker="李强 局长", rank="head")
    desk.respond(
        1, PRESS, title="发布会", url="https://yjj.example.cn/3", published_at=clock.now, by="王敏", now=clock.now,
        particulars=held,
    )  # fmt: skip
    clock.now = T0 + 60 * H
    station.watch()


def year(station: Station, *, region: str = "620000") -> dict[TableName, Table]:
    since, until = period("2026", "2026", station.clock())
    found = reckoner(station).tables(Asked(since=since, until=until, region=region, home="620000"))
    return {table.name: table for table in found}


def reckoner(station: Station) -> Statistics:
    return Statistics(station.database, station.parts.desk.conferences.rules)


def value(table: Table, head: str, column: Column) -> float | None:
    found = table.statistic(head, column)
    assert found is not None
    return found.value


@pytest.fixture
def station(database: Database) -> Station:
    station = Station(database)
    summer(station)
    return station


def test_the_summer_in_figures(station: Station) -> None:
    found = year(station)
    duties = found[TableName.DUTIES]
    five = [value(duties, "OP-AUTH-5H", column) for column in duties.columns]
    assert five == [4, 1, 1, 1, 0, 1, 1 / 3, 4.5 * 3600, 8 * 3600]
    faults = {line.head: line.statistics[0].value for line in found[TableName.FAULTS].lines}
    assert faults == {"published_late": 1, "nothing_published": 3, "nobody_acted": 2}
    assert sum(value(found[TableName.KINDS], line.head, Column.INCIDENTS) or 0 for line in found[TableName.KINDS].lines)
    assert value(found[TableName.DIVISIONS], "620300", Column.DEATHS) == 12
    assert value(found[TableName.DIVISIONS], "620300", Column.ANSWERED) == 1
    assert value(found[TableName.GRADES], "major", Column.GRAVE) == 3
    assert value(found[TableName.GRADES], "extraordinary", Column.INCIDENTS) == 0
    assert len(found[TableName.MONTHS].lines) == 12
    assert value(found[TableName.MONTHS], "2026-07", Column.INCIDENTS) == 3
    assert value(found[TableName.RESPONSES], RELEASE.value, Column.WEIBO) == 1
    assert value(found[TableName.CONFERENCES], "head", Column.AMOUNT) == 1
    assert value(found[TableName.REACTION], "false_alarms", Column.INCIDENTS) == 1
    assert value(found[TableName.REACTION], "acknowledged", Column.MEDIAN) is not None
    assert value(found[TableName.SOURCES], "evening", Column.FIRST) == 3
    report = {line.head: line.statistics[0].value for line in found[TableName.DISCLOSURE].lines}
    assert report == {
        "concerns": 2, "conferences": 1, "conferences_of_heads": 1, "by_microblog": 1, "otherwise": 1,
        "clarifications": 0,
    }  # fmt: skip


def test_every_figure_has_as_many_rows_as_it_says_and_they_are_there(station: Station) -> None:
    with station.database.read() as connection:
        for table in year(station).values():
            for line in table.lines:
                for column, statistic in zip(table.columns, line.statistics, strict=True):
                    if statistic.of is None:
                        assert statistic.ids == ()
                        continue
                    assert len(listing.piece(connection, statistic.of, statistic.ids)) == len(statistic.ids)
                    if statistic.unit is Unit.COUNT and column not in SUMS:
                        assert len(statistic.ids) == statistic.value, (table.name, line.head, column)


def test_a_withdrawn_response_a_drill_another_region_and_another_year_count_for_nothing(station: Station) -> None:
    elsewhere = year(station, region="110000")
    assert all(not line.statistics[0].value for line in elsewhere[TableName.GRADES].lines)
    assert elsewhere[TableName.DUTIES].lines == ()
    assert value(elsewhere[TableName.CONFERENCES], "head", Column.AMOUNT) == 0
    desk, now = station.parts.desk, station.clock()
    with station.database.read() as connection:
        first = min(listing.numbers(connection, Listed.RESPONSES))
    evening, night = T0 - H, T0 + H / 2
    for office, region, opened in (("", "620000", 4), ("", "110000", 0), ("somebody", "620000", 0)):
        asked = Asked(since=evening, until=night, region=region, office=office, home="620000")
        found = {table.name: table for table in reckoner(station).tables(asked)}
        assert sum(line.statistics[0].value or 0 for line in found[TableName.KINDS].lines) == max(0, opened - 1)
        assert bool(found[TableName.ALERTS].lines) == bool(opened)
        if opened:
            answered = sum(line.statistics[-1].value or 0 for line in found[TableName.KINDS].lines)
            assert answered == 2, "what was answered after the period is answered"
    desk.retract(first, by="王敏", now=now, reason="撤稿")
    assert value(year(station)[TableName.DISCLOSURE], "by_microblog", Column.AMOUNT) == 0
    since, until = period("2025", "2025", now)
    before = reckoner(station).tables(Asked(since=since, until=until, region="620000"))
    assert [line.statistics[0].value for line in before[0].lines] == [0] * 6


def test_the_page_the_rows_and_the_workbook_say_the_same(station: Station) -> None:
    with serving(station) as served, browsing(served) as client:
        page = client.get("/statistics", params={"from": "2026-01-01", "to": "2026-12-31"})
        assert page.status_code == 200
        assert "Share in time" in page.text
        rows = client.get(
            "/statistics/rows", params={"table": "duties", "head": "OP-AUTH-5H", "column": "missed", "from": "2026"}
        )
        assert rows.status_code == 200
        assert rows.text.count('href="/deadlines/') == 1
        assert "酒泉市肃州区" in rows.text
        assert client.get("/statistics/rows", follow_redirects=False).headers["location"] == "/statistics"
        for wrong in (
            {"table": "duties", "column": "due", "head": "no-such-rule"},
            {"table": "x", "column": "due"},
            {"table": "duties", "column": "x"},
        ):
            assert client.get("/statistics/rows", params=wrong).status_code == 404
        refused = client.get("/statistics", params={"from": "2026-07-09", "to": "2026-07-01"})
        assert refused.status_code == 422
        assert "Exchange the days" in refused.text
        assert client.get("/statistics.xlsx", params={"from": "x"}).status_code == 422
        file = client.get("/statistics.xlsx", params={"from": "2026", "to": "2026"})
    book = openpyxl.load_workbook(BytesIO(file.content))
    assert len(book.worksheets) == len(TableName)
    for table, sheet in zip(year(station).values(), book.worksheets, strict=True):
        written = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
        numbers = [[_as_written(cell.value, cell.unit) for cell in line.statistics] for line in table.lines]
        assert [row[1:] for row in written if any(cell is not None for cell in row)] == numbers, table.name


def _as_written(number: float | None, unit: Unit) -> Any:
    if number is None:
        return "—"
    return pytest.approx(number / 3600, abs=1e-3) if unit is Unit.DURATION else pytest.approx(number)


def test_everything_has_a_name(station: Station) -> None:
    composer = Composer(Words("zh"), station.parts.names)
    assert (set(TITLES), set(COLUMNS)) == (set(TableName), set(Column))
    for table in year(station).values():
        for line in table.lines:
            said = head_said(table.name, line.head, composer)
            assert said
            assert said != line.head or table.name in SELF_NAMED
            assert all(statistic_said(statistic, composer) for statistic in line.statistics)


def test_the_command_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: Terminal = at_work(tmp_path, monkeypatch)
    database = Database(terminal.url)
    database.migrate()
    station = Station(database)
    summer(station)
    wanted = year(station)[TableName.DUTIES]
    database.close()
    printed = terminal.run("statistics", "--from", "2026", "--to", "2026", "--region", "620000", "--json")
    told = [json.loads(line) for line in printed.splitlines()]
    duties = next(one["lines"] for one in told if one["table"] == "duties")
    assert {head: line["due"]["value"] for head, line in duties.items()} == {
        line.head: line.statistics[0].value for line in wanted.lines
    }
    shown = terminal.run("statistics", "--from", "2026", "--region", "620000")
    assert "90th percentile" in shown
    assert "4 h 30 min" in shown
    assert "stats.xlsx" in terminal.run("statistics", "--from", "2026", "--out", "stats.xlsx")
    assert openpyxl.load_workbook(tmp_path / "stats.xlsx").sheetnames[0]
    assert "neither a day" in terminal.run("statistics", "--from", "july", code=1)
