"""What people are told of a published page, and whether at night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft
from monitor.core.evidence.captures import Finding
from monitor.core.model import AlertReason

POINT = "evidence"
# Who has logged a response so lately is still at work, and the duty may not be fulfilled.
PRESSING = timedelta(hours=3)
AT_ONCE = frozenset({Finding.LATE, Finding.OLD, Finding.ELSEWHERE, Finding.MISSING})


def alert_of(
    finding: Finding,
    *,
    response_id: int,
    matter_id: int,
    logged_at: datetime,
    now: datetime,
    mark: str,
    detail: Mapping[str, str],
) -> AlertDraft:
    """Tell a finding once; `mark` tells this occasion from others. A duty that runs again pages by itself."""
    return AlertDraft(
        key=f"{POINT}:{response_id}:{finding.value}:{mark}",
        reason=AlertReason.TROUBLE,
        matter_id=matter_id,
        point=f"{POINT}:{finding.value}",
        at=now,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        page=finding in AT_ONCE and now - logged_at <= PRESSING,
        detail={"response": str(response_id), **detail},
    )
