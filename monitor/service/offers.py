"""The leg that recognises our own publications, from the parts."""

from __future__ import annotations

from monitor.config.own_releases import load_release_words
from monitor.core.evidence.subject import Knowledge
from monitor.loops.offers import OfferWatch
from monitor.service.parts import Parts


def knowledge_of(parts: Parts) -> Knowledge:
    """Return what is known beforehand of places and kinds, for telling what a page speaks of."""
    return Knowledge(
        reader=parts.reader,
        places=parts.names.places,
        kinds={kind.id: kind.zh for kind in parts.lexicon[0].kinds.values()},
        near=parts.lore.near,
    )


def offers_of(parts: Parts) -> OfferWatch:
    """Build the leg; without own sources it does nothing."""
    own = {source.id: source for source in parts.sources.values() if source.own}
    return OfferWatch(
        parts.database, own, knowledge_of(parts), load_release_words(), frozenset(parts.lore.broad), parts.duty
    )
