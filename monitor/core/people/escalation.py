"""Paging as points of a deadline: recomputed from its policy and from who acted when, so that no timer can be lost.

A round of pages begins when the deadline opens, when an acknowledgement has lapsed or was handed back, and when the
deadline is missed.
Enough acknowledgements end it: the paging, never the deadline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from monitor.core.duties.keeping import last_kept
from monitor.core.people.policies import Policy, Whom, WhomKind


@dataclass(frozen=True, slots=True)
class Act:
    """A person acted on a matter; `contact` is empty where he is none of the known contacts."""

    at: datetime
    by: str
    contact: str = ""


class Page(NamedTuple):
    """A moment at which people are told because nobody acts; `answered_at` is when its round was ended by people."""

    name: str
    at: datetime
    whom: tuple[Whom, ...]
    answered_at: datetime | None = None

    def silenced(self, now: datetime) -> bool:
        """Tell whether enough people have acted by now."""
        return self.answered_at is not None and self.answered_at <= now


class Round(NamedTuple):
    """One round of pages: from when, when it was answered, when it lapsed or is overtaken by the end."""

    begins: datetime
    answered_at: datetime | None
    held: tuple[datetime, ...]
    over_at: datetime | None


def pages(
    policy: Policy,
    opened_at: datetime,
    due_at: datetime,
    acts: Sequence[Act],
    handed_back_at: datetime | None = None,
    *,
    since: datetime | None = None,
) -> Iterator[Page]:
    """Yield every page of a deadline, those still to come as things stand; the first rung of a start is not among them.

    Opening, hand-back and end have an alert of their own, which is the first rung of their round. What was before
    `handed_back_at` is over; `acts` are those since then. Pages up to `since` are left out.
    """
    begins_at = max(opened_at, handed_back_at or opened_at)
    for one in rounds(policy, begins_at, due_at, acts):
        if since is not None and one.over_at is not None and one.over_at <= since:
            continue
        first = one.begins in (begins_at, due_at)
        yield from _of_round(policy, one, first_is_told=first, since=since)
        if policy.expires is None:
            continue
        for held, following in zip_longest(one.held, one.held[1:]):
            at = held + policy.expires
            if since is not None and at <= since:
                continue
            if at < due_at and (following is None or following > at):
                yield Page("remind", at, _actors(acts, one.begins, at), following)


def rounds(policy: Policy, opened_at: datetime, due_at: datetime, acts: Sequence[Act]) -> Iterator[Round]:
    """Yield the rounds of a deadline in order; the last one has no end of its own."""
    ordered = sorted(acts, key=lambda act: act.at)
    begins = opened_at
    while True:
        end = due_at if begins < due_at else None
        answered = answer(policy, ordered, begins)
        if answered is None or (end is not None and answered >= end):
            yield Round(begins, None, (), end)
        else:
            held, lapses = _held(policy, ordered, answered)
            over = end if lapses is None or (end is not None and lapses > end) else lapses
            over = None if end is None else over
            yield Round(begins, answered, held, over)
            end = over
        if end is None:
            return
        begins = end


def answer(policy: Policy, acts: Sequence[Act], since: datetime) -> datetime | None:
    """Return when enough people had acted since a moment: anybody, or as many different contacts as are needed."""
    seen: set[str] = set()
    for act in acts:
        if act.at < since or (policy.needed > 1 and not act.contact):
            continue
        seen.add(act.contact or act.by)
        if len(seen) >= policy.needed:
            return act.at
    return None


def answered_since(
    policy: Policy, opened_at: datetime, due_at: datetime, acts: Sequence[Act], now: datetime
) -> datetime | None:
    """Return since when the paging rests at a moment, or None where it goes on.

    It rests until the acknowledgement is reminded of; whoever acts again lets it rest again.
    """
    for one in rounds(policy, opened_at, due_at, acts):
        if one.over_at is not None and one.over_at <= now:
            continue
        if one.answered_at is None or one.answered_at > now:
            return None
        last = max(at for at in one.held if at <= now)
        reminded = policy.expires is not None and now >= last + policy.expires and last + policy.expires < due_at
        return None if reminded else last
    return None


def _held(policy: Policy, acts: Sequence[Act], answered: datetime) -> tuple[tuple[datetime, ...], datetime | None]:
    """Return the acts that kept an acknowledgement alive, and when it lapsed after the last of them."""
    held = [answered]
    if policy.expires is None:
        return tuple(held), None
    for act in acts:
        if held[-1] < act.at < held[-1] + policy.expires + policy.grace:
            held.append(act.at)
    return tuple(held), held[-1] + policy.expires + policy.grace


def _of_round(policy: Policy, one: Round, *, first_is_told: bool, since: datetime | None) -> Iterator[Page]:
    ends = one.answered_at or one.over_at
    for after, name, whom in _plan(policy, first_is_told):
        at = one.begins + after
        if (ends is None or at < ends) and (since is None or at > since):
            yield Page(name, at, whom, one.answered_at)


@last_kept
def _plan(policy: Policy, first_is_told: bool) -> Iterator[tuple[timedelta, str, tuple[Whom, ...]]]:  # noqa: FBT001
    """Yield the pages of a round that nobody answers, each with the time since the round began."""
    cycle = policy.rungs[-1].after + policy.pause
    planned = [
        (n * cycle + rung.after, f"page:{n * len(policy.rungs) + m}", rung.whom)
        for n in range(policy.repeat + 1)
        for m, rung in enumerate(policy.rungs, 1)
    ]
    yield from planned[1:] if first_is_told else planned
    everybody = tuple(dict.fromkeys(whom for rung in policy.rungs for whom in rung.whom))
    yield (policy.repeat + 1) * cycle, "exhausted", everybody


def _actors(acts: Sequence[Act], since: datetime, until: datetime) -> tuple[Whom, ...]:
    found = dict.fromkeys(act.contact for act in acts if act.contact and since <= act.at <= until)
    return tuple(Whom(WhomKind.ACTOR, contact) for contact in found)


def acted(acts: Sequence[Act], since: datetime) -> tuple[Whom, ...]:
    """Return the contacts who have acted since a moment: they are told with whoever is on duty."""
    return _actors(acts, since, max((act.at for act in acts), default=since))
