"""What a program identifies itself with: bound to an account, to some of its permissions, and to a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.access.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token without its secret, which is shown once and never kept."""

    id: str
    account_id: int
    name: str
    scopes: frozenset[Permission]
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Tell whether it is of use at `now`."""
        return self.ended_at is None and now < self.expires_at
