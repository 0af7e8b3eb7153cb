"""Read what people are shown of evidence."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.core.evidence.captures import EndWhy, EvidenceState, Finding, Outcome
from monitor.core.evidence.matching import Sign
from monitor.core.evidence.views import CaptureView, EvidenceView, StampView
from monitor.store.evidence import CAPTURE, EVIDENCE, RESPONSE, warc
from monitor.store.stamps import INTERNAL, STAMP

# The text is long and shown nowhere in a list.
_SHOWN = tuple(column for column in CAPTURE.c if column.name not in ("text", "manifest"))
_READABLE = (CAPTURE.c.text != "").label("readable")


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that is handed out of one look: the number, the archive file, the manifest, the stamps by name."""

    number: int
    warc: bytes
    manifest: bytes
    stamps: tuple[tuple[str, bytes, str], ...]


def of_responses(connection: Connection, response_ids: Sequence[int]) -> dict[int, EvidenceView]:
    """Return the evidence of some responses by their number, as far as they have an address."""
    asked = select(EVIDENCE, RESPONSE.c.matter_id).join(RESPONSE, RESPONSE.c.id == EVIDENCE.c.response_id)
    return _views(connection, connection.execute(asked.where(EVIDENCE.c.response_id.in_(response_ids))).all())


def listed(connection: Connection, *, limit: int) -> list[EvidenceView]:
    """Return the evidence of the latest responses, the latest first."""
    asked = select(EVIDENCE, RESPONSE.c.matter_id).join(RESPONSE, RESPONSE.c.id == EVIDENCE.c.response_id)
    rows = connection.execute(asked.order_by(EVIDENCE.c.response_id.desc()).limit(limit)).all()
    return list(_views(connection, rows).values())


def one(connection: Connection, response_id: int) -> EvidenceView | None:
    """Return the evidence of a response, or None where it has no address, or nobody has come to it yet."""
    return of_responses(connection, [response_id]).get(response_id)


def _views(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, EvidenceView]:
    ids = [row.response_id for row in rows]
    captures = connection.execute(
        select(*_SHOWN, _READABLE).where(CAPTURE.c.response_id.in_(ids)).order_by(CAPTURE.c.id)
    )
    looks: dict[int, list[Any]] = defaultdict(list)
    for look in captures:
        looks[look.response_id].append(look)
    stamps = _stamps(connection, [look.id for found in looks.values() for look in found])
    return {
        row.response_id: EvidenceView(
            response_id=row.response_id,
            matter_id=row.matter_id,
            state=EvidenceState(row.state),
            added_at=row.added_at,
            due_at=row.due_at,
            first_kept_at=row.first_kept_at,
            ended_at=row.ended_at,
            ended_why=EndWhy(row.ended_why) if row.ended_why else None,
            captures=tuple(_capture(look, stamps.get(look.id, ())) for look in looks[row.response_id]),
        )
        for row in rows
    }


def _stamps(connection: Connection, capture_ids: Sequence[int]) -> dict[int, list[StampView]]:
    found: dict[int, list[StampView]] = defaultdict(list)
    asked = select(STAMP).where(STAMP.c.capture_id.in_(capture_ids)).order_by(STAMP.c.id)
    for row in connection.execute(asked):
        found[row.capture_id].append(
            StampView(
                authority=row.authority,
                at=row.at,
                serial=row.serial,
                sha256=row.sha256,
                internal=row.authority == INTERNAL,
                examinable=bool(row.roots),
            )
        )
    return found


def _capture(row: Any, stamps: Sequence[StampView]) -> CaptureView:
    return CaptureView(
        id=row.id,
        number=row.number,
        at=row.at,
        outcome=Outcome(row.outcome),
        detail=row.said,
        url=row.url,
        ip=row.ip,
        status=row.status,
        content_type=row.content_type,
        bytes=row.bytes,
        cut=row.cut,
        payload_sha256=row.payload_sha256,
        warc_sha256=row.warc_sha256,
        warc_bytes=row.warc_bytes,
        manifest_sha256=row.manifest_sha256,
        title=row.title,
        readable=bool(row.readable),
        published_at=row.published_at,
        published_day=row.published_day,
        published_raw=row.published_raw,
        signs=tuple(Sign(sign) for sign in row.signs),
        findings=tuple(Finding(finding) for finding in row.findings),
        removed=tuple(row.removed),
        added=tuple(row.added),
        outside_said=row.outside_said,
        stamps=tuple(stamps),
    )


def text_of(connection: Connection, capture_id: int) -> str:
    """Return the main text of a look."""
    return str(connection.execute(select(CAPTURE.c.text).where(CAPTURE.c.id == capture_id)).scalar_one())


def kept(connection: Connection, response_id: int) -> list[Kept]:
    """Return all that is handed out of the looks at one page, oldest first."""
    looks = connection.execute(
        select(CAPTURE.c.id, CAPTURE.c.number, CAPTURE.c.manifest)
        .where(CAPTURE.c.response_id == response_id)
        .order_by(CAPTURE.c.number)
    ).all()
    return [
        Kept(look.number, warc(connection, look.id), look.manifest.encode("utf-8"), _tokens(connection, look.id))
        for look in looks
    ]


def _tokens(connection: Connection, capture_id: int) -> tuple[tuple[str, bytes, str], ...]:
    asked = select(STAMP).where(STAMP.c.capture_id == capture_id).order_by(STAMP.c.id)
    return tuple((row.authority, base64.b64decode(row.token), row.roots) for row in connection.execute(asked))
