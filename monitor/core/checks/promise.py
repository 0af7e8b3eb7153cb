"""C8: when does the release say that the next one comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from monitor.core.checks.draft import Draft
from monitor.core.checks.moments import LONGEST, Named, moments, spans_on
from monitor.core.checks.rules import Span
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark

# So many characters may stand between a moment and the words that promise, before them and behind.
NEAR, FAR, LOOK = 4, 24, 60
# No release promises more often.
MOST = 200
# What is counted up to an hour is no promise of it.
_AS_OF = re.compile("截[至止]到?.{0,2}$")


def next_release(draft: Draft, base: datetime) -> tuple[Finding, datetime | None]:
    """Return whether the next release is promised, and the promised moment; it counts from `base`.

    What is over needs none. Of several moments the first that names an hour counts.
    """
    found = [(span, named) for span in draft.of("next")[:MOST] for named in _named(draft, span, base)]
    coming = [(span, named) for span, named in found if named.at > base]
    if not coming:
        spans = draft.of("next_if_ahead")[:MOST]
        coming = [(span, n) for span in spans for n in _named(draft, span, base) if n.at > base and n.dated]
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
    """Yield the moments that a promise names: in or behind its words, or right before them (明早8点发布).

    The hour of the accident stands in many of these sentences as well, and what is counted up to an hour.
    """
    part = draft.part(span.start)
    start, end = max(part.start, span.start - LOOK), min(part.end, span.end + LOOK)
    found = [*moments(draft.folded, start, end, base, ahead=True), *spans_on(draft.folded, start, end, base)]
    for named in sorted(found, key=lambda n: n.start):
        before = named.start < span.start and span.start - named.end <= NEAR
        behind = span.start <= named.start <= span.end + FAR
        counted = _AS_OF.search(draft.folded, max(start, named.start - 5), named.start)
        if (before or behind) and not counted and named.at - base <= LONGEST:
            yield named
