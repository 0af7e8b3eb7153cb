"""What Slack refuses in a message: Block Kit's shapes and sizes, the shape of metadata (Slack documentation)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

TEXT_LIMIT = 40_000  # "Truncating really long messages"
BLOCKS = 50
# The cumulative limit is undocumented: "12,000 text characters with a buffer for block containers" and refusals at
# 13,172 to 13,297 characters and once at 11,341 (slackapi/bolt-js issues 2509 and 2867). The fake takes the strictest.
TOTAL = 11_300
METADATA_BYTES = 8_000

Problem = Iterator[str]


def problems_of_blocks(blocks: object) -> list[str]:
    """Return why Slack would call the blocks invalid, each with the place."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks is no list of objects [json-pointer:/blocks]"]
    found = [f"no more than {BLOCKS} items allowed [json-pointer:/blocks]"] if len(blocks) > BLOCKS else []
    names = [block["block_id"] for block in blocks if "block_id" in block]
    if len(names) != len(set(names)):
        found.append("block_id stands twice [json-pointer:/blocks]")
    for number, block in enumerate(blocks):
        check = SHAPES.get(str(block.get("type")))
        said = check(block) if check else iter([f"unsupported type: {block.get('type')}"])
        found += [f"{problem} [json-pointer:/blocks/{number}]" for problem in said]
    return found


def total_text(blocks: list[dict[str, Any]]) -> int:
    """Return the characters of all texts in the blocks."""
    return sum(len(text["text"]) for text in texts(blocks))


def texts(part: object) -> Iterator[dict[str, Any]]:
    """Yield every text object in the blocks."""
    if isinstance(part, list):
        for item in part:
            yield from texts(item)
    elif isinstance(part, dict):
        if part.get("type") in ("plain_text", "mrkdwn") and isinstance(part.get("text"), str):
            yield part
        for item in part.values():
            yield from texts(item)


def problem_of_metadata(metadata: object) -> str | None:
    """Return Slack's error code for the metadata, or None ("Using message metadata")."""
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    kind, payload = metadata["event_type"], metadata["event_payload"]
    if not isinstance(kind, str) or not re.fullmatch(r"[A-Za-z0-9_]{1,255}", kind) or not isinstance(payload, dict):
        return "invalid_metadata_format"
    if not all(isinstance(value, str | int | float | bool | dict | list) for value in payload.values()):
        return "invalid_metadata_format"
    return "metadata_too_large" if len(json.dumps(metadata)) > METADATA_BYTES else None


def _text(value: object, limit: int, kinds: tuple[str, ...]) -> Problem:
    if not isinstance(value, dict):
        yield "text object missing"
        return
    if value.get("type") not in kinds:
        yield f"text must be {' or '.join(kinds)}"
    unknown = set(value) - {"type", "text", "emoji" if value.get("type") == "plain_text" else "verbatim"}
    if unknown:
        yield f"additional property {sorted(unknown)}"
    text = value.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "must be more than 0 characters"
    elif len(text) > limit:
        yield f"must be less than {limit + 1} characters"


def _keys(block: Mapping[str, Any], *allowed: str) -> Problem:
    unknown = set(block) - {"type", "block_id", *allowed}
    if unknown:
        yield f"additional property {sorted(unknown)}"
    if len(str(block.get("block_id", ""))) > 255:
        yield "block_id must be less than 256 characters"


def _header(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block, "text")
    yield from _text(block.get("text"), 150, ("plain_text",))


def _section(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block, "text", "fields", "accessory", "expand")
    if "text" not in block and "fields" not in block:
        yield "text or fields needed"
    if "text" in block:
        yield from _text(block["text"], 3000, ("plain_text", "mrkdwn"))
    fields = block.get("fields", [])
    if len(fields) > 10:
        yield "no more than 10 fields allowed"
    for field in fields:
        yield from _text(field, 2000, ("plain_text", "mrkdwn"))


def _context(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block, "elements")
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield "between 1 and 10 elements needed"
    for element in elements:
        yield from _text(element, 3000, ("plain_text", "mrkdwn"))


def _actions(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block, "elements")
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 25:
        yield "between 1 and 25 elements needed"
    for element in elements:
        if element.get("type") != "button":
            yield f"unsupported element {element.get('type')}"
        yield from _text(element.get("text"), 75, ("plain_text",))
        if len(element.get("url", "")) > 3000 or len(element.get("action_id", "")) > 255:
            yield "url or action_id too long"
        if len(element.get("value", "")) > 2000:
            yield "value too long"


def _divider(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block)


SHAPES: Mapping[str, Callable[[Mapping[str, Any]], Problem]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
}
