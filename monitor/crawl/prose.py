"""Cut away from the text that was extracted from a page what is no part of the article: marks, its head, its tail."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_LINES = yaml.safe_load(Path(__file__).with_name("prose.yaml").read_text(encoding="utf-8"))
_HEAD, _TAIL, _KEEP = (
    re.compile("|".join(f"(?:{line})" for line in _LINES[part]), re.IGNORECASE) for part in ("head", "tail", "keep")
)
SHORT = 40
FURNITURE = 6
FEWEST = 4
LONGEST_FURNITURE = 200
_RULE = re.compile(r"^\|(?:\s*:?-{3,}:?\s*\|)+$")
_CELL = re.compile(r"^\||\|$|(?<= )\|(?= )")
_LIST_MARK = re.compile(r"^- ")
_MOMENT = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\D{1,6}\d{1,2}[:时]\d\d")
_SENTENCE_END = re.compile(r"[。！？!?….”』」）)】]$")


def prose(text: str, title: str) -> str:
    """Return the article of an extracted text, without its title and what stands around it."""
    return _without_tail(_without_head(_unmarked(text), title))


def _unmarked(text: str) -> str:
    """Take out the marks that the extractor sets for tables and lists."""
    lines = (_LIST_MARK.sub("", line) for line in text.split("\n") if not _RULE.match(line))
    lines = (_CELL.sub(" ", line) if line.startswith("|") else line for line in lines)
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _without_head(text: str, title: str) -> str:
    """Cut the title and what stands between it and the article: a line with the time, a button for larger letters."""
    lines = text.split("\n")
    start = next((n + 1 for n, line in enumerate(lines[:FURNITURE]) if title and _same(line, title)), 0)
    while start < len(lines) - 1 and _is_furniture(lines[start]):
        start += 1
    kept = "\n".join(lines[start:])
    return kept if len(kept) > len(text) / 2 else text


def _same(line: str, title: str) -> bool:
    """Tell whether a line is the title, cut short perhaps."""
    one, other = "".join(line.split()), "".join(title.split())
    return one == other or (len(one) > len(other) / 2 and other.startswith(one.rstrip(".…")))


def _is_furniture(line: str) -> bool:
    if _HEAD.fullmatch(line):
        return True
    if _KEEP.search(line):
        return False
    if len(line) >= SHORT or _SENTENCE_END.search(line):
        return False
    return len(line) < FEWEST or _MOMENT.search(line) is not None


def _without_tail(text: str) -> str:
    """Cut what follows an article: editors, tags, disclaimers, invitations to follow somebody."""
    lines = text.split("\n")
    end = len(lines)
    while end > 1 and _is_after_the_end(lines[end - 1]):
        end -= 1
    kept = "\n".join(lines[:end])
    return kept if len(kept) > len(text) / 2 else text


def _is_after_the_end(line: str) -> bool:
    if _KEEP.search(line):
        return False
    if len(line) < SHORT and not _SENTENCE_END.search(line):
        return True
    return len(line) < LONGEST_FURNITURE and _TAIL.search(line) is not None
