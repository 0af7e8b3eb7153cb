"""Sources that fail, stop being fetched or fall silent stand in the briefing, with the reason and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.beijing import shown
from monitor.core.sources import FailureKind
from monitor.store.database import Database
from tests.story.morning import Morning, section, told

DAY = timedelta(days=1)


@pytest.fixture
def bureau(database: Database) -> Morning:
    return Morning(database)


def test_sources_that_are_unwell_are_told_with_reason_and_since_when(bureau: Morning) -> None:
    for name in bureau.names:
        bureau.fetched(name, new=1)
    failing_since = bureau.clock.now + timedelta(hours=1)
    bureau.clock.now = failing_since
    for _ in range(2):
        bureau.fetched("office", reason=FailureKind.FORBIDDEN, detail="HTTP 403")
        bureau.clock.advance(hours=1)
    bureau.fetched("hot", reason=FailureKind.TIMEOUT)
    bureau.morning()
    unwell = section(told(bureau), "Sources that are unwell")
    assert unwell.splitlines() == [
        "* failing · 应急局网站",
        "  The site refuses us (HTTP 403).",
        f"  It has failed since {shown(failing_since)}.",
    ]
    assert "1 source(s) unwell" in told(bureau).splitlines()[0]

    quiet_since = bureau.clock()
    for days in range(1, 5):
        bureau.clock.now = quiet_since + days * DAY - timedelta(hours=1)
        for name in ("office", "hot"):
            bureau.fetched(name, new=1)
        bureau.fetched("news")
    bureau.morning(days=4)
    unwell = section(told(bureau, 4), "Sources that are unwell")
    assert unwell.splitlines()[0] == "* silent · 晨报"
    assert "nothing new since 2026-07-08 12:27" in unwell
    assert "热搜" not in unwell
    assert "应急局网站" not in unwell

    bureau.morning(days=9)
    unwell = section(told(bureau, 9), "Sources that are unwell")
    assert unwell.count("* not fetched ·") == 3
    assert "has not been fetched since 2026-07-13 07:27" in unwell


def test_sources_that_are_no_longer_watched_are_not_told(bureau: Morning) -> None:
    bureau.fetched("news")
    bureau.fetched("office", reason=FailureKind.GONE)
    del bureau.names["office"]
    bureau.morning()
    assert "All watched sources are well." in told(bureau)
    assert "Sources: 2 watched" in told(bureau)
