"""How long after an incident a higher grade counts by itself: 30 days, traffic and fire 7 (Order 493 art. 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.model import Anchor, Severity


def graded_within(obligation: Obligation, facts: MatterFacts) -> MatterFacts:
    """Return the facts with the grades that were reached in time for the obligation; the same where all were.

    What a person confirmed after it was reached counts whenever that was.
    """
    last_at = window_end(obligation, facts)
    if last_at is None:
        return facts
    late = [g for g, at in facts.reached.items() if at >= last_at and not _vouched_since(at, facts)]
    in_time = {grade: at for grade, at in facts.reached.items() if grade not in late}
    if not late or not in_time:
        return facts
    highest = max(in_time)
    return replace(
        facts, severity=_capped(facts.severity, highest), likely=_capped(facts.likely, highest), reached=in_time
    )


def window_end(obligation: Obligation, facts: MatterFacts) -> datetime | None:
    """Return from when on a higher grade counts no more by itself, or None where it always does."""
    window = obligation.regrade_within.of(facts.happening) if obligation.regrade_within is not None else None
    began = [facts.anchors[a] for a in (Anchor.OCCURRED, Anchor.FIRST_REPORTED) if a in facts.anchors]
    return window.end(min(began), obligation.calendar).at if window is not None and began else None


def _vouched_since(at: datetime, facts: MatterFacts) -> bool:
    return facts.vouched_at is not None and facts.vouched_at >= at


def _capped(severity: Severity | None, highest: Severity) -> Severity | None:
    return None if severity is None else min(severity, highest)
