"""What people found when they looked into a claim, and where it stands on its way to a clarification. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model import RumourState
from monitor.core.particulars import Claim


class CheckResult(StrEnum):
    """What somebody who looked into a claim found; each has a label in the catalogues."""

    FALSE = "false"
    PARTLY = "partly"
    TRUE = "true"
    UNDECIDED = "undecided"


class ClaimStage(StrEnum):
    """How far a claim has come; the first three are open."""

    UNCHECKED = "unchecked"
    UNDECIDED = "undecided"
    TO_CLARIFY = "to_clarify"
    CLARIFIED = "clarified"
    TRUE = "true"
    CONFIRMED = "confirmed"


OPEN_STAGES = frozenset({ClaimStage.UNCHECKED, ClaimStage.UNDECIDED, ClaimStage.TO_CLARIFY})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """That somebody looked into a claim: with what result, with whom or by what, when. Kept for good."""

    id: int
    result: CheckResult
    basis: str
    at: datetime
    by: str
    matter_id: int | None = None
    claim: Claim | None = None


def stage_of(
    checks: Sequence[ClaimCheck], cleared_at: datetime | None, rumour: RumourState | None = None
) -> ClaimStage:
    """Return how far a claim has come, from the last check, the last standing clarification, and what the voices say.

    Where an official word confirms the incident, nothing false is left to clarify; that need not make this claim true.
    A check after a clarification that finds the claim false or partly so leaves it clarified; one that finds it true
    does not.
    """
    last = max(checks, key=lambda check: (check.at, check.id), default=None)
    if last is not None and last.result is CheckResult.TRUE:
        return ClaimStage.TRUE
    if cleared_at is not None:
        return ClaimStage.CLARIFIED
    if last is None:
        if rumour is RumourState.CONFIRMED:
            return ClaimStage.CONFIRMED
        return ClaimStage.TO_CLARIFY if rumour is RumourState.DENIED else ClaimStage.UNCHECKED
    return ClaimStage.UNDECIDED if last.result is CheckResult.UNDECIDED else ClaimStage.TO_CLARIFY
