"""Listen to a stream, whichever it is; for a short while, to see what it brings, or until it ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from monitor.core.fetched import Dropped, DropReason, Fetched, Outcome
from monitor.core.sources import Source, SourceKind
from monitor.core.streams import Act, Sieve
from monitor.crawl import jetstream, mastodon
from monitor.crawl.entries import ready
from monitor.crawl.raw import RawDocument, RawEntry
from monitor.crawl.streams import Look, Message, StreamFailure
from monitor.gate import Gate, GateFailure


class _Enough(Exception):
    """The short while is over."""


def follow(gate: Gate, source: Source, token: str, cursor: str, look: Look, now: datetime) -> Iterator[Message]:
    """Yield what a stream says, from `cursor` on, until it ends; raise GateFailure, StreamFailure."""
    if source.kind is SourceKind.JETSTREAM:
        return jetstream.follow(gate, source, cursor, look)
    return mastodon.follow(gate, source, token, cursor, look, now)


def listened(
    gate: Gate, source: Source, token: str, sieve: Sieve, now: datetime, *, seconds: float, enough: int
) -> Fetched:
    """Listen until `enough` posts were kept, at most `seconds`; what was passed over is counted, nothing is stored."""
    ends = time.monotonic() + seconds
    kept: list[RawEntry] = []
    passed: Counter[DropReason] = Counter()

    def look() -> None:
        if time.monotonic() > ends or len(kept) >= enough:
            raise _Enough

    messages = follow(gate, source, token, "", look, now)
    failure: GateFailure | StreamFailure | None = None
    try:
        for message in messages:
            if message.act is Act.LEFT_OUT:
                passed[message.reason or DropReason.BROKEN] += 1
            elif message.act is Act.POSTED and sieve.keeps(said(message), message.languages):
                kept.append(message.entry)
            elif message.act is Act.POSTED:
                passed[DropReason.NOT_ASKED_FOR] += 1
            look()
    except (GateFailure, StreamFailure) as error:
        failure = error
    except _Enough:
        pass
    finally:
        messages.close()  # type: ignore[attr-defined]
    entries, dropped = ready(source, RawDocument(tuple(kept)), url=source.url, now=now)
    counted = [Dropped(reason, detail=str(number)) for reason, number in passed.items()]
    return Fetched(
        outcome=Outcome.ITEMS if failure is None else Outcome.FAILED,
        reason=None if failure is None else failure.kind,
        detail="" if failure is None else failure.detail,
        url=source.url,
        entries=tuple(entries),
        dropped=(*dropped, *counted),
    )


def said(message: Message) -> str:
    """Return all the words of a post."""
    return f"{message.entry.title}\n{message.entry.text}"
