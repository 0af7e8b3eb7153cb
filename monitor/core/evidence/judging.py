"""One look at a page -> how it stands, when to look again, what to tell. Pure.

What a look shows for the first time is confirmed by a second one before anybody is told of it: servers stumble, caches
lag. An outage is no disappearance: it is tried again, less and less often, and told when it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.evidence.captures import AWAY, EvidenceState, Finding, Followed, Outcome, Seen, Suspect

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7)
CONFIRM_FIRST, CONFIRM = 2 * MINUTE, 15 * MINUTE
PAUSES = (MINUTE, 10 * MINUTE, HOUR, 4 * HOUR)
# Whoever has just logged a response can still mend a wrong link; later on it is no matter of hours.
TOLD_AFTER_FIRST, TOLD_AFTER = timedelta(hours=1), DAY


@dataclass(frozen=True, slots=True)
class Step:
    """How a page stands after a look; `baseline` tells that later looks are to be compared with this one.

    `gone` tells that the response no longer stands, which a second look has confirmed.
    """

    followed: Followed
    findings: tuple[Finding, ...] = ()
    baseline: bool = False
    gone: bool = False


def judge(before: Followed, seen: Seen, *, changed: bool, now: datetime) -> Step:
    """Decide what a look at a page means; `changed` tells that it differs from what was kept."""
    if seen.outcome is Outcome.KEPT:
        return _first(before, now) if before.first_kept_at is None else _again(before, changed=changed, now=now)
    if seen.outcome in AWAY:
        return _away(before, now)
    return _out(before, seen, now)


def next_look(first_kept_at: datetime, now: datetime) -> datetime:
    """Return when a page that stands is looked at again: a day after it was first kept, then weekly."""
    after_a_day = first_kept_at + DAY
    return after_a_day if now < after_a_day else now + WEEK


def _settled(before: Followed, state: EvidenceState, now: datetime) -> Followed:
    first = before.first_kept_at or now
    return Followed(state=state, first_kept_at=first, due_at=next_look(first, now))


def _first(before: Followed, now: datetime) -> Step:
    return Step(_settled(before, EvidenceState.KEPT, now), baseline=True)


def _again(before: Followed, *, changed: bool, now: datetime) -> Step:
    vanished = before.state is EvidenceState.VANISHED
    if changed and before.suspect is not Suspect.CHANGED:
        doubted = EvidenceState.VANISHED if vanished else EvidenceState.DOUBTED
        return Step(_suspected(before, doubted, Suspect.CHANGED, CONFIRM, now))
    back = (Finding.BACK,) if vanished else ()
    if changed:
        return Step(_settled(before, EvidenceState.CHANGED, now), (*back, Finding.CHANGED), baseline=True)
    return Step(_settled(before, EvidenceState.KEPT, now), back)


def _suspected(before: Followed, state: EvidenceState, suspect: Suspect, pause: timedelta, now: datetime) -> Followed:
    same = before.suspect is suspect
    return replace(
        before,
        state=state,
        suspect=suspect,
        tries=before.tries + 1 if same else 1,
        troubled_since=(before.troubled_since if same else None) or now,
        told=before.told and same,
        due_at=now + pause,
    )


def _away(before: Followed, now: datetime) -> Step:
    new = before.first_kept_at is None
    if before.suspect is not Suspect.AWAY:
        state = EvidenceState.VANISHED if before.state is EvidenceState.VANISHED else EvidenceState.DOUBTED
        return Step(_suspected(before, state, Suspect.AWAY, CONFIRM_FIRST if new else CONFIRM, now))
    state = EvidenceState.MISSING if new else EvidenceState.VANISHED
    after = _suspected(before, state, Suspect.AWAY, _pause(before, now), now)
    if before.told:
        return Step(after)
    found = Finding.MISSING if new else Finding.VANISHED
    return Step(replace(after, told=True), (found,), gone=not new)


def _out(before: Followed, seen: Seen, now: datetime) -> Step:
    """Try again after an outage; what was seen before it stays as it was, and is told when the outage lasts."""
    since = before.troubled_since or now
    after = replace(before, tries=before.tries + 1, troubled_since=since, due_at=now + _pause(before, now))
    if before.told:
        return Step(after)
    barred = seen.outcome is Outcome.NOT_ALLOWED
    if not barred and now - since < (TOLD_AFTER_FIRST if before.first_kept_at is None else TOLD_AFTER):
        return Step(after)
    state = EvidenceState.VANISHED if before.state is EvidenceState.VANISHED else EvidenceState.NO_ACCESS
    finding = Finding.NOT_ALLOWED if barred else Finding.NO_ACCESS
    return Step(replace(after, state=state, suspect=Suspect.NOTHING, told=True), (finding,))


def _pause(before: Followed, now: datetime) -> timedelta:
    """Return the pause after so many looks that settled nothing: minutes, hours, days, at last weeks."""
    if before.tries < len(PAUSES):
        return PAUSES[before.tries]
    long = before.troubled_since is not None and now - before.troubled_since >= WEEK
    return WEEK if long else DAY
