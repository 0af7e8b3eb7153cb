"""An offer as values: what was published where, what it probably is, and what became of the offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.model import ResponseKind


class Form(StrEnum):
    """What a release probably is; each has a label in the catalogues."""

    FIRST = "first"
    FURTHER = "further"
    CONFERENCE_NOTICE = "conference_notice"
    CONFERENCE_RECORD = "conference_record"
    CLARIFICATION = "clarification"
    RESULT = "result"


# What each is logged as; a conference that is only announced is no response yet.
KINDS: Mapping[Form, ResponseKind | None] = {
    Form.FIRST: ResponseKind.AUTHORITATIVE_RELEASE,
    Form.FURTHER: ResponseKind.FOLLOW_UP_RELEASE,
    Form.CONFERENCE_NOTICE: None,
    Form.CONFERENCE_RECORD: ResponseKind.PRESS_CONFERENCE,
    Form.CLARIFICATION: ResponseKind.CLARIFICATION,
    Form.RESULT: ResponseKind.HANDLING_PUBLICATION,
}


class OfferState(StrEnum):
    """Where an offer stands. Logged and refused are what people decided; the others follow from the facts."""

    OPEN = "open"
    LOGGED = "logged"
    REFUSED = "refused"
    ASIDE = "aside"


class Aside(StrEnum):
    """Why what speaks of an incident is not offered; each has a label in the catalogues."""

    REPOST = "repost"
    NO_RELEASE = "no_release"
    BEFORE = "before"
    SAME = "same"
    KNOWN = "known"
    ANOTHER_OFFICE = "another_office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A publication of our own beside an incident. `found_at` is when it was noticed, however late.

    `published_at` is None where its time is not trusted: then a person states it.
    """

    id: int
    matter_id: int
    item_id: int
    source: str
    form: Form
    state: OfferState
    title: str
    url: str
    found_at: datetime
    why: Aside | None = None
    text: str = ""
    published_at: datetime | None = None
    response_id: int | None = None
    decided_at: datetime | None = None
    decided_by: str = ""

    @property
    def kind(self) -> ResponseKind | None:
        """As what it would be logged, None for what is no response."""
        return KINDS[self.form]

    @property
    def counts_from(self) -> datetime | None:
        """From when it would count, None where a person states it: a record goes online after the conference."""
        return None if self.form is Form.CONFERENCE_RECORD else self.published_at
