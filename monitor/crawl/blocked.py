"""Recognise the captcha, login or challenge page that a site shows in the place of its content."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml

SCANNED = 20_000
_MARKS = yaml.safe_load(Path(__file__).with_name("blocked.yaml").read_text(encoding="utf-8"))
_TITLE, _TEXT, _ADDRESS = (tuple(str(mark).lower() for mark in _MARKS[part]) for part in ("title", "text", "address"))
_TITLE_ELEMENT = re.compile(r"<title[^>]{0,100}>([^<]{0,200})")


def blocked(text: str, *, asked: str, answered: str) -> str:
    """Return the mark of a captcha or login page, or "". Ask only where the expected content is missing."""
    if answered != asked:
        parts = urlsplit(answered.lower())
        for mark in _ADDRESS:
            if mark in f"{parts.netloc}{parts.path}" and mark not in asked.lower():
                return mark
    head = text[:SCANNED].lower()
    if not head.lstrip("\ufeff \t\r\n").startswith("<"):
        return ""
    title = _TITLE_ELEMENT.search(head)
    if title and (mark := next((mark for mark in _TITLE if mark in title[1]), "")):
        return mark
    return next((mark for mark in _TEXT if mark in head), "")
