"""What people are shown of single items, as plain values: an item with its reasons, and what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from monitor.core.incidents.placing import Placing
from monitor.core.model import Assessment, Decoy, Item, Severity, TimeNote, Verb
from monitor.core.second.opinion import ReadingState
from monitor.core.verdict import REPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item of an incident and why it belongs there."""

    id: int
    title: str
    url: str
    source: str
    published_at: datetime | None
    first_seen_at: datetime
    why: str
    detail: str
    because: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """One stored item with all that is kept of it; `matter_id` is the incident that it stands with, `why` how.

    `assessment` is what was thought of it when it was read, None where nothing in it spoke of an incident.
    """

    id: int
    item: Item
    external_id: str
    published_day: date | None
    published_raw: str
    time_note: TimeNote | None
    maybe_recent: bool
    verdict: str
    tag: str
    decided_by: str
    first_seen_at: datetime
    matter_id: int | None
    why: Placing | None
    detail: str
    placed_by: str
    assessment: Assessment | None
    author: str = ""

    @property
    def counts(self) -> bool:
        """Tell whether it is a report of its incident, and does not only speak of it."""
        return self.verdict in REPORTS and self.matter_id is not None and self.why is not Placing.RELATED


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDecision:
    """What a person decided about a single item; `detail` names what it was before."""

    at: datetime
    verb: Verb
    by: str
    reason: str
    matter_id: int
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoyCount:
    """How many items a decoy class took in a day and in thirty, and how many of them people put right."""

    decoy: Decoy | None
    day: int
    month: int
    put_right: int = 0
    by_people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An item that a decoy class took, or that nothing spoke for; `decided_by` names the person who decided so."""

    id: int
    title: str
    source: str
    first_seen_at: datetime
    decided_by: str
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondView:
    """A second reading that found more than the first, asked about or held back; `quote` is what it rests on."""

    item_id: int
    title: str
    state: ReadingState
    grade: Severity | None
    quote: str
    matter_id: int | None
    ended_at: datetime
