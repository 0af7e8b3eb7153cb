"""Where a draft stands on its path, and who may do what to it next. Pure; every refusal is a Mistake that says why.

A gate that was passed holds for what it examined, by its hash, and only until an edit: what is changed and changed back
has to be looked at again (OWASP Transaction Authorization, 2.7 and 2.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.drafts.draft import (
    OPEN_STATES,
    Draft,
    DraftState,
    Gate,
    GateStep,
    Person,
    Verdict,
    Version,
    Wording,
    digest,
)
from monitor.core.errors import N_, Mistake

# Whoever did the one may not do the other to the same draft.
APART = (
    (Gate.DRAFT, Gate.SECRECY),
    (Gate.DRAFT, Gate.APPROVAL),
    (Gate.SECRECY, Gate.APPROVAL),
    (Gate.SECRECY, Gate.PUBLICATION),
)
COUNTS = frozenset({Verdict.PASSED, Verdict.PUBLISHED, Verdict.PUBLISHED_URGENTLY, Verdict.OBJECTED})


class DraftClosed(Mistake):
    """Somebody acted on a draft that is published or withdrawn."""

    message = N_("Draft {id} is closed: it was published or withdrawn. Nothing was changed; begin a new draft.")


class DraftMoved(Mistake):
    """Somebody decided on a version that is not the newest any more."""

    message = N_(
        "Draft {id} has been changed since this page was shown: {by} saved version {number} at {at}. "
        "Read it, then decide. Nothing was changed."
    )


class NotItsTurn(Mistake):
    """A gate was to be passed that does not wait for this draft."""

    message = N_("Draft {id} does not wait at this gate now. Look at it again; nothing was changed.")


class NotSubmitted(Mistake):
    """A gate was to be passed by a draft that its writer has not handed in."""

    message = N_("Draft {id} is still being written. It must be handed in first.")


class AlreadySubmitted(Mistake):
    """A draft was handed in twice."""

    message = N_("Draft {id} is handed in already; nothing was changed.")


class NothingDrafted(Mistake):
    """A draft without title or text was to go on its way."""

    message = N_("A draft needs a title and a text before it can be handed in or published.")


class SamePerson(Mistake):
    """One person wanted to do two things to a draft that two people must do."""

    message = N_(
        "{name} has already taken part in draft {id} in another role. Who writes, who reviews for secrecy and who "
        "approves must be different people. Ask somebody else."
    )


class PathNotPassed(Mistake):
    """A draft was to be published before it had passed all gates."""

    message = N_(
        "Draft {id} has not passed all its gates. If the deadline does not wait, publish it urgently and say why; "
        "the review is then made later."
    )


class NothingOwed(Mistake):
    """A later review was to be made of a draft that owes none."""

    message = N_("Draft {id} waits for no later review; nothing was changed.")


def holds(draft: Draft, gate: Gate) -> bool:
    """Tell whether a gate was passed for exactly what the draft says now."""
    last = last_at(draft, gate)
    return last is not None and last.verdict is Verdict.PASSED and last.hash == digest(draft.wording, gate)


def last_at(draft: Draft, gate: Gate) -> GateStep | None:
    """Return what happened last at a gate."""
    return next((step for step in reversed(draft.steps) if step.gate is gate), None)


def waits_at(draft: Draft, path: tuple[Gate, ...]) -> Gate | None:
    """Return the gate that a draft waits at: the first not passed, publication at the end, None where it waits at none.

    A published draft waits at the gates that were left out, until they are passed or somebody objects.
    """
    if draft.state is DraftState.DRAFTING:
        return Gate.DRAFT
    if draft.state is DraftState.SUBMITTED:
        return next((gate for gate in path if not holds(draft, gate)), Gate.PUBLICATION)
    if draft.state is DraftState.PUBLISHED and draft.later_due_at is not None:
        return next((gate for gate in draft.path if not holds(draft, gate)), None)
    return None


def took_part(draft: Draft, person: Person, gate: Gate) -> bool:
    """Tell whether somebody has done what a gate asks, whatever became of it afterwards."""
    if gate is Gate.DRAFT:
        return any(author.is_(person) for author in draft.authors)
    return any(step.gate is gate and step.verdict in COUNTS and step.by.is_(person) for step in draft.steps)


def in_the_way(draft: Draft, person: Person, gate: Gate) -> Gate | None:
    """Return what somebody did to a draft that keeps him from a gate, None where nothing does."""
    others = [b if a is gate else a for a, b in APART if gate in (a, b)]
    return next((other for other in others if took_part(draft, person, other)), None)


def may_pass(draft: Draft, path: tuple[Gate, ...], person: Person, gate: Gate) -> bool:
    """Tell whether somebody may act at a gate now, as far as the draft decides it."""
    return waits_at(draft, path) is gate and in_the_way(draft, person, gate) is None


def refuse_stale(draft: Draft, seen: int) -> None:
    """Raise DraftMoved unless the version that somebody saw is the newest."""
    if seen != draft.version.number:
        newest = draft.version
        raise DraftMoved(id=draft.id, by=newest.by.name, number=newest.number, at=shown(newest.at))


def refuse_closed(draft: Draft) -> None:
    """Raise DraftClosed where a draft is published or withdrawn."""
    if draft.state not in OPEN_STATES:
        raise DraftClosed(id=draft.id)


def refuse_same(draft: Draft, person: Person, gate: Gate) -> None:
    """Raise SamePerson where somebody did something to the draft that another has to do."""
    if in_the_way(draft, person, gate) is not None:
        raise SamePerson(id=draft.id, name=person.name)


def refuse_empty(draft: Draft) -> None:
    """Raise NothingDrafted where there is nothing to be read."""
    if not draft.wording.title.strip() or not draft.wording.text.strip():
        raise NothingDrafted


def edited(draft: Draft, wording: Wording, by: Person, now: datetime) -> tuple[GateStep, ...]:
    """Return which passed gates lapse by an edit, in the order in which they were passed. Raise what forbids it.

    A secrecy reviewer or approver who edits would review himself, so he may not.
    """
    refuse_closed(draft)
    refuse_same(draft, by, Gate.DRAFT)
    return tuple(_lapses(draft, wording, by, now))


def _lapses(draft: Draft, wording: Wording, by: Person, now: datetime) -> Iterator[GateStep]:
    number = draft.version.number + 1
    for gate in (Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL):
        if holds(draft, gate) and digest(wording, gate) != digest(draft.wording, gate):
            yield GateStep(gate=gate, verdict=Verdict.LAPSED, version=number, by=by, at=now, hash=digest(wording, gate))


def submitted(draft: Draft, seen: int, by: Person, now: datetime) -> GateStep:
    """Return the step by which a draft is handed in; raise what forbids it."""
    refuse_closed(draft)
    refuse_stale(draft, seen)
    refuse_empty(draft)
    if draft.state is DraftState.SUBMITTED:
        raise AlreadySubmitted(id=draft.id)
    return _step(draft, Gate.DRAFT, Verdict.SUBMITTED, by, now)


def judged(
    draft: Draft,
    path: tuple[Gate, ...],
    gate: Gate,
    verdict: Verdict,
    *,
    seen: int,
    by: Person,
    now: datetime,
    comment: str = "",
) -> GateStep:
    """Return the step by which somebody passes a gate, sends the draft back there, or objects after publication."""
    if draft.state is DraftState.WITHDRAWN:
        raise DraftClosed(id=draft.id)
    refuse_stale(draft, seen)
    if draft.state is DraftState.DRAFTING:
        raise NotSubmitted(id=draft.id)
    waiting = waits_at(draft, path)
    if draft.state is DraftState.PUBLISHED and waiting is None:
        raise NothingOwed(id=draft.id)
    if waiting is not gate:
        raise NotItsTurn(id=draft.id)
    refuse_same(draft, by, gate)
    after = draft.state is DraftState.PUBLISHED and verdict is Verdict.RETURNED
    return _step(draft, gate, Verdict.OBJECTED if after else verdict, by, now, comment)


def published(
    draft: Draft, path: tuple[Gate, ...], *, seen: int, by: Person, now: datetime, urgent: str = ""
) -> GateStep:
    """Return the step by which a draft is published; with an `urgent` reason before it has passed its gates."""
    refuse_closed(draft)
    refuse_stale(draft, seen)
    refuse_empty(draft)
    refuse_same(draft, by, Gate.PUBLICATION)
    if waits_at(draft, path) is Gate.PUBLICATION:
        return _step(draft, Gate.PUBLICATION, Verdict.PUBLISHED, by, now)
    if not urgent:
        raise PathNotPassed(id=draft.id)
    return _step(draft, Gate.PUBLICATION, Verdict.PUBLISHED_URGENTLY, by, now, urgent)


def withdrawn(draft: Draft, by: Person, now: datetime, comment: str) -> GateStep:
    """Return the step by which a draft is given up."""
    refuse_closed(draft)
    return _step(draft, Gate.DRAFT, Verdict.WITHDRAWN, by, now, comment)


def owed(draft: Draft, path: tuple[Gate, ...]) -> tuple[Gate, ...]:
    """Return the gates that a draft has not passed."""
    return tuple(gate for gate in path if not holds(draft, gate))


def next_version(draft: Draft, wording: Wording, by: Person, now: datetime, answers: tuple[int, ...]) -> Version:
    """Return the version that an edit makes."""
    return Version(number=draft.version.number + 1, wording=wording, by=by, at=now, answers=answers)


def _step(draft: Draft, gate: Gate, verdict: Verdict, by: Person, now: datetime, comment: str = "") -> GateStep:
    return GateStep(
        gate=gate,
        verdict=verdict,
        version=draft.version.number,
        by=by,
        at=now,
        comment=comment,
        hash=digest(draft.wording, gate),
    )
