"""Which office is responsible for an incident: by where it happened, of what kind it is and how grave. Pure.

The nearest office wins, county before city before province. Rules propose; a person assigns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.model import Place, Scope, Severity, lies_in, significant
from monitor.core.people.contacts import Office


class RouteWhy(StrEnum):
    """Why an office is proposed; each has a label in the catalogues."""

    LEADS_KIND = "leads_kind"
    LEADS_ALL = "leads_all"
    HELPS_KIND = "helps_kind"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Routed:
    """An office and why it is proposed; `region` is the division for which it is responsible, empty where none is."""

    office: str
    name: str
    why: RouteWhy
    region: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who leads and who assists, by the rules."""

    lead: Routed
    helps: tuple[Routed, ...] = ()

    @property
    def every(self) -> tuple[Routed, ...]:
        """All of them, the lead first."""
        return self.lead, *self.helps

    @property
    def offices(self) -> tuple[str, ...]:
        """Their ids, the lead first."""
        return tuple(one.office for one in self.every)


def route(offices: Iterable[Office], place: Place, scope: Scope, kind: str, grade: Severity | None) -> Route | None:
    """Return which offices the rules name for an incident, None where they name no lead.

    What is only known to lie in a larger division is left to the office of that one. Of two that lead in the same
    division the one that names the kind goes before the one for every kind, and one from a higher grade on before
    one for all grades.
    """
    if scope is Scope.FOREIGN:
        return None
    every = {office.id: office for office in offices}
    near = [office for office in every.values() if _answers(office, place, grade)]
    leading = [office for office in near if office.leads is None or kind in office.leads]
    if not leading:
        return None
    lead = max(leading, key=_nearness)
    found = {lead.id}
    helps = []
    for office in sorted(near, key=lambda office: -len(significant(office.region))):
        if kind in office.helps and office.id not in found:
            helps.append(Routed(office.id, office.name, RouteWhy.HELPS_KIND, office.region))
            found.add(office.id)
    above = every.get(lead.parent)
    if above is not None and above.id not in found and grade is not None and grade >= Severity.MAJOR:
        helps.append(Routed(above.id, above.name, RouteWhy.ABOVE, above.region))
    why = RouteWhy.LEADS_ALL if lead.leads is None else RouteWhy.LEADS_KIND
    return Route(Routed(lead.id, lead.name, why, lead.region), tuple(helps))


def _answers(office: Office, place: Place, grade: Severity | None) -> bool:
    """Tell whether an incident lies in an office's division and is grave enough for it."""
    if not office.region or (office.at_least is not None and (grade is None or grade < office.at_least)):
        return False
    if office.region == WHOLE_COUNTRY or place.within(office.region):
        return True
    return bool(place.among) and all(lies_in(code, office.region) for code in place.among)


def _nearness(office: Office) -> tuple[int, bool, int]:
    return len(significant(office.region)), office.leads is not None, office.at_least or 0
