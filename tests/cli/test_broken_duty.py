"""A duty file with a mistake in it stops what needs people, and nothing else."""

from __future__ import annotations

import pytest

from tests.cli.terminal import Terminal
from tests.config.test_duty import SOUND
from tests.story.office import T0, MovedClock

BLAST = "甘肃白银一化工厂爆炸致12死30伤"
SETTINGS = (
    "duty: duty.yaml\n"
    "channels: [{kind: wecom, name: gate, webhook: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x'}]\n"
)
WHERE = "duty.yaml:10: zhou is not known."


@pytest.fixture
def bureau(terminal: Terminal) -> Terminal:
    terminal.told(BLAST, clock=MovedClock(T0))
    (terminal.folder / "huiying.yaml").write_text(SETTINGS, encoding="utf-8")
    broken = SOUND.replace("members: [wang, li], begins", "members: [wang, zhou], begins")
    broken = broken.replace("channel: mail", "channel: gate")
    (terminal.folder / "duty.yaml").write_text(broken, encoding="utf-8")
    return terminal


@pytest.mark.parametrize(
    "words",
    [("explain", 1), ("explain", "deadline", 1), ("rules", "outdated"),
     ("certificate", "issue", 1)],
    ids=lambda words: "-".join(map(str, words[:2])),
)  # fmt: skip
def test_what_needs_nobody_goes_on_and_warns_with_file_and_line(bureau: Terminal, words: tuple[object, ...]) -> None:
    assert bureau.run(*words)
    assert "the duty file is broken" in bureau.errors
    assert WHERE in bureau.errors
    assert "huiying check" in bureau.errors


@pytest.mark.parametrize(
    "words", [("incidents",), ("deadlines", "--all"), ("alerts",), ("audit", "verify"), ("explain", "--text", BLAST)]
)
def test_lists_ask_for_nobody_and_warn_of_nothing(bureau: Terminal, words: tuple[str, ...]) -> None:
    bureau.run(*words)
    assert bureau.errors == ""


@pytest.mark.parametrize("words", [("ack", 1), ("rota", "now"), ("explain", "contact", "wang")])
def test_what_needs_people_refuses_and_names_the_place(bureau: Terminal, words: tuple[object, ...]) -> None:
    assert WHERE in bureau.run(*words, code=1)


def test_the_check_names_file_line_and_what_would_do(bureau: Terminal) -> None:
    assert "duty.yaml:10: zhou is not known. Known are: wang, li" in bureau.run("check", code=1)
    (bureau.folder / "duty.yaml").unlink()
    assert "duty.yaml:1: " in bureau.run("check", code=1)
