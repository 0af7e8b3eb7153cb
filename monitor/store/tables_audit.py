"""The audit log. Triggers write it in the transaction of what it records; the sealer numbers and chains it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, text
from sqlmodel import Field

from monitor.store.tables import Table, long_text

UNSEALED = text("seq IS NULL")
SEALED = text("seq IS NOT NULL")
# An embedded database numbers rows by itself only where the type is INTEGER, which has eight bytes there.
NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class AuditLogRow(Table, table=True):
    """One line of the log: `text` is JSON as it was written, `at` the database's own clock, `subject` "alert:12".

    `seq` and `hash` are null until it is sealed; afterwards nothing of it may change.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_id_unsealed", "id", sqlite_where=UNSEALED, postgresql_where=UNSEALED),
        Index("ix_audit_seq", "seq", unique=True, sqlite_where=SEALED, postgresql_where=SEALED),
        Index("ix_audit_matter_id_id", "matter_id", "id"),
        Index("ix_audit_kind_id", "kind", "id"),
        Index("ix_audit_at_id", "at", "id"),
    )
    id: int | None = Field(default=None, sa_column=Column(NUMBER, primary_key=True))
    seq: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    at: datetime
    kind: str
    matter_id: int | None = None
    subject: str = ""
    text: str = long_text()
    hash: str | None = None
