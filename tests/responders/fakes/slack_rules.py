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
        if element.get("style", "primary") not in ("primary", "danger"):
            yield "style must be primary or danger"
        yield from _text(element.get("text"), 75, ("plain_text",))
        if len(element.get("url", "")) > 3000 or len(element.get("action_id", "")) > 255:
            yield "url or action_id too long"
        if len(element.get("value", "")) > 2000:
            yield "value too long"


def _element(element: Mapping[str, Any]) -> Problem:  # noqa: C901 - one branch a kind
    """Check what can be typed or chosen in a form."""
    kind = element.get("type")
    if not 1 <= len(str(element.get("action_id", ""))) <= 255:
        yield "action_id missing or too long"
    if kind == "plain_text_input":
        most = element.get("max_length", 3000)
        if not 1 <= most <= 3000:
            yield "max_length must be between 1 and 3000"
        if len(element.get("initial_value", "")) > most:
            yield "initial_value longer than max_length"
    elif kind == "static_select":
        options = element.get("options", [])
        if not 1 <= len(options) <= 100:
            yield "between 1 and 100 options needed"
        for option in options:
            yield from _text(option.get("text"), 75, ("plain_text",))
            if not 1 <= len(option.get("value", "")) <= 150:
                yield "option value missing or too long"
        if "initial_option" in element and element["initial_option"] not in options:
            yield "initial_option must match one of the options"
    elif kind == "datepicker":
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", element.get("initial_date", "2026-01-01")):
            yield "invalid initial_date"
    elif kind == "timepicker":
        if not re.fullmatch(r"[0-2]\d:[0-5]\d", element.get("initial_time", "00:00")):
            yield "invalid initial_time"
    else:
        yield f"unsupported element {kind}"


def _input(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block, "label", "element", "optional", "hint", "dispatch_action")
    yield from _text(block.get("label"), 2000, ("plain_text",))
    yield from _element(block.get("element") or {})


def problems_of_view(view: object) -> list[str]:
    """Return why Slack would refuse a form or a Home tab ("Views")."""
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return ["invalid view type"]
    allowed = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
    allowed |= {"title", "submit", "close", "clear_on_close", "notify_on_close"} if view["type"] == "modal" else set()
    found = [f"additional property {name}" for name in sorted(set(view) - allowed)]
    blocks = view.get("blocks", [])
    if len(blocks) > 100:
        found.append("no more than 100 blocks")
    found += problems_of_blocks(blocks[:BLOCKS])
    if len(view.get("private_metadata", "")) > 3000 or len(view.get("callback_id", "")) > 255:
        found.append("private_metadata or callback_id too long")
    if view["type"] == "modal":
        found += list(_text(view.get("title"), 24, ("plain_text",)))
        found += [p for name in ("submit", "close") if name in view for p in _text(view[name], 24, ("plain_text",))]
        inputs = [block for block in blocks if block.get("type") == "input"]
        if inputs and "submit" not in view:
            found.append("submit is needed where there are inputs")
    return found


def _divider(block: Mapping[str, Any]) -> Problem:
    yield from _keys(block)


SHAPES: Mapping[str, Callable[[Mapping[str, Any]], Problem]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": _divider,
}
