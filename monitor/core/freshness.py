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
    """Read how long an answer is still fresh (RFC 9111, 4.2 and 5.2.2); nothing where it is to be asked for anew.

    Of several values the shortest counts: what contradicts itself is not believed at length.
    """
    said = _DIRECTIVE.findall(cache_control.lower())
    ages = [seconds for name, seconds in said if name == "max-age"]
    if not ages or not all(ages) or {"no-cache", "no-store"} & {name for name, _ in said}:
        return NOTHING
    first = age.partition(",")[0].strip()
    passed = int(first) if first.isascii() and first.isdigit() and len(first) < 10 else 0
    return min(LONGEST, timedelta(seconds=max(0, min(map(int, ages)) - passed)))


def feed_ttl(*, ttl: str = "", period: str = "", frequency: str = "") -> timedelta:
    """Read how long a feed stays as it is: minutes (RSS 2.0 ttl), or a period with how often it changes in it."""
    minutes = int(ttl.strip()) if re.fullmatch(r"[0-9]{1,6}", ttl.strip()) else 0
    times = int(frequency.strip()) if re.fullmatch(r"[1-9][0-9]{0,3}", frequency.strip()) else 1
    updated = PERIODS.get(period.strip().lower(), NOTHING) / times
    return min(LONGEST, max(timedelta(minutes=minutes), updated))
