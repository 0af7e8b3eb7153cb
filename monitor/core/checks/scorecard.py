"""What the checks of a release come to, as values: marks, notes and the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Check(StrEnum):
    """The checks in their order; names, weights and sources stand in rules/release/checks.yaml."""

    FACTS = "C1"
    UNKNOWN = "C2"
    RESCUE = "C3"
    CAUSE = "C4"
    ADVICE = "C5"
    EMPATHY = "C6"
    QUESTIONS = "C7"
    NEXT = "C8"
    FIGURES = "C9"
    RUMOUR = "C10"
    SUBSTANCE = "C11"
    PRIVACY = "C12"
    SPEAKER = "C13"
    FORM = "C14"


class Mark(StrEnum):
    """How far a release does what a check asks."""

    FULFILLED = "fulfilled"
    PARTLY = "partly"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


WORTH: Mapping[Mark, float] = {Mark.FULFILLED: 1.0, Mark.PARTLY: 0.5, Mark.MISSING: 0.0}


class Note(StrEnum):
    """What is missing or in the way, or why a check does not apply; each has its sentence in the catalogues."""

    NO_PUBLISHER = "no_publisher"
    NO_TIME = "no_time"
    NO_HOUR = "no_hour"
    NO_PLACE = "no_place"
    OTHER_PLACE = "other_place"
    NO_EVENT = "no_event"
    NO_TOLL = "no_toll"
    NOTHING_OPEN = "nothing_open"
    NOT_HOW = "not_how"
    NO_FORCES = "no_forces"
    NOBODY_SAVED = "nobody_saved"
    NO_LEVEL = "no_level"
    NO_COMMAND = "no_command"
    NO_INQUIRY = "no_inquiry"
    GUESSED_CAUSE = "guessed_cause"
    NO_ADVICE = "no_advice"
    NO_PHONE = "no_phone"
    OTHER_PHONE = "other_phone"
    NO_EMPATHY = "no_empathy"
    NOT_ANSWERED = "not_answered"
    NO_PROMISE = "no_promise"
    PROMISE_WITHOUT_TIME = "promise_without_time"
    PROMISE_PAST = "promise_past"
    LOWER_THAN_BEFORE = "lower_than_before"
    CHANGED = "changed"
    LOWER_THAN_REPORTS = "lower_than_reports"
    RUMOUR_IN_TITLE = "rumour_in_title"
    NOT_REFUTED = "not_refuted"
    NO_EVIDENCE = "no_evidence"
    LITTLE_SPREAD = "little_spread"
    MUCH_EMPTY = "much_empty"
    FEW_FACTS = "few_facts"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LIKE_LAST = "like_last"
    IDENTITY_NUMBER = "identity_number"
    MOBILE_NUMBER = "mobile_number"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    HOME_ADDRESS = "home_address"
    PERSON = "person"
    NO_SPEAKER = "no_speaker"
    LOW_SPEAKER = "low_speaker"
    INVESTIGATOR = "investigator"
    NOT_AUTHORISED = "not_authorised"
    NO_BACKGROUND = "no_background"
    NO_AIM = "no_aim"
    NO_SCOPE = "no_scope"
    NO_MEASURES = "no_measures"
    NO_PLAIN_FORM = "no_plain_form"
    NOT_OF_THIS_KIND = "not_of_this_kind"
    NOBODY_HARMED = "nobody_harmed"
    NOTHING_ASKED = "nothing_asked"
    IT_IS_OVER = "it_is_over"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    NO_RUMOUR = "no_rumour"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Remark:
    """One note with the facts that its sentence names, and the words of the release that it is about."""

    note: Note
    facts: Mapping[str, str | int] = field(default_factory=dict)
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `proofs` are the sentences of the release that fulfil it."""

    check: Check
    mark: Mark
    proofs: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was counted: characters, the shares of empty and of factual clauses, the share taken from the last one."""

    length: int = 0
    empty: float = 0.0
    factual: float = 0.0
    repeated: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """All findings in order. `score` runs from 0 to 100 over the checks that apply, None where none does.

    `promised_at` is when the text says that the next release will come; `words` names the lists that were used.
    """

    findings: tuple[Finding, ...]
    score: int | None
    promised_at: datetime | None = None
    measured: Measured = field(default_factory=Measured)
    words: str = ""

    def finding(self, check: Check) -> Finding:
        """Return what one check found."""
        return next(finding for finding in self.findings if finding.check is check)

    @property
    def lacking(self) -> tuple[Finding, ...]:
        """The findings that name something to mend."""
        return tuple(f for f in self.findings if f.mark in (Mark.PARTLY, Mark.MISSING))


def scored(findings: tuple[Finding, ...], weight: Callable[[Finding], int]) -> int | None:
    """Return the share of what applies that is fulfilled, in hundredths, each check by its weight."""
    counted = [(weight(f), WORTH[f.mark]) for f in findings if f.mark in WORTH]
    whole = sum(share for share, _ in counted)
    return round(100 * sum(share * worth for share, worth in counted) / whole) if whole else None
