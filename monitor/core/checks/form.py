"""C14: whether the interpretation of a policy says what it must, in a form that people read."""

from __future__ import annotations

from monitor.core.checks.draft import Draft
from monitor.core.checks.facts import Point, judged
from monitor.core.checks.scorecard import Check, Finding, Note, Remark

PARTS = (
    ("background", Note.NO_BACKGROUND),
    ("aim", Note.NO_AIM),
    ("scope", Note.NO_SCOPE),
    ("measures", Note.NO_MEASURES),
    ("plain_form", Note.NO_PLAIN_FORM),
)


def plain_form(draft: Draft) -> Finding:
    """Return which of background, aim, scope, measures and plain form the interpretation has."""
    points: list[Point] = []
    for name, note in PARTS:
        said = draft.first(name)
        points.append((said, None) if said else ("", Remark(note)))
    return judged(Check.FORM, points)
