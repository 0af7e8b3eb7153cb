"""How long somebody stays signed in, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class End(StrEnum):
    """Why a session ended. The last two are told by the clock and never stored."""

    SIGNED_OUT = "signed_out"
    REPLACED = "replaced"
    REVOKED = "revoked"
    DISABLED = "disabled"
    ROLES = "roles"
    PASSWORD = "password"  # noqa: S105 - a reason
    IDLE = "idle"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long without use, and after how long in all, one has to sign in again."""

    idle: timedelta = timedelta(hours=12)
    longest: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that somebody signed in with; `seen_at` is when it last did something, not when it last looked."""

    id: str
    account_id: int
    made_at: datetime
    seen_at: datetime
    ip: str = ""
    agent: str = ""
    ended_at: datetime | None = None
    ended_why: End | None = None


def end_of(session: Session, used_at: datetime, limits: Limits, now: datetime) -> End | None:
    """Return why a session does not hold at `now`, None where it does; `used_at` is when its browser last asked."""
    if session.ended_at is not None:
        return session.ended_why
    if now - session.made_at >= limits.longest:
        return End.OLD
    if now - max(used_at, session.made_at) >= limits.idle:
        return End.IDLE
    return None
