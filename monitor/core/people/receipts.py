"""What is told of a receipt that is owed: to the office when it is asked, again when it is late, then to whoever is on
duty. Pure.

The steps follow from the moment of asking alone: however late or often one looks, each of them is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft
from monitor.core.model import AlertReason
from monitor.core.people.assignments import Assignment, Receipt
from monitor.core.people.policies import Whom, WhomKind

ASKED = "receipt:asked"
LATE = "receipt:late"
UNSIGNED = "receipt:unsigned"
# The first is told when it is asked, the n-th after n - 1 times the span within which it should be given.
STEPS = (ASKED, LATE, UNSIGNED)


def step_at(receipt: Receipt, step: int) -> datetime:
    """Return when a step comes."""
    return receipt.asked_at + step * receipt.within


def next_look(receipt: Receipt) -> datetime | None:
    """Return when the next step comes, None where none does any more."""
    if receipt.signed_at is not None or receipt.told >= len(STEPS):
        return None
    return step_at(receipt, receipt.told)


def come(receipt: Receipt, now: datetime) -> int:
    """Return how many steps have come by now, those that were told among them; a receipt that was given ends them."""
    if receipt.signed_at is not None:
        return receipt.told
    return max(receipt.told, sum(step_at(receipt, step) <= now for step in range(len(STEPS))))


def alerts(assignment: Assignment, receipt: Receipt, now: datetime) -> Iterator[AlertDraft]:
    """Yield the alerts of the steps that have come and were not told."""
    for step in range(receipt.told, come(receipt, now)):
        point = STEPS[step]
        yield AlertDraft(
            key=key_of(receipt, point),
            reason=AlertReason.ASSIGNMENT,
            matter_id=assignment.matter_id,
            point=point,
            at=step_at(receipt, step),
            not_before=now,
            useful_until=now + INFORMATION_KEEPS,
            page=True,
            detail=_detail(assignment, receipt),
            # Whoever is on duty is meant where nobody is named.
            whom=() if point == UNSIGNED else (Whom(WhomKind.OFFICE, receipt.office),),
        )


def key_of(receipt: Receipt, point: str) -> str:
    """Name the cause: one step of one receipt is one alert."""
    return f"{point}:{receipt.id}"


def _detail(assignment: Assignment, receipt: Receipt) -> Mapping[str, str]:
    return {
        "receipt": str(receipt.id),
        "assignment": str(assignment.id),
        "office": receipt.office,
        "name": receipt.name,
        "part": receipt.part.value,
        "by": assignment.by[:120],
        "note": assignment.note[:300],
        "minutes": str(int(receipt.within.total_seconds() // 60)),
    }
