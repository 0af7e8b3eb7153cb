"""What is kept of published pages: how each stands, every look at it, the archive files, the time stamps."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from monitor.store.tables import DUE, Table, long_text

ASKED = text("outside_due_at IS NOT NULL")


class EvidenceRow(Table, table=True):
    """How the page of a response stands. It is looked at when `due_at` has come; null means no more, see `ended_why`.

    `suspect`, `tries`, `troubled_since` and `told` are of the trouble that goes on; `baseline_id` is the look that
    later ones are compared with.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_due_at", "due_at", sqlite_where=DUE, postgresql_where=DUE),)
    response_id: int = Field(primary_key=True, foreign_key="response.id")
    state: str
    added_at: datetime
    due_at: datetime | None = None
    suspect: str = ""
    tries: int = 0
    troubled_since: datetime | None = None
    told: bool = False
    first_kept_at: datetime | None = None
    baseline_id: int | None = None
    ended_at: datetime | None = None
    ended_why: str = ""


class CaptureRow(Table, table=True):
    """One look at a page, whatever came of it. Digests are SHA-256 in hexadecimal; `manifest` is what is stamped.

    `outside_due_at` is when an outside authority is asked next for its stamp; null where it has given one, or where
    none is set.
    """

    __tablename__ = "capture"
    __table_args__ = (
        UniqueConstraint("response_id", "number"),
        Index(
            "ix_capture_outside_due_at",
            "outside_due_at",
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    response_id: int = Field(foreign_key="response.id")
    number: int
    at: datetime
    outcome: str
    failure: str = ""
    said: str = long_text()
    url: str = long_text()
    ip: str = ""
    status: int | None = None
    content_type: str = ""
    bytes: int = 0
    cut: bool = False
    payload_sha256: str = ""
    warc_sha256: str = ""
    warc_bytes: int = 0
    manifest_sha256: str = ""
    manifest: str = long_text()
    title: str = long_text()
    text: str = long_text()
    published_at: datetime | None = None
    published_day: date | None = None
    published_raw: str = ""
    time_note: str = ""
    signs: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    findings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    removed: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    added: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    outside_due_at: datetime | None = None
    outside_tries: int = 0
    outside_said: str = long_text()


class CapturePartRow(Table, table=True):
    """A piece of the WARC file of a look, small enough to be carried with a thousand others."""

    __tablename__ = "capture_part"
    capture_id: int = Field(primary_key=True, foreign_key="capture.id")
    number: int = Field(primary_key=True)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class StampRow(Table, table=True):
    """A time stamp over the manifest of a look: the whole response in base64, and who gave it.

    `authority` is "internal" or the address of an outside one; `roots` are the certificates by which it can be
    examined, in PEM.
    """

    __tablename__ = "stamp"
    __table_args__ = (UniqueConstraint("capture_id", "authority"),)
    id: int | None = Field(default=None, primary_key=True)
    capture_id: int = Field(foreign_key="capture.id")
    authority: str
    at: datetime
    serial: str
    sha256: str
    token: str = long_text()
    roots: str = long_text()


class AuthorityRow(Table, table=True):
    """The internal time stamping authority of this installation, made when it was first needed."""

    __tablename__ = "authority"
    name: str = Field(primary_key=True)
    root: str = long_text()
    certificate: str = long_text()
    key: str = long_text()
    made_at: datetime
