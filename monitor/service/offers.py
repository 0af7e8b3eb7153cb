"""The leg that recognises our own publications, from the parts."""

from __future__ import annotations

from monitor.config.own_releases import load_release_words
from monitor.core.errors import N_, Mistake
from monitor.core.evidence.subject import Knowledge
from monitor.loops.offers import OfferWatch
from monitor.service.parts import Parts


class UnknownOwnOffice(Mistake):
    """A source of our own names an office that the duty file does not have: its releases would answer nothing."""

    message = N_("The source {source} names the office {office}, which duty.yaml does not have. It has: {known}.")


def own_sources_of(parts: Parts) -> int:
    """Return how many sources are our own; raise UnknownOwnOffice."""
    own = [source for source in parts.sources.values() if source.own]
    offices = parts.duty.offices
    for source in own:
        if source.office and source.office not in offices:
            known = ", ".join(offices) or "—"
            raise UnknownOwnOffice(source=source.id, office=source.office, known=known)
    return len(own)


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
