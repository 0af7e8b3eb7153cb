"""What the second reader is sent: the instructions, the item's text marked off as data, the form of the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from monitor.core.second.opinion import Prompt, Shown
from monitor.core.text import storable
from monitor.second.answer import schema

MOST_TITLE, MOST_TEXT = 300, 3_000
MOST_TOKENS = 2_000
# Inside a JSON string these can neither end the mark nor begin another.
MARKS = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Form(StrEnum):
    """How the form of the answer is asked for, the strictest first; the instructions describe it in any case."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint understands: the form, the name of the bound on the answer, whether a temperature."""

    form: Form = Form.JSON_SCHEMA
    bound: str = "max_tokens"
    temperature: bool = True


def simpler(dialect: Dialect, complaint: str) -> Dialect | None:
    """Return what to try after an endpoint has refused a request, or None where nothing is left.

    What the complaint names goes first; one that names nothing is taken to mean the form.
    """
    if "max_completion_tokens" in complaint and dialect.bound == "max_tokens":
        return replace(dialect, bound="max_completion_tokens")
    if "temperature" in complaint and dialect.temperature:
        return replace(dialect, temperature=False)
    if dialect.form is Form.PLAIN:
        return None
    return replace(dialect, form=Form.JSON_OBJECT if dialect.form is Form.JSON_SCHEMA else Form.PLAIN)


def cut(shown: Shown) -> Shown:
    """Return what of an item is sent: its title and the beginning of its text, where the news stands."""
    return replace(shown, title=storable(shown.title)[:MOST_TITLE], text=storable(shown.text)[:MOST_TEXT])


def payload(prompt: Prompt, model: str, shown: Shown, dialect: Dialect) -> dict[str, Any]:
    """Return the body of a request."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            {"role": "system", "content": prompt.instructions},
            {"role": "user", "content": f"<item>\n{as_data(shown)}\n</item>"},
        ],
        "stream": False,
        dialect.bound: MOST_TOKENS,
    }
    if dialect.temperature:
        body["temperature"] = 0
    form = _format(prompt, dialect.form)
    return body | {"response_format": form} if form else body


def as_data(shown: Shown) -> str:
    """Return an item as one JSON object in which no character of its text can leave its string."""
    fields = {"date": shown.day.isoformat() if shown.day else None, "title": shown.title, "text": shown.text}
    return json.dumps(fields, ensure_ascii=False).translate(MARKS)


def _format(prompt: Prompt, form: Form) -> Mapping[str, Any] | None:
    if form is Form.PLAIN:
        return None
    if form is Form.JSON_OBJECT:
        return {"type": "json_object"}
    named = {"name": "second_reading", "strict": True, "schema": schema(prompt.kinds)}
    return {"type": "json_schema", "json_schema": named}
