"""Recognise the captcha, login or challenge page that a site shows in the place of its content."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml

SCANNED = 20_000
_MARKS = yaml.safe_load(Path(__file__).with_name("blocked.yaml").read_text(encoding="utf-8"))
_TITLE, _TEXT, _ADDRESS, _WHOLE = (
    tuple(str(mark).lower() for mark in _MARKS[part]) for part in ("title", "text", "address", "whole")
)
_BETWEEN = re.compile(r"\s*[-_|—–·]+\s*")
_TITLE_ELEMENT = re.compile(r"<title[^>]{0,100}>([^<]{0,200})")


def blocked(text: str, *, asked: str, answered: str) -> str:
    """Return the mark of a captcha or login page, or "". Ask only where the expected content is missing."""
    if mark := _elsewhere(asked, answered):
        return mark
    head = text[:SCANNED].lower()
    if not head.lstrip("\ufeff \t\r\n").startswith("<"):
        return ""
    title = _TITLE_ELEMENT.search(head)
    if title and (mark := next((mark for mark in _TITLE if mark in title[1]), "")):
        return mark
    return next((mark for mark in _TEXT if mark in head), "")


def plainly_blocked(text: str, *, asked: str, answered: str) -> str:
    """Return the mark of a page that is no list whatever could be read on it, or "".

    A rule such as "li a" finds links on a login page too; its entries would be taken for news.
    """
    if mark := _elsewhere(asked, answered):
        return mark
    title = _TITLE_ELEMENT.search(text[:SCANNED].lower())
    parts = _BETWEEN.split(title[1].strip()) if title else []
    return next((part for part in parts if part in _WHOLE), "")


def _elsewhere(asked: str, answered: str) -> str:
    """Return the mark in the address of a login page to which a redirect led, or ""."""
    if answered == asked:
        return ""
    parts = urlsplit(answered.lower())
    address = f"{parts.netloc}{parts.path}"
    return next((mark for mark in _ADDRESS if mark in address and mark not in asked.lower()), "")
