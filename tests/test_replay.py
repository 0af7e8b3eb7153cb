"""`huiying replay`: archives of four forms through the whole line, on the archive's own time."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.replay import BadArchive, Row, UnknownArchive, rows_of
from tests.cli.terminal import Terminal, at_work

ARCHIVE: list[dict[str, Any]] = [
    {"first_seen": "2026-07-09T08:00:00+08:00", "title": "陕西榆林一煤矿透水致12人死亡", "id": 7},
    {"first_seen": "2026-07-09T09:30:00+08:00", "title": "陕西榆林煤矿透水事故已致13人遇难", "id": "b"},
    {"first_seen": "2026-07-09T19:00:00+08:00", "title": "今天天气真好", "id": "c"},
    {"first_seen": "2026-07-12T10:00:00+08:00", "title": "四川某县客车坠崖致3人死亡"},
]
INCIDENT = {
    "id", "title", "kind", "scope", "place", "opened_at", "severity_history", "deadlines", "items",
    "wave_history",
}  # fmt: skip
STEP = {"at", "severity", "provisional", "deaths", "missing", "item", "sentence"}
DEADLINE = {"obligation", "started_at", "opened_at", "due_at", "provisional", "state"}


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return at_work(tmp_path, monkeypatch)


def as_jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_tsv(rows: list[dict[str, Any]]) -> str:
    names = ["first_seen", "rank", "id", "title"]
    return "".join("\t".join(line) + "\n" for line in [names, *([str(r.get(n, "")) for n in names] for r in rows)])


def write(path: Path, text: str) -> Path:
    data = text.encode()
    path.write_bytes(lzma.compress(data) if path.suffix == ".xz" else data)
    return path


def replay(terminal: Terminal, *words: object) -> list[dict[str, Any]]:
    out = terminal.folder / "results"
    terminal.run("replay", *words, "--out", out)
    return [json.loads(line) for line in (out / "incidents.jsonl").read_text("utf-8").splitlines()]


def moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    assert value.utcoffset() is not None
    return value


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.tsv", as_tsv), ("a.tsv.xz", as_tsv), ("a.jsonl", as_jsonl), ("a.tsv.jsonl.xz", as_jsonl)],
)
def test_every_form_is_read(terminal: Terminal, name: str, form: Callable[[list[dict[str, Any]]], str]) -> None:
    coal, bus = replay(terminal, write(terminal.folder / name, form(ARCHIVE)))
    assert coal["title"] == "陕西榆林一煤矿透水致12人死亡"
    assert [item["title"] for item in coal["items"]] == [row["title"] for row in ARCHIVE[:2]]
    assert bus["place"]["province"] == "510000"


def test_results_are_as_their_users_read_them(terminal: Terminal) -> None:
    coal, bus = replay(terminal, write(terminal.folder / "a.jsonl", as_jsonl(ARCHIVE)))
    assert coal.keys() == bus.keys() == INCIDENT
    assert [step.keys() for step in coal["severity_history"]] == [STEP] * 2
    assert {frozenset(deadline) for deadline in coal["deadlines"]} == {frozenset(DEADLINE)}
    assert [(item["id"], type(item["id"])) for item in coal["items"]] == [(7, int), ("b", str)]
    assert bus["items"][0].keys() == {"first_seen", "title"}
    assert (coal["kind"], coal["scope"]) == ("coal_mine", "domestic")
    assert coal["place"] == {"province": "610000", "city": "610800", "county": None}
    assert moment(coal["opened_at"]) == moment(ARCHIVE[0]["first_seen"])
    assert [(s["severity"], s["provisional"], s["deaths"]) for s in coal["severity_history"]] == [
        ("重大", False, 12),
        ("重大", False, 13),
    ]
    summary = json.loads((terminal.folder / "results" / "summary.json").read_text("utf-8"))
    assert (summary["items"], summary["incidents"], summary["deadlines"]["OP-AUTH-5H"]) == (4, 2, 1)


def test_a_number_and_a_text_are_two_ids(terminal: Terminal) -> None:
    rows = [row | {"id": own} for row, own in zip(ARCHIVE, (7, "7"), strict=False)]
    found = replay(terminal, write(terminal.folder / "a.jsonl", as_jsonl(rows)))
    assert [[item["id"] for item in incident["items"]] for incident in found] == [[7, "7"]]


def test_deadlines_are_looked_at_on_the_time_of_the_archive(terminal: Terminal) -> None:
    def states(*words: object) -> Mapping[str, str]:
        first = replay(terminal, archive, *words)[0]
        return {d["obligation"]: d["state"] for d in first["deadlines"]}

    archive = write(terminal.folder / "a.jsonl", as_jsonl(ARCHIVE))
    assert states("--to", "2026-07-09T10:00") == {"OP-AUTH-5H": "open", "OP-PRESS-24H": "open"}
    assert states("--to", "2026-07-09T20:00") == {"OP-AUTH-5H": "missed", "OP-PRESS-24H": "open"}
    assert states() == {"OP-AUTH-5H": "missed", "OP-PRESS-24H": "missed"}
    first = replay(terminal, archive)[0]["deadlines"][0]
    assert moment(first["due_at"]) == moment("2026-07-09T13:00:00+08:00")


def test_the_bounds_are_beijing_time_from_the_first_up_to_the_second(terminal: Terminal) -> None:
    archive = write(terminal.folder / "a.jsonl", as_jsonl(ARCHIVE))
    found = replay(terminal, archive, "--from", "2026-07-09T08:00", "--to", "2026-07-09T09:30")
    assert [[item["id"] for item in incident["items"]] for incident in found] == [[7]]
    assert replay(terminal, archive, "--from", "2026-07-09 00:00:01Z", "--to", "2026/07/12") == replay(
        terminal, archive, "--from", "2026-07-09T09:30", "--to", "2026-07-09T23:00+08:00"
    )
    assert "--from (2026-07-10) lies after --to (2026-07-09)." in terminal.run(
        "replay", archive, "--from", "2026-07-10", "--to", "2026-07-09", code=1
    )
    assert "yesterday is not a time." in terminal.run("replay", archive, "--from", "yesterday", code=1)


def test_the_same_archive_gives_the_same_result_in_whatever_order_its_files_are_named(terminal: Terminal) -> None:
    early = write(terminal.folder / "b.jsonl", as_jsonl(ARCHIVE[:2]))
    late = write(terminal.folder / "a.tsv.xz", as_tsv(ARCHIVE[2:]))
    results = [replay(terminal, *files) for files in ((early, late), (late, early), (early, late))]
    assert results[0] == results[1] == results[2]
    assert len(results[0]) == 2


def test_a_title_that_returns_on_a_later_day_is_a_new_item_and_on_the_same_day_is_not(terminal: Terminal) -> None:
    title = "甘肃某县一工厂爆炸致5人死亡"
    rows = [
        {"first_seen": f"2026-07-{day:02}T{hour:02}:00:00+08:00", "title": title}
        for day, hour in ((9, 8), (9, 20), (11, 8))
    ]
    found = replay(terminal, write(terminal.folder / "a.jsonl", as_jsonl(rows)))
    seen = [moment(item["first_seen"]) for incident in found for item in incident["items"]]
    assert seen == [moment(rows[0]["first_seen"]), moment(rows[2]["first_seen"])]


def test_an_archive_that_lists_a_title_again_tells_how_it_climbed(terminal: Terminal) -> None:
    places = [(8, 40), (9, 41), (10, 9), (11, 2)]
    rows: list[dict[str, Any]] = [
        {"first_seen": f"2026-07-09T{hour:02}:00:00+08:00", "title": "甘肃白银一仓库起火", "rank": rank}
        for hour, rank in places
    ]
    archive = write(terminal.folder / "a.jsonl", as_jsonl(rows))
    (incident,) = replay(terminal, archive)
    assert [(step["wave"], moment(step["at"])) for step in incident["wave_history"]] == [
        ("一般", moment(rows[0]["first_seen"])),
        ("较大", moment(rows[2]["first_seen"])),
        ("重大", moment(rows[3]["first_seen"])),
    ]
    assert incident["wave_history"][1]["grounds"] == [{"measure": "rank", "value": 9, "limit": 10, "minutes": 0}]
    (deadline,) = incident["deadlines"]
    assert deadline["obligation"] == "OP-OTHER-48H"
    assert moment(deadline["opened_at"]) == moment(rows[2]["first_seen"])
    assert len(incident["items"]) == 1
    assert replay(terminal, archive) == [incident]


def test_an_article_is_read_with_its_text(terminal: Terminal) -> None:
    row = {
        "first_seen": "2026-07-09T08:00:00+08:00",
        "title": "应急局通报一起事故",
        "description": "8日，甘肃省庆阳市环县一化工厂发生爆炸，造成11人死亡、2人失联。",
        "url": "https://news.example/1",
        "source": "news",
    }
    incident = replay(terminal, write(terminal.folder / "a.jsonl", as_jsonl([row])))[0]
    assert incident["place"]["county"] == "621022"
    assert incident["severity_history"][0]["deaths"] == 11


GOOD = '{"first_seen": "2026-07-09T08:00:00+08:00", "title": "好"}\n'
HEAD = "first_seen\ttitle\n"


@pytest.mark.parametrize(
    ("name", "content", "line", "said"),
    [
        ("a.jsonl", GOOD + '{"first_seen": "2026-07-09T08:00:00+08:00"}\n', 2, "title is missing"),
        ("a.jsonl", GOOD + '{"first_seen": "2026-07-09T08:00:00+08:00", "title": null}', 2, "title is missing"),
        ("a.jsonl", GOOD + '\n{"first_seen": "2026-07-09T08:00:00+08:00", "title": " "}', 3, "title is missing"),
        ("a.jsonl", '{"first_seen": "2026-07-09T08:00:00+08:00", "title": 5}', 1, "title is not a text"),
        ("a.jsonl", '{"title": "x"}', 1, "first_seen is missing"),
        ("a.jsonl", '{"first_seen": "2026-07-09T08:00", "title": "x"}', 1, "first_seen (2026-07-09T08:00) has no zone"),
        ("a.jsonl", '{"first_seen": "soon", "title": "x"}', 1, "first_seen (soon) is not a time"),
        ("a.jsonl", '{"first_seen": 1783555200, "title": "x"}', 1, "first_seen is not a text"),
        ("a.jsonl", '{"first_seen": "0001-01-01T00:00+08:00", "title": "x"}', 1, "is not a time"),
        ("a.jsonl", '{"first_seen": "9999-12-31T20:00+08:00", "title": "x"}', 1, "is not a time"),
        ("a.jsonl", '{"first_seen": "0002-01-01T00:00+08:00", "title": "x"}', 1, "is not a time"),
        ("a.jsonl", GOOD + "{", 2, "this is not JSON ("),
        ("a.jsonl", GOOD + "[" * 100_000, 2, "this JSON is nested too deeply"),
        ("a.jsonl", '{"id": ' + "9" * 5000 + "}", 1, "this is not JSON ("),
        ("a.jsonl", "[1, 2]", 1, "a JSON object is needed"),
        ("a.jsonl", GOOD[:-2] + ', "text": 3}', 1, "text is not a text"),
        ("a.jsonl", GOOD[:-2] + ', "rank": "first"}', 1, "rank is not a whole number"),
        ("a.jsonl", GOOD[:-2] + ', "hot": 1e999}', 1, "hot is not a whole number"),
        ("a.jsonl", GOOD[:-2] + ', "id": [1]}', 1, "id is neither a text nor a whole number"),
        ("a.jsonl", "", 1, "the file is empty"),
        ("a.tsv", "", 1, "the file is empty"),
        ("a.tsv.xz", "", 1, "the file is empty"),
        ("a.tsv", "when\ttitle\n", 1, "first_seen is missing"),
        ("a.tsv", HEAD + "2026-07-09T08:00:00+08:00\tx\n2026-07-09T08:00:00+08:00\n", 3, "title is missing"),
        ("a.tsv", HEAD + "2026-07-09\tx\n", 2, "first_seen (2026-07-09) has no zone"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, name: str, content: str, line: int, said: str) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(BadArchive) as caught:
        list(rows_of(path))
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert said in str(caught.value)


def test_bytes_that_are_no_text_are_named_by_their_own_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(GOOD.encode() * 3000 + b'{"title": "\xff"}\n' + GOOD.encode() * 3000)
    with pytest.raises(BadArchive, match=r"a\.jsonl:3001: this is not UTF-8"):
        list(rows_of(path))


@pytest.mark.parametrize("harm", ["no xz", "cut off", "damaged"])
def test_a_compressed_file_that_cannot_be_read_on_is_told(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "a.jsonl.xz"
    whole = lzma.compress("".join(GOOD.replace("好", f"好{n * n}") for n in range(20_000)).encode())
    half = len(whole) // 2
    harmed = {"no xz": b"plain", "cut off": whole[:half], "damaged": whole[:half] + bytes(99) + whole[half:]}
    path.write_bytes(harmed[harm])
    read: list[Row] = []
    with pytest.raises(BadArchive, match="cannot be read on") as caught:
        read.extend(row for row in rows_of(path))
    assert str(caught.value).startswith(f"{path}:{len(read) + 1}: ")


def test_signs_that_tables_elsewhere_treat_specially_are_part_of_a_title(tmp_path: Path) -> None:
    title = '"甲\r乙\u2028丙"' + "丁" * 200_000
    path = write(tmp_path / "a.tsv", f"\ufefffirst_seen\ttitle\r\n2026-07-09T08:00:00+08:00\t{title}\textra\r\n")
    assert [row.title for row in rows_of(path)] == [title]


def test_half_a_character_does_not_stop_a_replay(terminal: Terminal) -> None:
    line = (
        '{"first_seen": "2026-07-09T08:00:00+08:00", "title": "\\ud800陕西榆林一煤矿透水致12人死亡", "id": "\\udfff"}'
    )
    found = replay(terminal, write(terminal.folder / "a.jsonl", line))
    assert [incident["title"] for incident in found] == ["?陕西榆林一煤矿透水致12人死亡"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv.gz", "tsv", "a.xz"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownArchive, match=r"Give \.tsv, \.tsv\.xz"):
        list(rows_of(write(tmp_path / name, "x")))


def test_wrong_options_are_told_before_the_work(terminal: Terminal) -> None:
    archive = write(terminal.folder / "a.jsonl", GOOD)
    assert "abc is no division code." in terminal.run("replay", archive, "--region", "abc", code=1)
    assert "nonsense" in terminal.run("replay", archive, "--rules", "nonsense", code=1)
    assert "does not exist" in terminal.run("replay", terminal.folder / "none.tsv", code=2)
    inside_a_file = archive / "results"
    assert f"Nothing can be written to {inside_a_file}" in terminal.run(
        "replay", archive, "--out", inside_a_file, code=1
    )


def test_only_what_may_be_ours_starts_a_clock_in_a_region(terminal: Terminal) -> None:
    archive = write(terminal.folder / "a.jsonl", as_jsonl(ARCHIVE))
    coal, _ = replay(terminal, archive, "--region", "210000")
    assert coal["deadlines"] == []
    coal, _ = replay(terminal, archive, "--region", "610800")
    assert {d["obligation"] for d in coal["deadlines"]} == {"OP-AUTH-5H", "OP-PRESS-24H"}


def test_the_table_is_for_people_and_progress_only_on_a_terminal(terminal: Terminal) -> None:
    archive = write(terminal.folder / "a.jsonl", as_jsonl(ARCHIVE))
    printed = terminal.run("replay", archive)
    assert "Replaying" not in printed
    assert terminal.errors == ""
    head, coal, blank, items, *_ = printed.splitlines()
    assert head.split() == ["Opened", "Grade", "Duties", "Place", "Title"]
    assert coal.startswith("2026-07-09 08:00  major  OP-AUTH-5H, OP-PRESS-24H")
    assert (blank, items) == ("", "4 items, 2 incidents")
