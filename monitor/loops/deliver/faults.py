"""An alert that cannot be dealt with: the fault is kept and told, and no other alert waits for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.store import troubles
from monitor.store.outbox import LEG

log = logging.getLogger(__name__)


@contextmanager
def kept_apart(connection: Connection, alert_id: int, now: datetime) -> Iterator[None]:
    """Deal with one of several alerts of a transaction; its fault undoes nothing but what was done for it."""
    try:
        with connection.begin_nested():
            yield
    except OperationalError:
        # The database itself fails, not this alert.
        raise
    except Exception as error:
        log.exception("alert %s", alert_id)
        troubles.note(connection, LEG, alert_id, error, now)
