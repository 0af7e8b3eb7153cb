"""What a person typed into a form: kept as it is, so that a refused act loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from fastapi import Form
from pydantic import BaseModel, Field

from monitor.core import beijing
from monitor.core.duties.permitted import (
    ApproverMissing,
    ExtensionTooLong,
    MomentInFuture,
    MomentTooEarly,
    NoticeMissing,
    UnreadableSpan,
)
from monitor.core.errors import (
    N_,
    BadLink,
    CircularChain,
    Mistake,
    NotLinked,
    ReasonMissing,
    ResponseBeforeIncident,
    ResponseInFuture,
    SelfLink,
    SelfMerge,
    UnknownIncident,
    UnreadableTime,
)
from monitor.core.incidents.chains import Tie
from monitor.core.incidents.stated import TOLL
from monitor.core.model import Decoy, Fault, ResponseKind, Verb
from monitor.core.seen import Seen
from responders.console.filters import filter_of
from responders.console.visitor import NameMissing, clean
from responders.desk.deadlines import EvidenceMissing
from responders.desk.particulars import (
    ClaimOfAnother,
    FollowsAnother,
    FollowsWithdrawn,
    NotAClaim,
    NotACount,
    NotHeldYet,
    PromiseTooEarly,
    UnknownRank,
)

LONGEST = 2000
LONGEST_TEXT = 18_000
HIGHEST_NUMBER = 2**31 - 1
DIGITS = 10
LONGEST_COUNT, LONGEST_FIGURE = 18, 6
# Whoever judges an incident has to know of these.
JUDGED = frozenset({Verb.CONFIRM, Verb.DISMISS, Verb.MERGE, Verb.SPLIT, Verb.CORRECT, Verb.UNDO})
Line = Annotated[str, Field(max_length=LONGEST)]


class NoIncidentNumber(Mistake):
    """A merge does not say into which incident."""

    message = N_("{typed} is not the number of an incident. Give the number that stands beside its title.")


class TitleMissing(Mistake):
    """A response without a title says nothing to those who read the log."""

    message = N_("Give the title of what was published.")


class NoFigure(Mistake):
    """A figure of a toll is no number."""

    message = N_("{typed} is no figure. Type digits, or leave the field empty where the figure is not known.")


class UnknownPlace(Mistake):
    """A place that a person states is no division, or several are called so."""

    message = N_("{typed} is not one division. Type its full name with province and city, or its six-digit code.")


class ClassMissing(Mistake):
    """An item is to be set aside, but not as what."""

    message = N_("Say as what the item is set aside.")


class Typed(BaseModel):
    """The fields of all forms; each form has some of them."""

    token: Line = ""
    by: Line = ""
    back: Literal["board", "incident"] = "incident"
    shown: Line = ""
    upto: Line = ""
    slug: Line = ""
    place: Line = ""
    decision: Line = ""
    deaths: Line = ""
    missing: Line = ""
    trapped: Line = ""
    injured: Line = ""
    serious: Line = ""
    reason: Line = ""
    kind: ResponseKind | Literal[""] = ""
    title: Line = ""
    url: Line = ""
    published_at: Line = ""
    level: Literal["", "county", "city", "province", "state"] = ""
    into: Line = ""
    tie: Tie | Literal[""] = ""
    items: list[int] = []
    decoy: Decoy | Literal[""] = ""
    version: Line = ""
    at: Line = ""
    ground: Line = ""
    span: Line = ""
    approver: Line = ""
    notice: Line = ""
    fault: Fault | Literal[""] = ""
    evidence: Line = ""
    deadline: Line = ""
    office: Line = ""
    offices: list[Line] = []
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    venue: Line = ""
    speaker: Line = ""
    rank: Line = ""
    questions: Line = ""
    record_url: Line = ""
    claim: Line = ""
    follows: Line = ""
    promised_at: Line = ""
    inviter: Line = ""
    live: Line = ""
    plan: Line = ""
    task: Line = ""
    kind_of_tick: Literal["", "done", "open"] = ""
    result: Line = ""
    offer: Line = ""

    def looked(self) -> Seen | None:
        """Return what the person had seen when he decided; None where the form does not say."""
        text = self.upto.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT):
            return None
        return Seen(int(text), JUDGED, open_only=False)

    def undone(self) -> int:
        """Return the number of the decision to undo; a text that is none fits no decision."""
        text = self.decision.strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_COUNT else 0

    def toll(self) -> dict[str, int] | None:
        """Return the figures as stated, None where the form has none; raise NoFigure."""
        fields = self.model_fields_set
        if not any(name in fields for name in TOLL):
            return None
        typed = {name: getattr(self, name).strip() for name in TOLL}
        for text in typed.values():
            if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_FIGURE):
                raise NoFigure(typed=clean(text, 40))
        return {name: int(text) for name, text in typed.items() if text}

    def board(self) -> str:
        """Return the address of the board as it was filtered."""
        return filter_of(dict(parse_qsl(self.shown))).address

    def why(self) -> str:
        """Return the reason, empty where none was given."""
        return clean(self.reason)

    def headline(self) -> str:
        """Return the title of a response; raise TitleMissing."""
        title = clean(self.title)
        if not title:
            raise TitleMissing
        return title

    def moment(self) -> datetime:
        """Return when a response was published, read as Beijing time; raise UnreadableTime."""
        return _instant(self.published_at)

    def instant(self, now: datetime) -> datetime:
        """Return when something was done, read as Beijing time; `now` where that is the minute that was left as it was.

        A form names whole minutes. What happens within this one is not to lie before what was done a second ago.
        """
        at = _instant(self.at)
        return now if at == now.replace(second=0, microsecond=0) else at

    def start(self) -> datetime:
        """Return the moment that a person states as the start; raise UnreadableTime."""
        return _instant(self.at)

    def seen(self) -> int | None:
        """Return the version of the deadline that the page showed; a text that is none fits no deadline."""
        text = self.version.strip()
        return (int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS else -1) if text else None

    def found(self) -> Fault:
        """Return the fault that was found; what no person finds is refused where it is kept."""
        return self.fault or Fault.OMITTED

    def about(self) -> int | None:
        """Return the number of the deadline that a finding is about, None for the whole incident."""
        text = self.deadline.strip()
        return (int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS else 0) if text else None

    def decoy_class(self) -> Decoy:
        """Return the class that an item is set aside under; raise ClassMissing."""
        if not self.decoy:
            raise ClassMissing
        return self.decoy

    def offered(self) -> int:
        """Return the number of the offer that a form is about; a text that is none fits no offer."""
        text = self.offer.strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS else 0

    def target(self) -> int:
        """Return the number of the incident to merge into; raise NoIncidentNumber."""
        text = self.into.strip().removeprefix("#")
        if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= HIGHEST_NUMBER):
            raise NoIncidentNumber(typed=text or "—")
        return int(text)


def _instant(text: str) -> datetime:
    """Read a Beijing time; raise UnreadableTime."""
    try:
        return beijing.read(text).astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(value=text) from None


# Which field a person has to mend; any other mistake concerns the form as a whole.
FIELDS: Mapping[type[Mistake], str] = {
    NameMissing: "by",
    ReasonMissing: "reason",
    TitleMissing: "title",
    BadLink: "url",
    UnreadableTime: "published_at",
    ResponseInFuture: "published_at",
    ResponseBeforeIncident: "published_at",
    NoIncidentNumber: "into",
    SelfMerge: "into",
    ClassMissing: "decoy",
    UnknownPlace: "place",
    NoFigure: "deaths",
    SelfLink: "into",
    NotLinked: "into",
    CircularChain: "into",
    UnknownIncident: "into",
    MomentInFuture: "at",
    MomentTooEarly: "at",
    UnreadableSpan: "span",
    ExtensionTooLong: "span",
    ApproverMissing: "approver",
    NoticeMissing: "notice",
    EvidenceMissing: "evidence",
    NotHeldYet: "published_at",
    UnknownRank: "rank",
    NotACount: "questions",
    NotAClaim: "claim",
    ClaimOfAnother: "claim",
    FollowsWithdrawn: "follows",
    FollowsAnother: "follows",
    PromiseTooEarly: "promised_at",
}
TypedForm = Annotated[Typed, Form()]


@dataclass(frozen=True, slots=True)
class Failed:
    """A refused act: which form, the finished sentence, what was typed, and the field to mend.

    `deadline` is the number of the deadline, or of the response, that the form stands with.
    """

    act: str
    said: str
    typed: Typed
    deadline: int | None = None
    field: str = ""
