"""Read the entries of a JSON answer by the paths of its source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from monitor.core.fetched import Dropped, DropReason
from monitor.core.sources import ApiRule, FailureKind
from monitor.crawl.raw import MOST_ENTRIES, RawDocument, RawEntry, Unreadable, refuse_countless

_STEP = re.compile(r"([^.\[\]]*)((?:\[\d*\])*)")
_INDEX = re.compile(r"\[(\d*)\]")
_SLOT = re.compile(r"\{([^{}]+)\}")
_OPENING = re.compile(r"[\[{]")
_FALSE = frozenset({"", "0", "false", "none", "null"})


def read_api(text: str, rule: ApiRule) -> RawDocument:
    """Return the entries of a JSON answer; raise Unreadable(NOT_JSON, NOTHING_MATCHED, EMPTY)."""
    root = _json(text, rule.after)
    found = list(walk(root, rule.items))
    if not found:
        container = list(walk(root, rule.items.rpartition("[")[0])) if rule.items.endswith("[]") else []
        if any(isinstance(value, list) for value in container) or root in ([], {}):
            raise Unreadable(FailureKind.EMPTY, rule.items)
        raise Unreadable(FailureKind.NOTHING_MATCHED, rule.items)
    entries: list[RawEntry] = []
    dropped: list[Dropped] = []
    for item in found[: MOST_ENTRIES + 1]:
        if not isinstance(item, dict | list):
            dropped.append(Dropped(DropReason.NO_CONTENT, detail=repr(item)[:80]))
            continue
        entry = _entry(item, rule)
        if rule.skip_if and pick(item, rule.skip_if).lower() not in _FALSE:
            dropped.append(Dropped(DropReason.ADVERTISEMENT, entry.title[:200], rule.skip_if))
        elif not entry.title:
            dropped.append(Dropped(DropReason.NO_TITLE, detail=entry.external_id[:200] or entry.link[:200]))
        else:
            entries.append(entry)
    if not entries and not any(drop.reason is DropReason.ADVERTISEMENT for drop in dropped):
        raise Unreadable(FailureKind.NOTHING_MATCHED, f"no {rule.title} in {rule.items}")
    return RawDocument(tuple(entries), tuple(dropped))


def _json(text: str, after: str) -> Any:
    """Parse the JSON in `text`: all of it, what a callback wraps, or what follows the mark `after`."""
    refuse_countless(text)
    start = 0
    if after:
        start = text.find(after)
        if start < 0:
            raise Unreadable(FailureKind.NOTHING_MATCHED, f"no {after[:60]!r}")
        start += len(after)
    opening = _OPENING.search(text, start, start + 1000)
    if opening is None:
        raise Unreadable(FailureKind.NOT_JSON, " ".join(text[start : start + 400].split())[:100])
    try:
        return json.JSONDecoder().raw_decode(text, opening.start())[0]
    except (ValueError, RecursionError) as error:
        raise Unreadable(FailureKind.NOT_JSON, f"{error}: {' '.join(text[start : start + 200].split())[:80]}") from None


def walk(value: Any, path: str) -> Iterator[Any]:
    """Yield the values at `path`: "a.b" keys, "[0]" an element, "[]" all elements, "*" all values of an object."""
    if not path:
        yield value
        return
    step, _, rest = path.partition(".")
    match = _STEP.fullmatch(step)
    if match is None:
        return
    for keyed in _keyed(value, match[1]):
        for indexed in _indexed(keyed, _INDEX.findall(match[2])):
            yield from walk(indexed, rest)


def _keyed(value: Any, key: str) -> Iterator[Any]:
    if not key:
        yield value
    elif key == "*" and isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, dict) and key in value:
        yield value[key]


def _indexed(value: Any, indexes: list[str]) -> Iterator[Any]:
    if not indexes:
        yield value
    elif isinstance(value, list):
        chosen = value if not indexes[0] else value[int(indexes[0]) : int(indexes[0]) + 1]
        for element in chosen:
            yield from _indexed(element, indexes[1:])


def pick(item: Any, path: str, *, for_url: bool = False) -> str:
    """Return the text at `path`, or a template filled with paths; in a url the values are percent-encoded."""
    if "{" not in path:
        return _text(next(walk(item, path), "")) if path else ""
    values = {slot: pick(item, slot) for slot in _SLOT.findall(path)}
    if not all(values.values()):
        return ""
    return _SLOT.sub(lambda match: quote(values[match[1]], safe="") if for_url else values[match[1]], path)


def _entry(item: Any, rule: ApiRule) -> RawEntry:
    return RawEntry(
        title=pick(item, rule.title),
        link=pick(item, rule.url, for_url=True),
        external_id=pick(item, rule.id),
        text=pick(item, rule.text),
        time=pick(item, rule.time),
        heat=pick(item, rule.heat),
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value) if isinstance(value, str | int | float) else ""
