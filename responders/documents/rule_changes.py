"""What changed in a rule, for people: a line for each difference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from monitor.core.duties.changes import Difference
from monitor.core.duties.terms import Term
from monitor.core.plain import json_line, plain
from responders.documents.law import term_said
from responders.labels import label
from responders.language import Words


def difference_said(one: Difference, words: Words) -> str:
    """Say one difference in a line."""
    head = f"{words(label(one.change))}  {one.rule}"
    return f"{head} {one.part}: {_text(one.before, words)} → {_text(one.after, words)}" if one.part else head


def _text(value: Any, words: Words) -> str:
    if isinstance(value, Term):
        return term_said(value, words)
    return json_line(part_plain(value)) if not isinstance(value, str) else value


def part_plain(value: Any) -> Any:
    """Return a part of a rule as JSON can hold it."""
    if isinstance(value, Term):
        return str(value)
    if hasattr(value, "name") and hasattr(value, "zone"):
        return value.name
    if hasattr(value, "__dataclass_fields__"):
        return {key: part_plain(getattr(value, key)) for key in value.__dataclass_fields__}
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, Mapping):
        return {str(plain(key)): part_plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [part_plain(part) for part in value]
    return plain(value)
