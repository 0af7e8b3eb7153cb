"""Beijing time, the only zone that people see."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.errors import UnreadableTime
from monitor.core.model import BEIJING, aware

ZONE = ZoneInfo(BEIJING)


def local(at: datetime) -> datetime:
    """Return an instant in Beijing time."""
    return aware(at).astimezone(ZONE)


def shown(at: datetime) -> str:
    """Write an instant as people read it: 2026-07-09 20:30."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def shown_end(at: datetime) -> str:
    """Write the end of a term as people read it: midnight is 24:00 of the day that ends with it."""
    here = local(at)
    if (here.hour, here.minute, here.second, here.microsecond) == (0, 0, 0, 0):
        return f"{here - timedelta(days=1):%Y-%m-%d} 24:00"
    return shown(at)


def short(at: datetime) -> str:
    """Write an instant without its year: 07-09 20:30."""
    return local(at).strftime("%m-%d %H:%M")


def day_of(at: datetime) -> date:
    """Return the Beijing day of an instant."""
    return local(at).date()


def instant(day: date, of_day: time) -> datetime:
    """Return the instant of a Beijing time of day."""
    return datetime.combine(day, of_day, tzinfo=ZONE)


def read(text: str) -> datetime:
    """Read an instant that a person wrote; one without a zone is Beijing time. Raise UnreadableTime."""
    try:
        value = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise UnreadableTime(value=text) from None
    return value if value.utcoffset() is not None else value.replace(tzinfo=ZONE)


def hours_and_minutes(span: timedelta) -> str:
    """Write a span as 3:07, without its sign."""
    minutes = int(abs(span).total_seconds() // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
