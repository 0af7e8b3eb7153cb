"""The course is that of the archive, and nothing of the archive's wording has come along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from monitor.replay.archive import rows_of
from tests.year.archive import course_of, smaller, toll
from tests.year.bureau import BEGIN
from tests.year.course import FILE, Toll, course, share, written
from tests.year.documents import FOLDER
from tests.year.wording import scene

RUN = 12
HERE = Path(__file__).parent
# What everybody calls the law by may stand anywhere.
LAWS = ("国家突发公共事件总体应急预案", "中华人民共和国突发事件应对法", "中华人民共和国政府信息公开条例")


def titles(shared: Path) -> Iterator[str]:
    """Yield every title of the archive."""
    folder = shared / "data"
    for name in ("stream.tsv.xz", "stream_early.tsv.xz"):
        yield from (row.title for row in rows_of(folder / "weibo-hot" / name))
    for path in (*folder.glob("incident/*.jsonl"), *folder.glob("place/*.jsonl"), *folder.glob("casualties/*.jsonl")):
        with path.open(encoding="utf-8") as stream:
            yield from (str(json.loads(line).get("title") or "") for line in stream)


def ours() -> Iterator[tuple[str, str]]:
    """Yield the texts that are kept of the year, by the names of their files."""
    kept = (*FOLDER.rglob("*"), *HERE.glob("*.yaml"), *HERE.glob("*.jsonl"))
    for path in kept:
        if path.suffix in (".txt", ".html", ".json", ".jsonl", ".csv", ".xml", ".ics", ".md", ".yaml"):
            yield path.name, path.read_text(encoding="utf-8")


def test_the_course_is_that_of_the_archive(shared: Path) -> None:
    assert written(course_of(shared)) == FILE.read_text(encoding="utf-8")


def test_no_title_of_the_archive_nor_a_run_of_one_is_kept(shared: Path) -> None:
    runs: dict[str, str] = {}
    for name, text in ours():
        for at in range(len(text) - RUN + 1):
            runs.setdefault(text[at : at + RUN], name)
    assert len(runs) > 10_000
    found = {
        (runs[title[at : at + RUN]], title[at : at + RUN])
        for title in titles(shared)
        for at in range(len(title) - RUN + 1)
        if title[at : at + RUN] in runs
    }
    assert {(name, run) for name, run in found if not any(run in law for law in LAWS)} == set()


def test_nothing_happens_where_and_when_it_did(shared: Path) -> None:
    told = {
        (f"{BEGIN + timedelta(minutes=one.minute, hours=8):%m-%d}", scene(number, one).full)
        for number, one in enumerate(course())
        if not one.decoy
    }
    path = shared / "data" / "weibo-hot" / "gold_events.jsonl"
    for event in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        day, place = event["date_occurred"][5:], event["place"]
        assert not any(day == when and place and place in where for when, where in told), event["id"]


def test_a_course_is_read_as_it_was_written() -> None:
    told = course()
    assert written(told) == FILE.read_text(encoding="utf-8")
    assert [one.minute for one in told] == sorted(one.minute for one in told)
    assert any(one.decoy for one in told)
    assert sum(1 for one in told if not one.decoy) > 50


def test_what_a_title_states_is_read_simply() -> None:
    assert toll("某矿透水已致12人遇难3人失联") == {"deaths": 12, "missing": 3}
    assert toll("死亡人数升至7 另有9人受伤") == {"deaths": 7, "injured": 9}
    assert toll("伤亡不详") == {}
    assert [smaller(n) for n in (3, 30, 31, 40, 41)] == [3, 30, 31, 31, 32]


def test_chance_is_the_same_every_time_and_spread_out() -> None:
    drawn = [share("x", n) for n in range(500)]
    assert drawn == [share("x", n) for n in range(500)]
    assert 0.45 < sum(drawn) / len(drawn) < 0.55


def test_words_say_the_figures_and_nothing_else() -> None:
    number, told = next((n, one) for n, one in enumerate(course()) if not one.decoy)
    one = scene(number, told)
    title, _ = one.told(Toll(0, deaths=4, injured=0), BEGIN, first=False)
    assert title.endswith("4人死亡")
