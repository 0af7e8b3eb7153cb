"""Denied rumours of which no incident is known: which are worth keeping, which denials are of one rumour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.core.incidents.topics import terms_of
from monitor.core.model import CASUALTY_FIELDS, Assessment, Why

# Denials of one rumour repeat its words; half of the shorter title's is more than the words of denying make up.
ALIKE_AT = 0.5


@dataclass(frozen=True, slots=True)
class Whisper:
    """A denied rumour, by the title that denied it first."""

    id: int
    title: str
    kind: str


def about_safety(assessment: Assessment) -> bool:
    """Tell whether what is denied would have been an incident: it names a kind of happening, or figures."""
    named = any(reason.why is Why.KIND_WORD for reason in assessment.because)
    return named or any(assessment.casualties.value(name) for name in CASUALTY_FIELDS)


def same_whisper(title: str, kind: str, known: Iterable[Whisper]) -> Whisper | None:
    """Return the rumour that a further denial is about: of its kind, and alike in wording; None where it is new."""
    terms = terms_of(title)
    alike = [
        (_share(terms, terms_of(one.title)), one) for one in known if "other" in (kind, one.kind) or kind == one.kind
    ]
    share, best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return best if share >= ALIKE_AT else None


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
