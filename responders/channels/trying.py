"""How a silent try of a channel ends, for the daily silent drill and for one that somebody asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from monitor.core.paths import PathOutcome
from responders.channels.base import Channel, DeliveryFailure, Triable

log = logging.getLogger(__name__)


def outcome_of(channel: Channel) -> tuple[PathOutcome, str, str]:
    """Try a channel; return how that ended, what was said, and the remedy (both templates or the provider's words)."""
    assert isinstance(channel, Triable)
    try:
        tried = channel.try_silently()
    except DeliveryFailure as failure:
        return PathOutcome.FAILED, failure.said, failure.remedy
    except Exception as fault:
        # A fault of ours in one channel must not leave the others untried.
        log.exception("silent drill of %s", channel.name)
        # Nor may its text, which can name a secret address, stand anywhere but in our own log.
        return PathOutcome.FAILED, type(fault).__name__, ""
    return (PathOutcome.WELL, "", "") if tried.whole else (PathOutcome.PARTLY, "", tried.note)


def by_way(channels: Iterable[Channel]) -> list[list[Channel]]:
    """Return the channels in groups that lead over one way and need one try together."""
    found: dict[str, list[Channel]] = {}
    for channel in channels:
        found.setdefault(channel.way if isinstance(channel, Triable) else "", []).append(channel)
    return list(found.values())
