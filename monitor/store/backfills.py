"""What a look back into the past opened: nobody is woken for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.core.duties.alerting import Silence
from monitor.core.model import AlertState
from monitor.store.sql import of
from monitor.store.tables import AlertRow, MatterRow

ALERT = of(AlertRow)
MATTER = of(MatterRow)


def hush(connection: Connection, now: datetime) -> int:
    """Keep the alerts that were made at `now` for the matters opened at `now` from being sent; return how many.

    To be called in the transaction that made them, before anybody could send them.
    """
    opened = select(MATTER.c.id).where(MATTER.c.opened_at == now)
    mine = (ALERT.c.created_at == now) & ALERT.c.matter_id.in_(opened) & (ALERT.c.state == AlertState.PENDING.value)
    values = {"state": AlertState.SUPPRESSED.value, "silence": Silence.READ_BACK.value}
    return connection.execute(update(ALERT).where(mine).values(values)).rowcount
