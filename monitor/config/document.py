"""Read a YAML file and say every mistake in it at once, each with its file and line.

Does not know what the file is about: callers bring a pydantic model. Scalars keep YAML's types; times and dates are
left as text, because a YAML date has no zone.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.core.errors import N_, Mistake, Said

Location = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file; `message` is an English template filled from `facts`."""

    file: str
    line: int
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message.format(**self.facts)}"

    def told(self, words: Callable[..., str]) -> str:
        """Return the mistake in the language of `words`."""
        return f"{self.file}:{self.line}: {words(self.message, **self.facts)}"


class Listing(tuple[Problem, ...]):
    """Problems, one a line."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    def told(self, words: Callable[..., str]) -> str:
        """Return the mistakes in the language of `words`."""
        return "\n".join(problem.told(words) for problem in self)


class BadDocument(Mistake):
    """One or more files cannot be used; `problems` lists every mistake in them."""

    message = N_("{count} mistake(s) in the configuration:\n{listing}")

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(count=len(problems), listing=Listing(problems))


@dataclass(frozen=True, slots=True)
class Document:
    """The plain value of a YAML file and the line of each of its parts."""

    file: str
    value: Any
    lines: Mapping[Location, int]

    def line(self, where: Location) -> int:
        """Return the line of the part at `where`, or of its nearest enclosing part."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(self, where: Location, message: str, **facts: Any) -> Problem:
        """Make a Problem that points at the part at `where`."""
        return Problem(self.file, self.line(where), message, facts)


class _Loader(yaml.SafeLoader):
    """SafeLoader without the implicit date type."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Document:
    """Read the YAML file at `path`; raise BadDocument where it cannot be read or repeats a key."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadDocument([Problem(str(path), line, N_("The file is not UTF-8. Save it again as UTF-8."))]) from None
    except OSError as error:
        raise BadDocument(
            [Problem(str(path), 1, N_("The file cannot be read: {why}"), {"why": error.strerror or str(error)})]
        ) from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Document:
    """Parse YAML `text`; `file` is only named in mistakes."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Location, int] = {}
        repeated: list[Problem] = []
        value = None if node is None else _value(loader, node, (), lines, repeated, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadDocument(
            [
                Problem(
                    file,
                    mark.line + 1 if mark else 1,
                    N_("This is not YAML: {why}. Look at the indentation, the colons and the quotes here."),
                    {"why": error.problem or error.context or ""},
                )
            ]
        ) from None
    except yaml.YAMLError as error:
        raise BadDocument([Problem(file, 1, N_("This is not YAML: {why}"), {"why": str(error)})]) from None
    finally:
        loader.dispose()
    if repeated:
        raise BadDocument(repeated)
    return Document(file, value, lines)


def _value(
    loader: _Loader, node: yaml.Node, where: Location, lines: dict[Location, int], repeated: list[Problem], file: str
) -> Any:
    lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, child, (*where, n), lines, repeated, file) for n, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node, deep=True)
    loader.flatten_mapping(node)
    result: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int | float | bool):
            key = str(key)
        line = key_node.start_mark.line + 1
        if key in result:
            repeated.append(Problem(file, line, N_("The key {key} stands here a second time."), {"key": key}))
        lines[(*where, str(key))] = line
        result[str(key)] = _value(loader, value_node, (*where, str(key)), lines, repeated, file)
    return result


def check(document: Document, model: type[M], *, where: Location = ()) -> M:
    """Return the document (or its part at `where`) as `model`; raise BadDocument with all mistakes."""
    value = document.value
    for step in where:
        value = value[step]
    try:
        return model.model_validate(value if value is not None else {})
    except ValidationError as error:
        raise BadDocument(sorted(_problems(document, model, where, error), key=lambda p: p.line)) from None


def _problems(document: Document, model: type[BaseModel], base: Location, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        where = (*base, *(step for step in detail["loc"]))
        message, facts = _said(detail, model)
        yield document.problem(_in_file(document, where), message, **facts)


def _in_file(document: Document, where: Location) -> Location:
    """Drop the steps that pydantic adds for union members and that no file has."""
    kept: Location = ()
    for step in where:
        longer = (*kept, step)
        if longer in document.lines:
            kept = longer
    return kept


def _said(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, dict[str, Any]]:
    """Word one pydantic error for the person who wrote the file."""
    kind, loc, context = detail["type"], detail["loc"], detail.get("ctx", {})
    key = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")
    got = detail.get("input") if isinstance(detail.get("input"), str | int | float | bool | None) else "…"
    if kind == "missing":
        return N_("{key} is missing."), {"key": key}
    if kind == "extra_forbidden":
        near = nearest(key, field_names(_model_at(model, loc[:-1])))
        if near:
            return N_("{key} is no known key. Did you mean {near}?"), {"key": key, "near": near}
        return N_("{key} is no known key."), {"key": key}
    if kind == "union_tag_not_found":
        return N_("{key} is missing."), {"key": str(context.get("discriminator", "")).strip("'")}
    if kind == "union_tag_invalid":
        key = str(context.get("discriminator", "")).strip("'")
        whole = detail.get("input")
        got = whole.get(key) if isinstance(whole, Mapping) else got
        context = {"expected": context.get("expected_tags", "")}
    if kind in ("literal_error", "enum", "union_tag_invalid"):
        expected = str(context.get("expected", ""))
        near = nearest(str(got), [word.strip(" '") for word in expected.replace(" or ", ",").split(",")])
        if near:
            return N_("{key} cannot be {got}. Did you mean {near}?"), {"key": key, "got": got, "near": near}
        return N_("{key} cannot be {got}; it is one of {expected}."), {"key": key, "got": got, "expected": expected}
    if kind == "value_error" and isinstance(context.get("error"), Rejected):
        rejected: Rejected = context["error"]
        return rejected.template, {"key": key, "got": got, **rejected.facts}
    if kind.endswith(("_parsing", "_type")):
        return N_("{key} has the wrong form ({got}): {expected}."), {
            "key": key,
            "got": got,
            "expected": Said(EXPECTED.get(kind.removesuffix("_parsing").removesuffix("_type"), kind)),
        }
    return N_("{key} ({got}) is refused: {why}."), {"key": key, "got": got, "why": detail["msg"]}


EXPECTED = {
    "int": N_("a whole number is needed"),
    "float": N_("a number is needed"),
    "bool": N_("true or false is needed"),
    "string": N_("a text is needed"),
    "list": N_("a list is needed"),
    "dict": N_("keys with values are needed"),
    "model": N_("keys with values are needed"),
}


class Rejected(ValueError):
    """A validator's refusal that carries its own wording: an English template and its facts."""

    def __init__(self, template: str, **facts: Any) -> None:
        self.template = template
        self.facts = facts
        super().__init__(template.format_map({"key": "value", "got": "", **facts}))


def nearest(word: str, known: list[str]) -> str | None:
    """Return the known word most like `word`, or None where none is alike."""
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), None)


def field_names(model: type[BaseModel] | None) -> list[str]:
    """Return the keys that `model` takes in a file."""
    if model is None:
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the model that describes the part at `loc`, following lists, mappings and unions."""
    found: type[BaseModel] | None = model
    for step in loc:
        if not isinstance(step, str) or found is None:
            continue
        info = next((f for n, f in found.model_fields.items() if step in (n, f.alias)), None)
        if info is None:
            members = [m for m in _models(found) if m.__name__ == step]
            found = members[0] if members else found
            continue
        found = next(iter(_models(info.annotation)), None)
    return found


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
