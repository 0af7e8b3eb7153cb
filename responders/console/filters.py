"""What of the board is shown: a region, a least grade, an office. The address says it, so that a link keeps it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.core.model import Severity, lies_in
from monitor.core.naming import Names
from monitor.core.views import IncidentView

CODE_LENGTH = 6
OFFICE = re.compile(r"[\w.-]{1,40}")
GRADES = {grade.name.lower(): grade for grade in sorted(Severity)}


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; an empty field asks for everything. `grade` is the least one, firm or presumed.

    What nobody knows hides nothing: an incident whose place is not known may lie in any region, and one for which no
    office is named may be any office's.
    """

    region: str = ""
    grade: Severity | None = None
    office: str = ""

    def __bool__(self) -> bool:
        return bool(self.region or self.office) or self.grade is not None

    def takes(self, incident: IncidentView, offices: Collection[str] = ()) -> bool:
        """Tell whether an incident is shown; `offices` are those that are responsible for it, none where nobody is."""
        theirs = not self.office or not offices or self.office in offices
        return theirs and self._lies_there(incident) and self._is_as_grave(incident)

    def _lies_there(self, incident: IncidentView) -> bool:
        place = incident.place
        if not self.region or (place.code is None and not place.among):
            return True
        known = (place.code, *place.among)
        return any(code is not None and _touches(code, self.region) for code in known)

    def _is_as_grave(self, incident: IncidentView) -> bool:
        return self.grade is None or (incident.presumed is not None and incident.presumed >= self.grade)

    @property
    def query(self) -> str:
        """The filter as the query of an address, without its question mark; empty where nothing is filtered."""
        fields = {"region": self.region, "grade": "" if self.grade is None else self.grade.name.lower()}
        fields["office"] = self.office
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def address(self) -> str:
        """The address of the board that is filtered so."""
        return f"/?{self.query}" if self else "/"


def _touches(code: str, region: str) -> bool:
    """Tell whether a place lies in a region, or is only known as a division around it."""
    return lies_in(code, region) or lies_in(region, code)


def filter_of(fields: Mapping[str, str]) -> Filter:
    """Read a filter from an address; what is none is left out, so that an old link still shows the board."""
    region = fields.get("region", "")
    right = len(region) == CODE_LENGTH and region.isascii() and region.isdigit() and region.strip("0")
    office = fields.get("office", "")
    named = office if OFFICE.fullmatch(office) else ""
    return Filter(region if right else "", GRADES.get(fields.get("grade", "")), named)


def regions_of(incidents: Iterable[IncidentView], names: Names, chosen: str, whole: str) -> list[tuple[str, str]]:
    """Return the divisions to choose from, with their names: those where incidents lie, inside of `whole`."""
    codes = {chosen} if chosen else set()
    for incident in incidents:
        place = incident.place
        codes |= {code for code in (place.province, place.city, place.county) if code}
    inside = sorted(code for code in codes if code == chosen or (code != whole and lies_in(code, whole)))
    return [(code, names.division(code)) for code in inside]
