"""What the comparison of source groups needs, from the parts."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from monitor.core.model import Assessment, Item
from monitor.core.sources import Source
from monitor.service.parts import Parts
from monitor.store.missed_facts import MOST_READ_AGAIN, Beside


def beside_of(parts: Parts) -> Beside:
    """Build it; the reader is only built when a dropped title is read again.

    What is read of a title is remembered: whoever looks at a day looks again.
    """

    @lru_cache(MOST_READ_AGAIN)
    def read(title: str, source_id: str | None, at: datetime) -> Assessment:
        source = None if source_id is None else parts.sources.get(source_id)
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

    def reread(title: str, source: Source | None, at: datetime) -> Assessment:
        return read(title, None if source is None else source.id, at)

    return Beside(sources=parts.sources, region=parts.region, reread=reread)
