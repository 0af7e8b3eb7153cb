"""The page of the audit log: found by what is asked for, page by page, and examined with the first bad row named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import httpx
import pytest

from monitor.core.access.roles import AccountRole
from monitor.core.errors import Mistake
from monitor.loops.seal import Seal
from monitor.store import audit
from monitor.store.audited import AUDITED
from monitor.store.database import Database
from responders.console.audit import EXAMINED
from responders.documents.audit import ACTS, THINGS
from tests.exports.hostile import HOSTILE
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, browsing, serving
from tests.responders.console.test_matrix import enter
from tests.responders.console.test_office import posted
from tests.responders.console.test_pages import words
from tests.store.test_audit import by_force

MINUTE = timedelta(minutes=1)


@pytest.fixture
def log(database: Database) -> Iterator[tuple[Station, httpx.Client]]:
    with serving(Station(database)) as station, browsing(station) as client:
        station.people.hire("boss", AccountRole.LEADER, name="赵磊")
        enter(station, client, "boss")
        explosion(station)
        station.parts.desk.confirm(1, by="王敏", now=station.clock(), reason="现场核实")
        Seal(database).tick(station.clock())
        yield station, client


def kinds_shown(page: httpx.Response) -> list[str]:
    return [unescape(found) for found in re.findall(r"</time></span> <b>([^<]*)</b>", page.text)]


def test_rows_are_found_by_matter_person_and_kind(log: tuple[Station, httpx.Client]) -> None:
    _, client = log
    whole = client.get("/audit")
    assert len(kinds_shown(whole)) > 8
    of_one = client.get("/audit", params={"person": "王敏", "kind": "decision"})
    assert kinds_shown(of_one) == ["Decision · added"]
    assert "现场核实" in of_one.text
    assert 'href="/incidents/1"' in of_one.text
    assert set(kinds_shown(client.get("/audit", params={"matter": "#1", "kind": "deadline"}))) <= {
        "Deadline · added", "Deadline · changed",
    }  # fmt: skip
    assert kinds_shown(client.get("/audit", params={"from": "2199-01-01"})) == []
    assert kinds_shown(client.get("/audit", params={"to": "2001-01-01"})) == []
    assert len(kinds_shown(client.get("/audit", params={"from": "x", "to": "0001-01-01", "matter": "٣"}))) > 8


def test_pages_lead_back_to_the_beginning(log: tuple[Station, httpx.Client]) -> None:
    station, client = log
    with station.database.write() as connection:
        for n in range(120):
            audit.note(connection, "service.started", {"n": n}, station.clock())
    address, seen = "/audit?kind=service", 0
    for _ in range(5):
        page = client.get(address)
        seen += len(kinds_shown(page))
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        if following is None:
            break
        address = unescape(following[1])
    assert seen == 120


def test_the_whole_log_is_examined_and_that_is_kept(log: tuple[Station, httpx.Client]) -> None:
    station, client = log
    with station.database.read() as connection:
        head = audit.head(connection)
    assert head is not None
    assert str(head) in client.get("/audit").text
    answer = posted(station, client, "/audit/verify", "/audit", heads=f"{head}\n\n{head.hash[:20]}")
    assert answer.status_code == 200
    assert f"The audit log is whole: {head.seq} rows." in answer.text
    assert "It leads to every seal given." in answer.text
    with station.database.read() as connection:
        assert '"by": "赵磊"' in audit.newest(connection, EXAMINED, 1)[0].text
    bad = posted(station, client, "/audit/verify", "/audit", heads="<b>no seal</b>")
    assert bad.status_code == 422
    assert "is no head of the audit log" in bad.text
    assert "<b>no seal" not in bad.text


def test_the_first_bad_row_is_named(log: tuple[Station, httpx.Client]) -> None:
    station, client = log
    by_force(station.database, 'UPDATE audit SET text = \'{"by": "<script>alert(1)</script>"}\' WHERE seq = 5')
    answer = posted(station, client, "/audit/verify", "/audit")
    assert "Row 5 of the audit log was changed after it was sealed." in words(answer, "examined")
    assert "<script>alert" not in answer.text
    posted(station, client, "/audit/verify", "/audit")
    bounded = posted(station, client, "/audit/verify", "/audit")
    assert bounded.status_code == 422
    assert "Wait half a minute" in bounded.text
    station.clock.now += MINUTE
    by_force(station.database, "DELETE FROM audit WHERE seq = 3")
    assert "Row 3 of the audit log is missing" in posted(station, client, "/audit/verify", "/audit").text


def test_whatever_the_log_says_is_text(log: tuple[Station, httpx.Client]) -> None:
    station, client = log
    with station.database.write() as connection:
        for text in HOSTILE:
            try:
                plain = text.replace("\x00", "")
                audit.note(
                    connection, f"{plain[:40]}.x", {"by": plain, "s": plain}, station.clock(), subject=plain[:40]
                )
            except (Mistake, UnicodeEncodeError):
                continue
    for params in (
        {},
        {"person": "<script>"},
        {"kind": "<script>alert(1)</script>&amp;&#0;"},
        {"person": "'\" OR 1=1"},
    ):
        page = client.get("/audit", params=params)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        shown = unescape(page.text.partition("<main")[2])
        assert not re.search("[\u202a-\u202e\u200b\x00\x1b\x07]", shown.partition('id="log"')[2])


def test_everything_that_is_followed_has_a_name() -> None:
    assert {audited.table for audited in AUDITED} <= set(THINGS)
    assert {"added", "changed", "removed", "found"} <= set(ACTS)
