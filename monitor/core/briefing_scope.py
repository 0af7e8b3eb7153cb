"""What an edition of a briefing leaves out: what certainly lies elsewhere and was not given to the reader's office."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from monitor.core.briefing_course import CourseFacts
from monitor.core.briefing_facts import Facts
from monitor.core.briefing_readers import Edition
from monitor.core.briefing_voices import VoiceFacts
from monitor.core.duties.obligations import Jurisdiction, jurisdiction
from monitor.core.views import IncidentView


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many incidents and running deadlines an edition does not tell of."""

    incidents: int = 0
    deadlines: int = 0


def concerns(incident: IncidentView, edition: Edition, offices: frozenset[str]) -> bool:
    """Tell whether an incident concerns an edition's readers; `offices` are those that it is assigned to.

    One whose place is known too coarsely to exclude the division does: nobody else may be looking at it.
    """
    if not edition.is_part:
        return True
    if edition.office and edition.office in offices:
        return True
    return (
        bool(edition.region)
        and jurisdiction(incident.place, incident.scope, edition.region) is not Jurisdiction.NOT_OURS
    )


def scoped(facts: Facts, edition: Edition) -> tuple[Facts, LeftOut]:
    """Return the facts without what does not concern an edition's readers, and how much that is.

    What is about no incident stays: sources, channels, the rota, the audit log, and deadlines of other matters, whose
    place nobody knows. What was missed is left out as a whole: it compares all incidents, wherever they lie.
    """
    if not edition.is_part:
        return facts, LeftOut()

    def keeps(incident: IncidentView) -> bool:
        return concerns(incident, edition, facts.assigned.get(incident.id, frozenset()))

    kept = {number: incident for number, incident in facts.incidents.items() if keeps(incident)}
    away = facts.incidents.keys() - kept.keys()
    live = tuple(one for one in facts.live if one.matter_id not in away)
    fresh = {number for number, one in facts.incidents.items() if facts.window.holds(one.opened_at)}
    less = replace(
        facts,
        incidents=kept,
        live=live,
        changes=tuple(one for one in facts.changes if one.deadline.matter_id not in away),
        asked=tuple(one for one in facts.asked if one.matter_id not in away),
        unsigned=tuple(one for one in facts.unsigned if one.matter_id in kept),
        unsent=tuple(one for one in facts.unsent if one.matter_id not in away),
        graver=tuple(one for one in facts.graver if one.matter_id not in away),
        missed=None,
        voices=_voices(facts.voices, kept.__contains__),
        course=_course(facts.course, keeps),
    )
    return less, LeftOut(len(fresh - kept.keys()), len(facts.live) - len(live))


def _voices(voices: VoiceFacts, keeps: Callable[[int], bool]) -> VoiceFacts:
    return replace(
        voices,
        contradicted={number: told for number, told in voices.contradicted.items() if keeps(number)},
        links={number: told for number, told in voices.links.items() if keeps(number)},
        rumours=tuple(rumour for rumour in voices.rumours if keeps(rumour.matter_id)),
    )


def _course(course: CourseFacts, keeps: Callable[[IncidentView], bool]) -> CourseFacts:
    return CourseFacts(
        tuple(incident for incident in course.opened if keeps(incident)),
        tuple(one for one in course.judged if one.incident is None or keeps(one.incident)),
    )
