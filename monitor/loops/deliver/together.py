"""Several notices told in one message, where the provider's rate has no room for each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.loops.deliver.attempts import Attempts, unclear
from monitor.loops.deliver.turns import Turn, Turns
from responders.channels.base import DeliveryFailure, Message, Try

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Together:
    """Tells several notices at once; each keeps an attempt of its own that names the first of them."""

    turns: Turns
    attempts: Attempts

    def tell(self, ids: Sequence[int]) -> int:
        """Tell the notices in one message; return how many were taken."""
        now = self.attempts.clock()
        outlet = self.attempts.outlet
        begun = self.turns.begin_together(ids, now)
        if len(begun) <= 1 or outlet.digest is None:
            return sum(self.attempts.make(turn)[0] for turn in begun)
        written = [(turn, message) for turn in begun if (message := self._written(turn)) is not None]
        if not written:
            return 0
        said = [turn for turn, _ in written]
        since = min((turn.since for turn in said if turn.since is not None), default=None)
        digest = outlet.digest([message for _, message in written], f"digest:{begun[0].delivery_id}", now)
        try:
            receipt = outlet.channel.send(digest, Try(since=since, may_repeat=since is not None))
        except DeliveryFailure as failure:
            self._failed(said, failure)
            return 0
        except Exception as fault:
            log.exception("channel %s failed on %s alerts in one message", outlet.name, len(said))
            self.attempts.rest.refused_together(now)
            self.attempts.failed(said, unclear(fault, may_have_arrived=True))
            return 0
        self.attempts.taken(said, receipt)
        return len(said)

    def _written(self, turn: Turn) -> Message | None:
        """Write a notice; one that cannot be written is kept with the fault and does not take the others with it."""
        try:
            return self.attempts.composed(turn)[0]
        except Exception as fault:
            log.exception("channel %s failed on alert %s", self.attempts.outlet.name, turn.alert.id)
            self.attempts.failed([turn], unclear(fault, may_have_arrived=False))
            return None

    def _failed(self, turns: Sequence[Turn], failure: DeliveryFailure) -> None:
        if failure.final:
            # It is this message that is refused, not one of those that it tells of.
            self.attempts.rest.refused_together(self.attempts.clock())
            failure = DeliveryFailure(failure.said, remedy=failure.remedy)
        self.attempts.failed(turns, failure)
