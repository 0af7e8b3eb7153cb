"""C1 and C2: the five facts; what is known, what is not, and how it is being found out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.draft import Draft
from monitor.core.checks.moments import Named, moments
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark
from monitor.core.model import CASUALTY_FIELDS, lies_in

ONE_DAY = timedelta(days=1)
# A place finer than any division of the gazetteer, named by what it is.
_SPOT = re.compile(
    r"[\u4e00-\u9fff]{1,10}?(?:镇|乡|村|街道|社区|小区|路|街|大道|高速|工业园|园区|开发区|码头|水库|煤矿|矿|厂|公司|大厦|广场|医院|学校|桥|隧道)"
)
Point = tuple[str, Remark | None]


def five_facts(draft: Draft, known: Circumstances) -> Finding:
    """Return which of the five facts the release holds: who publishes, when, where, what, how many."""
    points = [_publisher(draft, known), _when(draft, known), _where(draft, known), _what(draft), _toll(draft)]
    return judged(Check.FACTS, points)


def judged(check: Check, points: Iterable[Point]) -> Finding:
    """Return the finding of points each of which has a proof, a remark, or both: then it is half done."""
    listed = [point for point in points if point != ("", None)]
    remarks = tuple(remark for _, remark in listed if remark is not None)
    proofs = tuple(dict.fromkeys(proof for proof, _ in listed if proof))
    mark = Mark.PARTLY if remarks and proofs else Mark.MISSING if remarks else Mark.FULFILLED
    return Finding(check, mark, proofs, remarks)


def _publisher(draft: Draft, known: Circumstances) -> Point:
    if known.bureau and known.bureau in draft.shown:
        return draft.quote(draft.shown.index(known.bureau)), None
    says = {draft.part(span.start).index for span in draft.of("publishing")}
    for span in draft.of("publisher"):
        part = draft.part(span.start)
        if part.title or part.index in says or draft.signs_off(part):
            return draft.quote(span.start), None
    return "", Remark(Note.NO_PUBLISHER)


def _when(draft: Draft, known: Circumstances) -> Point:
    past = list(past_moments(draft, known.now))
    hour = next((named for named in past if named.exact), None)
    if hour is not None:
        return draft.quote(hour.start), None
    if past:
        return draft.quote(past[0].start), Remark(Note.NO_HOUR, sentence=draft.quote(past[0].start))
    return "", Remark(Note.NO_TIME)


def past_moments(draft: Draft, now: datetime) -> Iterable[Named]:
    """Yield the moments that lie behind, without those up to which something is counted and the day of publication."""
    counted = {span.end for span in draft.of("as_of")}
    promised = {draft.part(span.start).index for span in draft.of("next")}
    for part in draft.parts:
        if part.index in promised or draft.signs_off(part):
            continue
        for named in moments(draft.folded, part.start, part.end, now, ahead=False):
            # A day or a part of it is named by its end.
            began_at = named.at if named.exact else named.at - ONE_DAY
            if began_at <= now and not any(0 <= named.start - end <= 2 for end in counted):
                yield named


def _where(draft: Draft, known: Circumstances) -> Point:
    place, ours = draft.assessment.place, known.place
    spot = _SPOT.search(draft.folded)
    said = draft.quote(draft.shown.find(place.name)) if place.name and place.name in draft.shown else ""
    if place.code and ours.code and not _names(draft, ours.code):
        return said, Remark(Note.OTHER_PLACE, {"place": place.name, "known": ours.name or ours.code}, said)
    if said or spot:
        return said or draft.quote(spot.start() if spot else 0), None
    return "", Remark(Note.NO_PLACE)


def _names(draft: Draft, code: str) -> bool:
    """Tell whether the release names a division, or one that it lies in or that lies in it."""
    named = (means for voiced in draft.places for means in voiced.means)
    return any(means.isdigit() and (lies_in(means, code) or lies_in(code, means)) for means in named)


def _what(draft: Draft) -> Point:
    for word in draft.examined.telling:
        at = draft.folded.find(word)
        if at >= 0:
            return draft.quote(at), None
    said = draft.first("event")
    return (said, None) if said else ("", Remark(Note.NO_EVENT))


def _toll(draft: Draft) -> Point:
    figures = [getattr(draft.assessment.casualties, name) for name in CASUALTY_FIELDS]
    told = next((figure.sentence for figure in figures if figure is not None and figure.sentence), "")
    told = told or draft.first("toll_pending")
    return (told, None) if told else ("", Remark(Note.NO_TOLL))


def known_and_unknown(draft: Draft) -> Finding:
    """Return whether the release says what is not known yet, and how it is being found out."""
    over = draft.first("over", "concluded")
    open_said = draft.first("unknown")
    if not open_said and over:
        return Finding(Check.UNKNOWN, Mark.FULFILLED, (over,))
    how = draft.first("finding_out")
    if not open_said and not how:
        return Finding(Check.UNKNOWN, Mark.MISSING, (), (Remark(Note.NOTHING_OPEN), Remark(Note.NOT_HOW)))
    unknown: Point = (open_said or how, None)
    found_out: Point = (how, None) if how else ("", Remark(Note.NOT_HOW, sentence=open_said))
    return judged(Check.UNKNOWN, [unknown, found_out])
