"""When those are told whom a draft waits for, and how often until they act. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.access.roles import Permission
from monitor.core.drafts.draft import OPEN_STATES, Draft, DraftState, Gate, GateStep, Verdict
from monitor.core.drafts.gates import waits_at
from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft, stamp
from monitor.core.model import AlertReason
from monitor.core.people.duty import Recipient

POINT = "draft"
OBJECTED = f"{POINT}:objected"
# Nobody is told of the same draft at the same gate more often than this.
AT_MOST = timedelta(hours=1)
# Where no deadline waits for it, and after a later review has fallen due.
CALM = timedelta(hours=24)
BEFORE_DUE = timedelta(hours=1)
NEEDED: Mapping[Gate, Permission] = {
    Gate.DRAFT: Permission.DRAFT,
    Gate.SELF_REVIEW: Permission.DRAFT,
    Gate.SECRECY: Permission.REVIEW,
    Gate.APPROVAL: Permission.APPROVE,
    Gate.PUBLICATION: Permission.RESPOND,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be told of a draft now: at which gate, under which name, and when to look again (None: never).

    `point` is empty where nothing is to be told yet.
    """

    point: str = ""
    gate: Gate = Gate.DRAFT
    look_at: datetime | None = None


def turn_of(
    draft: Draft, path: tuple[Gate, ...], told: Mapping[str, datetime], now: datetime, *, pressing: bool
) -> Turn:
    """Return what is to be told of a draft at `now`.

    `told` says when each point was told last; `pressing` whether a live deadline waits for the draft.
    """
    gate, last = waits_at(draft, path), draft.steps[-1] if draft.steps else None
    if draft.state is DraftState.DRAFTING and last is not None and last.verdict is Verdict.RETURNED:
        return _once(f"{POINT}:returned", Gate.DRAFT, last, told)
    if draft.state is DraftState.SUBMITTED and gate is not None:
        point = f"{POINT}:{gate.value}"
        return _again(point, gate, told.get(point), AT_MOST if pressing else CALM, now)
    if draft.state is DraftState.PUBLISHED:
        if last is not None and last.verdict is Verdict.OBJECTED:
            return _once(OBJECTED, Gate.PUBLICATION, last, told)
        if gate is not None and draft.later_due_at is not None:
            return _later(f"{POINT}:later", gate, told.get(f"{POINT}:later"), draft.later_due_at, now)
    return Turn()


def _once(point: str, gate: Gate, last: GateStep, told: Mapping[str, datetime]) -> Turn:
    before = told.get(point)
    return Turn() if before is not None and before >= last.at else Turn(point, gate)


def _again(point: str, gate: Gate, before: datetime | None, every: timedelta, now: datetime) -> Turn:
    """Tell at once, and again `every` so often; one that comes back to a gate is told of after an hour at the soonest.

    A clock that had run ahead does not keep anybody silent.
    """
    if before is None or before > now or now - before >= every:
        return Turn(point, gate, now + every)
    return Turn("", gate, before + every)


def _later(point: str, gate: Gate, before: datetime | None, due_at: datetime, now: datetime) -> Turn:
    """Tell of an owed review at once, an hour before its end, at its end, and each day from then on."""
    after = due_at + CALM * max(0, (now - due_at) // CALM)
    moments = (due_at - BEFORE_DUE, due_at, after, after + CALM)
    look_at = min(at for at in moments if at > now)
    passed = [at for at in moments if at <= now]
    fresh = before is None or before > now or any(at > before for at in passed)
    if fresh and before is not None and timedelta(0) <= now - before < AT_MOST:
        return Turn("", gate, before + AT_MOST)
    return Turn(point if fresh else "", gate, look_at)


def alert_of(
    turn: Turn,
    draft: Draft,
    audience: tuple[Recipient, ...],
    now: datetime,
    *,
    pressing: bool,
    detail: Mapping[str, str],
) -> AlertDraft:
    """Return the alert of a turn. People are woken where a live deadline waits, or what is public is objected to."""
    page = (pressing and draft.state in OPEN_STATES) or turn.point == OBJECTED
    return AlertDraft(
        key=f"{turn.point}:{draft.id}:{draft.version.number}@{stamp(now)}",
        reason=AlertReason.REVIEW,
        matter_id=draft.matter_id,
        point=turn.point,
        at=now,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=page,
        detail={"draft": str(draft.id), "title": draft.wording.title[:200], "gate": turn.gate.value, **detail},
        audience=audience,
    )
