"""Duty from a terminal: who is on duty, and what people change about that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.config.test_duty import SOUND


@pytest.fixture
def bureau(terminal: Terminal) -> Terminal:
    (terminal.folder / "duty.yaml").write_text(SOUND.replace("channel: mail", "channel: gate"), encoding="utf-8")
    channel = "{kind: wecom, name: gate, webhook: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x'}"
    settings = f"duty: duty.yaml\nchannels: [{channel}]\n"
    (terminal.folder / "huiying.yaml").write_text(settings, encoding="utf-8")
    return terminal


def test_it_says_who_is_on_duty_now(bureau: Terminal) -> None:
    (now,) = bureau.json("duty", "now")
    assert now["contact"] in ("wang", "li")
    assert now["layer"] == "轮值"
    assert bureau.run("rota", "now") == bureau.run("duty", "now")
    name = {"wang": "王敏", "li": "李强"}[now["contact"]]
    assert name in bureau.run("duty", "now")


def test_a_take_over_is_shown_and_taken_back(bureau: Terminal) -> None:
    (before,) = bureau.json("duty", "now")
    other = "li" if before["contact"] == "wang" else "wang"
    assert "Change 1" in bureau.run("rota", "take", "duty", other, "--reason", "ill")
    (now,) = bureau.json("duty", "now")
    assert now["contact"] == other
    first = bureau.json("rota", "show", "duty", "--days", 3)[0]
    assert (first["contact"], first["kind"], first["change"]) == (other, "take", 1)
    assert "taken over" in bureau.run("rota", "show")
    bureau.run("rota", "cancel", 1)
    assert bureau.json("duty", "now")[0]["contact"] == before["contact"]
    assert "no change 1 that still holds" in bureau.run("rota", "cancel", 1, code=1)


def test_somebody_is_put_on_duty_for_a_time(bureau: Terminal) -> None:
    span = ("--from", "2199-07-09T20:00", "--until", "2199-07-10T08:00")
    told = bureau.run("rota", "override", "duty", "li", *span)
    assert "李强 is on duty from 2199-07-09 20:00 until 2199-07-10 08:00" in told
    assert "There is no contact zhou" in bureau.run("rota", "override", "duty", "zhou", *span, code=1)
    assert "There is no rota night" in bureau.run("rota", "take", "night", "li", code=1)


def test_two_shifts_are_swapped(bureau: Terminal) -> None:
    told = bureau.run("rota", "swap", "duty", "2199-07-09T20:00", "2199-07-10T20:00")
    assert told.count("is on duty from") == 2


def test_the_policies_are_shown(bureau: Terminal) -> None:
    told = bureau.run("duty", "policies")
    assert "all deadlines" in told
    assert "at once  总值班" in told
    assert "0:10  局领导" in told


def test_the_check_counts_people_and_names_mistakes(bureau: Terminal) -> None:
    assert "Duty rota: 2 contacts, 1 rotas, 1 policies" in bureau.run("check")
    file = bureau.folder / "duty.yaml"
    wrong = file.read_text(encoding="utf-8").replace("channel: gate, to: li", "channel: gaet, to: li")
    file.write_text(wrong, encoding="utf-8")
    bureau.run("check", code=1)
    assert "duty.yaml:3: gaet is not known. Did you mean gate?" in bureau.errors


def test_without_a_duty_file_there_is_nobody(terminal: Terminal, tmp_path: Path) -> None:
    assert "There is no rota" in terminal.run("duty", "now")
    assert "alerts go to the team channels only" in terminal.run("check")
