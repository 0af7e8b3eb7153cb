"""What is looked up among all that was ever stored is found by an index, whatever the planner knows of the tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text

from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import ItemRow

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
ASKED = {
    "ix_item_title": (
        "SELECT title, min(published_at) FROM item WHERE title IN ('a', 'b') AND source_id <> 'own' GROUP BY title"
    ),
    "ix_matter_merged_into": "SELECT id, merged_into FROM matter WHERE merged_into IS NOT NULL",
    "ix_drop_first_at": (
        "SELECT title FROM \"drop\" WHERE first_at >= '2026-07-08' AND first_at < '2026-07-09' AND reason IN ('broken')"
    ),
}


@pytest.mark.parametrize(("index", "query"), ASKED.items())
def test_it_is_found_by_its_index(database: Database, index: str, query: str) -> None:
    with database.write() as connection:
        explain = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            explain = "EXPLAIN"
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = " ".join(" ".join(map(str, row)) for row in connection.execute(text(f"{explain} {query}")))
    assert index in plan


def test_a_title_of_any_length_can_be_stored(database: Database) -> None:
    item = {"key": "k", "source_id": "s", "title": "".join(map(chr, range(0x4E00, 0x8E00))), "first_seen_at": NOW}
    rest = {"external_id": "", "text": "", "url": "", "language": "zh", "trust": "official", "published_raw": ""}
    more = {"time_note": "", "maybe_recent": True, "verdict": "", "tag": "", "decided_by": "", "author": ""}
    with database.write() as connection:
        connection.execute(insert(of(ItemRow)), [item | rest | more])
        assert connection.scalars(text("SELECT title FROM item")).all() == [item["title"]]
