"""What is brought to us, told as stories: signed requests and files, each piece once, bad rows with their line."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.document import BadDocument
from monitor.config.sources import load_sources
from monitor.core.signed import SignatureFlaw, WeakKey, key_of, signature_flaw, signed
from monitor.core.source_alerts import blindness
from monitor.core.sources import PushRule, Source
from monitor.crawl.raw import Unreadable
from monitor.crawl.rows import RowForm, raw_of, rows_of
from monitor.loops.ingest.drop import Drops
from monitor.loops.ingest.push import Pushes
from monitor.loops.sources import SourceWatch
from monitor.service.pushing import NoSecret, fetched, push_doors, report
from monitor.store import briefing_facts, views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DropRow, FetchRow, ItemRow
from responders.language import Words
from tests.cli.terminal import Terminal
from tests.responders.console.station import T0, Station, browsing, serving

ITEM, DROP, FETCH = of(ItemRow), of(DropRow), of(FetchRow)
OLD, NEW = "the secret of last year, 2025", "whsec_" + base64.b64encode(bytes(range(32))).decode()
YAML = """
push:
  - id: platform
    name: 某平台
    trust: platform
    fields:
      title: [标题]
      text: [内容, content.text]
      url: 链接
      author: 发布者
      time: [发布时间, at]
      id: [编号, id]
      heat: 转发数
    secrets: [env:OLD_SECRET, env:NEW_SECRET]
    drop: {folder}
"""
TABLE = """编号,标题,内容,链接,发布者,发布时间,转发数
1,,甘肃白银一化工厂发生爆炸，已致12人死亡、30人受伤。,https://p.example/1,@白银市民,2026-07-09 19:40,1.2万
2,,,https://p.example/2,x,2026-07-09 19:41,0
3,"白银花展
开幕",今天开幕。,https://p.example/3,文旅,7月9日 19:30,5
1,,甘肃白银一化工厂发生爆炸，已致12人死亡、30人受伤。,https://p.example/1,@白银市民,2026-07-09 19:40,3万
4,a,b,c,d,e,f,g
"""


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


@pytest.fixture
def platform(station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """Return a source to which data is brought, in place of all others."""
    monkeypatch.setenv("OLD_SECRET", OLD)
    monkeypatch.setenv("NEW_SECRET", NEW)
    (tmp_path / "in").mkdir()
    file = tmp_path / "sources.yaml"
    file.write_text(YAML.format(folder=tmp_path / "in"), "utf-8")
    (source,) = load_sources(file)
    station.parts.sources = {source.id: source}
    return source


@pytest.fixture
def pushes(station: Station, platform: Source) -> Pushes:
    made = Pushes(station.parts.intake, {platform.id: platform}, station.clock)
    made.register(T0)
    return made


@pytest.fixture
def sender(station: Station, platform: Source) -> Iterator[httpx.Client]:
    station.doors = push_doors(station.parts, station.clock)
    with serving(station), browsing(station) as client:
        # As it comes from outside: under the public name, where nobody signs in.
        client.headers["host"] = "duty.example.org"
        yield client


def send(
    station: Station,
    sender: httpx.Client,
    body: str | bytes,
    *,
    secret: str = NEW,
    kind: str = "text/csv",
    source: str = "platform",
    late: float = 0,
    **changed: str,
) -> httpx.Response:
    data = body.encode() if isinstance(body, str) else body
    stamp = str(int(station.clock().timestamp() - late))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": signed(key_of(secret, "x"), "msg_1", stamp, data),
        "content-type": kind,
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    return sender.post(f"/push/{source}", content=data, headers=headers)


def stored(station: Station) -> list[tuple[str, str, str, int | None]]:
    with station.database.read() as connection:
        rows = connection.execute(ITEM.select().order_by(ITEM.c.external_id))
        return [(row.external_id, row.title[:12], row.author, row.heat) for row in rows]


def drops(station: Station) -> list[tuple[str, str]]:
    with station.database.read() as connection:
        return sorted((row.reason, row.detail) for row in connection.execute(DROP.select()))


def test_a_table_is_taken_row_by_row_and_opens_the_incident(station: Station, sender: httpx.Client) -> None:
    answer = send(station, sender, TABLE)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["rows"], told["new"], told["known"], told["not_taken"]) == (5, 2, 1, 2)
    assert [(bad["line"], bad["reason"]) for bad in told["refused"]] == [(3, "no_content"), (7, "broken")]
    assert stored(station) == [("1", "甘肃白银一化工厂发生爆炸", "@白银市民", 12000), ("3", "白银花展 开幕", "文旅", 5)]
    assert drops(station) == [("broken", "7: 8 > 7"), ("no_content", "3: 2")]
    with station.database.read() as connection:
        (incident,) = views.incidents(connection)
        (item, _) = connection.execute(ITEM.select().order_by(ITEM.c.external_id))
    assert incident.figures["deaths"] == 12
    assert item.published_at == T0 - timedelta(minutes=20)


def test_what_comes_again_changes_nothing_and_is_answered_as_taken(station: Station, sender: httpx.Client) -> None:
    send(station, sender, TABLE)
    before = stored(station), drops(station)
    again = send(station, sender, TABLE)
    assert (again.status_code, again.json()["new"], again.json()["known"]) == (200, 0, 3)
    assert (stored(station), drops(station)) == before


def test_lines_and_objects_are_taken_with_paths_into_them(station: Station, sender: httpx.Client) -> None:
    line = {"id": 7, "content": {"text": "白银花展今天开幕，游客很多。"}, "at": 1783597200000}
    assert send(station, sender, f"{json.dumps(line)}\nnonsense\n[1]\n", kind="application/x-ndjson").json()["new"] == 1
    assert (
        send(station, sender, json.dumps(line | {"id": 8}), kind="application/json; charset=utf-8").json()["new"] == 1
    )
    assert send(station, sender, json.dumps([line | {"id": 9}]), kind="application/json").json()["new"] == 1
    assert [number for number, *_ in stored(station)] == ["7", "8", "9"]
    assert [(reason, detail.partition(":")[0]) for reason, detail in drops(station)] == [
        ("broken", "2"),
        ("broken", "3"),
    ]


def test_either_of_two_secrets_will_do_and_nothing_else(station: Station, sender: httpx.Client) -> None:
    assert send(station, sender, TABLE, secret=OLD).status_code == 200
    assert send(station, sender, TABLE, webhook_signature="v1,AAAA " + "v1a,x").status_code == 401
    refused = {
        "another secret": send(station, sender, "编号,标题\n5,新", secret="somebody else's secret, quite long"),
        "another source": send(station, sender, "编号,标题\n5,新", source="nobody"),
        "too old": send(station, sender, "编号,标题\n5,新", late=301),
        "from the future": send(station, sender, "编号,标题\n5,新", late=-301),
        "unsigned": send(station, sender, "编号,标题\n5,新", webhook_signature=""),
        "another id": send(station, sender, "编号,标题\n5,新", webhook_id="msg_2"),
        "no number": send(station, sender, "编号,标题\n5,新", webhook_timestamp="soon"),
    }
    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(refused, 401)
    assert refused["another source"].json() == refused["another secret"].json()
    assert len(stored(station)) == 2


def test_what_cannot_be_read_is_refused_and_seen_as_a_failure(station: Station, sender: httpx.Client) -> None:
    assert send(station, sender, "{", kind="application/json").status_code == 422
    assert send(station, sender, TABLE, kind="image/png").status_code == 415
    assert send(station, sender, b" " * 5_000_001).status_code == 413
    with station.database.read() as connection:
        (facts,) = briefing_facts.source_facts(connection, ["platform"], station.clock())
    assert (facts.outcome, facts.reason) == ("failed", "not_json")
    assert blindness([facts], set(), station.clock()).most
    assert send(station, sender, TABLE).status_code == 200
    with station.database.read() as connection:
        (facts,) = briefing_facts.source_facts(connection, ["platform"], station.clock())
    assert not blindness([facts], {"platform"}, station.clock()).source_ids
    assert blindness([facts], {"platform"}, station.clock() + timedelta(days=4)).source_ids == ("platform",)


def test_a_hot_list_that_is_brought_has_its_order(station: Station, pushes: Pushes, platform: Source) -> None:
    pushes.take(replace(platform, ranked=True), "编号,标题\n1,花展\n2,菊展\n".encode(), RowForm.CSV)
    with station.database.read() as connection:
        assert {row.title: row.rank for row in connection.execute(ITEM.select())} == {"花展": 1, "菊展": 2}


def test_what_is_not_signed_is_refused_before_it_is_read(station: Station, sender: httpx.Client) -> None:
    assert send(station, sender, b" " * 4_000_000, webhook_signature="").status_code == 401
    assert send(station, sender, b" " * 4_000_000, late=999).json()["said"] == "old"


def test_a_sender_in_a_loop_is_slowed_down(station: Station, sender: httpx.Client) -> None:
    answers = [send(station, sender, "编号,标题\n5,新") for _ in range(62)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert int(answers[60].headers["retry-after"]) >= 1


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def drop(pushes: Pushes) -> Drops:
    return Drops(pushes, lambda source, brought: report(source, brought, Words("en")))


def test_a_file_is_taken_once_it_is_complete(station: Station, pushes: Pushes, tmp_path: Path) -> None:
    folder, looking = tmp_path / "in", drop(pushes)
    (folder / "a.csv").write_bytes(TABLE[:200].encode("gb18030"))
    assert looking.tick(T0) == 0
    (folder / "a.csv").write_bytes(TABLE.encode("gb18030"))
    (folder / "b.jsonl.part").write_text("{}")
    (folder / ".hidden.csv").write_text("x")
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "what.xlsx").write_bytes(b"PK")
    (folder / "bad.json").write_text("{")
    assert looking.tick(T0 + timedelta(seconds=9)) == 0
    assert looking.tick(T0 + timedelta(seconds=12)) == 0
    assert stored(station) == []
    assert looking.tick(T0 + timedelta(seconds=20)) == 3
    assert [number for number, *_ in stored(station)] == ["1", "3"]
    assert (names(folder)) == [".hidden.csv", "b.jsonl.part", "done", "link.csv", "refused"]
    assert (names(folder / "done")) == ["a.csv", "a.csv.report.txt"]
    assert (names(folder / "refused")) == [
        "bad.json", "bad.json.report.txt", "what.xlsx", "what.xlsx.report.txt",
    ]  # fmt: skip
    said = (folder / "done" / "a.csv.report.txt").read_text("utf-8")
    assert said.startswith("某平台: 5 row(s), 2 new, 1 known before, 2 not taken.\nLine 3: without content")
    assert "is not JSON" in (folder / "refused" / "bad.json.report.txt").read_text("utf-8")
    (folder / "a.csv").write_bytes(TABLE.encode())
    for seconds in (30, 45):
        looking.tick(T0 + timedelta(seconds=seconds))
    assert "a-2.csv" in names(folder / "done")
    assert len(stored(station)) == 2


def test_a_crash_before_a_file_is_moved_takes_nothing_twice(
    station: Station, pushes: Pushes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in" / "a.csv").write_text(TABLE, "utf-8")
    looking = drop(pushes)
    with monkeypatch.context() as patch:
        patch.setattr("monitor.loops.ingest.drop.put_away", lambda *_: 1 / 0)
        for seconds in (0, 11, 13):
            assert looking.tick(T0 + timedelta(seconds=seconds)) == 0
    assert len(stored(station)) == 2
    again = drop(pushes)
    again.tick(T0 + timedelta(seconds=20))
    assert again.tick(T0 + timedelta(seconds=31)) == 1
    assert len(stored(station)) == 2
    with station.database.read() as connection:
        assert [row.new for row in connection.execute(FETCH.select().order_by(FETCH.c.id))] == [2, 0]


def test_a_folder_that_is_not_there_stops_nothing(station: Station, pushes: Pushes, tmp_path: Path) -> None:
    (tmp_path / "in").rmdir()
    assert drop(pushes).tick(T0) == 0


def test_a_source_to_which_nothing_ever_was_brought_is_told_of_as_silent_after_its_first_days(
    station: Station, pushes: Pushes
) -> None:
    watch = SourceWatch(station.parts.database, station.parts.sources)
    hours_told = []
    for hour in range(100):
        now = T0 + timedelta(hours=hour)
        # As at every start of the service.
        pushes.register(now)
        if watch.tick(now):
            hours_told.append(hour)
    with station.database.read() as connection:
        [alert] = [one for one in views.alerts(connection) if one.point == "sources:blind"]
    assert alert.detail["names"] == "某平台"
    assert 72 < hours_told[0] < 90
    assert len(hours_told) == 1


def test_no_next_time_is_shown_of_what_is_brought(station: Station, pushes: Pushes) -> None:
    with serving(station), browsing(station) as client:
        page = client.get("/sources").text
    assert "某平台" in page
    assert "9000" not in page


def test_nobody_fetches_what_is_brought(station: Station, platform: Source) -> None:
    assert fetched(station.parts.sources) == {}


def test_a_secret_that_is_missing_or_weak_is_told(
    station: Station, platform: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW_SECRET", "short")
    with pytest.raises(WeakKey, match="The secret of source platform is too short"):
        push_doors(station.parts, station.clock)
    monkeypatch.delenv("NEW_SECRET")
    with pytest.raises(NoSecret, match="env:NEW_SECRET cannot be read"):
        push_doors(station.parts, station.clock)


def test_check_tells_a_secret_and_a_folder_that_are_missing(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sources.yaml").write_text(YAML.format(folder=tmp_path / "box"), "utf-8")
    monkeypatch.setenv("OLD_SECRET", OLD)
    monkeypatch.delenv("NEW_SECRET", raising=False)
    said = terminal.run("check", code=1)
    assert "Brought data: Source platform: the secret env:NEW_SECRET cannot be read. Set that variable" in said
    assert OLD not in said + terminal.printed
    monkeypatch.setenv("NEW_SECRET", NEW)
    assert f"the folder {tmp_path / 'box'} is not there. Create it" in terminal.run("check", code=1)
    (tmp_path / "box").mkdir()
    assert f"Brought data: platform, 2 key(s) for signed requests, {tmp_path / 'box'}" in terminal.run("check")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("fields: {title: t}", "needs secrets"),
        ("fields: {url: u}, drop: in", "needs title or text"),
        ("fields: {title: t}, secrets: my secret itself", "never the secret itself"),
        ("fields: {title: t}, drop: in, article: true", "has no page to read"),
        ("fields: {title: t}, secrets: [env:A, env:B, env:C]", "secrets"),
    ],
)
def test_a_push_source_that_cannot_work_is_told(tmp_path: Path, part: str, said: str) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(f"push:\n  - {{id: p1, name: p, {part}}}\n", "utf-8")
    with pytest.raises(BadDocument) as bad:
        load_sources(file)
    assert said in str(bad.value)
    assert "my secret itself" not in str(bad.value)


def test_the_published_example_of_standard_webhooks_holds() -> None:
    # From the specification's own libraries.
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "x")
    made = signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.text(), st.text(), st.text(), st.binary(max_size=20))
def test_no_header_breaks_the_check(identifier: str, stamp: str, signatures: str, body: bytes) -> None:
    found = signature_flaw(body, identifier=identifier, stamp=stamp, signatures=signatures, keys=[b"k" * 32], now=T0)
    assert found in set(SignatureFlaw)


@settings(max_examples=60)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
    st.sampled_from(RowForm),
)
def test_no_body_breaks_the_reading_of_rows(body: bytes, form: RowForm) -> None:
    try:
        rows = rows_of(body, form)
    except Unreadable:
        return
    for row in rows:
        raw_of(row, PushRule(title=("标题", "a.b[]"), text=("0",)))
