"""What a list says anew of items that are known: which sightings are worth keeping, by incident.

Only what stands with an incident is followed: most of a hot list is none of ours, and would fill the disk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.incidents.heat import Sighting, says_more
from monitor.store import heat


@dataclass(frozen=True, slots=True)
class Mark:
    """How an entry stands on its list: its place, and the list's own figure."""

    rank: int | None
    heat: int | None

    @property
    def tells(self) -> bool:
        """Whether it tells anything."""
        return self.rank is not None or self.heat is not None


def news(connection: Connection, marks: Mapping[str, Mark], now: datetime) -> dict[int, list[Sighting]]:
    """Return by incident what is worth keeping of how known items stand now; `marks` are by the items' keys."""
    found: dict[int, list[Sighting]] = defaultdict(list)
    for key, kept in heat.standings(connection, list(marks)).items():
        mark = marks[key]
        if says_more(kept, mark.rank, mark.heat, now):
            found[kept.matter_id].append(Sighting(kept.item_id, now, mark.rank, mark.heat))
    return dict(sorted(found.items()))
