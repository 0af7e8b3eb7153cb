"""What would be thought of a text if something in it were otherwise; the reading itself is asked again."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace

from monitor.core.reading.lexicon import Hit
from monitor.core.reading.opening import Opening


@dataclass(frozen=True, slots=True)
class Suppose:
    """What to suppose otherwise of a text: decoy classes, words and names of places overlooked, its place unknown,
    a person vouching that it reports something.
    """

    decoys: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    unplaced: bool = False
    vouched: bool = False


AS_READ = Suppose()


def supposing(opening: Opening, suppose: Suppose) -> Opening:
    """Return the opening without what is to be overlooked in it."""
    if not (suppose.decoys or suppose.words):
        return opening
    hits = [_overlooking(hit, suppose.decoys) for hit in opening.hits if hit.word not in suppose.words]
    return replace(opening, hits=hits)


def _overlooking(hit: Hit, classes: Container[str]) -> Hit:
    means = hit.means
    if means.decoy not in classes and means.doubt not in classes:
        return hit
    decoy = None if means.decoy in classes else means.decoy
    doubt = None if means.doubt in classes else means.doubt
    return replace(hit, means=replace(means, decoy=decoy, doubt=doubt))
