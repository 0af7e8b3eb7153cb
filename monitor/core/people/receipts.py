"""What is told of a receipt that is owed: to the office when it is asked, again when it is late, then to whoever is on
duty. Pure.

The steps follow from the moment of asking alone: however late or often one looks, each of them is told once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft, stamp
from monitor.core.model import AlertReason
from monitor.core.people.assignments import Assignment, Receipt
from monitor.core.people.duty import Duty, recipients
from monitor.core.people.policies import Whom, WhomKind

ASKED = "receipt:asked"
LATE = "receipt:late"
UNSIGNED = "receipt:unsigned"
RELIEVED = "receipt:relieved"
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
        draft = _draft(assignment, receipt, point, step_at(receipt, step), now)
        # Whoever is on duty is meant where nobody is named.
        yield draft if point == UNSIGNED else replace(draft, whom=_people(receipt))


def relieved(before: Assignment, after: Collection[str], duty: Duty, by: str, now: datetime) -> Iterator[AlertDraft]:
    """Tell each office of an assignment that ended and that is not among those `after`; nobody is woken for that."""
    for receipt in before.receipts:
        if receipt.office not in after:
            draft = _draft(before, receipt, RELIEVED, now, now)
            detail = {**draft.detail, "by": by[:120]}
            audience = recipients(_people(receipt), duty, (), now)
            key = f"{draft.key}@{stamp(now)}"
            yield replace(draft, key=key, page=False, detail=detail, audience=audience)


def asked_again(restored: Assignment, before: Collection[str], now: datetime) -> Iterator[AlertDraft]:
    """Tell each office that is responsible again, because what had put others in its place was undone."""
    for receipt in restored.unsigned:
        if receipt.office not in before:
            draft = _draft(restored, receipt, ASKED, now, now)
            yield replace(draft, key=f"{draft.key}@{stamp(now)}", whom=_people(receipt))


def _draft(assignment: Assignment, receipt: Receipt, point: str, at: datetime, now: datetime) -> AlertDraft:
    """Return the alert of one point of one receipt, whose key names both."""
    return AlertDraft(
        key=f"{point}:{receipt.id}",
        reason=AlertReason.ASSIGNMENT,
        matter_id=assignment.matter_id,
        point=point,
        at=at,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=True,
        detail=_detail(assignment, receipt),
    )


def _people(receipt: Receipt) -> tuple[Whom, ...]:
    return (Whom(WhomKind.OFFICE, receipt.office),)


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
