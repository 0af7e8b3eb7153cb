"""What the readers of streams hand on: messages one by one, as they come, each with how far the stream has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.fetched import DropReason
from monitor.core.sources import FailureKind
from monitor.core.streams import Act
from monitor.crawl.raw import RawEntry

# Called while nothing comes, and after each message; what it raises ends the listening.
Look = Callable[[], None]
NOTHING = RawEntry()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: `cursor` is where to go on after it, empty where it says nothing of that.

    `entry` is set for what was posted or edited, `id` for what was withdrawn as well. `reason` and `detail` say why
    something is left out; `revision` tells one state of an edited post from another. `late` is what was asked for
    because nobody listened when it was said.
    """

    act: Act
    id: str = ""
    entry: RawEntry = NOTHING
    cursor: str = ""
    languages: tuple[str, ...] = ()
    revision: str = ""
    reason: DropReason | None = None
    detail: str = ""
    late: bool = False


class StreamFailure(Exception):
    """A stream cannot be listened to, or has ended: `retry_after` is how long the server wants to be left alone."""

    def __init__(self, kind: FailureKind, detail: str = "", retry_after: timedelta | None = None) -> None:
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(f"{kind}: {detail}")
