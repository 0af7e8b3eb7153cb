"""The secret address of somebody's calendar: made anew whenever it is asked for, shown once, taken back at will.

A calendar program can neither sign in nor send a header; so the address is the right. It shows deadlines, nothing else.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime

from monitor.core.access.accounts import Account
from monitor.store import accounts, calendar_feeds, sessions
from monitor.store.database import Database

FORM = re.compile(r"([0-9a-f]{16})([A-Za-z0-9_-]{43})\.ics")


class Feeds:
    """Makes addresses, recognises them, takes them back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, account: Account, now: datetime) -> str:
        """Return the name of a new calendar file, which is kept nowhere; an earlier one holds no more."""
        name, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        with self._database.write() as connection:
            calendar_feeds.end(connection, account.id, by=account.by, now=now)
            calendar_feeds.add(connection, name, secret, account.id, now)
        return f"{name}{secret}.ics"

    def holder(self, file: str) -> Account | None:
        """Return whose calendar a file is, None where it is nobody's; nothing is written."""
        found = FORM.fullmatch(file)
        if found is None:
            return None
        with self._database.read() as connection:
            kept = calendar_feeds.kept(connection, found[1])
            if kept is None or not hmac.compare_digest(sessions.digest(found[2]), kept[1]):
                return None
            account = accounts.account(connection, kept[0])
        return account if account is not None and account.active else None

    def made_at(self, account: Account) -> datetime | None:
        """Return when the address that holds was made."""
        with self._database.read() as connection:
            return calendar_feeds.made_at(connection, account.id)

    def end(self, account: Account, *, by: str, now: datetime) -> int:
        """Let the address hold no more; return how many held until now."""
        with self._database.write() as connection:
            return calendar_feeds.end(connection, account.id, by=by, now=now)
