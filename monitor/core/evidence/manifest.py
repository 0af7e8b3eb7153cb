"""The manifest of one look at a page: everything that its time stamp fixes, as canonical JSON.

It names the archive file and the payload by their digests and the manifest before it, so that the looks at one page
form a chain. Whoever has the file needs `sha256sum` and `openssl ts` to examine it, and nothing of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.core.evidence.captures import Seen

FORM = "huiying-evidence-1"


def manifest_of(
    response: Mapping[str, Any], seen: Seen, *, bureau: str, warc: str, ip: str, before: str, number: int
) -> bytes:
    """Return the manifest; `warc` is the SHA-256 of the archive file, `before` that of the manifest before, or ""."""
    told = {
        "form": FORM,
        "bureau": bureau,
        "response": dict(response),
        "look": {
            "number": number,
            "at": _instant(seen.at),
            "outcome": seen.outcome.value,
            "status": seen.status,
            "detail": seen.detail,
            "url": seen.url,
            "ip": ip,
            "content_type": seen.content_type,
            "bytes": seen.size,
            "cut": seen.cut,
        },
        "page": {
            "title": seen.title,
            "text_sha256": digest(seen.text.encode()) if seen.text else "",
            "published": {
                "at": _instant(seen.published_at),
                "day": seen.published_day and seen.published_day.isoformat(),
                "stated": seen.published_raw,
            },
        },
        "payload_sha256": seen.payload,
        "warc_sha256": warc,
        "manifest_before_sha256": before,
    }
    return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode("utf-8", "replace")


def digest(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
