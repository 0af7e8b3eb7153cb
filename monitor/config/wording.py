"""Word one refused value for the person who wrote the file: what stands there, and what is needed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.core.errors import N_, Said

Location = tuple[str | int, ...]
SHOWN_AT_MOST = 80
PLAIN_KEY = re.compile(r"[\w.-]{1,40}")
FULL_WIDTH_COLON = "："


class Rejected(ValueError):
    """A validator's refusal that carries its own wording: an English template and its facts."""

    def __init__(self, template: str, **facts: Any) -> None:
        self.template = template
        self.facts = facts
        super().__init__(template.format_map({"key": "value", "got": "", **facts}))


def said(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, dict[str, Any]]:
    """Return the template for one of pydantic's errors and the facts that the template names, no others."""
    template, facts = _worded(detail, model)
    named = {name for _, name, _, _ in Formatter().parse(template) if name}
    return template, {name: value for name, value in facts.items() if name in named}


def nearest(word: str, known: list[str]) -> str | None:
    """Return the known word most like `word`, or None where none is alike."""
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), None)


def field_names(model: type[BaseModel] | None) -> list[str]:
    """Return the keys that `model` takes in a file."""
    if model is None:
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


STRUCTURES = {
    "list": N_("{key} must be a list."),
    "dict": N_("{key} must have keys with values of its own."),
    "model": N_("{key} must have keys with values of its own."),
    "model_attributes": N_("{key} must have keys with values of its own."),
}
SCALARS = {
    "int": N_("a whole number is needed"),
    "int_from_float": N_("a whole number is needed"),
    "float": N_("a number is needed"),
    "bool": N_("true or false is needed"),
    "string": N_("a text is needed; put it in quotes"),
}
BOUNDS = {
    "greater_than": N_("{key} cannot be {got}: it must be more than {gt}."),
    "greater_than_equal": N_("{key} cannot be {got}: it must be at least {ge}."),
    "less_than": N_("{key} cannot be {got}: it must be less than {lt}."),
    "less_than_equal": N_("{key} cannot be {got}: it must be at most {le}."),
    "string_too_long": N_("{key} ({got}) is too long: at most {max_length} characters."),
    "string_pattern_mismatch": N_("{key} cannot be {got}: it does not have the form {pattern}."),
}
WHOLE_FILE = N_("The file must consist of keys with values, like key: value.")
COLON = N_("{key} must have keys with values of its own. Write a colon of half width and a space after each key.")


def _worded(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, dict[str, Any]]:
    kind, loc, context = detail["type"], detail["loc"], detail.get("ctx", {})
    facts: dict[str, Any] = {"key": _key(loc), "got": shown(detail.get("input")), **context}
    if kind == "value_error" and isinstance(context.get("error"), Rejected):
        rejected: Rejected = context["error"]
        return rejected.template, {**facts, **rejected.facts}
    if kind == "missing":
        return N_("{key} is missing."), facts
    if kind == "extra_forbidden":
        return _unknown_key(facts, field_names(_model_at(model, loc[:-1])))
    if kind.startswith("union_tag"):
        return _union(detail, facts)
    if kind in ("literal_error", "enum"):
        return _no_choice(facts, str(context.get("expected", "")))
    if kind in ("string_too_short", "too_short"):
        return N_("{key} is empty."), facts
    if kind in BOUNDS:
        return BOUNDS[kind], facts
    return _wrong_form(kind, detail.get("input"), facts)


def _key(loc: Location) -> str:
    return next((step for step in reversed(loc) if isinstance(step, str)), "")


def shown(value: Any) -> Any:
    """Return a value as it stands in a file, short and on one line; of lists and mappings nothing."""
    if value is None:
        return Said(N_("nothing"))
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        return "…"
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN_AT_MOST else text[:SHOWN_AT_MOST] + "…"


def _unknown_key(facts: dict[str, Any], known: list[str]) -> tuple[str, dict[str, Any]]:
    near = nearest(facts["key"], known)
    # What looks like no key may be a secret that slipped from its place.
    facts["key"] = facts["key"] if PLAIN_KEY.fullmatch(facts["key"]) else "…"
    if near:
        return N_("{key} is no known key. Did you mean {near}?"), {**facts, "near": near}
    if not known:
        return N_("{key} is no known key."), facts
    return N_("{key} is no known key. Known here: {known}."), {**facts, "known": ", ".join(known)}


def _union(detail: ErrorDetails, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    context, whole = detail.get("ctx", {}), detail.get("input")
    key = str(context.get("discriminator", "")).strip("'")
    if detail["type"] == "union_tag_not_found" and isinstance(whole, Mapping):
        return N_("{key} is missing."), {"key": key}
    if not isinstance(whole, Mapping):
        return _wrong_form("model_type", whole, facts)
    return _no_choice({"key": key, "got": shown(whole.get(key))}, str(context.get("expected_tags", "")))


def _no_choice(facts: dict[str, Any], expected: str) -> tuple[str, dict[str, Any]]:
    words = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
    near = nearest(str(facts["got"]), words)
    if near:
        return N_("{key} cannot be {got}. Did you mean {near}?"), {**facts, "near": near}
    return N_("{key} cannot be {got}; it is one of {expected}."), {**facts, "expected": ", ".join(words)}


def _wrong_form(kind: str, got: Any, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Word a wrong type. Where keys or a list are needed the value is not shown: it may be a secret out of place."""
    bare = kind.removesuffix("_parsing").removesuffix("_type")
    if bare in STRUCTURES:
        if not facts["key"]:
            return WHOLE_FILE, facts
        if isinstance(got, str) and FULL_WIDTH_COLON in got:
            return COLON, facts
        return STRUCTURES[bare], facts
    if bare in SCALARS:
        return N_("{key} has the wrong form ({got}): {expected}."), {**facts, "expected": Said(SCALARS[bare])}
    return N_("{key} ({got}) is refused."), facts


def _model_at(model: type[BaseModel], loc: Location) -> type[BaseModel] | None:
    """Return the model that describes the part at `loc`, following lists, mappings and unions."""
    found: type[BaseModel] | None = model
    members = [model]
    for step in loc:
        if not isinstance(step, str) or found is None:
            continue
        info = next((f for n, f in found.model_fields.items() if step in (n, f.alias)), None)
        if info is None:
            found = next((member for member in members if _tagged(member, step)), found)
            continue
        members = list(_models(info.annotation))
        found = members[0] if members else None
    return found


def _tagged(model: type[BaseModel], tag: str) -> bool:
    return any(tag in get_args(info.annotation) for info in model.model_fields.values())


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
