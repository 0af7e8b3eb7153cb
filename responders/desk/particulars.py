"""What may be said beside a response of each kind; what does not fit is refused before anything is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.beijing import shown
from monitor.core.conferences.rules import ConferenceRules
from monitor.core.duties.permitted import TYPING_SLACK
from monitor.core.errors import N_, Mistake, UnknownResponse
from monitor.core.model import ResponseKind
from monitor.core.particulars import (
    KIND_OF,
    NOTHING_SAID,
    Claim,
    Clarification,
    Conference,
    Continuation,
    Particulars,
    claim_named,
)
from monitor.core.text import storable
from monitor.store import claim_checks, hearings, views
from responders.desk.logged import Told, link_of

LONGEST, LONGEST_PLACE = 500, 200
MOST_QUESTIONS = 1000
# What a further release may continue.
CONTINUED = frozenset(
    {ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.FOLLOW_UP_RELEASE, ResponseKind.PRESS_CONFERENCE}
)


class NotHeldYet(Mistake):
    """A conference was logged that is still to come."""

    message = N_(
        "A press conference is logged once it was held: {at} lies ahead (now {now}, Beijing time). "
        "Put it into the plan of the conference instead, or mend the time."
    )


class UnknownRank(Mistake):
    """A speaker's rank is none of the list."""

    message = N_("There is no rank called {rank}. Choose one of: {known}.")


class NotACount(Mistake):
    """The number of answered questions is none."""

    message = N_("{typed} is no number of questions. Type digits, or leave it empty where nobody counted.")


class ClaimOfAnother(Mistake):
    """A clarification was to answer a claim that this incident does not have."""

    message = N_("The claim {claim} does not belong to incident {id}. Choose one of its claims, or log it there.")


class NotAClaim(Mistake):
    """A clarification was to answer something that is no claim."""

    message = N_("{claim} names no claim. Write it as item:12 or whisper:3, as the page of claims shows it.")


class FollowsWithdrawn(Mistake):
    """A further release was to continue one that was withdrawn."""

    message = N_(
        "Response {id} was withdrawn at {at}, so nothing continues it. Choose a release that stands, or log this as a "
        "clarification or a first release."
    )


class FollowsAnother(Mistake):
    """A further release was to continue what no release of this incident before it is."""

    message = N_("Response {id} is no release of incident {incident} from before {at}. Choose one of its releases.")


class PromiseTooEarly(Mistake):
    """The next release was promised for a time that is no later than this one."""

    message = N_("The next release is promised for {at}, but this one was published at {published}. Mend the time.")


class NotOfThisKind(Mistake):
    """Something was said that only another kind of response has."""

    message = N_("Only another kind of response has these fields. Leave them out, or choose the kind that has them.")


def refuse_unheld(told: Told, now: datetime) -> None:
    """Refuse a conference that is still to come."""
    if told.kind is ResponseKind.PRESS_CONFERENCE and told.published_at > now + TYPING_SLACK:
        raise NotHeldYet(at=shown(told.published_at), now=shown(now))


def fitting(connection: Connection, incident_id: int, told: Told, rules: ConferenceRules) -> Particulars | None:
    """Return what is to be kept beside a response, None where nothing was; raise a Mistake where it does not fit."""
    said = told.particulars
    if said is not None and KIND_OF[type(said)] is not told.kind:
        raise NotOfThisKind
    if isinstance(said, Conference):
        kept: Particulars = clean_conference(said, rules)
    elif isinstance(said, Clarification):
        kept = _clarification(connection, incident_id, said.claim)
    elif isinstance(said, Continuation):
        kept = _continuation(connection, incident_id, said, told.published_at)
    else:
        return None
    return None if kept in NOTHING_SAID else kept


def clean_conference(said: Conference, rules: ConferenceRules) -> Conference:
    """Return what was said of a conference, fit to be kept; raise UnknownRank, NotACount, BadLink."""
    refuse_rank(said.rank, rules)
    if said.questions is not None and not 0 <= said.questions <= MOST_QUESTIONS:
        raise NotACount(typed=said.questions)
    return replace(
        said,
        place=line(said.place, LONGEST_PLACE),
        speaker=line(said.speaker, LONGEST),
        record_url=link_of(said.record_url),
    )


def refuse_rank(rank: str, rules: ConferenceRules) -> None:
    """Refuse a rank that the list does not have."""
    if rank and rules.rank(rank) is None:
        raise UnknownRank(rank=rank, known=", ".join(one.id for one in rules.ranks))


def claim_of(name: str) -> Claim:
    """Return the claim that a form or a program names; raise NotAClaim."""
    claim = claim_named(name)
    if claim is None:
        raise NotAClaim(claim=line(name, 40) or "—")
    return claim


def line(text: str, longest: int) -> str:
    """Return a text on one line that can be stored."""
    return " ".join(storable(text).split())[:longest]


def claim_title(connection: Connection, incident_id: int, claim: Claim) -> str:
    """Return how a claim of an incident is worded; raise ClaimOfAnother."""
    if claim.item_id is not None:
        voices = hearings.voices_of(connection, incident_id)
        found = next((v.title for v in voices if v.item_id == claim.item_id and v.claim and not v.denies), None)
    else:
        found = claim_checks.whispers_of(connection, incident_id).get(claim.whisper_id or 0)
    if found is None:
        raise ClaimOfAnother(claim=claim.name, id=incident_id)
    return found


def _clarification(connection: Connection, incident_id: int, claim: Claim) -> Clarification:
    return Clarification(claim=claim, title=claim_title(connection, incident_id, claim))


def _continuation(connection: Connection, incident_id: int, said: Continuation, published_at: datetime) -> Continuation:
    if said.promised_at is not None and said.promised_at <= published_at:
        raise PromiseTooEarly(at=shown(said.promised_at), published=shown(published_at))
    if said.follows is None:
        return said
    found = views.response(connection, said.follows)
    if found is None:
        raise UnknownResponse(id=said.follows)
    if found.matter_id != incident_id or found.kind not in CONTINUED or found.published_at > published_at:
        raise FollowsAnother(id=said.follows, incident=incident_id, at=shown(published_at))
    if found.retracted_at is not None:
        raise FollowsWithdrawn(id=said.follows, at=shown(found.retracted_at))
    return said
