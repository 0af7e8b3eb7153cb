"""A scorecard in the form in which it is kept with its response, and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark, Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheck:
    """What was found in the text of a logged response, when, and by which lists of words."""

    response_id: int
    at: datetime
    by: str
    words: str
    text: str
    score: int | None
    findings: tuple[Finding, ...]

    @property
    def lacking(self) -> tuple[Finding, ...]:
        """The findings that name something to mend."""
        return tuple(f for f in self.findings if f.mark in (Mark.PARTLY, Mark.MISSING))


def as_kept(card: Scorecard) -> list[dict[str, Any]]:
    """Return the findings as JSON holds them. The values of the enums are what is stored: they keep their meaning."""
    return [
        {
            "check": finding.check.value,
            "mark": finding.mark.value,
            "proofs": list(finding.proofs),
            "remarks": [
                {"note": remark.note.value, "facts": dict(remark.facts), "sentence": remark.sentence}
                for remark in finding.remarks
            ],
        }
        for finding in card.findings
    ]


def findings_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return kept findings as values."""
    return tuple(
        Finding(
            Check(one["check"]),
            Mark(one["mark"]),
            tuple(one["proofs"]),
            tuple(Remark(Note(r["note"]), r["facts"], r["sentence"]) for r in one["remarks"]),
        )
        for one in kept
    )


def unchecked(fault: str) -> Scorecard:
    """Return the card of a text that could not be checked, with the reason: a response is never held up for that."""
    remarks = (Remark(Note.NOT_CHECKED, {"fault": fault}),)
    findings = tuple(Finding(check, Mark.NOT_APPLICABLE, (), remarks) for check in Check)
    return Scorecard(findings=findings, score=None)
