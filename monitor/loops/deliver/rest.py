"""What one process remembers of its channel: whether it is to be left alone for now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.duties.delivering import SLOW_RETRIES
from responders.channels.base import DeliveryFailure


@dataclass(slots=True)
class Rest:
    """Until when a channel rests, and whether what it hindered before may get through now.

    A restart forgets it, and so tries at once: settings are read at the start. What must not be forgotten, the next
    attempt of each alert, is in the database.
    """

    until: datetime | None = None
    to_wake: bool = True
    refused: bool = False
    one_by_one_until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Tell whether the channel rests."""
        return self.until is not None and now < self.until

    def one_by_one(self, now: datetime) -> bool:
        """Tell whether notices are told one by one, because the message that tells several is not taken."""
        return self.one_by_one_until is not None and now < self.one_by_one_until

    def failed(self, failure: DeliveryFailure, wait: timedelta, now: datetime) -> None:
        """Rest for as long as the provider asks, or as one that refuses until somebody mends it needs."""
        if failure.retry_after is not None:
            self.until = now + wait
        elif failure.permanent and not failure.final:
            # One alert asks for all of them whether the channel is mended.
            self.until, self.refused = now + SLOW_RETRIES[0], True

    def refused_together(self, now: datetime) -> None:
        """Tell notices one by one for a while."""
        self.one_by_one_until = now + SLOW_RETRIES[0]

    def taken(self) -> None:
        """Let what a refusal hindered be tried again: the channel gets through."""
        self.to_wake, self.refused = self.to_wake or self.refused, False
