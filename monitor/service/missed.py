"""What the comparison of source groups needs, from the parts."""

from __future__ import annotations

from datetime import datetime

from monitor.core.model import Assessment, Item
from monitor.core.sources import Source
from monitor.service.parts import Parts
from monitor.store.missed_facts import Beside


def beside_of(parts: Parts) -> Beside:
    """Build it; the reader is only built when a dropped title is read again."""

    def reread(title: str, source: Source | None, at: datetime) -> Assessment:
        if source is None:
            return parts.reader.assess(Item(title=title, first_seen_at=at))
        item = Item(
            title=title,
            source=source.id,
            trust=source.trust,
            language=source.language,
            region=source.region,
            first_seen_at=at,
        )
        return parts.reader.assess(item)

    return Beside(sources=parts.sources, region=parts.region, reread=reread)
