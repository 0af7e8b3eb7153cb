"""To whom an incident is assigned and who has signed, in words: for pages, messages, lists and programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.beijing import shown
from monitor.core.errors import N_
from monitor.core.naming import Names
from monitor.core.people.assignments import Assignment, Receipt
from monitor.core.people.receipts import ASKED, LATE, RELIEVED, UNSIGNED
from monitor.core.people.routing import Routed, RouteWhy
from responders.labels import label
from responders.language import Words

TOLD: Mapping[str, str] = {
    ASKED: N_("{by} has assigned this incident to {name}. Please sign within {minutes} minutes. {note}"),
    LATE: N_("{name} has not signed for this incident within {minutes} minutes. Please sign, or say who takes it."),
    UNSIGNED: N_(
        "{name} has still not signed for this incident. Ring the office, or assign the incident to another one."
    ),
    RELIEVED: N_(
        "{name} is no longer responsible for this incident: {by} has assigned it anew, or taken the assignment back."
    ),
}
POINTS: Mapping[str, str] = {
    ASKED: N_("{name} asked to sign"),
    LATE: N_("{name} has not signed in time"),
    UNSIGNED: N_("{name} has still not signed"),
    RELIEVED: N_("{name} no longer responsible"),
}
WHY: Mapping[RouteWhy, str] = {
    RouteWhy.LEADS_KIND: N_("leads this kind of incident in {region}"),
    RouteWhy.LEADS_ALL: N_("is responsible for all incidents in {region}"),
    RouteWhy.HELPS_KIND: N_("assists with this kind of incident in {region}"),
    RouteWhy.ABOVE: N_("stands above the lead, and assists because of the grade"),
}


def said_point(point: str, detail: Mapping[str, str], words: Words) -> str:
    """Say which step of which office's receipt it is; nothing for other points."""
    return words(POINTS[point], name=detail.get("name", "")) if point in POINTS else ""


def said_why(routed: Routed, names: Names, words: Words) -> str:
    """Say why the rules name an office."""
    whole = routed.region in ("", WHOLE_COUNTRY)
    region = words(N_("the whole country")) if whole else names.division(routed.region)
    template = WHY[routed.why]
    return words(template, region=region) if "{region}" in template else words(template)


def said_receipt(receipt: Receipt, now: datetime, words: Words) -> str:
    """Say whether an office has signed, who and when, or until when it should."""
    if receipt.signed_at is not None:
        return words(N_("signed by {name} at {at}"), name=receipt.signed_by, at=shown(receipt.signed_at))
    due = shown(receipt.due_at)
    if receipt.due_at <= now:
        return words(N_("not signed, was due {due}"), due=due)
    return words(N_("not signed yet, due {due}"), due=due)


def said_assignment(assignment: Assignment, now: datetime, words: Words) -> list[str]:
    """Say who is responsible, a line for each office, then who assigned it and why."""
    lines = [
        words(
            N_("{name} ({part}): {state}"),
            name=receipt.name,
            part=words(label(receipt.part)),
            state=said_receipt(receipt, now, words),
        )
        for receipt in assignment.receipts
    ]
    by = words(N_("assigned by {name} at {at}"), name=assignment.by, at=shown(assignment.made_at))
    return [*lines, f"{by} {assignment.note}".rstrip()]


def plain_assignment(assignment: Assignment | None) -> dict[str, Any] | None:
    """Return an assignment as plain values for programs, None where there is none."""
    if assignment is None:
        return None
    return {
        "lead": assignment.lead.office,
        "with": [receipt.office for receipt in assignment.helps],
        "at": assignment.made_at,
        "by": assignment.by,
        "note": assignment.note,
        "as_proposed": assignment.proposed,
        "receipts": [
            {
                "office": receipt.office,
                "name": receipt.name,
                "part": receipt.part.value,
                "due_at": receipt.due_at,
                "signed_at": receipt.signed_at,
                "signed_by": receipt.signed_by,
            }
            for receipt in assignment.receipts
        ],
    }
