"""`check` names the second reader without asking it; `doctor` asks it about a made-up item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cli.terminal import Terminal
from tests.responders.fakes.web import Answer
from tests.second.fake_model import KEY, MODEL, NOTHING, FakeModel, error, reads

Says = Callable[[dict[str, Any]], object]


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with FakeModel() as fake:
        yield fake


def set_up(terminal: Terminal, model: FakeModel, name: str = MODEL) -> None:
    (terminal.folder / "huiying.yaml").write_text(
        f"http: {{allow: [127.0.0.1]}}\n"
        f"second_reader: {{base_url: '{model.base_url}', model: {name}, api_key: {KEY}, items: all}}\n",
        encoding="utf-8",
    )


def doctor(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, code: int) -> str:
    monkeypatch.setattr("monitor.cli.doctor.shutil.which", lambda _: None)
    monkeypatch.setattr("monitor.cli.doctor.ENOUGH_DISK", 0)
    terminal.run("doctor", code=code)
    return next(line for line in terminal.printed.splitlines() if "Second reader" in line)


def rightly(item: dict[str, Any]) -> object:
    return reads(item["title"], kind="chemical", deaths={"count": 3, "quote": "已造成3人死亡"})


def test_without_one_both_say_that_it_is_off(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Second reader: off" in terminal.run("check")
    assert doctor(terminal, monkeypatch, 0) == "✓ Second reader: off"


def test_check_names_it_and_asks_nothing(terminal: Terminal, model: FakeModel) -> None:
    set_up(terminal, model)
    host = model.url.removeprefix("http://")
    assert f"Second reader: {MODEL} at {host}, asked about every item" in terminal.run("check")
    assert model.requests == []


def test_doctor_asks_it_once(terminal: Terminal, model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(terminal, model)
    model.says = rightly
    told = doctor(terminal, monkeypatch, 0)
    assert told.startswith(f"✓ Second reader: {MODEL} at 127.0.0.1:")
    assert "it reads a plain report rightly in " in told
    assert len(model.requests) == 1


def test_doctor_tries_simpler_forms(terminal: Terminal, model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(terminal, model)
    model.says, model.forms, model.bound = rightly, {"plain"}, "max_completion_tokens"
    assert doctor(terminal, monkeypatch, 0).startswith("✓")


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (lambda _: dict(NOTHING), "but misreads a plain report"),
        (
            lambda item: reads(item["title"], deaths={"count": 30, "quote": item["title"]}),
            "but misreads a plain report",
        ),
        (lambda _: "好的", "The answer has not the form that was asked for. JSON: json_invalid | 好的"),
        (lambda _: error(401, f"Incorrect API key provided: {KEY}"), "The server refuses us: check api_key"),
        (lambda _: Answer(b"\x1b[2J", 500), "The server has an error of its own. HTTP 500"),
        (lambda _: Answer(b"", 301, {"Location": "https://elsewhere.example/"}), "The server points elsewhere"),
    ],
)
def test_doctor_says_what_is_wrong(
    terminal: Terminal, model: FakeModel, monkeypatch: pytest.MonkeyPatch, says: Says, told: str
) -> None:
    set_up(terminal, model)
    model.says = says
    line = doctor(terminal, monkeypatch, 1)
    assert line.startswith("✗")
    assert told in line
    assert KEY not in terminal.printed
    assert "\x1b" not in terminal.printed


def test_doctor_names_a_model_that_is_not_there(
    terminal: Terminal, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(terminal, model, "other-model")
    assert "There is no such interface or model: check base_url and model." in doctor(terminal, monkeypatch, 1)
