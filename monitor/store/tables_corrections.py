"""The table of what people stated of incidents in place of what was read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text


class CorrectionRow(Table, table=True):
    """What holds of an incident by a person's word: `about` is kind, place or toll. The decisions keep the others."""

    __tablename__ = "correction"
    matter_id: int = Field(primary_key=True, foreign_key="matter.id")
    about: str = Field(primary_key=True)
    stated: dict[str, Any] = json_value()
    struck: dict[str, Any] = json_value()
    at: datetime
    by: str
    reason: str = long_text()
