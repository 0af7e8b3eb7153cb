"""What the readers of feeds, pages and APIs hand on: entries as written, before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.core.fetched import Dropped
from monitor.core.sources import FailureKind

MOST_ENTRIES = 2000
MOST_VALUES = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry with its fields as the source wrote them: markup, relative addresses, times in any form."""

    title: str = ""
    link: str = ""
    external_id: str = ""
    text: str = ""
    time: str = ""
    rank: int | None = None
    heat: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """All entries of one document in its order, what the reader left out, the base of relative addresses.

    `ttl` is how long the document says that it stays as it is. `marks` are those of the entries, where their texts
    stand by themselves; `passed` those of the entries that were known and have been passed over.
    """

    entries: tuple[RawEntry, ...]
    dropped: tuple[Dropped, ...] = ()
    base: str = ""
    ttl: timedelta = timedelta(0)
    marks: tuple[int, ...] = ()
    passed: tuple[int, ...] = ()


class Unreadable(Exception):
    """A document is not what was expected; `kind` says how, `detail` shows where."""

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        self.kind = kind
        self.detail = detail
        super().__init__(f"{kind}: {detail}")


def refuse_countless(text: str) -> None:
    """Raise Unreadable(TOO_LARGE) where JSON holds more values than any feed: each takes a hundred times its length."""
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise Unreadable(FailureKind.TOO_LARGE, f"JSON of more than {MOST_VALUES} values")
