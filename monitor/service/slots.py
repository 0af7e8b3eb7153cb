"""How many hosts may be waited for at once: more than will ever hang together, and no more than files may be open."""

from __future__ import annotations

import resource

MOST = 1500
# For the database, the console, the channels, and the look-ups and pages of the fetches themselves.
RESERVED = 200
ASKED_FOR = 8192


def slots() -> int:
    """Raise the limit of open files as far as the system lets us; return how many fetches may be under way."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ASKED_FOR if hard == resource.RLIM_INFINITY else min(ASKED_FOR, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else max(20, min(MOST, soft - RESERVED))
