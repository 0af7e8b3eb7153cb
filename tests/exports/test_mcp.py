"""The door for language models: it reads, it changes nothing, and what was fetched is told apart from what is ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli import huiying
from monitor.core.model import ResponseKind
from monitor.store.database import Database
from responders.documents.messages import Composer
from responders.mcp_door.protocol import VERSIONS, answers
from responders.mcp_door.tools import ReadOnlyTools
from tests.cli.terminal import at_work
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station
from tests.responders.console.test_guard import everything


@pytest.fixture
def station(database: Database) -> Station:
    made = Station(database)
    explosion(made)
    made.watch()
    return made


def said(station: Station, *lines: str) -> list[dict[str, Any]]:
    tools = ReadOnlyTools(station.database, Composer(station.parts.words, station.parts.names), station.clock)
    return [json.loads(line) for line in answers(lines, tools, "1")]


def request(method: str, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})


def called(station: Station, name: str, **arguments: Any) -> dict[str, Any]:
    result = said(station, request("tools/call", name=name, arguments=arguments))[0]["result"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    assert result["isError"] is not result["structuredContent"]["success"]
    envelope: dict[str, Any] = result["structuredContent"]
    assert set(envelope) == {"success", "summary", "data", "error"}
    return envelope


def test_a_client_introduces_itself_and_learns_the_tools(station: Station) -> None:
    first, ping, tools = said(
        station,
        request("initialize", protocolVersion=VERSIONS[1], capabilities={}, clientInfo={"name": "x", "version": "1"}),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        request("ping"),
        request("tools/list"),
    )
    assert first["result"]["protocolVersion"] == VERSIONS[1]
    assert "never" in first["result"]["instructions"]
    assert ping["result"] == {}
    listed = tools["result"]["tools"]
    assert all(tool["annotations"]["readOnlyHint"] for tool in listed)
    assert {tool["name"] for tool in listed} == {"search_incidents", "get_incident", "list_deadlines", "get_briefing"}
    future = said(station, request("initialize", protocolVersion="2099-01-01"))[0]
    assert future["result"]["protocolVersion"] == VERSIONS[0]


def test_what_is_asked_is_answered_and_nothing_is_changed(station: Station) -> None:
    before = everything(station.database)
    assert [one["id"] for one in called(station, "search_incidents", query="爆炸")["data"]] == [1]
    assert called(station, "search_incidents", query="%")["data"] == []
    whole = called(station, "get_incident", id=1)["data"]
    assert whole["deadlines"]
    assert whole["reports"]
    deadlines = called(station, "list_deadlines")["data"]
    assert [one["due_at"] for one in deadlines] == sorted(one["due_at"] for one in deadlines)
    assert called(station, "get_incident", id=99)["error"] == "UnknownIncident"
    assert called(station, "get_briefing", day="2026-07-09")["error"] == "NoBriefing"
    assert everything(station.database) == before


@pytest.mark.parametrize("name", ["confirm", "dismiss", "acknowledge", "respond", "approve", "publish", ""])
def test_there_is_no_act(station: Station, name: str) -> None:
    answer = said(station, request("tools/call", name=name, arguments={"id": 1}))[0]
    assert answer["error"]["code"] == -32602


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get_incident", {}),
        ("get_incident", {"id": "1"}),
        ("get_incident", {"id": True}),
        ("get_incident", {"id": 2**40}),
        ("get_incident", {"id": 1, "confirm": True}),
        ("search_incidents", {"limit": 0}),
        ("search_incidents", {"query": "x" * 201}),
        ("search_incidents", {"query": None}),
        ("get_briefing", {"day": "yesterday!"}),
        ("get_briefing", {"day": 5}),
    ],
)
def test_wrong_arguments_are_refused(station: Station, name: str, arguments: dict[str, Any]) -> None:
    assert called(station, name, **arguments)["error"] == "WrongArgument"


def test_lines_that_are_no_requests_are_refused_and_end_nothing(station: Station) -> None:
    lines = ("{", "[" * 50_000, "null", "[]", '{"id": 1}', '{"jsonrpc": "2.0", "id": 1, "method": 5}', "x" * 200_000)
    codes = [answer["error"]["code"] for answer in said(station, *lines, request("nothing"))]
    assert codes == [-32700, -32700, -32600, -32600, -32600, -32600, -32600, -32601]
    assert said(station, "", "  ", json.dumps({"jsonrpc": "2.0", "method": "tools/call"})) == []
    assert said(station, '{"jsonrpc": "2.0", "id": {}, "method": "ping", "params": []}')[0]["id"] is None


def test_what_was_fetched_stands_apart_and_on_one_line(station: Station) -> None:
    now = station.clock()
    for text in HOSTILE:
        station.tell(f"{text[:200]}金昌市金川区一化工仓库发生爆炸，造成11人死亡", url=text[:100])
        kept = text.replace("\x00", "")
        station.parts.desk.respond(
            1, ResponseKind.REPLY, title=kept, url="https://b.example/", published_at=now, by="Li", now=now
        )
    whole = called(station, "get_incident", id=1)["data"]
    for part in [whole, *whole["reports"], *whole["responses"]]:
        assert "title" not in part
        for value in part["untrusted"].values():
            assert value.isprintable()
            assert len(value) <= 300


def test_the_command_speaks_it(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work(tmp_path, monkeypatch)
    done = CliRunner().invoke(huiying, ["mcp"], input=request("ping") + "\n" + request("tools/list") + "\n")
    assert done.exit_code == 0, done.output
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 1]
    assert done.stdout.isascii()
