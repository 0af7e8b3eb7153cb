"""What the bureau published itself, as it was offered for an incident."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables import Table, long_text


class OfferRow(Table, table=True):
    """A publication of our own beside an incident, whether it is offered, and what a person decided.

    It stays with the incident for which it was found; what was merged is asked for by the other's number.
    """

    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("matter_id", "item_id"), Index("ix_offer_state_matter_id", "state", "matter_id"))
    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id")
    item_id: int = Field(index=True, foreign_key="item.id")
    form: str
    state: str
    why: str = ""
    signs: str = ""
    title: str = long_text()
    url: str = long_text()
    published_at: datetime | None = None
    found_at: datetime
    response_id: int | None = Field(default=None, foreign_key="response.id")
    decided_at: datetime | None = None
    decided_by: str = ""
