"""A deadline as the crowd of those that are due sees it."""

from __future__ import annotations

from typing import Any

from monitor.core.duties.deadlines import Deadline, Due
from monitor.core.model import MatterState


def due_of(deadline: Deadline, **known: Any) -> Due:
    """Return a deadline of an open matter as it is read when it is due; `known` is what else is known of both."""
    plain = {name: getattr(deadline, name) for name in Due._fields if hasattr(deadline, name)}
    around = {"matter_state": MatterState.OPEN, "acted_at": None, "grade": None, "drill": False, "troubled": False}
    return Due(**{**plain, "id": deadline.id or 0, "rule": None, **around, **known})
