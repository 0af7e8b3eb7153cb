"""What one look at a published page brings, and how the page stands. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.model import TimeNote, aware
from monitor.core.sources import FailureKind


class Outcome(StrEnum):
    """How one look at a page ended."""

    KEPT = "kept"
    GONE = "gone"
    DELETED = "deleted"
    FRONT_PAGE = "front_page"
    LOGIN = "login"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_ALLOWED = "not_allowed"


# The page is not there for the public; whether for good, a second look shows.
AWAY = frozenset({Outcome.GONE, Outcome.DELETED, Outcome.FRONT_PAGE, Outcome.LOGIN})


class EvidenceState(StrEnum):
    """How a published page stands."""

    WAITING = "waiting"
    KEPT = "kept"
    DOUBTED = "doubted"
    CHANGED = "changed"
    VANISHED = "vanished"
    MISSING = "missing"
    NO_ACCESS = "no_access"


class EndWhy(StrEnum):
    """Why a page is no longer looked at."""

    RETRACTED = "retracted"
    NOT_WATCHED = "not_watched"
    DRILL = "drill"


class Suspect(StrEnum):
    """What a look showed that a second one has to confirm."""

    NOTHING = ""
    AWAY = "away"
    CHANGED = "changed"


class Finding(StrEnum):
    """What people are told of a page; each has its text in the documents."""

    LATER = "later"
    LATE = "late"
    OLD = "old"
    ELSEWHERE = "elsewhere"
    NO_TEXT = "no_text"
    MISSING = "missing"
    NO_ACCESS = "no_access"
    NOT_ALLOWED = "not_allowed"
    CHANGED = "changed"
    VANISHED = "vanished"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look at a page.

    `url` is where the answer came from, `detail` what failed. `published_at` is an instant that the page states,
    `published_day` at least its day, `published_raw` its words. `text` is the main text, empty where nothing can be
    read; `payload` is the SHA-256 of the unpacked body, `cut` tells that it was too long to be kept whole.
    """

    outcome: Outcome
    at: datetime
    url: str = ""
    status: int | None = None
    failure: FailureKind | None = None
    detail: str = ""
    content_type: str = ""
    charset: str = ""
    size: int = 0
    cut: bool = False
    payload: str = ""
    title: str = ""
    text: str = ""
    published_at: datetime | None = None
    published_day: date | None = None
    published_raw: str = ""
    time_note: TimeNote = TimeNote.MISSING

    def __post_init__(self) -> None:
        aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How the page of a response was followed so far.

    `tries` counts the looks in a row that settled nothing, since `troubled_since`; `told` is what was told of that
    trouble. `first_kept_at` is when the page was kept for the first time.
    """

    state: EvidenceState = EvidenceState.WAITING
    suspect: Suspect = Suspect.NOTHING
    tries: int = 0
    troubled_since: datetime | None = None
    told: bool = False
    first_kept_at: datetime | None = None
    due_at: datetime | None = None
