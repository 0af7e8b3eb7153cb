"""What a person may do to a deadline: its rule says how far, and what is refused names that rule. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.core.beijing import shown
from monitor.core.duties.adjusting import Adjustment, AdjustmentKind, in_order, of_this_turn
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.obligations import Obligation
from monitor.core.duties.terms import Term
from monitor.core.errors import N_, DeadlineNotLive, Mistake
from monitor.core.model import Anchor, DeadlineState

# Two clocks may differ a little, and typing takes a moment.
TYPING_SLACK = timedelta(minutes=2)
SPAN = re.compile(r"([0-9]{1,4})\s*([a-z]*)")
# Whose start a person may still state: a release that was in time by a wrong start was late by the right one.
COUNTING = frozenset({DeadlineState.OPEN, DeadlineState.MISSED, DeadlineState.MET, DeadlineState.MET_LATE})


class NoExtension(Mistake):
    """A person asked for an extension that the rule does not know."""

    message = N_("The rule {rule} allows no extension; nothing was changed.")


class ExtendedAlready(Mistake):
    """A person asked for more extensions than the rule allows."""

    message = N_("The rule {rule} allows {times} extension(s), and that is used up; nothing was changed.")


class ExtensionTooLong(Mistake):
    """A person asked for a longer extension than the rule allows."""

    message = N_("The rule {rule} allows an extension by {most} at most, not by {asked}.")


class UnreadableSpan(Mistake):
    """A text says no length of time that the rule counts in."""

    message = N_("{value} is no span. Write one such as {like}.")


class ApproverMissing(Mistake):
    """An extension that needs a yes came without saying whose."""

    message = N_("The rule {rule} wants an approver. Say who approved the extension.")


class NoticeMissing(Mistake):
    """An extension that must be told to those concerned came without saying how they were told."""

    message = N_("The rule {rule} wants those concerned to be told. Say how: the text of the notice or its address.")


class EndedAlready(Mistake):
    """A person wanted to move the end of a deadline after it had come."""

    message = N_("Deadline {id} ended at {due}, and an end that has come is not put off any more. Nothing was changed.")


class PromisedToThePublic(Mistake):
    """A person wanted to move what the public was told."""

    message = N_(
        "Deadline {id} ends when the release said that the next would come. "
        "Hand in the right text of that release, or waive the deadline with a reason."
    )


class GroundNotAllowed(Mistake):
    """A person gave a ground for a pause or a reset that the rule does not name."""

    message = N_("The rule {rule} does not allow this on the ground of {ground}. It allows: {allowed}.")


class NoGroundAllowed(Mistake):
    """A person wanted a pause or a reset of a rule that allows none."""

    message = N_("The rule {rule} lets nobody stop its time or begin it anew; nothing was changed.")


class RestsAlready(Mistake):
    """A person paused a deadline that rests."""

    message = N_("Deadline {id} is already paused since {since}; nothing was changed.")


class NotResting(Mistake):
    """A person resumed a deadline that runs."""

    message = N_("Deadline {id} is not paused; nothing was changed.")


class MomentInFuture(Mistake):
    """A person named a moment that has not come."""

    message = N_("{at} has not come yet; it is only {now}. Do it when it has happened.")


class MomentTooEarly(Mistake):
    """A person named a moment before the one from which alone it can count."""

    message = N_("{at} lies before {earliest}, from which on this can count. Check the time.")


class TurnsFollowed(Mistake):
    """A person named a start for a turn after which others have begun."""

    message = N_(
        "Deadline {id} is turn {ordinal} of a duty that recurs, and others have begun since: what was told of them is "
        "not counted anew. Name the start of the newest turn: deadline {newest}."
    )


class ChangedMeanwhile(Mistake):
    """A person sent a form that was opened before the deadline changed."""

    message = N_(
        "Deadline {id} has changed since this page was opened: it now ends at {due} ({state}). "
        "Look again and decide anew; nothing was changed."
    )


def refuse_stale(deadline: Deadline, seen: int | None) -> None:
    """Refuse what was decided on a page that shows an older state; None means that no page was shown."""
    if seen is not None and seen != deadline.version:
        raise ChangedMeanwhile(id=deadline.id, due=shown(deadline.due_at), state=deadline.state)


def stretch(text: str, rule: Obligation) -> Term:
    """Read by how much an extension is asked for: empty means all that the rule allows."""
    allowed = rule.extend
    if allowed is None:
        raise NoExtension(rule=rule.id)
    if not text.strip():
        return allowed.by
    found = SPAN.fullmatch(text.strip().lower())
    if not found or int(found[1]) == 0 or found[2] not in ("", allowed.by.unit):
        raise UnreadableSpan(value=text.strip(), like=allowed.by)
    return Term(int(found[1]), allowed.by.unit)


def refuse_extension(deadline: Deadline, rule: Obligation, made: Sequence[Adjustment], asked: Adjustment) -> None:
    """Raise a Mistake unless the rule allows this extension now."""
    allowed = rule.extend
    if allowed is None:
        raise NoExtension(rule=rule.id)
    _refuse_ended(deadline, asked.decided_at)
    used = [one for one in of_this_turn(in_order(made)) if one.kind is AdjustmentKind.EXTEND]
    if len(used) >= allowed.times:
        raise ExtendedAlready(rule=rule.id, times=allowed.times)
    span = asked.span or allowed.by
    if span.unit is not allowed.by.unit or span.count > allowed.by.count:
        raise ExtensionTooLong(rule=rule.id, most=allowed.by, asked=span)
    if allowed.approver and not asked.approver:
        raise ApproverMissing(rule=rule.id)
    if allowed.notice and not asked.notice:
        raise NoticeMissing(rule=rule.id)


def refuse_pause(deadline: Deadline, rule: Obligation, made: Sequence[Adjustment], asked: Adjustment) -> None:
    """Raise a Mistake unless the time of a deadline may stand still from the moment that was asked for."""
    _refuse_ground(rule, rule.pause, asked.ground)
    if deadline.paused_since is not None:
        raise RestsAlready(id=deadline.id, since=shown(deadline.paused_since))
    ends = [one.at for one in made if one.kind is AdjustmentKind.RESUME]
    _refuse_moment(asked, earliest=max([deadline.started_at, *ends]))
    _refuse_ended(deadline, asked.at)


def refuse_resumption(deadline: Deadline, asked: Adjustment) -> None:
    """Raise a Mistake unless the deadline rests and may run again from the moment that was asked for."""
    if not deadline.live:
        raise DeadlineNotLive(id=deadline.id, state=deadline.state)
    if deadline.paused_since is None:
        raise NotResting(id=deadline.id)
    _refuse_moment(asked, earliest=deadline.paused_since)


def refuse_reset(deadline: Deadline, rule: Obligation, newest: Deadline, asked: Adjustment) -> None:
    """Raise a Mistake unless the time of a deadline may begin anew at the moment that was asked for."""
    _refuse_ground(rule, rule.reset, asked.ground)
    _refuse_earlier_turn(deadline, rule, newest)
    _refuse_moment(asked, earliest=deadline.paused_since or deadline.started_at)
    _refuse_ended(deadline, asked.at)


def refuse_start(deadline: Deadline, rule: Obligation, newest: Deadline, asked: Adjustment) -> None:
    """Raise a Mistake unless a person may state from when a deadline counts; `newest` is the last of its duty."""
    if deadline.anchor is Anchor.PROMISED:
        raise PromisedToThePublic(id=deadline.id)
    if deadline.state not in COUNTING:
        raise DeadlineNotLive(id=deadline.id, state=deadline.state)
    _refuse_earlier_turn(deadline, rule, newest)
    _refuse_moment(asked, earliest=None)


def _refuse_earlier_turn(deadline: Deadline, rule: Obligation, newest: Deadline) -> None:
    """Refuse to move a turn from which on others were counted; hops are counted from reports, not from one another."""
    if rule.every is not None and deadline.ordinal < newest.ordinal:
        raise TurnsFollowed(id=deadline.id, ordinal=deadline.ordinal, newest=newest.id)


def _refuse_ground(rule: Obligation, allowed: Sequence[str], ground: str) -> None:
    if not allowed:
        raise NoGroundAllowed(rule=rule.id)
    if ground not in allowed:
        raise GroundNotAllowed(rule=rule.id, ground=ground or "—", allowed="、".join(allowed))


def _refuse_moment(asked: Adjustment, *, earliest: datetime | None) -> None:
    if asked.at > asked.decided_at + TYPING_SLACK:
        raise MomentInFuture(at=shown(asked.at), now=shown(asked.decided_at))
    if earliest is not None and asked.at < earliest:
        raise MomentTooEarly(at=shown(asked.at), earliest=shown(earliest))


def _refuse_ended(deadline: Deadline, at: datetime) -> None:
    """Refuse to put off an end that had come at `at`; while the time stands still, none comes."""
    if deadline.state not in (DeadlineState.OPEN, DeadlineState.MISSED):
        raise DeadlineNotLive(id=deadline.id, state=deadline.state)
    if deadline.paused_since is None and at >= deadline.due_at:
        raise EndedAlready(id=deadline.id, due=shown(deadline.due_at))
