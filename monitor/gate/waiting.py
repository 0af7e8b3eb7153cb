"""How long a server asks us to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SECONDS = re.compile(r"\s*([0-9]+)\s*(?:,|$)")
LONGEST = timedelta(days=365)


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header in either of its forms, seconds or a date (RFC 9110, 10.2.3); None where unreadable.

    Of several numbers, which come of several such headers, the largest counts; nothing is longer than a year.
    """
    if SECONDS.match(value):
        return min(LONGEST, timedelta(seconds=max(map(_seconds, value.split(",")))))
    try:
        moment = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(LONGEST, max(timedelta(0), moment - now))


def _seconds(part: str) -> int:
    """Read a number of any length; one of ten figures is longer than anything that is waited for."""
    found = re.fullmatch(r"\s*0*([0-9]+)\s*", part)
    return 0 if found is None else int(found[1][:10])
