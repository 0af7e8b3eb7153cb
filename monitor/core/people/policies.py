"""Escalation policies: who is told after how long, until enough people have acknowledged.

A policy is chosen when a deadline opens and kept with it in full: what is edited later changes no running escalation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from monitor.core.model import Severity


class WhomKind(StrEnum):
    """Whom a step tells."""

    ROTA = "rota"
    CONTACT = "contact"
    OFFICE = "office"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody to be told: whoever is on duty in a rota, one contact, all of an office, or one who has acted."""

    kind: WhomKind
    id: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a policy: so long after the round began, these are told."""

    after: timedelta
    whom: tuple[Whom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who is told until enough people have acknowledged.

    The first rung comes at once. A round whose last rung has passed begins again after `pause`, `repeat` times. An
    acknowledgement without a logged response is reminded of after `expires`, and void `grace` later; None lets it hold
    until the end. `at_least` and `obligations` bound for which deadlines the policy is chosen.
    """

    id: str
    rungs: tuple[Rung, ...]
    repeat: int = 3
    pause: timedelta = timedelta(minutes=15)
    needed: int = 1
    expires: timedelta | None = None
    grace: timedelta = timedelta(minutes=10)
    at_least: Severity | None = None
    obligations: frozenset[str] = frozenset()

    @property
    def for_everything(self) -> bool:
        """Tell whether it fits every deadline."""
        return self.at_least is None and not self.obligations

    def fits(self, obligation: str, severity: Severity | None) -> bool:
        """Tell whether it is meant for a deadline of this obligation at this grade."""
        grave = self.at_least is None or (severity is not None and severity >= self.at_least)
        return grave and (not self.obligations or obligation in self.obligations)


def choose(policies: Iterable[Policy], obligation: str, severity: Severity | None) -> Policy | None:
    """Return the first policy that fits, or None."""
    return next((policy for policy in policies if policy.fits(obligation, severity)), None)


def snapshot(policy: Policy) -> dict[str, Any]:
    """Return a policy as it is kept with a deadline; spans in seconds. For which deadlines it was is not kept."""
    return {
        "id": policy.id,
        "rungs": [
            {"after": rung.after.total_seconds(), "whom": [[whom.kind.value, whom.id] for whom in rung.whom]}
            for rung in policy.rungs
        ],
        "repeat": policy.repeat,
        "pause": policy.pause.total_seconds(),
        "needed": policy.needed,
        "expires": None if policy.expires is None else policy.expires.total_seconds(),
        "grace": policy.grace.total_seconds(),
    }


def policy_of(kept: Mapping[str, Any]) -> Policy:
    """Return the policy that `snapshot` kept."""
    return Policy(
        id=kept["id"],
        rungs=tuple(
            Rung(
                timedelta(seconds=rung["after"]),
                tuple(Whom(WhomKind(kind), name) for kind, name in rung["whom"]),
            )
            for rung in kept["rungs"]
        ),
        repeat=kept["repeat"],
        pause=timedelta(seconds=kept["pause"]),
        needed=kept["needed"],
        expires=None if kept["expires"] is None else timedelta(seconds=kept["expires"]),
        grace=timedelta(seconds=kept["grace"]),
    )
