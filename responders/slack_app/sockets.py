"""Socket Mode: keep a web socket to Slack open, so that no address of ours need be reachable from outside.

Every connection needs a ticket of its own. Slack ends each after some hours and says so before: then the next one is
opened first. One that has gone deaf is replaced; so is one that is old, for some go deaf in ways that no ping shows.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from monitor.core.errors import N_, Mistake, Said
from monitor.gate import Gate, GateFailure
from responders.channels.base import DeliveryFailure
from responders.slack_app.session import Refused, Session

# A replacement takes a second or two; only what lasts longer is told.
GRACE = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# Slack asks for a refresh after an hour or several (its hello tells an approximate time); this is sooner.
OLDEST = 20 * 60.0
# The old one may still be given events while the new one is being greeted.
LINGER = 10.0
# Slack gives about one ticket a minute for long: who is thrown out at once again and again must not ask at once.
SHORT_LIFE = 60.0
SWITCHED_OFF = "link_disabled"
OFF = N_("Socket Mode is switched off for the app at Slack. Switch it on under Settings, Socket Mode.")
APP_TOKEN = N_(
    "Slack refuses the app-level token. Make a new one (xapp-…) with the scope connections:write and set it."
)
WAY = N_("Check that this machine may reach Slack, or set a proxy.")
TOKEN_ERRORS = frozenset(
    {"invalid_auth", "not_authed", "not_allowed_token_type", "missing_scope", "account_inactive", "token_revoked"}
)
log = logging.getLogger(__name__)


class SocketDown(Mistake):
    """No web socket to Slack works: buttons pressed there are not heard."""

    message = N_("Buttons in Slack are not heard ({said}). {remedy}")


class Tickets(Protocol):
    """What hands out the addresses of web sockets."""

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call a method of Slack's; raise DeliveryFailure."""
        ...


@dataclass(frozen=True, slots=True)
class SocketFacts:
    """How the sockets of this process fare, for the metrics: how many work, opened so far, envelopes heard."""

    working: int
    opened: int
    envelopes: int
    silent_for: float


@dataclass(slots=True)
class Sockets:
    """Keeps one working session; `tick` about once a second. `hear` gets every envelope, in a session's thread."""

    gate: Gate
    tickets: Tickets
    hear: Callable[[Session, Mapping[str, Any]], None]
    tick_clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    oldest: float = OLDEST
    sessions: list[Session] = field(default_factory=list)
    opened: int = 0
    envelopes: int = 0
    _failures: int = 0
    _not_before: float = 0.0
    _worked_at: float | None = None
    _said: str = ""
    _remedy: str = ""
    _switched_off: bool = False

    def tick(self, _now: object = None) -> None:
        """See to it that a session works; raise SocketDown while none has for longer than a replacement takes."""
        clock = self.tick_clock()
        if self._worked_at is None:
            self._worked_at = clock
        self._clear(clock)
        if self._needs_another(clock) and clock >= self._not_before:
            self._open(clock)
        if any(session.works for session in self.sessions):
            self._worked_at, self._switched_off = self.tick_clock(), False
            if any(session.works and clock - session.opened_at >= SHORT_LIFE for session in self.sessions):
                self._failures = 0
        elif self.tick_clock() - self._worked_at > GRACE:
            remedy = OFF if self._switched_off else self._remedy or WAY
            raise SocketDown(said=Said(self._said or "no answer"), remedy=Said(remedy))

    def facts(self) -> SocketFacts:
        """Return how they fare."""
        working = sum(session.works for session in self.sessions)
        silent = 0.0 if working or self._worked_at is None else self.tick_clock() - self._worked_at
        return SocketFacts(working, self.opened, self.envelopes, silent)

    def close(self, grace: float = 2.0) -> None:
        """Close all sessions."""
        for session in self.sessions:
            session.close()
        for session in self.sessions:
            session.join(grace)
        self.sessions.clear()

    def _clear(self, clock: float) -> None:
        """Let go of sessions that have ended, are deaf, or whose successor works."""
        fresh = [s for s in self.sessions if s.works and not s.warned]
        newest = fresh[-1] if fresh else None
        for session in list(self.sessions):
            deaf = session.deaf
            replaced = newest is not None and session is not newest and newest.hello_at is not None
            if session.ended or deaf:
                self._switched_off = self._switched_off or session.warned == SWITCHED_OFF
                self._told(session.said or deaf, "")
            elif not (replaced and newest is not None and clock - (newest.hello_at or clock) > LINGER):
                continue
            session.close()
            self.sessions.remove(session)
            if not replaced and clock - session.opened_at < SHORT_LIFE:
                self._pause(clock)

    def _needs_another(self, clock: float) -> bool:
        """Tell whether no session is there that works, or may soon, and is neither warned nor old."""
        return not any(not s.warned and clock - s.opened_at <= self.oldest for s in self.sessions)

    def _open(self, clock: float) -> None:
        try:
            url = str(self.tickets.call("apps.connections.open").get("url") or "")
            session = Session(self.gate, url, self._heard, number=self.opened + 1, tick=self.tick_clock)
        except DeliveryFailure as failure:
            error = getattr(failure, "error", "")
            self._told(failure.said, APP_TOKEN if error in TOKEN_ERRORS else failure.remedy)
            self._pause(clock, failure.retry_after)
        except GateFailure as failure:
            self._told(failure.kind.value, WAY)
            self._pause(clock)
        except Refused as refused:
            self._told(str(refused), WAY)
            self._pause(clock)
        else:
            self.opened += 1
            self.sessions.append(session)
            session.start()

    def _heard(self, session: Session, said: Mapping[str, Any]) -> None:
        self.envelopes += 1
        self.hear(session, said)

    def _told(self, said: str, remedy: str) -> None:
        self._said, self._remedy = said, remedy
        log.info("slack socket: %s", said)

    def _pause(self, clock: float, stated: float | None = None) -> None:
        """Wait longer after each failure, never the same for all processes."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self._failures) * (0.5 + self.jitter() / 2)
        self._failures = min(self._failures + 1, 10)
        self._not_before = clock + max(pause, min(stated or 0.0, 2 * LONGEST_PAUSE))
