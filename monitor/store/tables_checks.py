"""What the checks found in the text of a logged release."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from monitor.store.tables import Table, long_text


class ReleaseCheckRow(Table, table=True):
    """The text of a logged response and what was found in it, by the lists of words whose digest is `words`.

    `digest` is the SHA-256 of the text; `score` is null where nothing could be checked, with the reason in `findings`.
    """

    __tablename__ = "release_check"
    response_id: int = Field(primary_key=True, foreign_key="response.id")
    at: datetime = Field(index=True)
    by: str
    words: str = ""
    digest: str
    text: str = long_text()
    score: int | None = None
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
