"""The fields that only some kinds of response have: what a form offers, and what was typed into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.core import beijing
from monitor.core.checks.rules import Rank
from monitor.core.conferences.plan import Plan
from monitor.core.errors import UnreadableTime
from monitor.core.model import ResponseKind
from monitor.core.particulars import Clarification, Conference, Continuation, Particulars
from monitor.core.views import IncidentView, ResponseView
from monitor.store import conference_plans
from monitor.store.claims import Claimed, claims_of
from responders.console.console import Console
from responders.console.typed import Typed
from responders.console.visitor import clean
from responders.desk.particulars import CONTINUED, FollowsAnother, NotACount, claim_of

DIGITS = 9


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form of a response offers beside: claims, releases to continue, ranks, and what was planned.

    `asked` is the lowest rank for the grade, `owed` whether a conference is owed by law.
    """

    claims: tuple[Claimed, ...]
    releases: tuple[ResponseView, ...]
    ranks: tuple[Rank, ...]
    asked: Rank | None
    plan: Plan | None
    owed: bool


def read_choices(console: Console, incident: IncidentView, responses: Sequence[ResponseView]) -> Choices:
    """Read what the form of a response offers for an incident."""
    desk = console.desk.conferences
    with console.database.read() as connection:
        plans = conference_plans.of_matter(connection, incident.id)
        return Choices(
            claims=tuple(claims_of(connection, incident.id)),
            releases=tuple(one for one in responses if one.kind in CONTINUED and one.retracted_at is None),
            ranks=desk.rules.ranks,
            asked=desk.rules.asked(incident.presumed),
            plan=next((one for one in plans if one.open), None),
            owed=desk.due_at(connection, incident.id) is not None,
        )


def particulars_of(typed: Typed) -> Particulars | None:
    """Return what was typed that fits the kind; what other kinds have is left out, whatever a hidden field holds.

    Raise NotACount, NotAClaim, FollowsAnother, UnreadableTime.
    """
    if typed.kind == ResponseKind.PRESS_CONFERENCE:
        return Conference(
            place=clean(typed.venue),
            speaker=clean(typed.speaker),
            rank=clean(typed.rank, 40),
            questions=_count(typed.questions),
            record_url=clean(typed.record_url),
        )
    if typed.kind == ResponseKind.CLARIFICATION and typed.claim.strip():
        return Clarification(claim=claim_of(typed.claim))
    if typed.kind == ResponseKind.FOLLOW_UP_RELEASE:
        return Continuation(follows=_response(typed), promised_at=_promised(typed))
    return None


def digits_of(text: str) -> int | None:
    """Return the number that a form carries; None where it carries none."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= DIGITS else None


def _count(text: str) -> int | None:
    digits = text.strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= DIGITS):
        raise NotACount(typed=clean(text, 40))
    return int(digits)


def _response(typed: Typed) -> int | None:
    digits = typed.follows.strip().removeprefix("#")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= DIGITS):
        raise FollowsAnother(id=clean(digits, 40), incident="—", at="—")
    return int(digits)


def _promised(typed: Typed) -> datetime | None:
    if not typed.promised_at.strip():
        return None
    try:
        return beijing.read(typed.promised_at).astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(value=typed.promised_at) from None
