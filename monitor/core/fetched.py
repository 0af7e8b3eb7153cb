"""What one retrieval of a Source brought back: entries ready to be stored, what was left out and why. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.core.model import Item, TimeNote, aware
from monitor.core.sources import FailureKind, Source
from monitor.core.text import storable

UNCONDITIONAL_AFTER = 12
# An honest server may change a page just before it is asked for in full; hardly twice in a row.
SUSPECTED = 2


class Outcome(StrEnum):
    """How a fetch ended."""

    ITEMS = "items"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class CharsetRule(StrEnum):
    """Which rule decided the character set of a body."""

    NONE = "none"
    BOM = "bom"
    WIDE = "wide"
    STATEFUL = "stateful"
    UTF8 = "utf8"
    DECLARED = "declared"
    GB18030 = "gb18030"
    BIG5 = "big5"
    REPLACED = "replaced"


class DropReason(StrEnum):
    """Why an entry of a document did not become an Entry."""

    DUPLICATE = "duplicate"
    NO_CONTENT = "no_content"
    NO_TITLE = "no_title"
    BAD_LINK = "bad_link"
    ADVERTISEMENT = "advertisement"
    TOO_MANY = "too_many"
    BROKEN = "broken"
    NOT_ASKED_FOR = "not_asked_for"
    NOT_PUBLIC = "not_public"
    FLOOD = "flood"
    GAP = "gap"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Dropped:
    """One discarded entry and the reason why."""

    reason: DropReason
    title: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One published piece as a source shows it, plain text only, ready to be stored as an Item.

    `key` is the same for the same piece wherever it is found. `published_at` is None unless it can be trusted to start
    a deadline; `published_day` may then still be known, in the source's zone. `published_raw` is what the source said.
    """

    key: str
    title: str
    external_id: str = ""
    url: str = ""
    text: str = ""
    published_at: datetime | None = None
    published_day: date | None = None
    published_raw: str = ""
    time_note: TimeNote = TimeNote.MISSING
    rank: int | None = None
    heat: int | None = None
    author: str = ""

    def __post_init__(self) -> None:
        if self.published_at is not None:
            aware(self.published_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What the next request can ask "has it changed?" with.

    `streak` counts the 304 answers since the last full body; `distrusted` marks a server that said "not modified" of
    what had changed, which is never asked conditionally again: it kept its ETag or its date for another body, or twice
    in a row, asked in full after a row of 304, it had another body (`suspected` counts them). `body_hash` begins with a
    digest of the rules that read the body, because other rules have to read an unchanged body again. `ttl` is how long
    the body itself says that it stays.
    """

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    streak: int = 0
    distrusted: bool = False
    suspected: int = 0
    ttl: timedelta = timedelta(0)

    @property
    def ask(self) -> bool:
        """Whether to send a conditional request: not to liars, and every so often in full to find a new liar."""
        return bool(self.etag or self.last_modified) and not self.distrusted and self.streak < UNCONDITIONAL_AFTER

    def after_304(self) -> Validators:
        """Return the validators after an answer of "not modified"."""
        return replace(self, streak=self.streak + 1)

    def after_body(self, *, etag: str, last_modified: str, body_hash: str) -> Validators:
        """Return the validators after a full body; the same strong ETag, or date, on another body is a lie."""
        changed = bool(self.body_hash) and self.body_hash != body_hash
        same_etag = bool(etag) and etag == self.etag and not etag.startswith("W/")
        same_date = bool(last_modified) and last_modified == self.last_modified and not etag
        in_full = self.streak >= UNCONDITIONAL_AFTER
        suspected = self.suspected + 1 if changed and in_full else 0 if changed else self.suspected
        return Validators(
            etag=etag,
            last_modified=last_modified,
            body_hash=body_hash,
            distrusted=self.distrusted or (changed and (same_etag or same_date)) or suspected >= SUSPECTED,
            suspected=suspected,
            ttl=self.ttl,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One fetch and all that is to be recorded of it.

    `reason` is set on every failure, and on an outcome of items that is incomplete (a body cut at the cap). `floor` is
    how long the server, or the feed itself, says that the answer stays as it is. `entries`
    and `dropped` together, with as many as are `familiar`, are all that the document held; `marks` are the hashes by
    which this process may know its entries again, each with one of what tells it apart; none where something was left
    out. `moved_to` is the new address of
    a permanent redirect. `hub` tells of what is new under `topic` (WebSub), where the document says so.
    """

    outcome: Outcome
    reason: FailureKind | None = None
    detail: str = ""
    status: int | None = None
    url: str = ""
    moved_to: str = ""
    validators: Validators = field(default_factory=Validators)
    bytes: int = 0
    charset_rule: CharsetRule = CharsetRule.NONE
    charset: str = ""
    entries: tuple[Entry, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    familiar: int = 0
    marks: Mapping[int, int] = field(default_factory=dict)
    elapsed: timedelta = timedelta(0)
    retry_after: timedelta | None = None
    floor: timedelta = timedelta(0)
    hub: str = ""
    topic: str = ""


def item_of(source: Source, entry: Entry, now: datetime) -> Item:
    """Return an entry as an Item of its source; to stand on a hot list now is to be news now."""
    published_at = entry.published_at
    if published_at is None and source.ranked:
        published_at = now
    return Item(
        title=storable(entry.title),
        text=storable(entry.text),
        url=storable(entry.url),
        source=source.id,
        trust=source.trust,
        language=source.language,
        region=source.region,
        published_at=published_at,
        first_seen_at=now,
        rank=entry.rank,
        heat=entry.heat,
    )
