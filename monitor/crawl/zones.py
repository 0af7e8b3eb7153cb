"""Read the zone that is written behind a time of day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

ZONE = re.compile(
    r"\s?(?P<name>北京时间|[A-Z]{1,5})?\s?(?P<sign>[+-])(?P<h>\d{1,2})(?::?(?P<m>\d\d))?(?!\d)"
    r"|\s?(?P<only>[A-Z]{1,5})(?![a-z])",
    re.ASCII,
)
_ZONES = {
    "Z": 0.0, "UT": 0.0, "UTC": 0.0, "GMT": 0.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0,
    "MSK": 3.0, "IST": 5.5, "BJT": 8.0, "HKT": 8.0, "SGT": 8.0, "JST": 9.0, "KST": 9.0, "AEST": 10.0, "AEDT": 11.0,
    "AST": -4.0, "EST": -5.0, "EDT": -4.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
}  # fmt: skip
_PLACES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip


def zone_is_unknown(text: str, start: int) -> bool:
    """Tell whether a zone is written at `start` that nobody here knows: then the time says nothing."""
    match = ZONE.match(text, start)
    name = match["only"] if match else None
    return bool(name and name.endswith("T") and len(name) > 2 and name != "CST" and name not in _ZONES)


def zone_at(text: str, start: int, now: datetime) -> tzinfo | None:
    """Return the zone written at `start`. "CST" is China's where the source lives at UTC+8, else America's."""
    match = ZONE.match(text, start)
    if match is None:
        return UTC if text[start : start + 1] == "Z" else None
    if match["sign"]:
        offset = timedelta(hours=int(match["h"]), minutes=int(match["m"] or 0))
        if match["m"] is None and len(match["h"]) == 4:
            return None
        if offset > timedelta(hours=14):
            return None
        return UTC if not offset else timezone(offset if match["sign"] == "+" else -offset)
    name = match["only"]
    if name in _PLACES:
        return ZoneInfo(_PLACES[name])
    if name == "CST":
        here = now.utcoffset() or timedelta(0)
        return timezone(timedelta(hours=8 if here == timedelta(hours=8) else -6))
    hours = _ZONES.get(name)
    if hours is None:
        return None
    return UTC if not hours else timezone(timedelta(hours=hours))
