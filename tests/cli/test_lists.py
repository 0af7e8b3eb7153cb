"""The lists for people, and with --json for programs, whose field names must not change."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal, speak
from tests.config.files import ROOT
from tests.story.office import MovedClock

COAL = "陕西榆林一煤矿透水致12人死亡"
INCIDENT = {
    "id", "title", "state", "kind", "scope", "place", "figures", "severity", "likely", "confirmed", "rumour", "sources",
    "items", "opened_at", "last_seen_at", "first_reported_at", "occurred_at", "acted_at", "merged_into", "state_reason",
    "place_name", "kind_name", "jurisdiction", "wave", "standing", "drill", "assignment",
}  # fmt: skip
DEADLINE = {
    "id", "matter_id", "obligation_id", "ordinal", "state", "provisional", "anchor", "anchors", "started_at", "due_at",
    "opened_at", "settled_at", "pack", "name", "calendar", "calendar_version", "estimated", "unrolled_at", "level",
    "plain_due_at", "paused_since", "version", "fault", "adjustments", "findings", "drill", "response_id",
}  # fmt: skip
ITEM = {"id", "title", "url", "source", "published_at", "first_seen_at", "why", "detail", "because"}
STEP = {"at", "severity", "likely", "figures", "item_id", "sentence"}
HEAT = {"titles", "talk", "sources", "best", "hours", "peaks", "lately", "before", "course"}
RESPONSE = {"id", "matter_id", "kind", "title", "url", "published_at", "by", "logged_at", "level", "drill"} | {
    "retracted_at", "retracted_by", "retracted_reason", "promised_at", "particulars",
}  # fmt: skip
ALERT = {
    "id", "key", "reason", "matter_id", "obligation_id", "ordinal", "point", "page", "at", "created_at", "not_before",
    "useful_until", "state", "silence", "detail", "deliveries", "audience", "drill",
}  # fmt: skip


@pytest.fixture
def clock() -> MovedClock:
    """Stand an hour before now, so that what people log now comes after it."""
    return MovedClock(datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def busy(terminal: Terminal, clock: MovedClock) -> Terminal:
    """Return a terminal at a bureau that had one incident and answered it."""
    terminal.told(COAL, clock=clock)
    at = f"{clock() + timedelta(minutes=30):%Y-%m-%dT%H:%M}Z"
    words = ("--kind", "authoritative_release", "--title", "情况通报", "--url", "https://bureau.example/1")
    terminal.run("respond", 1, *words, "--published-at", at)
    return terminal


@pytest.mark.parametrize("name", ["incidents", "deadlines", "alerts", "responses"])
def test_an_empty_database_gives_an_empty_list(terminal: Terminal, name: str) -> None:
    assert terminal.json(name) == []
    assert terminal.run(name).startswith("No.  ")
    assert len(terminal.run(name).splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (["incidents"], INCIDENT),
        (["deadlines", "--all"], DEADLINE),
        (["deadlines"], DEADLINE),
        (["alerts"], ALERT),
        (["alerts", "--incident", "1"], ALERT),
        (["responses"], RESPONSE),
    ],
)
def test_the_fields_for_programs_stay(busy: Terminal, words: list[str], fields: set[str]) -> None:
    found = busy.json(*words)
    assert found
    assert all(one.keys() == fields for one in found)


def test_one_incident_brings_all_that_belongs_to_it(busy: Terminal) -> None:
    [found] = busy.json("incidents", "--id", 1)
    parts: dict[str, set[str]] = {
        "items": ITEM, "deadlines": DEADLINE - {"drill"}, "severity_history": STEP, "responses": RESPONSE - {"drill"}
    }  # fmt: skip
    voices = {"rumour_watch", "denials", "tolls", "links"}
    assert found.keys() == INCIDENT | parts.keys() | voices | {"heat", "wave_history", "findings"}
    assert found["heat"].keys() == HEAT
    for name, fields in parts.items():
        assert found[name], name
        assert all(one.keys() == fields for one in found[name])
    assert (found["severity"], found["severity_history"][0]["severity"]) == ("重大", "重大")
    assert (found["figures"], found["place"]["city"], found["kind"]) == ({"deaths": 12}, "610800", "coal_mine")


def test_instants_for_programs_have_an_offset(busy: Terminal) -> None:
    def instants(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [
                at
                for key, part in value.items()
                for at in ([part] if f"_{key}".endswith("_at") else instants(part))
                if at
            ]
        return [at for part in value for at in instants(part)] if isinstance(value, list) else []

    found = instants(busy.json("incidents", "--id", 1) + busy.json("alerts"))
    assert len(found) > 10
    assert all(datetime.fromisoformat(at).utcoffset() == timedelta(0) for at in found)


def test_the_lists_for_people_say_it_in_their_language(busy: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    row = busy.run("incidents").splitlines()[1].split()
    assert row[3:] == ["major", "official", "word", "陕西省榆林市", COAL, "open"]
    deadlines = busy.run("deadlines", "--all").splitlines()
    assert any("met" in line and f"#1 {COAL}" in line for line in deadlines)
    assert "情况通报  https://bureau.example/1  li" in busy.run("responses")
    speak(monkeypatch, "zh")
    for words in (["incidents"], ["deadlines"], ["alerts"], ["responses"]):
        assert not any(c.isascii() and c.isalpha() for c in busy.run(*words).splitlines()[0]), words
    whole = busy.run("incidents", "--id", 1)
    assert "权威信息" in whole
    assert not {"severity_history", "matter_id", "because"} & set(whole.replace(":", " ").split())


def test_an_incident_is_shown_with_what_a_person_needs_to_act(busy: Terminal) -> None:
    shown = busy.run("incidents", "--id", 1)
    lines = shown.splitlines()
    assert lines[0] == f"#1 {COAL} (open)"
    assert "major" in lines[1]
    assert "12 dead" in lines[1]
    for title in ("Deadlines", "Grade over time", "Responses", "Items"):
        assert title in lines
    numbers = {line.split()[0] for line in lines[lines.index("Deadlines") + 1 :] if line.startswith("  ")}
    assert {str(one["id"]) for one in busy.json("deadlines", "--all")} <= numbers
    assert "    - states a figure: " in shown


def test_the_number_of_rows_can_be_limited(terminal: Terminal, clock: MovedClock) -> None:
    for place in ("陕西榆林", "四川宜宾", "广东韶关"):
        terminal.told(f"{place}一工厂爆炸致5人死亡", clock=clock)
    assert len(terminal.json("incidents")) == 3
    assert len(terminal.json("incidents", "--limit", 2)) == 2


def test_a_hostile_title_cannot_steer_the_terminal(terminal: Terminal, clock: MovedClock) -> None:
    terminal.told("陕西榆林一煤矿透水致12人死亡\x1b[2J\u202e\r丙", clock=clock)
    for words in (["incidents"], ["incidents", "--id", 1], ["deadlines"], ["alerts"], ["ack", 1], ["brief"]):
        printed = terminal.run(*words)
        assert all(c.isprintable() or c == "\n" for c in printed), words
    [found] = terminal.json("incidents")
    assert found["title"].startswith("陕西榆林一煤矿透水致12人死亡")


@pytest.mark.parametrize("name", ["alerts", "responses"])
def test_an_incident_that_nobody_knows_has_no_rows(busy: Terminal, name: str) -> None:
    assert busy.json(name, "--incident", 99) == []


def test_an_unknown_incident_is_told(terminal: Terminal) -> None:
    assert terminal.run("incidents", "--id", 4, code=1) == (
        "There is no incident 4. List them with: huiying incidents\n"
    )


def test_a_list_needs_no_secret_of_a_channel(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_WEBHOOK", raising=False)
    settings = "channels: [{kind: wecom, webhook: 'env:NO_SUCH_WEBHOOK'}]\n"
    (terminal.folder / "huiying.yaml").write_text(settings, encoding="utf-8")
    terminal.told(COAL, clock=MovedClock(datetime.now(UTC) - timedelta(hours=1)))
    assert COAL in terminal.run("incidents")
    terminal.run("deadlines")
    terminal.run("ack", 1, "--by", "李")
    assert "NO_SUCH_WEBHOOK, which is not set" in terminal.run("check", code=1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_output_that_nobody_can_take_is_told_in_one_sentence(terminal: Terminal) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from monitor.cli import main; main()", "incidents", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "HUIYING_LANG": "en"},
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "The output cannot be written: No space left on device.\n"


def test_how_far_the_public_talks_is_listed_and_told_with_its_grounds(terminal: Terminal, clock: MovedClock) -> None:
    terminal.told("陕西榆林一仓库起火", clock=clock, rank=7)
    (row,) = terminal.run("incidents").splitlines()[1:]
    assert "wide public talk" in row
    shown = terminal.run("incidents", "--id", 1).splitlines()
    assert "wide public talk" in shown[1]
    told = "\n".join(shown[shown.index("Public talk") :])
    assert "wide public talk: place 7 on a hot list (grade from place 10)" in told
    assert "best place 7: " in told
    [found] = terminal.json("incidents", "--id", 1)
    (step,) = found["wave_history"]
    assert (found["wave"], step["wave"], step["grounds"][0]["value"]) == ("较大", "较大", 7)
    assert (found["heat"]["best"]["rank"], found["heat"]["titles"]) == (7, 1)
