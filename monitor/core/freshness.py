"""How long a server and a feed say that an answer stays as it is. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

LONGEST = timedelta(days=7)
NOTHING = timedelta(0)
_DIRECTIVE = re.compile(r'([a-z-]+)\s*(?:=\s*"?(\d{1,9})"?)?')
# RSS 1.0 syndication module.
PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


def max_age(cache_control: str, age: str = "") -> timedelta:
    """Read how long an answer is still fresh (RFC 9111, 4.2 and 5.2.2); nothing where it is to be asked for anew."""
    said = dict(_DIRECTIVE.findall(cache_control.lower()))
    if "no-cache" in said or "no-store" in said or not said.get("max-age"):
        return NOTHING
    passed = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
    return min(LONGEST, timedelta(seconds=max(0, int(said["max-age"]) - passed)))


def feed_ttl(*, ttl: str = "", period: str = "", frequency: str = "") -> timedelta:
    """Read how long a feed stays as it is: minutes (RSS 2.0 ttl), or a period with how often it changes in it."""
    minutes = int(ttl.strip()) if re.fullmatch(r"[0-9]{1,6}", ttl.strip()) else 0
    times = int(frequency.strip()) if re.fullmatch(r"[1-9][0-9]{0,3}", frequency.strip()) else 1
    updated = PERIODS.get(period.strip().lower(), NOTHING) / times
    return min(LONGEST, max(timedelta(minutes=minutes), updated))
