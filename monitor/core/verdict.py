"""What becomes of an item by what is thought of it."""

from __future__ import annotations

from monitor.core.model import Assessment, Decoy

INCIDENT, FOLLOW_UP, DECOY, NOTHING = "incident", "follow_up", "decoy", ""
# What an item is called that reports something of its own.
REPORTS = (INCIDENT, FOLLOW_UP)


def verdict_of(assessment: Assessment) -> tuple[str, str]:
    """Return what becomes of an item and its class: an incident's, a follow-up's, a decoy's; empty where nothing.

    What happened abroad is kept as an incident that is only watched.
    """
    if assessment.is_incident and assessment.decoy in (None, Decoy.FOREIGN):
        return INCIDENT, assessment.kind
    if assessment.decoy is not None:
        return DECOY, assessment.decoy.value
    if assessment.follow_up:
        return FOLLOW_UP, assessment.kind
    return NOTHING, ""
