"""Tell an outside dead-man's switch that all is well, at once that it is not, and nothing where we cannot.

The switch is a web address in the manner of healthchecks: it is called while all is well, its /fail with the reason
when it is not, and it alarms by itself when it hears nothing. So it also tells of a machine that lost its power.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from monitor.core.errors import N_, Mistake
from monitor.core.sources import FAILURE_MESSAGES
from monitor.gate import Answer, Gate, GateFailure
from monitor.service.probes import sentence
from responders.console.health import Unwell

SECONDS = 8.0
LONGEST = 4000


class SwitchSilent(Mistake):
    """The switch does not take our word; it will alarm although nothing else may be wrong."""

    message = N_("The dead-man's switch does not take our word: {why} Check deadman.url and the way to it.")


class Deadman:
    """Speaks to one switch; `taken_at` is when it last took the word that all is well."""

    def __init__(self, gate: Gate, url: str, every: timedelta, unwell: Callable[[], Sequence[Unwell]]) -> None:
        self.taken_at: datetime | None = None
        self._gate = gate
        self._url = url.rstrip("/")
        self._every = every
        self._unwell = unwell
        self._said_at: datetime | None = None
        self._said = ""

    def tick(self, now: datetime) -> bool:
        """Say how it stands where that is due or has changed; tell whether anything was said. Raise SwitchSilent."""
        grave = "\n".join(sentence(part) for part in self._unwell() if part.grave)
        # The reason may change with every second that it lasts; that there is one is what changes.
        changed = bool(grave) != bool(self._said)
        if self._said_at is not None and not changed and now - self._said_at < self._every:
            return False
        self._say(grave)
        self._said, self._said_at = grave, now
        if not grave:
            self.taken_at = now
        return True

    def _say(self, grave: str) -> None:
        """Call the switch; its address is a secret and stands in no message."""
        why = ""
        try:
            answer = self._call(grave)
        except GateFailure as failure:
            why = FAILURE_MESSAGES[failure.kind].format(detail="—")
        else:
            if not 200 <= answer.status < 300:
                why = f"HTTP {answer.status}."
        if why:
            raise SwitchSilent(why=why)

    def _call(self, grave: str) -> Answer:
        if not grave:
            return self._gate.get(self._url, total_seconds=SECONDS, longest_body=LONGEST)
        body = grave[:LONGEST].encode()
        kind = "text/plain; charset=utf-8"
        return self._gate.post(f"{self._url}/fail", body, content_type=kind, total_seconds=SECONDS)
