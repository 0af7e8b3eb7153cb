"""Grade what is told of an incident by the tables of the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.model import CASUALTY_FIELDS, Casualties, Figure
from monitor.core.reading.lexicon import Kind
from monitor.core.reading.severity import Graded, SeverityTables, grade

MOST_KNOWN = 4096
Figures = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Grader:
    """The grading tables, asked by the slug of a kind."""

    tables: SeverityTables
    kinds: Mapping[str, Kind]
    # An incident is folded anew with each report: hundreds of times it is asked for the same few.
    _known: dict[tuple[str, tuple[tuple[str, int], ...]], Graded] = field(
        default_factory=dict, compare=False, repr=False
    )

    def grade(self, kind: str, casualties: Casualties) -> Graded:
        """Grade figures by the table of the kind."""
        return grade(self.tables, self.kinds[kind if kind in self.kinds else "other"], casualties)

    def by_figures(self, kind: str, figures: Mapping[str, int]) -> Graded:
        """Grade plain figures, by the name of each."""
        asked = kind, tuple(figures.items())
        known = self._known.get(asked)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[asked] = self.grade(kind, casualties_of(figures))
        return known


def casualties_of(figures: Mapping[str, int]) -> Casualties:
    """Return plain figures as Casualties."""
    return Casualties(**{name: Figure(figures[name]) for name in CASUALTY_FIELDS if name in figures})
