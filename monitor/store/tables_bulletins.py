"""Issues of bulletins: how each stands, every version of its texts, everything that people did to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from monitor.store.tables import Table, json_value, long_text


class BulletinRow(Table, table=True):
    """An issue; `number` is its number of the kind in the year, `facts` what it was made of, empty of a newsletter.

    `matter_id` is the incident that it was made for, also after that became part of another. `current` is its newest
    version; `follows` the issue that it continues, `sequel` how many there were before it on the incident.
    """

    __tablename__ = "bulletin"
    __table_args__ = (UniqueConstraint("kind", "year", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    year: int
    number: int
    matter_id: int | None = Field(default=None, index=True, foreign_key="matter.id")
    follows: int | None = Field(default=None, foreign_key="bulletin.id")
    sequel: int = 0
    made_at: datetime = Field(index=True)
    language: str
    state: str = Field(index=True)
    current: int
    facts: dict[str, Any] = json_value()


class BulletinVersionRow(Table, table=True):
    """The texts as somebody saved them; never changed. `digest` is the SHA-256 over the whole issue with them."""

    __tablename__ = "bulletin_version"
    bulletin_id: int = Field(primary_key=True, foreign_key="bulletin.id")
    number: int = Field(primary_key=True)
    title: str = long_text()
    sections: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    by: str
    account: int = 0
    contact: str = ""
    at: datetime
    digest: str


class BulletinStepRow(Table, table=True):
    """Something that happened to an issue: append-only. `hash` is over the whole issue as it then was."""

    __tablename__ = "bulletin_step"
    __table_args__ = (UniqueConstraint("bulletin_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    bulletin_id: int = Field(foreign_key="bulletin.id")
    number: int
    act: str
    version: int
    by: str
    account: int = 0
    contact: str = ""
    at: datetime
    comment: str = long_text()
    hash: str
