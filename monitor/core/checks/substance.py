"""C11: how much of a release says something: empty clauses, facts, length, what was taken from the last release."""

from __future__ import annotations

import re

from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.draft import Draft
from monitor.core.checks.facts import past_moments
from monitor.core.checks.rules import Limits, Span
from monitor.core.checks.scorecard import Check, Finding, Mark, Measured, Note, Remark

SHINGLE = 4
_SAYS = re.compile(r"[\u3400-\u9fffa-z0-9]")
_SAID = re.compile(r"[\u3400-\u9fffa-z0-9]+")
# A clause with one of these says something, however it is dressed.
_NUMBER = re.compile(r"\d|[一二两三四五六七八九十百千万](?:名|人|辆|台|艘|架|套|支|处|户|间|级|起|次|小时|公里|米|吨)")
SUBSTANCE = (
    "level",
    "command",
    "inquiry",
    "cause_pending",
    "toll_pending",
    "advice",
    "next",
    "refuted",
    "evidence",
    "concluded",
)


def substance(draft: Draft, known: Circumstances, limits: Limits) -> tuple[Finding, Measured]:
    """Return whether the release has more facts than phrases, and what was counted."""
    measured = measure(draft, known)
    remarks: list[Remark] = []
    grave = False
    percent = {"percent": f"{measured.empty:.0%}"}
    if measured.empty >= limits.empty_some:
        grave = measured.empty >= limits.empty_most
        remarks.append(Remark(Note.MUCH_EMPTY, percent, _emptiest(draft)))
    if measured.factual < limits.factual_least:
        remarks.append(Remark(Note.FEW_FACTS, {"percent": f"{measured.factual:.0%}"}))
    if measured.length < limits.shortest:
        remarks.append(Remark(Note.TOO_SHORT, {"length": measured.length, "least": limits.shortest}))
    if measured.length > limits.longest:
        remarks.append(Remark(Note.TOO_LONG, {"length": measured.length, "most": limits.longest}))
    if measured.repeated is not None and measured.repeated >= limits.repeated_some:
        grave = grave or measured.repeated >= limits.repeated_most
        remarks.append(Remark(Note.LIKE_LAST, {"percent": f"{measured.repeated:.0%}"}))
    mark = Mark.FULFILLED if not remarks else Mark.MISSING if grave else Mark.PARTLY
    return Finding(Check.SUBSTANCE, mark, (), tuple(remarks)), measured


def measure(draft: Draft, known: Circumstances) -> Measured:
    """Count the characters of clauses that hold a fact, and of those that hold an empty phrase and no fact."""
    facts = sorted(_facts(draft, known))
    phrases = sorted(span.start for span in draft.of("empty"))
    whole = factual = empty = 0
    f = p = 0
    for clause in draft.clauses():
        size = len(_SAYS.findall(draft.folded, clause.start, clause.end))
        while f < len(facts) and facts[f] < clause.start:
            f += 1
        while p < len(phrases) and phrases[p] < clause.start:
            p += 1
        whole += size
        if f < len(facts) and facts[f] < clause.end:
            factual += size
        elif p < len(phrases) and phrases[p] < clause.end:
            empty += size
    last = max(known.earlier, key=lambda e: e.published_at, default=None)
    return Measured(
        length=whole,
        empty=empty / whole if whole else 0.0,
        factual=factual / whole if whole else 0.0,
        repeated=None if last is None else repeated(draft.folded, last.text.casefold()),
    )


def _facts(draft: Draft, known: Circumstances) -> set[int]:
    starts = {span.start for span in draft.of(*SUBSTANCE)}
    starts |= {found.start() for found in _NUMBER.finditer(draft.folded)}
    starts |= {named.start for named in past_moments(draft, known.now)}
    starts |= {mention.start for mention in draft.examined.mentions}
    return starts


def _emptiest(draft: Draft) -> str:
    """Return the sentence with the most empty phrases."""
    counts: dict[int, list[Span]] = {}
    for span in draft.of("empty"):
        counts.setdefault(draft.part(span.start).index, []).append(span)
    most = max(counts.values(), key=len, default=[])
    return draft.quote(most[0].start) if most else ""


def repeated(text: str, last: str) -> float:
    """Return the share of a text's runs of four characters that the last release has as well."""
    own, other = _shingles(text), _shingles(last)
    return len(own & other) / len(own) if own else 0.0


def _shingles(text: str) -> set[str]:
    run = "".join(_SAID.findall(text))
    return {run[n : n + SHINGLE] for n in range(len(run) - SHINGLE + 1)}
