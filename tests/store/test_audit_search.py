"""Rows of the audit log are found by matter, person, kind and time, the newest first, a bounded number at a time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store import audit, audit_search
from monitor.store.audit_search import Searched, Wanted, search
from monitor.store.database import Database

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
H = timedelta(hours=1)
HOSTILE = "<script>%_\\\"' 王"


def fill(database: Database) -> None:
    with database.write() as connection:
        for n in range(60):
            by = ("王敏", "李强", HOSTILE)[n % 3]
            kind = ("draft.added", "draft_version.added", "channel.tested", "draft.changed")[n % 4]
            audit.note(connection, kind, {"by": by, "n": n}, NOW + n * H, subject=f"x:{n}", matter_id=n % 2 or None)
        audit.note(connection, "account.changed", {"now": {"changed_by": "赵磊"}, "was": {}}, NOW + 60 * H)
        audit.note(connection, "title.added", {"title": "王敏"}, NOW + 61 * H)


def found(database: Database, most: int = 100, looked_at: int = 1000, **wanted: object) -> Searched:
    with database.read() as connection:
        return search(connection, Wanted(**wanted), most, looked_at)  # type: ignore[arg-type]


def numbers(searched: Searched) -> list[int]:
    return [int(row.row.subject.partition(":")[2]) for row in searched.rows if row.row.subject]


def test_a_search_narrows_by_each_of_its_fields(database: Database) -> None:
    fill(database)
    assert len(found(database).rows) == 62
    assert numbers(found(database, matter=1)) == list(range(59, 0, -2))
    assert numbers(found(database, kind="draft")) == [n for n in range(59, -1, -1) if n % 4 in (0, 3)]
    assert numbers(found(database, kind="draft.added")) == list(range(56, -1, -4))
    assert found(database, kind="draf").rows == ()
    assert numbers(found(database, person="王敏")) == list(range(57, -1, -3))
    assert numbers(found(database, person=HOSTILE)) == list(range(59, -1, -3))
    assert len(found(database, person="赵磊").rows) == 1
    assert found(database, person="%").rows == found(database, person=HOSTILE).rows
    day = found(database, since=NOW + 10 * H, until=NOW + 20 * H)
    assert numbers(day) == list(range(19, 9, -1))
    assert numbers(found(database, since=NOW + 10 * H, until=NOW + 20 * H, kind="channel", person="李")) == [10]
    assert found(database, since=NOW + 99 * H).rows == ()
    assert found(database, until=NOW).rows == ()


def test_rows_of_a_clock_that_was_set_back_are_found_all_the_same(database: Database) -> None:
    fill(database)
    with database.write() as connection:
        audit.note(connection, "draft.added", {"by": "x"}, NOW + 12 * H, subject="x:99")
    assert numbers(found(database, since=NOW + 11 * H, until=NOW + 13 * H)) == [99, 12, 11]


def test_a_page_leads_to_the_next_and_none_is_lost(database: Database) -> None:
    fill(database)
    seen: list[int] = []
    before = None
    for _ in range(20):
        page = found(database, most=7, person="王敏", before=before)
        seen += numbers(page)
        before = page.further
        if before is None:
            break
    assert seen == list(range(57, -1, -3))


def test_a_search_that_finds_little_ends_and_says_where(database: Database) -> None:
    fill(database)
    page = found(database, looked_at=30, person="nobody")
    assert page.rows == ()
    assert page.back_to == NOW + 32 * H
    assert found(database, looked_at=30, person="王敏", before=page.further).rows
    seen: list[int] = []
    before = None
    while True:
        page = found(database, most=100, looked_at=10, person="王敏", before=before)
        seen += numbers(page)
        if page.further is None:
            break
        before = page.further
    assert seen == list(range(57, -1, -3))


def test_the_kinds_are_read_one_by_one(database: Database) -> None:
    with database.read() as connection:
        began = set(audit_search.kinds(connection))
    fill(database)
    with database.read() as connection:
        kinds = audit_search.kinds(connection)
    assert set(kinds) - began == {
        "draft.added", "draft_version.added", "channel.tested", "draft.changed", "account.changed", "title.added",
    }  # fmt: skip
    assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("text", ['"x"', "[]", "null", "3", '{"by": 5}', '{"by": {"by": "y"}}'])
def test_a_row_that_says_something_else_names_nobody(text: str) -> None:
    assert not audit_search._names(text, "x")


@given(st.text(min_size=1, max_size=20))
def test_whoever_is_written_is_found_however_it_is_escaped(name: str) -> None:
    for plain in (True, False):
        assert audit_search._names(json.dumps({"now": {"ended_by": name}}, ensure_ascii=plain), name)
