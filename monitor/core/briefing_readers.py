"""Who gets the daily briefing by mail, which edition of it, and at which moment of the morning. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from monitor.core.beijing import instant

# Many services send at the same minutes, above all at full and half hours; none of ours comes later than this.
LONGEST_DELAY = timedelta(minutes=8)
CROWDED = (0, 30)
A_MINUTE = timedelta(minutes=1)
LAST = time(23, 58)


@dataclass(frozen=True, slots=True)
class Edition:
    """What some readers are told: in which language, of which division and of which office's incidents.

    With both, of what lies in the division and of what the office was given. Empty is the bureau's own choice: its
    language, and everything.
    """

    language: str = ""
    region: str = ""
    office: str = ""

    @property
    def key(self) -> str:
        """The name under which it is stored; the bureau's own has the empty one."""
        return "/".join((self.language, self.region, self.office)) if self != OWN else ""

    @property
    def is_part(self) -> bool:
        """Whether it leaves out what concerns others."""
        return bool(self.region or self.office)

    def known_among(self, offices: Container[str]) -> Edition:
        """Return this edition without an office that is none of `offices`: it would be told of nothing."""
        return self if not self.office or self.office in offices else replace(self, office="")


OWN = Edition()


@dataclass(frozen=True, slots=True)
class Reader:
    """One person who gets the briefing, and the edition that he gets."""

    address: str
    edition: Edition = OWN


def moment_of(day: date, at: time, seed: str) -> datetime:
    """Return when the briefing of a day is sent: at the time of day `at`, or up to eight minutes later, on that day.

    How much later is the same every day and differs between offices, by `seed`; it never is a full or half hour. From
    LAST on nothing is added: whoever looks at the clock now and then must still find the day.
    """
    begin, end = instant(day, at), instant(day, LAST)
    room = min(LONGEST_DELAY, end - begin) // timedelta(seconds=1)
    late = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % max(room, 1)
    moment = begin + timedelta(seconds=late)
    return moment + A_MINUTE if moment.minute in CROWDED else moment
