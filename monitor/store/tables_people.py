"""Tables of people: for whom an alert is, and what was changed about a rota."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.tables import Table, long_text


class AudienceRow(Table, table=True):
    """A contact whom an alert is for, and why it is he; `name` is what he was called then.

    `silence` is why he was not told, or not told any further.
    """

    __tablename__ = "audience"
    alert_id: int = Field(primary_key=True, foreign_key="alert.id")
    contact: str = Field(primary_key=True)
    name: str = ""
    because: str
    through: str = ""
    detail: str = ""
    silence: str = ""


class RotaChangeRow(Table, table=True):
    """Somebody was put on duty for a time; `pair` joins the halves of a swap. Nothing is deleted, only cancelled."""

    __tablename__ = "rota_change"
    id: int | None = Field(default=None, primary_key=True)
    rota: str = Field(index=True)
    kind: str
    contact: str
    instead_of: str = ""
    begins: datetime
    ends: datetime = Field(index=True)
    pair: int | None = None
    by: str
    reason: str = long_text()
    made_at: datetime
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
