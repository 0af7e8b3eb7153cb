"""C8: when does the release say that the next one comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.core.checks.draft import Draft
from monitor.core.checks.moments import Named, moments, spans_on
from monitor.core.checks.rules import Span
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark


def next_release(draft: Draft, base: datetime) -> tuple[Finding, datetime | None]:
    """Return whether the next release is promised, and the promised moment; it counts from `base`.

    What is over needs none. Of several moments the first that names an hour counts.
    """
    spans = draft.of("next")
    found = [(span, named) for span in spans for named in _named(draft, span, base)]
    coming = [(span, named) for span, named in found if named.at > base]
    if coming:
        span, named = min(coming, key=lambda one: (not one[1].exact, one[0].start, one[1].at))
        return Finding(Check.NEXT, Mark.FULFILLED, (draft.quote(span.start),)), named.at
    over = draft.first("over")
    if over:
        return Finding(Check.NEXT, Mark.NOT_APPLICABLE, (over,), (Remark(Note.IT_IS_OVER),)), None
    if found:
        said = draft.quote(found[0][0].start)
        return Finding(Check.NEXT, Mark.PARTLY, (), (Remark(Note.PROMISE_PAST, sentence=said),)), None
    vague = draft.first("next", "next_vague")
    if vague:
        return Finding(Check.NEXT, Mark.PARTLY, (), (Remark(Note.PROMISE_WITHOUT_TIME, sentence=vague),)), None
    return Finding(Check.NEXT, Mark.MISSING, (), (Remark(Note.NO_PROMISE),)), None


def _named(draft: Draft, span: Span, base: datetime) -> Iterator[Named]:
    """Yield the moments in the sentence of a promise: those of what has been are not of the promise."""
    part = draft.part(span.start)
    past = [s.end for s in draft.of("as_of") if part.start <= s.start < part.end]
    found = [
        *moments(draft.folded, part.start, part.end, base, ahead=True),
        *spans_on(draft.folded, part.start, part.end, base),
    ]
    for named in sorted(found, key=lambda n: n.start):
        if not any(0 <= named.start - end <= 2 for end in past):
            yield named
