"""To whom an incident is assigned, and who has signed for it, as values. Superseded assignments stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Part(StrEnum):
    """What an office is in an assignment."""

    LEAD = "lead"
    HELP = "help"


class EndedBy(StrEnum):
    """Why an assignment no longer holds."""

    REASSIGNED = "reassigned"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What one office owes and gave: it was asked to sign at `asked_at`, within a time; `told` counts the steps since.

    `name` is what the office was called then, `signed_by` who signed for it.
    """

    id: int
    office: str
    name: str
    part: Part
    asked_at: datetime
    within: timedelta
    told: int = 0
    signed_at: datetime | None = None
    signed_by: str = ""

    @property
    def due_at(self) -> datetime:
        """When it should have been signed."""
        return self.asked_at + self.within


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who is responsible for an incident, by whom and why; `receipts` has the lead first.

    `proposed` tells whether it is what the rules proposed.
    """

    id: int
    matter_id: int
    made_at: datetime
    by: str
    note: str
    proposed: bool
    receipts: tuple[Receipt, ...]
    ended_at: datetime | None = None
    ended: EndedBy | None = None

    @property
    def lead(self) -> Receipt:
        """The receipt of the responsible office."""
        return self.receipts[0]

    @property
    def helps(self) -> tuple[Receipt, ...]:
        """Those of the offices that assist it."""
        return self.receipts[1:]

    @property
    def offices(self) -> tuple[str, ...]:
        """The ids of all its offices."""
        return tuple(receipt.office for receipt in self.receipts)

    @property
    def unsigned(self) -> tuple[Receipt, ...]:
        """The receipts that nobody has given."""
        return tuple(receipt for receipt in self.receipts if receipt.signed_at is None)

    def of(self, office: str) -> Receipt | None:
        """Return an office's receipt, None where it has no part in it."""
        return next((receipt for receipt in self.receipts if receipt.office == office), None)
