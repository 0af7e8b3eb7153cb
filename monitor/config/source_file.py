"""Take sources out of sources.yaml as they stand there, and add some to it: nothing that stands there is touched.

Comments, order and form of the file stay as they are. What is added is read back before anything is written: a file
that is formed so that something else would come of it is left alone, and its owner is told what to add by hand.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from monitor.config.document import BadDocument, Document, Problem, check, parse, read, unreadable
from monitor.config.source_forms import ApiForm, FeedForm, ListForm, PushForm, RouteForm
from monitor.config.stream_forms import JetstreamForm, MastodonForm, WatchedFile
from monitor.config.wording import said
from monitor.core.errors import N_, Mistake, Said
from monitor.core.source_outlines import SourceEntry

USUAL_BASE = "https://rsshub.app"
FORMS: Mapping[str, type[BaseModel]] = {
    "feeds": FeedForm,
    "lists": ListForm,
    "apis": ApiForm,
    "push": PushForm,
    "mastodon": MastodonForm,
    "jetstream": JetstreamForm,
    "rsshub": RouteForm,
}
PLACES: Mapping[str, tuple[str, ...]] = {name: (name,) for name in FORMS} | {"rsshub": ("rsshub", "routes")}
_LINES = re.compile("[^\n\r\x85\u2028\u2029]*(?:\r\n|[\n\r\x85\u2028\u2029])|[^\n\r\x85\u2028\u2029]+\\Z")
_Composer = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):
    """Puts a text in quotes also where only our own reader would take it for a number; writes each value out."""

    def ignore_aliases(self, data: Any) -> bool:
        """Let no value point to another."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    """Write a text on one line, whatever it holds."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text.isprintable() else '"')


_Dumper.add_representer(str, _text)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?$", re.ASCII), list("-+.0123456789")
)


class CannotAdd(Mistake):
    """A file is formed in a way in which nothing can be added without touching what stands there."""

    message = N_(
        "{file} has a form to which nothing can be added safely. It was left as it is; add this by hand:\n{text}"
    )


class CannotWrite(Mistake):
    """A file could not be written."""

    message = N_("{file} cannot be written: {why}. Nothing was changed.")


class Exists(Mistake):
    """A new file was to be written where one stands."""

    message = N_("{file} exists already; nothing was written. Name a new file.")


def entries_of(file: Path) -> list[SourceEntry]:
    """Return the sources of a file as they stand there; raise BadDocument where it has mistakes."""
    document = read(file)
    check(document, WatchedFile)
    return list(_entries(document))


def _entries(document: Document) -> Iterator[SourceEntry]:
    whole = document.value or {}
    hub = whole.get("rsshub") or {}
    for group, place in PLACES.items():
        base = str(hub.get("base", USUAL_BASE)) if group == "rsshub" else ""
        for number, values in enumerate((hub if group == "rsshub" else whole).get(place[-1]) or ()):
            yield SourceEntry(group, values, base=base, line=document.line((*place, number)))


def problems_of(entry: SourceEntry, file: str) -> list[Problem]:
    """Return what sources.yaml would not take of a source; `file` and its line are only named."""
    form = FORMS.get(entry.group)
    if form is None:
        return [Problem(file, entry.line, N_("{group} is no group of sources."), {"group": entry.group})]
    try:
        form.model_validate(dict(entry.values))
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [Problem(file, entry.line, *said(detail, form)) for detail in details]
    return []


def with_entries(text: str, file: str, added: Sequence[SourceEntry]) -> str:
    """Return the text of a sources file with sources added at the end of their groups; raise CannotAdd."""
    text = text or "version: 1\n"
    before = parse(text, file).value or {}
    groups: dict[str, list[SourceEntry]] = defaultdict(list)
    for entry in added:
        groups[entry.group].append(entry)
    after = text
    for group, entries in groups.items():
        after = _inserted(after, PLACES[group], [dict(entry.values) for entry in entries], entries[0].base)
    wanted = _joined(before, groups)
    with suppress(BadDocument, yaml.YAMLError):
        if parse(after, file).value == wanted:
            return after
    raise CannotAdd(file=file, text="".join(_block([dict(entry.values)], 0) for entry in added))


def _joined(before: Mapping[str, Any], groups: Mapping[str, Sequence[SourceEntry]]) -> dict[str, Any]:
    wanted = dict(before)
    for group, entries in groups.items():
        values = [dict(entry.values) for entry in entries]
        if group != "rsshub":
            wanted[group] = [*(wanted.get(group) or ()), *values]
            continue
        hub = dict(wanted.get(group) or {"base": entries[0].base})
        wanted[group] = hub | {"routes": [*(hub.get("routes") or ()), *values]}
    return wanted


def _inserted(text: str, place: tuple[str, ...], values: Sequence[dict[str, Any]], base: str) -> str:
    """Return the text with values at the end of the list at `place`, which is made where there is none."""
    lines = _LINES.findall(text)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += "\n"
    feed = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    node, below = yaml.compose(text, Loader=_Composer), list(place)
    while below and isinstance(node, yaml.MappingNode) and (child := _child(node, below[0])) is not None:
        node = child
        below.pop(0)
    if not below and isinstance(node, yaml.SequenceNode) and node.value:
        if node.flow_style:
            return _in_flow(text, node, values)
        at, new = _last_line(node) + 1, _block(values, node.start_mark.column)
    elif below == list(place) or node is None:
        hub = f"rsshub:\n  base: {_scalar(base)}\n" if place[0] == "rsshub" else ""
        new = hub + (_under(below[1:], values, 2) if hub else _under(below, values, 0))
        at, new = len(lines), "\n" + new
    elif isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        at, new = _last_line(node) + 1, _under(below, values, node.start_mark.column)
    else:
        hub = f"  base: {_scalar(base)}\n" if below else ""
        at, new = _emptied(lines, node) + 1, hub + _under(below, values, 2 * (len(place) - len(below)))
    lines[at:at] = [new.replace("\n", feed)]
    return "".join(lines)


def _child(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _emptied(lines: list[str], node: yaml.Node) -> int:
    """Take an empty value ([], {}, null) from its line, keeping what stands behind it; return the line's number."""
    number = node.start_mark.line
    line = lines[number]
    lines[number] = line[: node.start_mark.column].rstrip() + line[node.end_mark.column :]
    return number


def _in_flow(text: str, node: yaml.SequenceNode, values: Sequence[dict[str, Any]]) -> str:
    """Return the text with values before the bracket that ends a list in one piece."""
    lines = _LINES.findall(text)
    end = node.end_mark
    at = sum(map(len, lines[: end.line])) + end.column - 1
    new = ", ".join(json.dumps(value, ensure_ascii=False) for value in values)
    return text[:at].rstrip().removesuffix(",") + ", " + new + text[at:]


def _last_line(node: yaml.Node) -> int:
    """Return the number of the last line on which something of a node stands."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return max(map(_last_line, last)) if isinstance(last, tuple) else _last_line(last)
    end = node.end_mark
    return int(end.line) - (end.column == 0 and end.line > node.start_mark.line)


def _under(keys: Sequence[str], values: Sequence[dict[str, Any]], column: int) -> str:
    head = "".join(" " * (column + 2 * depth) + f"{key}:\n" for depth, key in enumerate(keys))
    return head + _block(values, column + 2 * len(keys))


def _block(values: Sequence[dict[str, Any]], column: int) -> str:
    text = yaml.dump(list(values), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return "".join(" " * column + line if line.strip() else line for line in _LINES.findall(text))


def _scalar(value: str) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=10_000).removesuffix("...\n").strip()


def add_to(file: Path, added: Sequence[SourceEntry]) -> None:
    """Add sources to a file that is there, all or none; raise CannotAdd, CannotWrite, BadDocument."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise CannotWrite(file=str(file), why=Said(unreadable(error))) from None
    new = with_entries(text, str(file), added)
    check(parse(new, str(file)), WatchedFile)
    _replace(file, new)


def begin(file: Path, added: Sequence[SourceEntry]) -> None:
    """Write sources to a new file; raise Exists, CannotWrite."""
    if file.exists():
        raise Exists(file=str(file))
    new = with_entries("", str(file), added)
    check(parse(new, str(file)), WatchedFile)
    _replace(file, new)


def _replace(file: Path, text: str) -> None:
    """Put a whole file in the place of the old one, so that nobody ever reads half of it."""
    file = file.resolve()
    name = ""
    try:
        with tempfile.NamedTemporaryFile("wb", dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
            name = new.name
            new.write(text.encode("utf-8"))
            new.flush()
            os.fsync(new.fileno())
        _as_before(Path(name), file)
        Path(name).replace(file)
    except OSError as error:
        with suppress(OSError):
            Path(name).unlink()
        raise CannotWrite(file=str(file), why=error.strerror or "") from None


def _as_before(new: Path, old: Path) -> None:
    """Let whoever could read the old file read the new one, also where somebody else writes it."""
    if not old.exists():
        new.chmod(0o644)
        return
    facts = old.stat()
    with suppress(PermissionError):
        os.chown(new, facts.st_uid, facts.st_gid)
    new.chmod(facts.st_mode & 0o777)
