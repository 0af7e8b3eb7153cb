"""Which gates a bureau has, in which order, and for which releases one may be left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.core.drafts.draft import Gate
from monitor.core.model import ResponseKind, Severity

USUAL = (Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL)


@dataclass(frozen=True, slots=True)
class Skip:
    """A gate that is not asked for: of responses of `kinds` (all where empty), up to a severity (all where None).

    An incident whose grade nobody knows is above every bound.
    """

    gate: Gate
    kinds: frozenset[ResponseKind] = frozenset()
    up_to: Severity | None = None

    def fits(self, kind: ResponseKind, severity: Severity | None) -> bool:
        """Tell whether it holds for a response of a kind about an incident of a grade."""
        small = self.up_to is None or (severity is not None and severity <= self.up_to)
        return small and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class ReleasePath:
    """The gates between draft and publication in their order; what was published without them is owed in `later`."""

    gates: tuple[Gate, ...] = USUAL
    skips: tuple[Skip, ...] = ()
    later: timedelta = timedelta(hours=24)

    def asked(self, kind: ResponseKind, severity: Severity | None) -> tuple[Gate, ...]:
        """Return the gates that a release has to pass."""
        return tuple(
            gate for gate in self.gates if not any(s.gate is gate and s.fits(kind, severity) for s in self.skips)
        )
