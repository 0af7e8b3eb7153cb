"""Which table gives a grade, by which figure, and which figures would give another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.core.model import Casualties, Figure, Severity
from monitor.core.reading.lexicon import Kind
from monitor.core.reading.severity import GradingTable, SeverityTables, grade, measured


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure from which a grade begins."""

    at: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a table: its figure, the grade that it gives, and the figures that would raise the whole grade."""

    name: str
    value: int | None
    met: Threshold | None
    ahead: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class GradeExplained:
    """The table that grades a happening, with its legal source; `decided_by` is the measure that gives the grade."""

    table: str
    zh: str
    en: str
    version: str
    document: str
    article: str
    quote: str
    verified: bool
    severity: Severity | None
    decided_by: str
    measures: tuple[Measure, ...]
    likely: Severity | None = None
    at_risk: int = 0


def explain_grade(
    tables: SeverityTables, kind: Kind, casualties: Casualties, *, adrift: Figure | None = None, wording: str = ""
) -> GradeExplained | None:
    """Return how figures are graded, or None for a kind that no table grades."""
    table = tables.tables.get(kind.table or "")
    if table is None:
        return None
    graded = grade(tables, kind, casualties, adrift=adrift, wording=wording)
    decided = table.grade(casualties)
    at_risk = sum(casualties.value(name) or 0 for name in ("missing", "trapped") if name in kind.peril)
    return GradeExplained(
        table=table.id,
        zh=table.zh,
        en=table.en,
        version=tables.version,
        document=table.document,
        article=table.article,
        quote=table.quote,
        verified=table.verified,
        severity=graded.severity,
        decided_by=decided[1] if decided else "",
        measures=tuple(_measures(tables, table, kind, casualties)),
        likely=graded.likely,
        at_risk=max(at_risk, adrift.value if adrift and "adrift" in kind.peril else 0),
    )


def _measures(tables: SeverityTables, table: GradingTable, kind: Kind, casualties: Casualties) -> Iterator[Measure]:
    present = grade(tables, kind, casualties).severity
    for name, bands in table.measures.items():
        value = measured(casualties, name)
        met = [Threshold(low, severity) for low, severity in bands if value is not None and value >= low]
        ahead = [
            Threshold(low, severity)
            for low, severity in bands
            if (present is None or severity > present)
            and grade(tables, kind, with_figure(casualties, name, low)).severity is severity
        ]
        yield Measure(name, value, max(met, key=lambda met: met.severity, default=None), tuple(ahead))


def with_figure(casualties: Casualties, measure: str, value: int) -> Casualties:
    """Return the figures with one measure set; dead and missing together are set as dead."""
    if measure == "dead_or_missing":
        return replace(casualties, deaths=Figure(value), missing=None)
    return replace(casualties, **{measure: Figure(value)})
