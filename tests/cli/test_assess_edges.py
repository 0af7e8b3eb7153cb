"""`huiying assess --jsonl` takes whatever a line may hold and never stops in the middle of a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli import huiying

EDGES: list[dict[str, Any]] = [
    {"id": "\ud800", "text": "\ud800甘肃某县一工厂爆炸致5人死亡\udfff"},
    {"id": [[1, {"a": None}]], "text": "甘肃某县一工厂爆炸致5人死亡\x00\x1b[2J\u202e"},
    {"id": 2, "text": "死亡" * 50_000},
    {"id": 3, "text": "9" * 50_000 + "人死亡"},
    {"id": 4, "text": "昨日，某县一工厂爆炸致5人死亡。", "published_at": "0001-01-01T00:00:00+14:00"},
    {"id": 5, "text": "昨日，某县一工厂爆炸致5人死亡。", "published_at": "9999-12-31T23:59:59-12:00"},
    {"id": 6, "text": "昨日，某县一工厂爆炸致5人死亡。", "published_at": "0000-00-00"},
    {"id": 7, "title": "\u3000", "text": ""},
    {"id": 1e300, "text": "好"},
]


def test_every_line_gets_its_answer() -> None:
    lines = "".join(json.dumps(line) + "\n" for line in EDGES)
    done = CliRunner().invoke(huiying, ["assess", "--jsonl"], input=lines.encode())
    assert done.exit_code == 0, done.output
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["?", *(line["id"] for line in EDGES[1:])]
    assert [answer["deaths"] for answer in answers[:2]] == [5, 5]


@pytest.mark.parametrize(("line", "code"), [(b"\xff\n", 1), (b"\n\r\n\n", 0), (b"", 0), (b"[" * 99_999, 1)])
def test_what_is_no_line_of_json_is_told_or_passed_over(line: bytes, code: int) -> None:
    done = CliRunner().invoke(huiying, ["assess", "--jsonl"], input=line)
    assert (done.exit_code, done.stdout) == (code, "")
    assert bool(done.stderr) == bool(code)


def test_an_answer_is_printed_for_words_too() -> None:
    done = CliRunner().invoke(huiying, ["assess", "甘肃某县一工厂爆炸", "致5人死亡"])
    assert json.loads(done.stdout)["deaths"] == 5
