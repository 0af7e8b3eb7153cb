"""What can be wrong with a database, in a person's words."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from monitor.core.errors import N_, Mistake

# PostgreSQL documentation, appendix A: error codes.
READ_ONLY = "25006"
NO_ROOM = "53100"
NOT_TOGETHER = frozenset({"40001", "40P01", "55P03"})


class DatabaseBusy(Mistake):
    """Another process holds the SQLite file for longer than we wait."""

    message = N_("The database {name} is locked by another process. Stop that process, or try again.")


class DatabaseContended(Mistake):
    """The server ended a transaction because another one stood in its way."""

    message = N_("The database {name} could not do this beside another task, and nothing of it was kept. Try again.")


class DatabaseReadOnly(Mistake):
    """The database refuses writing."""

    message = N_("The database {name} cannot be written to. Check the owner and the rights of the file and its folder.")


class DiskFull(Mistake):
    """There is no room to write."""

    message = N_("The disk that holds {name} is full. Free some space; what was stored before is kept.")


class ServerReadOnly(Mistake):
    """The server takes no writes."""

    message = N_("The database {name} takes no writes now ({why}). Check whether it is a standby or was set read-only.")


class DatabaseDamaged(Mistake):
    """The file is no SQLite database, or is damaged."""

    message = N_("{name} is no readable database ({why}). Restore it from a backup, or name another file.")


class DatabaseUnreachable(Mistake):
    """The server does not answer or does not let us in."""

    message = N_("The database {name} cannot be reached: {why}. Check HUIYING_DATABASE_URL and that the server runs.")


class DatabaseTooNew(Mistake):
    """The schema was written by a later version of the program."""

    message = N_("The database {name} was written by a newer version ({revision}). Update this program.")


class DatabaseMoved(Mistake):
    """Everything stored was carried to another database."""

    message = N_(
        "The database {name} was moved to {where}. Set HUIYING_DATABASE_URL to the new one; to go back to this "
        "one, run: `huiying database take-back`"
    )


class BadDatabaseUrl(Mistake):
    """The address names no database that we can use."""

    message = N_("{url} is no database address. Use sqlite:///path/to/huiying.db or postgresql://user@host/name.")


class DriverMissing(Mistake):
    """The PostgreSQL driver is not installed."""

    message = N_("PostgreSQL needs its driver. Install it with: pip install 'huiying[postgres]'")


def mistake_of(error: DBAPIError, name: str) -> Mistake | None:
    """Return what a failure of the database `name` means for people; None for a fault of ours."""
    cause = error.orig
    said = " ".join(str(cause).split())
    if isinstance(cause, sqlite3.Error):
        return _sqlite_mistake(cause, name, said)
    state = getattr(cause, "sqlstate", None)
    if state == READ_ONLY:
        return ServerReadOnly(name=name, why=said)
    if state == NO_ROOM:
        return DiskFull(name=name)
    if state in NOT_TOGETHER:
        return DatabaseContended(name=name)
    if error.connection_invalidated or isinstance(error, OperationalError):
        return DatabaseUnreachable(name=name, why=said)
    return None


def _sqlite_mistake(cause: sqlite3.Error, name: str, said: str) -> Mistake | None:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(name=name)
    if code == sqlite3.SQLITE_READONLY:
        return DatabaseReadOnly(name=name)
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return DiskFull(name=name)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return DatabaseDamaged(name=name, why=said)
    if code == sqlite3.SQLITE_CANTOPEN:
        return DatabaseReadOnly(name=name)
    return None
