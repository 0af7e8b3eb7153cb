"""The table of the rules as they stood when deadlines opened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from monitor.store.tables import Table, json_value


class RuleVersionRow(Table, table=True):
    """One rule as it stood when a deadline first opened by it; never changed. `digest` is that of `body`."""

    __tablename__ = "rule_version"
    digest: str = Field(primary_key=True)
    obligation_id: str = Field(index=True)
    origin: str
    body: dict[str, Any] = json_value()
    first_used_at: datetime
