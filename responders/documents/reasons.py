"""The form in which reasons reach people: sections of finished sentences, alike on a page and in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.errors import N_
from monitor.core.explain.grades import GradeExplained, Measure
from monitor.core.model import Severity
from responders.documents.messages import FIGURES, Composer
from responders.labels import label


class Mark(StrEnum):
    """What a sentence does: it speaks for, against, tells what would be otherwise, or only tells."""

    FOR = "for"
    AGAINST = "against"
    OTHERWISE = "otherwise"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence. `quote` is what it rests on, in the words of the text or the law, `note` where that stands."""

    text: str
    quote: str = ""
    note: str = ""
    mark: Mark = Mark.PLAIN
    link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences about one decision; `id` is the same in every language."""

    id: str
    title: str
    entries: tuple[Entry, ...]


# What a measure of a table counts, behind its number.
MEASURED: Mapping[str, str] = {
    **FIGURES,
    "dead_or_missing": N_("dead or missing"),
    "loss_yuan": N_("yuan of loss"),
}


WHOLE_COUNTRY = "000000"


def counted(composer: Composer, name: str, number: int) -> str:
    """Say a number with what it counts."""
    return f"{number:,} {composer.words(MEASURED.get(name, name))}"


def grade_entries(composer: Composer, grade: GradeExplained) -> tuple[Entry, ...]:
    """Say which table gives the grade, by which figure, and which figures would give a higher one."""
    words = composer.words
    law = f"{grade.document} {grade.article}"
    name = grade.zh if words.language == "zh" else grade.en
    table = words(N_("Table {table} ({id}, {version})"), table=name, id=grade.table, version=grade.version)
    unverified = "" if grade.verified else words(N_("The wording of this table has not been compared with its source."))
    return (
        Entry(_firm(composer, grade)),
        *((Entry(_likely(composer, grade)),) if grade.likely is not None else ()),
        *(Entry(text, mark=Mark.OTHERWISE) for measure in grade.measures for text in _ahead(composer, measure)),
        Entry(f"{table}{unverified and ' ' + unverified}", quote=grade.quote, note=law),
    )


def _firm(composer: Composer, grade: GradeExplained) -> str:
    words = composer.words
    decided = next((measure for measure in grade.measures if measure.name == grade.decided_by), None)
    if grade.severity is None or decided is None or decided.met is None or decided.value is None:
        return words(N_("No figure that the table looks at is stated, so there is no firm grade."))
    return words(
        N_("Firm grade {grade}: {figure}; it begins at {at}."),
        grade=said(composer, grade.severity),
        figure=counted(composer, decided.name, decided.value),
        at=decided.met.at,
    )


def _likely(composer: Composer, grade: GradeExplained) -> str:
    words = composer.words
    assert grade.likely is not None
    likely = said(composer, grade.likely)
    if grade.at_risk:
        return words(
            N_("Likely grade {grade}: if the {n} missing, trapped or adrift were dead."), grade=likely, n=grade.at_risk
        )
    return words(N_("Likely grade {grade}: the wording says so while no dead are stated."), grade=likely)


def _ahead(composer: Composer, measure: Measure) -> list[str]:
    """Say from which figure on the next grade begins, and 重大 where that is not the next one."""
    higher = [threshold for threshold in measure.ahead if threshold.severity > Severity.GENERAL]
    wanted = [*higher[:1], *(t for t in higher[1:] if t.severity is Severity.MAJOR)]
    if measure.value is None and measure.name != "deaths":
        wanted = [threshold for threshold in wanted if threshold.severity is Severity.MAJOR]
    return [
        composer.words(
            N_("{figure} would make it {grade}."),
            figure=counted(composer, measure.name, threshold.at),
            grade=said(composer, threshold.severity),
        )
        for threshold in wanted
    ]


def region_name(composer: Composer, region: str) -> str:
    """Say which region a bureau answers for."""
    if region == WHOLE_COUNTRY:
        return composer.words(N_("the whole country"))
    return composer.names.places.get(region, region)


def said(composer: Composer, severity: Severity) -> str:
    """Say a grade."""
    return composer.words(label(severity))
