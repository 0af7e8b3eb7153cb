"""A draft of a response: its versions, and everything that was said of them. Pure values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model import ResponseKind


class Gate(StrEnum):
    """What a release passes on its way. The first and the last always exist; a bureau chooses those between."""

    DRAFT = "draft"
    SELF_REVIEW = "self_review"
    SECRECY = "secrecy"
    APPROVAL = "approval"
    PUBLICATION = "publication"


class Verdict(StrEnum):
    """What happened at a gate. `LAPSED` is what an edit does to a gate that was passed."""

    SUBMITTED = "submitted"
    PASSED = "passed"
    RETURNED = "returned"
    LAPSED = "lapsed"
    PUBLISHED = "published"
    PUBLISHED_URGENTLY = "published_urgently"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"


class DraftState(StrEnum):
    """Where a draft stands; none is ever deleted."""

    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({DraftState.DRAFTING, DraftState.SUBMITTED})
# What the public reads. What goes upwards or is only filed has its own way.
FOR_THE_PUBLIC = frozenset(
    {
        ResponseKind.AUTHORITATIVE_RELEASE,
        ResponseKind.PRESS_CONFERENCE,
        ResponseKind.FOLLOW_UP_RELEASE,
        ResponseKind.CLARIFICATION,
        ResponseKind.REPLY,
        ResponseKind.EARLY_WARNING,
        ResponseKind.HANDLING_PUBLICATION,
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: his name, and his account and contact where he has them."""

    name: str
    account: int = 0
    contact: str = ""

    def is_(self, other: Person) -> bool:
        """Tell whether two are one person: the same account or contact, or, where one has no account, the same name."""
        if self.account and other.account:
            return self.account == other.account or bool(self.contact and self.contact == other.contact)
        return _folded(self.name) == _folded(other.name) or bool(self.contact and self.contact == other.contact)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is to be published: `place` is its web address, or the channel in words."""

    kind: ResponseKind
    title: str = ""
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A wording as somebody saved it; `answers` are the deadlines that it was to answer, by their numbers."""

    number: int
    wording: Wording
    by: Person
    at: datetime
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStep:
    """Something that happened at a gate to one version; `hash` is over what that gate examines of it."""

    gate: Gate
    verdict: Verdict
    version: int
    by: Person
    at: datetime
    comment: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it stands: its newest version, all who wrote any of it, and every step, oldest first.

    `path` are the gates that were asked of it when it was published, `later_due_at` until when those that were left
    out are owed, None where none is.
    """

    id: int
    matter_id: int
    state: DraftState
    version: Version
    authors: tuple[Person, ...]
    steps: tuple[GateStep, ...] = ()
    path: tuple[Gate, ...] = ()
    published_at: datetime | None = None
    response_id: int | None = None
    later_due_at: datetime | None = None

    @property
    def wording(self) -> Wording:
        """What would be published now."""
        return self.version.wording


# Each gate binds what it looks at: an edit of anything else leaves it as it is.
EXAMINES: dict[Gate, tuple[str, ...]] = {
    Gate.DRAFT: ("kind", "title", "text", "place"),
    Gate.SELF_REVIEW: ("kind", "title", "text"),
    Gate.SECRECY: ("kind", "title", "text", "place"),
    Gate.APPROVAL: ("kind", "title", "text", "place"),
    Gate.PUBLICATION: ("kind", "title", "text", "place"),
}


def digest(wording: Wording, gate: Gate = Gate.APPROVAL) -> str:
    """Return the SHA-256 of what a gate examines, each part preceded by its name and its length in bytes."""
    return hashlib.sha256(canonical((name, str(getattr(wording, name))) for name in EXAMINES[gate])).hexdigest()


def canonical(parts: Iterable[tuple[str, str]]) -> bytes:
    """Return named texts as bytes that can be read in one way only."""
    return b"".join(
        f"{name}:{len(data)}:".encode() + data + b"\n"
        for name, text in parts
        for data in (text.encode("utf-8", "surrogatepass"),)
    )
