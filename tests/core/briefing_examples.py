"""Facts for the tests of briefings: one incident, deadline, alert or source, each with whatever a test changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.core.briefing_facts import Change, Facts, Window
from monitor.core.model import (
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    MatterState,
    Place,
    Scope,
    Severity,
)
from monitor.core.source_health import SourceFacts
from monitor.core.views import AlertView, DeadlineView, IncidentView

DAY = date(2026, 7, 9)
# 08:27 Beijing time.
NOW = datetime(2026, 7, 9, 0, 27, tzinfo=UTC)
H = timedelta(hours=1)
M = timedelta(minutes=1)
WINDOW = Window(DAY, NOW - 24 * H, NOW)


def incident(number: int = 1, **changes: Any) -> IncidentView:
    """Return a major incident, opened ten hours ago."""
    known: dict[str, Any] = {
        "title": f"某市化工厂爆炸致{10 + number}死",
        "state": MatterState.OPEN,
        "kind": "hazchem",
        "scope": Scope.DOMESTIC,
        "place": Place("210000", "210400", name="抚顺"),
        "figures": {"deaths": 10 + number},
        "severity": Severity.MAJOR,
        "likely": None,
        "confirmed": False,
        "sources": 2,
        "items": 3,
        "opened_at": NOW - 10 * H,
        "last_seen_at": NOW - 9 * H,
        "first_reported_at": NOW - 10 * H,
        "occurred_at": None,
        "acted_at": None,
    }
    return IncidentView(id=number, **(known | changes))


def deadline(number: int = 1, matter: int = 1, **changes: Any) -> DeadlineView:
    """Return the 24-hour deadline of an incident, counted from ten hours ago."""
    started_at = changes.pop("started_at", NOW - 10 * H)
    known: dict[str, Any] = {
        "obligation_id": "OP-PRESS-24H",
        "ordinal": 1,
        "state": DeadlineState.OPEN,
        "provisional": False,
        "anchor": Anchor.FIRST_REPORTED,
        "anchors": {Anchor.FIRST_REPORTED: started_at},
        "due_at": started_at + 24 * H,
        "opened_at": started_at,
        "settled_at": None,
        "pack": "cn-gov@1",
    }
    return DeadlineView(id=number, matter_id=matter, started_at=started_at, **(known | changes))


def change(about: DeadlineView, after: DeadlineState, at: datetime = NOW - H, cause: str = "responded") -> Change:
    """Return a change of a deadline, noticed when it became true."""
    return Change(about, after, cause, at)


def alert(number: int = 1, **changes: Any) -> AlertView:
    """Return an alert of incident 1 that has waited for an hour."""
    known: dict[str, Any] = {
        "key": f"alert {number}",
        "reason": AlertReason.OPENED,
        "matter_id": 1,
        "obligation_id": "OP-PRESS-24H",
        "ordinal": 1,
        "point": "opened",
        "page": True,
        "at": NOW - H,
        "created_at": NOW - H,
        "not_before": NOW - H,
        "useful_until": NOW + H,
        "state": AlertState.PENDING,
        "silence": None,
    }
    return AlertView(id=number, **(known | changes))


def source(name: str = "news", **changes: Any) -> SourceFacts:
    """Return a source that is well: fetched and new five minutes ago."""
    known: dict[str, Any] = {
        "next_at": NOW + 5 * M,
        "outcome": "items",
        "last_fetch_at": NOW - 5 * M,
        "last_good_at": NOW - 5 * M,
        "last_new_at": NOW - 5 * M,
    }
    return SourceFacts(id=name, **(known | changes))


def facts(*incidents: IncidentView, **more: Any) -> Facts:
    """Return facts about incidents as they stand now, with one fetch that could be read."""
    fetches = more.pop("fetches", {"news": {"items": 1}})
    return Facts(
        window=more.pop("window", WINDOW),
        now=more.pop("now", NOW),
        incidents={one.id: one for one in incidents},
        fetches=fetches,
        **more,
    )
