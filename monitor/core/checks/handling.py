"""C3 to C6: rescue and the level of response, who commands and investigates, what people should do, the victims."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.draft import Draft
from monitor.core.checks.facts import Point, judged
from monitor.core.checks.rules import Span
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark
from monitor.core.model import Severity

HARMED = ("deaths", "missing", "trapped", "injured", "serious")
TO_BE_SAVED = ("trapped", "injured", "serious")
# 固定电话, 400 numbers, short public lines such as 119 and 12345; a word such as 电话 stands by.
PHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-—\s]?\d{7,8}|400[-—\s]?\d{3}[-—\s]?\d{4}|1[12]\d{3}|1[12][0-9]|9[56]\d{3,4}|1[3-9]\d{9}|[2-8]\d{6,7})(?!\d)"
)
# 原因初步调查为…: what looks like an inquiry that goes on names a cause all the same.
_NAMES = re.compile(r"[^，,。；;\n]{0,4}?[为是系]")


def rescue(draft: Draft, known: Circumstances) -> Finding:
    """Return what the release says of forces, of those brought to safety, and of the level of response."""
    forces = draft.first("forces")
    saved = draft.first("saved")
    level = draft.first("level")
    points: list[Point] = [(forces, None) if forces else ("", Remark(Note.NO_FORCES))]
    hurt = harmed(draft, known, TO_BE_SAVED) and not draft.of("over", "concluded")
    if hurt or saved:
        points.append((saved, None) if saved else ("", Remark(Note.NOBODY_SAVED)))
    if (known.severity or Severity.GENERAL) >= Severity.LARGER or level:
        points.append((level, None) if level else ("", Remark(Note.NO_LEVEL)))
    return judged(Check.RESCUE, points)


def cause(draft: Draft, known: Circumstances) -> Finding:
    """Return whether command and inquiry are named and the cause is left to the investigators."""
    command, inquiry = draft.first("command"), draft.first("inquiry", "cause_pending", "concluded")
    points: list[Point] = [(inquiry, None) if inquiry else ("", Remark(Note.NO_INQUIRY))]
    if (known.severity or Severity.GENERAL) >= Severity.LARGER or command:
        points.append((command, None) if command else ("", Remark(Note.NO_COMMAND)))
    guesses = [] if draft.of("concluded") else list(guessed(draft))
    if guesses:
        remarks = tuple(Remark(Note.GUESSED_CAUSE, sentence=said) for said in dict.fromkeys(guesses))
        found = judged(Check.CAUSE, points)
        return Finding(Check.CAUSE, Mark.MISSING, found.proofs, (*remarks, *found.remarks))
    return judged(Check.CAUSE, points)


def guessed(draft: Draft) -> Iterator[str]:
    """Yield the sentences that name a cause which nobody has found yet, 初步 ones included.

    That the cause is being looked into names none; the weather is no finding of fault, and a
    cited rumour is not the release's own word.
    """
    pending = (span for span in draft.of("cause_pending") if not _NAMES.match(draft.folded, span.end))
    innocent = sorted([*(s.start for s in pending), *(s.start for s in draft.of("nature"))])
    rumoured = draft.sentences_with("rumour")
    for span in draft.of("cause"):
        inside = bisect_left(innocent, span.start) < bisect_left(innocent, span.end)
        if not inside and draft.part(span.start).index not in rumoured:
            yield draft.quote(span.start)


def advice(draft: Draft, known: Circumstances) -> Finding:
    """Return whether people are told what to do, and whom to call."""
    told = draft.first("advice")
    points: list[Point] = [(told, None) if told else ("", Remark(Note.NO_ADVICE))]
    phone = phones(draft)
    if not phone:
        points.append(("", Remark(Note.NO_PHONE, {"phone": known.phone or "—"})))
    else:
        digits = re.sub(r"\D", "", known.phone)
        written = [re.sub(r"\D", "", draft.folded[span.start : span.end]) for span in phone]
        other = bool(digits) and not any(digits.endswith(one) or one.endswith(digits) for one in written)
        public = any(len(one) <= 5 or one.startswith("400") for one in written)
        wrong = Remark(Note.OTHER_PHONE, {"phone": known.phone}, draft.quote(phone[0].start))
        points.append((draft.quote(phone[0].start), wrong if other and not public else None))
    return judged(Check.ADVICE, points)


def phones(draft: Draft) -> list[Span]:
    """Return the numbers that people may call: in a sentence that says so."""
    sentences = draft.sentences_with("phone")
    found = (Span(m.start(), m.end()) for m in PHONE.finditer(draft.folded))
    return [span for span in found if draft.part(span.start).index in sentences]


def empathy(draft: Draft, known: Circumstances) -> Finding:
    """Return whether the release has a word for those who were harmed; none is owed where nobody was."""
    said = draft.first("empathy")
    if said:
        return Finding(Check.EMPATHY, Mark.FULFILLED, (said,))
    if not harmed(draft, known, HARMED):
        return Finding(Check.EMPATHY, Mark.NOT_APPLICABLE, (), (Remark(Note.NOBODY_HARMED),))
    return Finding(Check.EMPATHY, Mark.MISSING, (), (Remark(Note.NO_EMPATHY),))


def harmed(draft: Draft, known: Circumstances, fields: tuple[str, ...]) -> bool:
    """Tell whether anybody was harmed in one of these ways, by the release or by the reports."""
    own = any((draft.assessment.casualties.value(name) or 0) > 0 for name in fields)
    return own or any(toll.value > 0 for one in known.tolls if one.figure in fields for toll in one.told)
