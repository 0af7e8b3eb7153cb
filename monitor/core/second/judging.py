"""What a believed second reading leads to: nothing, or a question to a person. Pure.

A second reading never dismisses, closes, lowers, confirms or opens anything; where it is milder, it is only kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.duties.alerting import AlertDraft, trouble_alert
from monitor.core.duties.obligations import Jurisdiction, RulePack, jurisdiction
from monitor.core.model import Casualties, Figure, Place, Scope, Severity
from monitor.core.second.opinion import COUNTED, Certainty, Limits, Opinion, ReadingState

POINT = "second"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known already: of the incident that an item belongs to or tells of, else of an earlier question's.

    `named` is what the key of a question is made of: "matter:7", "item:12".
    """

    named: str
    figures: Mapping[str, int] = field(default_factory=dict)
    grade: Severity | None = None
    matter_id: int | None = None
    place: Place = field(default_factory=Place)
    scope: Scope = Scope.UNKNOWN


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a second reading leads to; `graver` is set where a person is to be asked, `pages` where at once."""

    state: ReadingState
    graver: bool = False
    pages: bool = False
    grade: Severity | None = None


def casualties_of(opinion: Opinion) -> Casualties:
    """Return the claimed numbers as figures with their quotes."""
    return Casualties(**{name: Figure(claim.count, claim.quote) for name, claim in opinion.claims.items()})


def duty_from(pack: RulePack) -> Severity:
    """Return the lowest grade at which some duty of the pack begins; EXTRAORDINARY where none is bound to a grade."""
    bounds = (
        bound
        for obligation in pack.obligations
        if obligation.enabled
        for bound in (obligation.applies.at_least, obligation.applies.concern_severity)
    )
    return min((bound for bound in bounds if bound is not None), default=Severity.EXTRAORDINARY)


def concerns(place: Place, scope: Scope, standing: Standing | None, region: str) -> Jurisdiction:
    """Tell whether what an item tells is the region's; where its own words leave that open, by its incident's place."""
    if standing is not None and place.code is None and scope is not Scope.FOREIGN:
        place = standing.place
        scope = standing.scope if scope is Scope.UNKNOWN else scope
    return jurisdiction(place, scope, region)


def weigh(
    opinion: Opinion,
    grade: Severity | None,
    standing: Standing | None,
    where: Jurisdiction,
    *,
    first_reports: bool,
    duty: Severity,
) -> Weighed:
    """Say what a believed opinion leads to.

    `grade` is what its figures make of it, `standing` what is known already, None where nothing is; `first_reports`
    tells whether the first reading took the item for an incident; from `duty` on a question cannot wait.
    """
    if not opinion.reports:
        return Weighed(ReadingState.MILDER if first_reports else ReadingState.AGREES)
    if where is Jurisdiction.NOT_OURS:
        return Weighed(ReadingState.ELSEWHERE, grade=grade)
    higher = (grade or 0) > ((standing.grade or 0) if standing else 0)
    if standing is not None and not higher and not _more(opinion, standing):
        lower = (grade or 0) < (standing.grade or 0)
        known = standing.matter_id is None
        return Weighed(
            ReadingState.KNOWN if known else ReadingState.MILDER if lower else ReadingState.AGREES, grade=grade
        )
    if opinion.certainty is Certainty.LOW:
        return Weighed(ReadingState.UNSURE, grade=grade)
    pages = grade is not None and grade >= duty and higher
    return Weighed(ReadingState.ASKED, graver=True, pages=pages, grade=grade)


def _more(opinion: Opinion, standing: Standing) -> bool:
    """Tell whether more people are counted than are known."""
    return any(opinion.figures.get(name, 0) > standing.figures.get(name, 0) for name in COUNTED)


def may_ask(limits: Limits, *, pages: bool, in_hour: int, in_day: int) -> bool:
    """Tell whether another question may be asked after so many within the hour and within 24 hours.

    What can wait takes no more than half of either, so that it cannot crowd out what cannot.
    """
    hour, day = limits.per_hour, limits.per_day
    if not pages:
        hour, day = max(1, hour // 2), max(1, day // 2)
    return in_hour < hour and in_day < day


def question(standing: Standing, weighed: Weighed, detail: Mapping[str, str], now: datetime) -> AlertDraft:
    """Ask a person, once for each grade of an incident, to look at what the second reading finds."""
    level = weighed.grade.name.lower() if weighed.grade else "none"
    key = f"{POINT}:{standing.named}:{level}"
    return trouble_alert(key, POINT, now, matter_id=standing.matter_id, page=weighed.pages, detail=detail)
