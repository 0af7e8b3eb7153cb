"""The domain's words as frozen values. No I/O, no clock, no ORM; instants are aware or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from monitor.core.errors import NaiveTime

BEIJING = "Asia/Shanghai"


def aware(value: datetime) -> datetime:
    """Return `value` if it names a moment; raise NaiveTime otherwise."""
    if value.utcoffset() is None:
        raise NaiveTime(value=value.isoformat())
    return value


class Severity(IntEnum):
    """The four grades of Order 493 art. 3 and the Emergency Response Law art. 3, ordered."""

    GENERAL = 1
    LARGER = 2
    MAJOR = 3
    EXTRAORDINARY = 4

    @property
    def zh(self) -> str:
        """The statutory name."""
        return SEVERITY_ZH[self]


SEVERITY_ZH: Mapping[Severity, str] = {
    Severity.GENERAL: "一般",
    Severity.LARGER: "较大",
    Severity.MAJOR: "重大",
    Severity.EXTRAORDINARY: "特别重大",
}
SEVERITY_OF_ZH: Mapping[str, Severity] = {zh: severity for severity, zh in SEVERITY_ZH.items()}


class Wave(IntEnum):
    """How far the public talks of it, ordered: the three ways in which 安监总厅宣教〔2014〕52号 has it handled.

    Its fourth grade is handled as its third, so MAJOR means 重大以上. A wave says nothing of how grave the accident is.
    """

    GENERAL = 1
    LARGER = 2
    MAJOR = 3

    @property
    def zh(self) -> str:
        """The document's name."""
        return WAVE_ZH[self]


WAVE_ZH: Mapping[Wave, str] = {Wave.GENERAL: "一般", Wave.LARGER: "较大", Wave.MAJOR: "重大"}
WAVE_OF_ZH: Mapping[str, Wave] = {zh: wave for wave, zh in WAVE_ZH.items()}


class Scope(StrEnum):
    """Where it happened, as far as jurisdiction is concerned: the mainland, 港澳台, abroad."""

    DOMESTIC = "domestic"
    HK_MO_TW = "hk_mo_tw"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class Trust(StrEnum):
    """How far a source's word is taken, highest first."""

    OFFICIAL = "official"
    CENTRAL_MEDIA = "central_media"
    LOCAL_MEDIA = "local_media"
    PLATFORM = "platform"
    PERSONAL = "personal"


class Speaker(StrEnum):
    """Whom a text names as its source; None elsewhere means that it names nobody."""

    OFFICIAL = "official"
    MEDIA = "media"
    HEARSAY = "hearsay"


class Standing(StrEnum):
    """How well something told is vouched for, best first."""

    OFFICIAL = "official"
    MEDIA = "media"
    UNVERIFIED = "unverified"


class RumourState(StrEnum):
    """What has become of a claim that nobody vouches for."""

    CLAIMED = "claimed"
    GROWING = "growing"
    DENIED = "denied"
    CONFIRMED = "confirmed"


class Decoy(StrEnum):
    """Why a text that looks like an incident is none that concerns us now."""

    FOREIGN = "foreign"
    OLD_EVENT = "old_event"
    COURT_CASE = "court_case"
    ANNIVERSARY = "anniversary"
    INVESTIGATION = "investigation"
    EPIDEMIC = "epidemic"
    WAR = "war"
    CRIME = "crime"
    FICTION = "fiction"
    SPORT = "sport"
    STATISTICS = "statistics"
    DRILL = "drill"
    WARNING = "warning"
    EDUCATION = "education"
    ANIMAL = "animal"
    RUMOUR_DENIED = "rumour_denied"
    METAPHOR = "metaphor"


class TimeNote(StrEnum):
    """What was done to an item's stated time of publication."""

    STATED = "stated"
    ON_LIST_NOW = "on_list_now"
    ZONE_CORRECTED = "zone_corrected"
    ZONE_ASSUMED = "zone_assumed"
    DATE_ONLY = "date_only"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    FUTURE = "future"
    ABSURD = "absurd"


@dataclass(frozen=True, slots=True)
class Item:
    """One published piece as extracted. `published_at` is None unless it can be trusted to start a deadline.

    `region` is the division that its source covers: a name that several districts share means the one there.
    """

    title: str
    text: str = ""
    url: str = ""
    source: str = ""
    trust: Trust = Trust.LOCAL_MEDIA
    language: str = "zh"
    region: str = "000000"
    published_at: datetime | None = None
    first_seen_at: datetime | None = None
    rank: int | None = None
    heat: int | None = None

    def __post_init__(self) -> None:
        for value in (self.published_at, self.first_seen_at):
            if value is not None:
                aware(value)


@dataclass(frozen=True, slots=True)
class Figure:
    """One stated number with the sentence that states it; `offset` counts characters into title + newline + text."""

    value: int
    sentence: str = ""
    offset: int = 0
    approximate: bool = False
    increment: bool = False


@dataclass(frozen=True, slots=True)
class Casualties:
    """The latest cumulative figures of one text; None means not stated, 0 means stated to be none."""

    deaths: Figure | None = None
    missing: Figure | None = None
    trapped: Figure | None = None
    injured: Figure | None = None
    serious: Figure | None = None
    loss_yuan: Figure | None = None

    def value(self, name: str) -> int | None:
        """Return the number of the figure called `name`, or None."""
        figure: Figure | None = getattr(self, name)
        return None if figure is None else figure.value


CASUALTY_FIELDS = ("deaths", "missing", "trapped", "injured", "serious", "loss_yuan")


TERRITORIES = frozenset({"71", "81", "82"})
"""The first two digits of the codes of Taiwan, Hong Kong and Macao: the response duties of the mainland end there."""


def lies_in(code: str, region: str) -> bool:
    """Tell whether a division lies in another or is it; both have six digits, "000000" is the whole country."""
    return code.startswith(significant(region))


def significant(region: str) -> str:
    """Return with which digits the codes of all divisions within a region begin."""
    prefix = region.rstrip("0")
    return prefix + "0" * (len(prefix) % 2)


@dataclass(frozen=True, slots=True)
class Place:
    """A place to GB/T 2260 codes, the finest level that is sure; `name` is what the text says.

    `among` are divisions that come into question although not one of them is sure: a motorway crosses them, they share
    a name, or the text names them side by side. None but these do.
    """

    province: str | None = None
    city: str | None = None
    county: str | None = None
    name: str = ""
    among: tuple[str, ...] = ()

    @property
    def code(self) -> str | None:
        """The finest code known."""
        return self.county or self.city or self.province

    def within(self, region: str) -> bool:
        """Tell whether the place lies in the division `region` (six digits, "000000" is the whole country)."""
        return self.code is not None and lies_in(self.code, region)


class Why(StrEnum):
    """The kinds of reason that a decision cites; each has a label in the catalogues."""

    KIND_WORD = "kind_word"
    FIGURE = "figure"
    GRADE = "grade"
    GRADE_IF_MISSING_DEAD = "grade_if_missing_dead"
    GRADE_BY_WORDING = "grade_by_wording"
    DECOY_WORD = "decoy_word"
    FOREIGN_PLACE = "foreign_place"
    PLACE = "place"
    NO_SIGNAL = "no_signal"
    RUMOUR_WORD = "rumour_word"
    ATTRIBUTION = "attribution"
    FOLLOW_UP_WORD = "follow_up_word"
    PRIVATE_MATTER = "private_matter"


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground of a decision: its kind, the sentence it rests on, and the word or rule that spoke."""

    why: Why
    sentence: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What we think of one Item.

    `severity` is firm: it follows from stated figures. `likely` is set only where a higher grade is likely but not
    proved: the missing and trapped would make it so, or the wording does. `follow_up` marks a text that speaks of an
    incident already under way (rescue, funeral, inquiry): it may join one but opens none. `speaker` is whom the text
    names as its source.
    """

    is_incident: bool
    decoy: Decoy | None = None
    kind: str = "other"
    scope: Scope = Scope.UNKNOWN
    casualties: Casualties = field(default_factory=Casualties)
    place: Place = field(default_factory=Place)
    severity: Severity | None = None
    likely: Severity | None = None
    occurred_at: datetime | None = None
    speaker: Speaker | None = None
    follow_up: bool = False
    because: tuple[Reason, ...] = ()
    rules_version: str = ""


class MatterState(StrEnum):
    """Where a matter stands; merged and dismissed ones keep their history."""

    OPEN = "open"
    DISMISSED = "dismissed"
    MERGED = "merged"


class Anchor(StrEnum):
    """The moments from which a deadline may be counted; all that are known are kept side by side."""

    OCCURRED = "occurred"
    FIRST_REPORTED = "first_reported"
    LEVEL_REACHED = "level_reached"
    CONFIRMED = "confirmed"
    LAST_RELEASE = "last_release"
    PROMISED = "promised"
    RUMOUR_SPREAD = "rumour_spread"
    FIRST_SEEN = "first_seen"
    LEARNED = "learned"
    REPORTED = "reported"
    RECEIVED = "received"
    CORRECTED = "corrected"
    FORMED = "formed"
    APPROVED = "approved"
    PUBLISHED = "published"
    AWARE = "aware"
    DETERMINED = "determined"
    NOTIFIED = "notified"
    STATED = "stated"


class Level(IntEnum):
    """The levels of government that a report climbs, ordered."""

    COUNTY = 1
    CITY = 2
    PROVINCE = 3
    STATE = 4


LEVEL_OF_NAME: Mapping[str, Level] = {level.name.lower(): level for level in Level}


class ResponseKind(StrEnum):
    """What was done and logged."""

    AUTHORITATIVE_RELEASE = "authoritative_release"
    PRESS_CONFERENCE = "press_conference"
    FOLLOW_UP_RELEASE = "follow_up_release"
    CLARIFICATION = "clarification"
    REPLY = "reply"
    UPWARD_REPORT = "upward_report"
    SUPPLEMENTARY_REPORT = "supplementary_report"
    INVESTIGATION_REPORT = "investigation_report"
    APPROVAL = "approval"
    HANDLING_PUBLICATION = "handling_publication"
    EVALUATION = "evaluation"
    RECEIPT = "receipt"
    EARLY_WARNING = "early_warning"
    NOTIFICATION = "notification"
    FINAL_REPORT = "final_report"
    FILING = "filing"


@dataclass(frozen=True, slots=True)
class Response:
    """A logged response; `published_at` is when the public could read it, or when it reached whom it was owed.

    `level` is the highest level of government that an upward report reached, None where nobody said. `promised_at` is
    when a release promises the public the next one, None where it promises none or that moment is no later.
    """

    kind: ResponseKind
    published_at: datetime
    id: int = 0
    level: Level | None = None
    promised_at: datetime | None = None

    def __post_init__(self) -> None:
        aware(self.published_at)
        if self.promised_at is not None and aware(self.promised_at) <= self.published_at:
            object.__setattr__(self, "promised_at", None)


class DeadlineState(StrEnum):
    """Open and missed deadlines are live: a response still settles them."""

    OPEN = "open"
    MISSED = "missed"
    MET = "met"
    MET_LATE = "met_late"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


LIVE = frozenset({DeadlineState.OPEN, DeadlineState.MISSED})


class AlertReason(StrEnum):
    """Why someone must be told."""

    OPENED = "opened"
    REMINDER = "reminder"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    MOVED = "moved"
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    UPDATED = "updated"
    WAVE = "wave"
    BRIEFING = "briefing"
    HANDOFF = "handoff"
    TROUBLE = "trouble"
    REVIEW = "review"
    ASSIGNMENT = "assignment"
    PLAN = "plan"


class AlertState(StrEnum):
    """Pending alerts are retried until they are no longer useful; every other state has a stored reason."""

    PENDING = "pending"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"


class DeliveryState(StrEnum):
    """The outcome of one attempt over one channel."""

    SENDING = "sending"
    ACCEPTED = "accepted"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class Verb(StrEnum):
    """What a person can decide; decisions are facts that machines do not overwrite."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    MERGE = "merge"
    SPLIT = "split"
    ACKNOWLEDGE = "acknowledge"
    RESPOND = "respond"
    WAIVE = "waive"
    REPORT = "report"
    SET_ASIDE = "set_aside"
    LINK = "link"
    UNLINK = "unlink"
    OPEN = "open"
    STATE = "state"
    ADOPT = "adopt"
    HAND_BACK = "hand_back"
    REOPEN = "reopen"
    EXTEND = "extend"
    PAUSE = "pause"
    RESUME = "resume"
    RESET = "reset"
    SET_ANCHOR = "set_anchor"
    RETRACT = "retract"
    FIND_FAULT = "find_fault"
    PUBLISH_URGENTLY = "publish_urgently"
    REVIEW_LATER = "review_later"
    CORRECT = "correct"
    UNDO = "undo"
    ASSIGN = "assign"
    SIGN = "sign"
    PLAN = "plan"
    CHECK_CLAIM = "check_claim"


class Fault(StrEnum):
    """What may be wrong with how a duty was fulfilled (Order 14 of the emergency ministry): four different things.

    The first two follow from the times and are never stored. The others are what a person finds, with evidence:
    left out by negligence (漏报), told untruly on purpose (谎报), hidden (瞒报).
    """

    LATE = "late"
    MISSED = "missed"
    OMITTED = "omitted"
    FALSE = "false"
    CONCEALED = "concealed"


FOUND_BY_PEOPLE = (Fault.OMITTED, Fault.FALSE, Fault.CONCEALED)
