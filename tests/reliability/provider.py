"""Providers on a real socket that take a message and say nothing, refuse, hang, or answer nonsense; all by a seed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.responders.fakes.robots import FakeWeCom
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Answer, Fault, Request

REPEAT = "REPEAT"


class Moody:
    """Commits a fault with a probability, drawn from a seeded source; counts those that dropped a reply."""

    def __init__(self, seed: int, moods: dict[Fault, float]) -> None:
        self.random = random.Random(seed)
        self.moods = moods
        self.dropped = 0

    def draw(self) -> Fault | None:
        at = self.random.random()
        for fault, share in self.moods.items():
            if at < share:
                self.dropped += fault is Fault.DROPPED_REPLY
                return fault
            at -= share
        return None


class MoodySlack(FakeSlack):
    """Slack, which can be asked what arrived."""

    def __init__(self, mood: Moody, clock: Callable[[], float], **more: Any) -> None:
        super().__init__(clock=clock, **more)
        self.mood = mood

    def _next_fault(self, path: str) -> Fault | Answer | None:
        return self.mood.draw()

    def answer(self, request: Request) -> Answer | None:
        answer = super().answer(request)
        self.requests.clear()
        return answer

    def counts(self) -> Counter[str]:
        """Return how often each alert stands in the channel."""
        return Counter(
            post.key for post in self.channels["C0123ABCD"] if post.metadata["event_payload"]["part"] == "alert"
        )


class MoodyRobot(FakeWeCom):
    """A group robot, which cannot be asked."""

    def __init__(self, mood: Moody, clock: Callable[[], float], **more: Any) -> None:
        super().__init__(clock=clock, **more)
        self.mood = mood

    def _next_fault(self, path: str) -> Fault | Answer | None:
        return self.mood.draw()

    def answer(self, request: Request) -> Answer | None:
        answer = super().answer(request)
        self.requests.clear()
        return answer

    def texts(self) -> list[tuple[str, bool]]:
        """Return the key of each message that reached the group, and whether it is marked as a repeat."""
        found = []
        for payload in self.taken:
            text = payload[payload["msgtype"]]["content"]
            match = re.search(r"key:(\S+?):yek", text.replace("\\", ""))
            found.append((match.group(1).replace("＠", "@") if match else text, REPEAT in text))
        return found
