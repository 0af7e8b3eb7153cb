"""What people are told of an offer: once, and at night nobody is woken for it."""

from __future__ import annotations

from datetime import datetime

from monitor.core.duties.alerting import AlertDraft, trouble_alert
from monitor.core.offers.offer import Offer

POINT = "offer"


def alert_of(offer: Offer, now: datetime) -> AlertDraft:
    """Tell of an offer; its key is the offer's, so that it is told once however often the facts are looked at."""
    detail = {
        "offer": str(offer.id),
        "title": offer.title[:300],
        "url": offer.url[:500],
        "source": offer.source,
        "form": offer.form.value,
    }
    if offer.published_at is not None:
        detail["published"] = offer.published_at.isoformat()
    key = f"{POINT}:{offer.id}"
    return trouble_alert(key, POINT, now, matter_id=offer.matter_id, page=False, detail=detail)
