"""Load what offices are appraised by, with every mistake named by file and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.part import Part
from monitor.config.release import Slug, named_twice
from monitor.config.rule_entries import NamePart
from monitor.config.rule_fields import LegalSourcePart
from monitor.core.appraisal.rules import AppraisalRules, Content, FigureName, Grade, HandFigure
from monitor.core.errors import N_

FILE = Path(__file__).parents[1] / "rules" / "appraisal.yaml"


class _HandPart(Part):
    id: Slug
    name: NamePart


class _ContentPart(Part):
    id: Slug
    name: NamePart
    figures: list[FigureName] = Field(default=[])
    by_hand: list[_HandPart] = Field(default=[])


class _GradePart(Part):
    id: Slug
    name: NamePart
    consequence: NamePart | None = None


class _AppraisalFile(Part):
    notice_days: int = Field(ge=0, le=366)
    contents: list[_ContentPart] = Field(min_length=1)
    grades: list[_GradePart] = Field(min_length=2)
    source: LegalSourcePart
    verified: bool


def load_appraisal(file: Path = FILE) -> AppraisalRules:
    """Return what offices are appraised by. Raise BadDocument."""
    document = read(file)
    form = check(document, _AppraisalFile)
    problems = list(_twice(document, form))
    if problems:
        raise BadDocument(in_order(problems))
    best = len(form.grades)
    return AppraisalRules(
        contents=tuple(
            Content(
                one.id,
                one.name.zh,
                one.name.en,
                tuple(one.figures),
                tuple(HandFigure(figure.id, figure.name.zh, figure.name.en) for figure in one.by_hand),
            )
            for one in form.contents
        ),
        grades=tuple(
            Grade(
                one.id,
                one.name.zh,
                one.name.en,
                best - place,
                one.consequence.zh if one.consequence else "",
                one.consequence.en if one.consequence else "",
            )
            for place, one in enumerate(form.grades)
        ),
        notice_days=form.notice_days,
        source=form.source.source(),
        verified=form.verified,
    )


def _twice(document: Document, form: _AppraisalFile) -> Iterator[Problem]:
    """Yield what has the id of another: what is kept under it could not be told apart."""
    yield from named_twice(document, "contents", [one.id for one in form.contents])
    yield from named_twice(document, "grades", [one.id for one in form.grades])
    seen: set[str] = set()
    for n, content in enumerate(form.contents):
        for m, figure in enumerate(content.by_hand):
            if figure.id in seen:
                where = ("contents", n, "by_hand", m, "id")
                yield document.problem(where, N_("The id {id} stands here a second time."), id=figure.id)
            seen.add(figure.id)
