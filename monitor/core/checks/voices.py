"""C10 and C13: which rumours a release cites, and whether who speaks may and should."""

from __future__ import annotations

from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.draft import Draft
from monitor.core.checks.facts import Point, judged
from monitor.core.checks.rules import Rank, ReleaseRules
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark
from monitor.core.model import ResponseKind, RumourState, Severity

SPREAD = (RumourState.GROWING, RumourState.DENIED)


def rumour(draft: Draft, known: Circumstances) -> Finding:
    """Return whether a cited rumour is refuted, by what, and not made known by the release itself."""
    cited = draft.of("rumour")
    if not cited:
        return Finding(Check.RUMOUR, Mark.NOT_APPLICABLE, (), (Remark(Note.NO_RUMOUR),))
    said = draft.quote(cited[0].start)
    refuted, evidence = draft.first("refuted"), draft.first("evidence")
    points: list[Point] = [
        (refuted, None) if refuted else ("", Remark(Note.NOT_REFUTED, sentence=said)),
        (evidence, None) if evidence else ("", Remark(Note.NO_EVIDENCE, sentence=said)),
    ]
    if cited[0].start < draft.title_end and not any(s.start < draft.title_end for s in draft.of("clarifying")):
        points.append(("", Remark(Note.RUMOUR_IN_TITLE, sentence=said)))
    if known.kind and known.rumour not in SPREAD and known.response is not ResponseKind.CLARIFICATION:
        points.append(("", Remark(Note.LITTLE_SPREAD, sentence=said)))
    return judged(Check.RUMOUR, points)


def speaker(draft: Draft, known: Circumstances, rules: ReleaseRules) -> Finding:
    """Return whether who speaks is high enough for the grade, and may speak of it."""
    allowed = _allowed(draft, known, rules)
    points: list[Point] = [] if allowed is None else [allowed]
    leak = draft.first("investigator")
    if leak and not draft.of("concluded"):
        points.append(("", Remark(Note.INVESTIGATOR, sentence=leak)))
    if known.response is ResponseKind.PRESS_CONFERENCE:
        points.append(_height(draft, known, rules))
    if not points:
        return Finding(Check.SPEAKER, Mark.NOT_APPLICABLE, (), (Remark(Note.NOT_OF_THIS_KIND),))
    return judged(Check.SPEAKER, points)


def highest(draft: Draft, rules: ReleaseRules) -> tuple[Rank, str] | None:
    """Return the highest rank that the text names, with its sentence."""
    spans = [(rank, span) for rank in rules.ranks for span in draft.of(f"rank:{rank.id}")]
    # 副市长 is no 市长.
    longest = {span.end: min(one.start for _, one in spans if one.end == span.end) for _, span in spans}
    whole = [(rank, span) for rank, span in spans if longest[span.end] == span.start]
    rank, span = max(whole, key=lambda one: one[0].height, default=(None, None))
    return None if rank is None or span is None else (rank, draft.quote(span.start))


def _height(draft: Draft, known: Circumstances, rules: ReleaseRules) -> Point:
    needed = rules.needed.get(known.severity or Severity.GENERAL, 0)
    asked = next(rank for rank in sorted(rules.ranks, key=lambda r: r.height) if rank.height >= needed)
    found = highest(draft, rules)
    if found is None:
        return "", Remark(Note.NO_SPEAKER, {"needed": asked.id})
    rank, said = found
    if rank.height >= needed:
        return said, None
    return said, Remark(Note.LOW_SPEAKER, {"rank": rank.id, "needed": asked.id}, said)


def _allowed(draft: Draft, known: Circumstances, rules: ReleaseRules) -> Point | None:
    """Return who alone may release what this is about, where somebody else does; a proof where they do."""
    for one in rules.authorities:
        if known.kind in one.kinds and known.severity is not None and known.severity >= one.at_least:
            said = draft.first(f"may:{one.id}")
            return (said, None) if said else ("", Remark(Note.NOT_AUTHORISED, {"authority": one.id}))
    return None
