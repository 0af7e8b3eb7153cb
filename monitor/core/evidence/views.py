"""What people are shown of the evidence of a response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.evidence.captures import EndWhy, EvidenceState, Finding, Outcome
from monitor.core.evidence.matching import Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class StampView:
    """A time stamp over the manifest of a look; `internal` tells our own from that of an outside authority."""

    authority: str
    at: datetime
    serial: str
    sha256: str
    internal: bool
    examinable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureView:
    """One look at a page. Digests are SHA-256; sizes are in bytes."""

    id: int
    number: int
    at: datetime
    outcome: Outcome
    detail: str
    url: str
    ip: str
    status: int | None
    content_type: str
    bytes: int
    cut: bool
    payload_sha256: str
    warc_sha256: str
    warc_bytes: int
    manifest_sha256: str
    title: str
    readable: bool
    published_at: datetime | None
    published_day: date | None
    published_raw: str
    signs: tuple[Sign, ...]
    findings: tuple[Finding, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    outside_said: str = ""
    stamps: tuple[StampView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """How the page of a response stands, with every look at it, oldest first; none where nobody looked yet."""

    response_id: int
    matter_id: int
    state: EvidenceState
    added_at: datetime
    due_at: datetime | None
    first_kept_at: datetime | None
    ended_at: datetime | None
    ended_why: EndWhy | None
    captures: tuple[CaptureView, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What people were told of the page, in order, each once."""
        return tuple(dict.fromkeys(finding for capture in self.captures for finding in capture.findings))

    @property
    def last(self) -> CaptureView | None:
        """The last look."""
        return self.captures[-1] if self.captures else None
