"""What the question "what did we miss" is asked of: the happenings of a month, who carried them, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.model import MatterState, Place, Severity, Trust
from monitor.core.sources import Source

# So far back it is measured who usually carries what.
MEASURED = timedelta(days=30)
LATE_AFTER = timedelta(hours=2)
# A piece that is older than this when it comes is from an archive: nobody waited for it.
FROM_AN_ARCHIVE = timedelta(days=3)


class Group(StrEnum):
    """The groups of sources that are there without being named in sources.yaml."""

    OWN = "own"
    OFFICIAL = "official"
    CENTRAL_MEDIA = "central_media"
    LOCAL_MEDIA = "local_media"
    SOCIAL = "social"


_OF_TRUST: Mapping[Trust, Group] = {
    Trust.OFFICIAL: Group.OFFICIAL,
    Trust.CENTRAL_MEDIA: Group.CENTRAL_MEDIA,
    Trust.LOCAL_MEDIA: Group.LOCAL_MEDIA,
    Trust.PLATFORM: Group.SOCIAL,
    Trust.PERSONAL: Group.SOCIAL,
}


@dataclass(frozen=True, slots=True)
class Member:
    """To which group a source belongs, and whether it is what the public writes itself."""

    group: str
    social: bool


def member_of(source: Source) -> Member:
    """Return the group of a source: the one that is named, else its own kind, else what its trust says."""
    social = not source.own and _OF_TRUST[source.trust] is Group.SOCIAL
    usual = Group.OWN if source.own else _OF_TRUST[source.trust]
    return Member(source.group or usual.value, social)


def member_by(trust: Trust) -> Member:
    """Return the group of a source that is watched no more, by how far it was trusted."""
    return Member(_OF_TRUST[trust].value, _OF_TRUST[trust] is Group.SOCIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How a source was asked between a publication and the moment at which we had it.

    `watched_since` is its first fetch ever, None where it is not fetched but brings its data.
    """

    good: int = 0
    failed: int = 0
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One report of a happening; `between` is only read where it came late."""

    item_id: int
    source: str
    member: Member
    first_seen_at: datetime
    published_at: datetime | None = None
    between: Between | None = None

    @property
    def lag(self) -> timedelta:
        """How long it was out before we had it; nothing where its time is not trusted."""
        if self.published_at is None:
            return timedelta(0)
        return max(self.first_seen_at - self.published_at, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An incident as a line of the comparison; `ours` tells whether it lies in the region, `severity` is presumed.

    `carried` are the groups that told of it, with the first moment of each; `tellings` all reports, oldest first, and
    empty for those that only serve to measure.
    """

    id: int
    title: str
    kind: str
    place: Place
    state: MatterState
    opened_at: datetime
    severity: Severity | None = None
    ours: bool = False
    foreign: bool = False
    dismissed_at: datetime | None = None
    carried: Mapping[str, datetime] = field(default_factory=dict)
    press: bool = False
    social: bool = False
    tellings: tuple[Telling, ...] = ()

    @property
    def concerns_us(self) -> bool:
        """Tell whether a duty officer of the region wants to hear of it: it may be his, or it is major."""
        grave = self.severity is not None and self.severity >= Severity.MAJOR
        return self.ours or self.place.code is None or grave


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry of the drop ledger that, read again, would be an incident."""

    source: str
    reason: str
    title: str
    at: datetime
    kind: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTally:
    """How much of the drop ledger was read again.

    `known` came in by another entry, `mute` have no title to read, `unread` are those beyond what is read at once.
    """

    read: int = 0
    known: int = 0
    mute: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedFacts:
    """All that is compared, for the span from `since` up to, not including, `until`.

    `happenings` reach back so far before it as is measured; `groups` counts the sources of each group that are watched.
    """

    since: datetime
    until: datetime
    now: datetime
    happenings: tuple[Happening, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    dismissed: tuple[Happening, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    drops: DropTally = DropTally()
    late_after: timedelta = LATE_AFTER
