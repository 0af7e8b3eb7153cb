"""Whom alerts and escalations still name although the duty file knows him no more: he would not be told, unnoticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from monitor.core.beijing import day_of
from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft
from monitor.core.model import AlertReason
from monitor.core.people.duty import Duty
from monitor.core.people.policies import Whom, WhomKind


def gone(named: Mapping[Whom, str], duty: Duty) -> Iterator[tuple[Whom, str]]:
    """Yield those of `named` whom the duty file does not know, each with the name that he is known by."""
    known = {
        WhomKind.CONTACT: duty.contacts,
        WhomKind.ACTOR: duty.contacts,
        WhomKind.OFFICE: duty.offices,
        WhomKind.ROTA: duty.rotas,
    }
    for whom in sorted(named, key=lambda one: (one.kind, one.id)):
        if whom.id not in known[whom.kind]:
            yield whom, named[whom] or whom.id


def gone_alarms(named: Mapping[Whom, str], duty: Duty, now: datetime) -> Iterator[AlertDraft]:
    """Tell, once a day for each, that somebody is gone whom open alerts, running escalations or the rota name."""
    for whom, name in gone(named, duty):
        yield AlertDraft(
            key=f"duty:gone:{whom.kind}:{whom.id[:120]}:{day_of(now):%Y%m%d}",
            reason=AlertReason.TROUBLE,
            matter_id=None,
            point="duty:gone",
            at=now,
            not_before=now,
            useful_until=now + INFORMATION_KEEPS,
            page=True,
            detail={"name": name[:120], "who": f"{whom.kind}:{whom.id[:120]}"},
        )
