"""What a page has to speak of, read from what is known of its incident."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from monitor.core.evidence.captures import Seen
from monitor.core.evidence.matching import Sign, Subject, signs_of
from monitor.core.model import Item, Place
from monitor.core.reading.assess import Reader
from monitor.core.views import IncidentView

# A place's name without the sign of its rank: two characters at least are left.
SHORTEST = 3
ANY_KIND = "other"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known beforehand: how texts are read, how places and kinds are called, which kinds are near others."""

    reader: Reader
    places: Mapping[str, str]
    kinds: Mapping[str, str]
    near: Mapping[str, AbstractSet[str]]

    def subject(self, incident: IncidentView) -> Subject:
        """Return what a page about this incident has to speak of."""
        place = incident.place
        codes = {code for code in (place.county, place.city, *place.among) if code}
        names = {self.places[code] for code in codes if code in self.places} | ({place.name} if place.name else set())
        kinds = {incident.kind, *self.near.get(incident.kind, ())} - {ANY_KIND}
        known = (incident.occurred_at, incident.first_reported_at, incident.opened_at)
        return Subject(
            title=incident.title,
            codes=codes,
            places=names | {name[:-1] for name in names if len(name) >= SHORTEST},
            kinds=kinds,
            kind_words={self.kinds[kind] for kind in kinds if kind in self.kinds},
            figures=incident.figures,
            began_at=min(at for at in known if at is not None),
        )

    def finest(self, place: Place) -> frozenset[str]:
        """Return how the smallest division that is sure is called, with and without the sign of its rank."""
        name = self.places.get(place.code, "") if place.code else ""
        return frozenset(one for one in (name, name[:-1] if len(name) >= SHORTEST else "") if one)

    def signs(self, subject: Subject, seen: Seen) -> tuple[Sign, ...]:
        """Return the signs by which a page speaks of the subject."""
        read = self.reader.assess(Item(title=seen.title, text=seen.text, url=seen.url))
        return signs_of(subject, seen, read)
