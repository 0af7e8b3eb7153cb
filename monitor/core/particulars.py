"""What single kinds of response have beside title, address and time. Pure values.

The text of a conference is kept and checked like that of any response; here stands only who spoke, where, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model import ResponseKind, aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """A press conference: where, who spoke at which rank, how many questions were answered, where it can be read.

    `rank` is the name of a rank of release/speakers.yaml, empty where nobody said; `questions` None likewise.
    """

    place: str = ""
    speaker: str = ""
    rank: str = ""
    questions: int | None = None
    record_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What somebody claims: one of an incident's items, or a denied rumour of which no incident was known."""

    item_id: int | None = None
    whisper_id: int | None = None

    @property
    def name(self) -> str:
        """How forms and commands name it: item:12, whisper:3."""
        return f"item:{self.item_id}" if self.item_id is not None else f"whisper:{self.whisper_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarification:
    """Which claim a clarification answers; `title` is how the claim was worded, for those who read."""

    claim: Claim
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """Which release a further one continues, and when a person says that it promises the next."""

    follows: int | None = None
    promised_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.promised_at is not None:
            aware(self.promised_at)


Particulars = Conference | Clarification | Continuation
KIND_OF: dict[type[Conference | Clarification | Continuation], ResponseKind] = {
    Conference: ResponseKind.PRESS_CONFERENCE,
    Clarification: ResponseKind.CLARIFICATION,
    Continuation: ResponseKind.FOLLOW_UP_RELEASE,
}
NOTHING_SAID = (Conference(), Continuation())


def claim_named(text: str) -> Claim | None:
    """Return the claim that a form or a command names, None where the text names none."""
    kind, _, number = text.strip().partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    if kind == "item":
        return Claim(item_id=int(number))
    return Claim(whisper_id=int(number)) if kind == "whisper" else None
