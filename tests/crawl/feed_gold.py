"""What the feeds of the public suites are expected to say, as far as their authors wrote it down.

feedparser's tests state it in a comment of the feed itself ("Expect: not bozo and entries[0]['title'] == 'x'"),
gofeed's in a file beside it. Texts are compared as plain words, since nothing else of them is kept.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_EXPECT = re.compile(r"Expect:\s*(.+?)\s*-->", re.DOTALL)
_EQUAL = re.compile(
    r"entries\[(\d+)\]\['(title|description|summary|link|id|title_detail|content)'\](?:\[0\])?(?:\['value'\])?\s*==\s*(.+)",
    re.DOTALL,
)
_FIELDS = {"description": "text", "summary": "text", "content": "text", "title_detail": "title"}


@dataclass(frozen=True, slots=True)
class Meant:
    """One field of one entry: `field` is title, text, link or id."""

    entry: int
    field: str
    said: str


def meant(file: Path) -> list[Meant]:
    """Return what a feed is expected to say of its entries; empty where nobody wrote it down."""
    if "gofeed" in file.parts:
        beside = file.with_suffix(".json") if file.suffix == ".xml" else file.with_name(file.stem + "_expected.json")
        if not beside.is_file():
            return []
        return list(_listed(json.loads(beside.read_text(encoding="utf-8"))))
    return list(_commented(file.read_bytes()))


def _listed(feed: dict[str, Any]) -> Iterator[Meant]:
    for number, entry in enumerate(feed.get("items") or feed.get("entries") or []):
        texts = [str(entry.get(name) or "") for name in ("description", "summary", "content_text", "content_html")]
        content = entry.get("content")
        texts.append(str(content.get("value") or "") if isinstance(content, dict) else str(content or ""))
        said = {"title": entry.get("title"), "link": entry.get("link"), "text": max(texts, key=len)}
        for field, value in said.items():
            if isinstance(value, str) and value:
                yield Meant(number, field, value)


def _commented(body: bytes) -> Iterator[Meant]:
    comment = _EXPECT.search(body[:4000].decode("utf-8", "replace"))
    if comment is None:
        return
    for part in re.split(r"\s+and\s+(?=entries|not|feed|bozo)", comment[1]):
        if found := _EQUAL.fullmatch(part.strip()):
            try:
                said = ast.literal_eval(found[3].strip())
            except (ValueError, SyntaxError):
                continue
            if isinstance(said, str) and said and "\ufffd" not in said:
                yield Meant(int(found[1]), _FIELDS.get(found[2], found[2]), said)
