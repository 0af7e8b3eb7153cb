"""Values as JSON can hold them, for programs and for people who read JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from monitor.core.model import Severity, Wave
from monitor.core.reading.place_name import Role


def json_line(value: Any, *, indent: int | None = None) -> str:
    """Return a plain value as JSON that keeps Chinese readable; half a character, which JSON can name, becomes ?."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "replace").decode("utf-8")


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: instants with offset, spans in seconds, grades by their statutory name."""
    if isinstance(value, Severity | Wave):
        return value.zh
    if isinstance(value, Role):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(part) for part in value)
    return value
