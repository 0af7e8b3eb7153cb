"""Ask the outside time stamping authority for its stamp over what was kept, until it gives one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.duties.alerting import INFORMATION_KEEPS, AlertDraft
from monitor.core.model import AlertReason
from monitor.gate import Gate
from monitor.store import duties, stamps
from monitor.store.database import Database
from responders.evidence.stamping import NotStamped, asked

LEASE = timedelta(minutes=2)
AT_ONCE = 10
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
# Our own stamp stands meanwhile; what lasts this long is for a person to mend.
TELL_AT = 4
POINT = "evidence:not_stamped"


@dataclass(frozen=True, slots=True)
class OutsideStamps:
    """Asks one authority; any number of processes may do so at once. `roots` are its certificates in PEM, if known."""

    database: Database
    gate: Gate
    url: str
    roots: tuple[str, ...]
    clock: Callable[[], datetime]

    def tick(self, now: datetime) -> int:
        """Ask for the stamps that are missing; return how many were given."""
        given = 0
        for _ in range(AT_ONCE):
            stamped = self._next(self.clock())
            if stamped is None:
                break
            given += stamped
        return given

    def _next(self, now: datetime) -> bool | None:
        """Ask for one stamp; None where none is missing."""
        with self.database.write() as connection:
            row = stamps.claim_unstamped(connection, now, lease_until=now + LEASE)
        if row is None:
            return None
        try:
            stamp = asked(self.gate, self.url, row.manifest.encode("utf-8"), self.roots)
        except NotStamped as failure:
            self._put_off(row.id, row.outside_tries, str(failure), now)
            return False
        with self.database.write() as connection:
            stamps.save_stamp(
                connection,
                row.id,
                self.url,
                token=stamp.token,
                at=stamp.at,
                serial=stamp.serial,
                sha256=stamp.digest,
                roots="".join(self.roots),
            )
            stamps.put_off_stamp(connection, row.id, None, tries=row.outside_tries + 1)
        return True

    def _put_off(self, capture_id: int, tries: int, said: str, now: datetime) -> None:
        pause = PAUSES[min(tries, len(PAUSES) - 1)]
        with self.database.write() as connection:
            stamps.put_off_stamp(connection, capture_id, now + pause, tries=tries + 1, said=said)
            if tries + 1 == TELL_AT:
                duties.save_alerts(connection, [_failing(self.url, said, now)], now)


def _failing(url: str, said: str, now: datetime) -> AlertDraft:
    """Tell, once a day, that the outside authority gives no stamps."""
    return AlertDraft(
        key=f"{POINT}:{now:%Y%m%d}",
        reason=AlertReason.TROUBLE,
        matter_id=None,
        point=POINT,
        at=now,
        not_before=now,
        useful_until=now + INFORMATION_KEEPS,
        detail={"host": urlsplit(url).hostname or url[:200], "said": said[:200]},
    )
