"""What people did to the deadlines of one incident, and what they found wrong, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import Fault
from monitor.core.views import AdjustmentView, FindingView
from responders.documents.adjusted import said_adjustment
from responders.documents.messages import Composer


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What a person did to a deadline, its text finished."""

    at: datetime
    what: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundRow:
    """What a person found wrong; `about` names the deadline, empty for the whole incident."""

    fault: Fault
    about: str
    at: datetime
    by: str
    reason: str
    evidence: str


def done_rows(made: Iterable[AdjustmentView], composer: Composer) -> dict[tuple[str, int], list[DoneRow]]:
    """Return what people did, by obligation and ordinal."""
    rows: dict[tuple[str, int], list[DoneRow]] = {}
    for one in made:
        row = DoneRow(one.made.decided_at, said_adjustment(one.made, composer.words), one.made.by, one.made.reason)
        rows.setdefault(one.about, []).append(row)
    return rows


def found_rows(findings: Iterable[FindingView], composer: Composer) -> tuple[FoundRow, ...]:
    """Return what people found wrong."""
    return tuple(_found(one, composer) for one in findings)


def _found(one: FindingView, composer: Composer) -> FoundRow:
    about = composer.names.obligation(one.obligation_id) if one.obligation_id else ""
    return FoundRow(one.fault, about, one.at, one.by, one.reason, one.evidence)
