"""Every command explains itself in both languages; what was typed wrongly is told with exit code 2."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import COMMANDS, huiying
from monitor.cli.speech import COMMAND_HELP
from responders.language import Words
from tests.cli.terminal import Terminal

ROOT = Path(__file__).parents[2]
# The language is settled when the program starts, so each language is asked for in a process of its own.
ASK = """
import json, sys
from click.testing import CliRunner
from monitor.cli import COMMANDS, huiying
below = ["source test", "incident show", "incident link", "incident unlink",
         "drill start", "drill end", "drill list", "drill show"]
calls = [[], *([name] for name in COMMANDS), *(name.split() for name in below)]
pages = {" ".join(call): CliRunner().invoke(huiying, [*call, "--help"]).stdout for call in calls}
print(json.dumps(pages))
"""


def pages(language: str) -> dict[str, str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HUIYING_LANG": language}
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module", params=["zh", "en"])
def told(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    return request.param, pages(request.param)


def test_every_command_explains_itself(told: tuple[str, dict[str, str]]) -> None:
    language, found = told
    below = {"source test", "incident show", "incident link", "incident unlink"}
    below |= {f"drill {name}" for name in ("start", "end", "list", "show")}
    assert found.keys() == {"", *COMMANDS, *below}
    for name in COMMANDS:
        assert Words(language)(COMMAND_HELP[name]) in found[name]
        assert re.search(rf"^  {name} +\S", found[""], re.MULTILINE), name
    for page in found.values():
        assert "--help" in page
        chinese = re.search("[\u4e00-\u9fff]", page) is not None
        assert chinese == (language == "zh"), page


def test_no_english_sentence_stands_on_a_chinese_page(told: tuple[str, dict[str, str]]) -> None:
    language, found = told
    sentence = re.compile(r"\b[A-Z][a-z]+ (?:[a-z]+ ){2}")
    assert all(bool(sentence.search(page)) == (language == "en") for page in found.values())


def test_every_command_that_is_listed_can_be_called() -> None:
    with huiying.make_context("huiying", ["check"], resilient_parsing=True) as context:
        for name in COMMANDS:
            command = huiying.get_command(context, name)
            assert command is not None
            assert command.help == COMMAND_HELP[name] or command.help == Words("zh")(COMMAND_HELP[name])
        assert huiying.get_command(context, "nonsense") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nonsense", "No such command 'nonsense'"),
        ("incidents --nonsense", "No such option '--nonsense'"),
        ("ack", "Missing argument"),
        ("ack one", "'one' is not a valid integer"),
        ("ack 0", "0 is not a number from 1 up."),
        ("ack -- -3", "-3 is not a number from 1 up."),
        ("ack 99999999999999999999", "99999999999999999999 is not a number from 1 up."),
        ("incidents --limit 0", "0 is not a number from 1 up."),
        ("deadlines --limit -1", "-1 is not a number from 1 up."),
        ("source test x --limit 0", "0 is not a number from 1 up."),
        ("dismiss 1", "Missing option '--reason'"),
        ("waive 1", "Missing option '--reason'"),
        ("split 1", "Missing argument"),
        ("respond 1 --kind speech --title x --published-at 2026-07-09", "'speech' is not one of"),
        ("respond 1 --kind reply --title x", "Missing option '--published-at'"),
        ("assess", "Give a text, or --jsonl"),
        ("replay", "Missing argument"),
    ],
)
def test_a_wrong_word_is_told_with_how_to_get_help(terminal: Terminal, words: str, said: str) -> None:
    told = terminal.run(*words.split(), code=2)
    assert said in told
    assert f"Try 'huiying {words.split(maxsplit=1)[0]}".replace(" nonsense", "") in told


def test_an_account_without_a_login_name_is_asked_for_one(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987_654)
    assert "Say who acts with --by NAME." in terminal.run("ack", 1, code=2)
    assert "There is no incident 1." in terminal.run("ack", 1, "--by", "li", code=1)


def test_a_terminal_without_chinese_characters_gets_their_codes() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HUIYING_LANG": "zh", "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "monitor", "--help"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u4e8b\\u4ef6" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("ack", "'x' 不是有效的整数。"),
        ("waive 1 --reason", "选项 '--reason' 需要 1 个值。"),
        ("replay", "文件 'x' 不存在。"),
    ],
)
def test_the_parser_speaks_one_language(words: str, said: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HUIYING_LANG": "zh", "PYTHONIOENCODING": "utf-8"}
    value = [] if "--" in words else ["x"]
    command = [sys.executable, "-m", "monitor", *words.split(), *value]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert said in done.stderr
