"""What a person stated of an incident in place of what was read: its kind, its place, its toll. Pure.

What he replaced does not come back: a report that repeats the figure is passed over, unless an official source vouches
for it. Any other figure that is told afterwards is news and counts as ever, for a toll grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.incidents.grader import Grader
from monitor.core.incidents.history import Incident, Report, SeverityStep, fold, in_order, severity_steps
from monitor.core.model import TERRITORIES, Place, Scope, Trust

TOLL = ("deaths", "missing", "trapped", "injured", "serious")
BY_PERSON = 0


@dataclass(frozen=True, slots=True)
class StatedToll:
    """All figures as a person stated them; one that he left out is not known. `struck` are those that he replaced."""

    figures: Mapping[str, int]
    struck: Mapping[str, int]
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What holds by a person's word; None where the reading does. `kind_at` is since when his kind does."""

    kind: str | None = None
    kind_at: datetime | None = None
    place: Place | None = None
    toll: StatedToll | None = None


NOTHING_STATED = Stated()


def fold_with(reports: Iterable[Report], grader: Grader, stated: Stated = NOTHING_STATED) -> Incident:
    """Make one Incident of its reports and of what a person stated."""
    told = list(reports)
    folded = fold(told, grader)
    if stated.place is not None:
        folded = replace(folded, place=stated.place, scope=scope_of_place(stated.place))
    if stated.kind is not None:
        folded = replace(folded, kind=stated.kind)
    moments = [at for at in (stated.kind_at, stated.toll.at if stated.toll else None) if at is not None]
    if not moments:
        return folded
    steps = tuple(_steps(told, folded.steps, grader, stated, min(moments)))
    last = steps[-1]
    return replace(folded, steps=steps, figures=last.figures, severity=last.severity, likely=last.likely)


def scope_of_place(place: Place) -> Scope:
    """Return where a division lies."""
    return Scope.HK_MO_TW if (place.code or "")[:2] in TERRITORIES else Scope.DOMESTIC


def _steps(
    reports: Sequence[Report], before: Sequence[SeverityStep], grader: Grader, stated: Stated, since: datetime
) -> Iterator[SeverityStep]:
    """Yield the steps as they were known, and from the person's word on those that follow from it."""
    yield from (step for step in before if step.at < since)
    toll = stated.toll
    told = [_without(report, toll, grader) for report in reports]
    if toll is not None:
        told.append(_word_of(toll))
    course = list(severity_steps(in_order(told), grader, kind=stated.kind))
    known = [step for step in course if step.at <= since]
    if known:
        # The grade and the figures change at his word, also where no report came at that moment.
        word = known[-1]
        yield replace(word, at=since, reported_at=min(word.reported_at, since))
    yield from (step for step in course if step.at > since)


def _word_of(toll: StatedToll) -> Report:
    """Return a person's word as the report that it is."""
    return Report(
        item_id=BY_PERSON,
        title="",
        source="",
        trust=Trust.OFFICIAL,
        first_seen_at=toll.at,
        published_at=toll.at,
        figures=toll.figures,
        sentence=toll.reason,
    )


def _without(report: Report, toll: StatedToll | None, grader: Grader) -> Report:
    """Return a report without the figures that a person replaced, and without the grade that rested on them."""
    if toll is None:
        return report
    if report.first_seen_at <= toll.at:
        gone = {name for name in report.figures if name in TOLL}
    elif report.trust is Trust.OFFICIAL:
        return report
    else:
        gone = {name for name, value in report.figures.items() if toll.struck.get(name) == value}
    if not gone:
        return report
    own = grader.by_figures(report.kind, report.figures).likely
    worded = report.likely if report.likely is not None and (own is None or report.likely > own) else None
    kept = {name: value for name, value in report.figures.items() if name not in gone}
    return replace(report, figures=kept, likely=worded)


def struck_by(known: Mapping[str, int], figures: Mapping[str, int]) -> dict[str, int]:
    """Return which known figures a person replaces by his."""
    return {name: value for name, value in known.items() if name in TOLL and figures.get(name) != value}
