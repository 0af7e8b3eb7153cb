"""Grade a happening by its figures: firm where they are stated, likely where they could still rise to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.core.model import Casualties, Figure, Reason, Severity, Why
from monitor.core.reading.lexicon import Kind

MEASURES = ("deaths", "dead_or_missing", "serious", "loss_yuan")


@dataclass(frozen=True, slots=True)
class GradingTable:
    """One statutory table. A grade begins at its number and ends before the next grade's; the highest measure wins."""

    id: str
    zh: str
    en: str
    measures: Mapping[str, tuple[tuple[int, Severity], ...]]
    document: str
    article: str
    quote: str
    verified: bool

    def grade(self, casualties: Casualties) -> tuple[Severity, str] | None:
        """Return the grade and the measure that gives it, or None where no measure is stated."""
        best: tuple[Severity, str] | None = None
        for measure, bands in self.measures.items():
            value = measured(casualties, measure)
            if value is None:
                continue
            reached = max((severity for low, severity in bands if value >= low), default=None)
            if reached is not None and (best is None or reached > best[0]):
                best = (reached, measure)
        return best


@dataclass(frozen=True, slots=True)
class SeverityTables:
    """All grading tables, and the wording that makes a grade likely without a figure."""

    tables: Mapping[str, GradingTable]
    wording: Mapping[str, Severity]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """A firm grade, a likely higher one, and why."""

    severity: Severity | None = None
    likely: Severity | None = None
    because: tuple[Reason, ...] = ()


def measured(casualties: Casualties, measure: str) -> int | None:
    """Return the number that `measure` looks at; dead and missing are added where either is stated."""
    if measure != "dead_or_missing":
        return casualties.value(measure)
    stated = [n for n in (casualties.value("deaths"), casualties.value("missing")) if n is not None]
    return sum(stated) if stated else None


def grade(
    tables: SeverityTables, kind: Kind, casualties: Casualties, *, adrift: Figure | None = None, wording: str = ""
) -> Graded:
    """Grade `casualties` by the table of `kind`.

    `adrift` counts people in the water or in distress whose fate is not told; `wording` is the word of the text that
    makes a grade likely, if there is one. Figures speak before wording: it counts only while no dead are stated.
    """
    table = tables.tables.get(kind.table or "")
    if table is None:
        return Graded()
    because: list[Reason] = []
    firm = table.grade(casualties)
    severity = firm[0] if firm else None
    if firm:
        because.append(Reason(Why.GRADE, _sentence(casualties, firm[1]), table.id))
    likely = _if_lost(table, kind, casualties, adrift)
    if likely is not None and (severity is None or likely > severity):
        because.append(Reason(Why.GRADE_IF_MISSING_DEAD, _first_at_risk(casualties, adrift), table.id))
        return Graded(severity, likely, tuple(because))
    worded = tables.wording.get(wording)
    if worded is not None and not casualties.value("deaths") and (severity is None or worded > severity):
        because.append(Reason(Why.GRADE_BY_WORDING, "", wording))
        return Graded(severity, worded, tuple(because))
    return Graded(severity, None, tuple(because))


def _if_lost(table: GradingTable, kind: Kind, casualties: Casualties, adrift: Figure | None) -> Severity | None:
    """Return the grade if those whom the kind puts in peril were dead; None where nobody is at risk."""
    at_risk = sum(casualties.value(name) or 0 for name in ("missing", "trapped") if name in kind.peril)
    deaths = casualties.value("deaths") or 0
    if adrift is not None and "adrift" in kind.peril:
        at_risk = max(at_risk, adrift.value - deaths)
    if at_risk <= 0:
        return None
    lost = replace(casualties, deaths=Figure(deaths + at_risk), missing=None)
    graded = table.grade(lost)
    return graded[0] if graded else None


def _sentence(casualties: Casualties, measure: str) -> str:
    names = ("deaths", "missing") if measure == "dead_or_missing" else (measure,)
    return next((f.sentence for name in names if (f := getattr(casualties, name)) is not None), "")


def _first_at_risk(casualties: Casualties, adrift: Figure | None) -> str:
    figures = (casualties.missing, casualties.trapped, adrift)
    return next((f.sentence for f in figures if f is not None and f.value), "")
