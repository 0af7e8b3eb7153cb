"""Read a YAML file and say every mistake in it at once, each with its file and line.

Does not know what the file is about: callers bring a pydantic model. Scalars keep YAML's types; times and dates are
left as text, because a YAML date has no zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from monitor.config.wording import Location, said
from monitor.config.yaml_faults import KEY_NOT_PLAIN, NO_VALUE, TOO_DEEP, fault_of
from monitor.core.errors import N_, Mistake, Said

MOST_NODES = 200_000
DEEPEST = 100
# What these mean the two parsers do not agree on.
DISPUTED = re.compile(r"[\t!]|[|>]\S*#")
# What stands before the words of a line; brackets that hold neither others nor quotation marks.
_MARGIN, _FLAT = re.compile(r"^[ ?:-]+", re.MULTILINE), re.compile(r"[\[{][^\[\]{}\"'#\n]*[\]}]")
_OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029\ufeff]")
_PLAIN = "tag:yaml.org,2002:str"
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
    """SafeLoader whose plain words are numbers only where nobody could mean a text.

    No dates (they have no zone), no figures of base sixty (8:27 is a time of day) and no octal ones (012345 keeps its
    zero, as a code or a password does).
    """


_OWN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("timestamp", "int", "float")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _OWN_TAGS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9]\d*)$", re.ASCII), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?$", re.ASCII), list("-+.0123456789")
)


class _QuickLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by the parser in C where there is one: ten times as fast, with errors that nobody could read."""


_QuickLoader.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


def read(path: Path) -> Document:
    """Read the YAML file at `path`; raise BadDocument where it cannot be read or repeats a key."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        why = Said(unreadable(error))
        raise BadDocument([Problem(str(path), 1, N_("The file cannot be read: {why}."), {"why": why})]) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadDocument([Problem(str(path), line, N_("The file is not UTF-8. Save it again as UTF-8."))]) from None
    return parse(text, str(path))


def unreadable(error: OSError | ValueError) -> str:
    """Return the template that says why a file could not be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return N_("there is no such file")
    if isinstance(error, PermissionError):
        return N_("this account may not read it")
    if isinstance(error, IsADirectoryError):
        return N_("it is a folder")
    if isinstance(error, UnicodeDecodeError):
        return N_("it is not UTF-8")
    return N_("the system does not give it out")


def parse(text: str, file: str) -> Document:
    """Parse YAML `text`; `file` is only named in mistakes."""
    with suppress(yaml.YAMLError):
        if not DISPUTED.search(text) and _is_shallow(text):
            return _parse(_QuickLoader(text), file)
    return _parse_slowly(text, file)


def _is_shallow(text: str) -> bool:
    """Tell whether the quick parser may go to the ground of `text`: nothing but the end of its stack stops it."""
    return _looks_shallow(text) or _is_shallow_throughout(text)


def _looks_shallow(text: str) -> bool:
    """Tell whether a glance shows it: each level begins further to the right, under its key, or with a bracket."""
    if _OTHER_BREAKS.search(text):
        return False
    margin = max((len(match[0]) for match in _MARGIN.finditer(text)), default=0)
    opened = sum(map(_FLAT.sub("", text).count, "[{"))
    return 2 * margin + opened < DEEPEST - 10


def _is_shallow_throughout(text: str) -> bool:
    depth = 0
    for event in yaml.parse(text, Loader=_QuickLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return False
    return True


def _parse_slowly(text: str, file: str) -> Document:
    """Parse what the quick parser refused or must not see, so that people read where and why."""
    try:
        return _parse(_Loader(text), file)
    except yaml.YAMLError as error:
        line, message = fault_of(error)
        problem = Problem(file, line or _line_of(error, text), message)
    raise BadDocument([problem])


def _parse(loader: _Loader | _QuickLoader, file: str) -> Document:
    reading = _Reading(loader, file)
    try:
        node = loader.get_single_node()
        value = None if node is None else reading.value(node, ())
    except RecursionError:
        reading.problems = [Problem(file, 1, TOO_DEEP)]
    if reading.problems:
        raise BadDocument(in_order(reading.problems))
    return Document(file, value, reading.lines)


def _line_of(error: yaml.YAMLError, text: str) -> int:
    """Return the line of an error that only knows how many characters come before it."""
    position = getattr(error, "position", 0)
    return text.count("\n", 0, position) + 1


class _Reading:
    """The walk through one file's nodes: the line of each part, and what is wrong with keys and values."""

    def __init__(self, loader: _Loader | _QuickLoader, file: str) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self._loader = loader
        self._file = file
        self._seen: set[int] = set()
        self._nodes = 0

    def value(self, node: yaml.Node, where: Location) -> Any:
        """Return the plain value of a node; a mapping's keys stay the texts that the file has."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise RecursionError
        self.lines.setdefault(where, _line(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*where, n)) for n, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if node.tag == _PLAIN:
            return node.value
        try:
            return self._loader.construct_object(node, deep=True)
        except (ValueError, AttributeError, TypeError):
            self.problems.append(Problem(self._file, _line(node), NO_VALUE))
            return None

    def _mapping(self, node: yaml.MappingNode, where: Location) -> dict[str, Any]:
        if id(node) not in self._seen:
            self._seen.add(id(node))
            self._find_repeated(node)
            self._loader.flatten_mapping(node)
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(self._file, _line(key_node), KEY_NOT_PLAIN))
                continue
            key = str(key_node.value)
            self.lines[(*where, key)] = _line(key_node)
            result[key] = self.value(value_node, (*where, key))
        return result

    def _find_repeated(self, node: yaml.MappingNode) -> None:
        """Find keys that stand twice; a key that overrides one taken over with << does not."""
        first: dict[str, int] = {}
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                continue
            if key_node.value in first:
                facts = {"key": key_node.value, "line": first[key_node.value]}
                message = N_("The key {key} stands here a second time, first on line {line}.")
                self.problems.append(Problem(self._file, _line(key_node), message, facts))
            first.setdefault(key_node.value, _line(key_node))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def check(document: Document, model: type[M], *, where: Location = (), also: Iterable[Problem] = ()) -> M:
    """Return the document (or its part at `where`) as `model`; raise BadDocument with all mistakes, `also` among them.

    `also` are the contradictions that no model sees.
    """
    value = document.value
    for step in where:
        value = value[step]
    form: M | None = None
    problems: list[Problem] = []
    try:
        form = model.model_validate(value if value is not None else {})
    except ValidationError as error:
        problems += _problems(document, model, where, error)
    problems += also
    # Raised outside, so that no traceback carries the refused values along.
    if form is None or problems:
        raise BadDocument(in_order(problems))
    return form


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems sorted by file and line."""
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def _problems(document: Document, model: type[BaseModel], base: Location, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        where = (*base, *(step for step in detail["loc"]))
        message, facts = said(detail, model)
        yield document.problem(_in_file(document, where), message, **facts)


def _in_file(document: Document, where: Location) -> Location:
    """Drop the steps that pydantic adds for union members and that no file has."""
    kept: Location = ()
    for step in where:
        longer = (*kept, step)
        if longer in document.lines:
            kept = longer
    return kept
