"""Plain text out of fetched text. All of it is hostile; nothing that comes out carries markup or control characters.

Works in one pass over the text, so that no input takes more than linear time.
"""

from __future__ import annotations

import html
import re

LONGEST_TITLE = 500
LONGEST_TEXT = 100_000
# What is looked at of a text with all its markup; taking it out of eight megabytes takes more than a second.
LONGEST_RAW = 1_000_000
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]"
    "|[\ud800-\udfff]"
)
_INLINE_SPACE = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n{2,}")
# What `clean` would change; most titles, addresses and times hold nothing of it.
_UNCLEAN = re.compile(rf"[\r\x85]|[^\S\n ]|  | \n|\n[ \n]|{_CONTROLS.pattern}")
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]*)")
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_SILENT = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "template", "iframe", "svg")}
# What follows one of these without an end is code; what follows the others without an end is text.
_CODE = frozenset({"script", "style"})


def plain(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return `text` without markup, entities resolved, lines kept, at most `longest` characters."""
    text = text[:LONGEST_RAW]
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(text)
    return clean(text, longest=longest)


def plain_line(text: str, *, longest: int = LONGEST_TITLE) -> str:
    """Return `text` without markup on one line, at most `longest` characters."""
    return " ".join(plain(text, longest=longest * 4).split())[:longest].strip()


def clean(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return `text` without control and direction characters, spaces united, empty lines gone."""
    if _UNCLEAN.search(text) is None:
        return text.strip()[:longest].strip()
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))
    lines = (_INLINE_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    return _LINES.sub("\n", "\n".join(lines)).strip()[:longest].strip()


def _without_tags(text: str) -> str:
    out: list[str] = []
    endless: set[str] = set()
    at = 0
    while True:
        opening = text.find("<", at)
        if opening < 0:
            out.append(text[at:])
            break
        out.append(text[at:opening])
        at, gap = _past_tag(text, opening, endless)
        out.append(gap)
        if at < 0:
            break
    return "".join(out)


def _past_tag(text: str, opening: int, endless: set[str]) -> tuple[int, str]:
    """Return where the text goes on after the tag at `opening` (-1 for its end) and what stands in its place.

    `endless` keeps the tags that are known to have no end further on, so that it is looked for once.
    """
    if text.startswith("<!--", opening):
        return _after(text, "-->", opening + 4), ""
    if text.startswith("<![CDATA[", opening):
        return opening + 9, ""
    name = _TAG_NAME.match(text, opening + 1)
    if name is None:
        if text.startswith(("<!", "<?"), opening):
            return _after(text, ">", opening), ""
        return opening + 1, "<"
    tag = name[1].lower()
    end = text.find(">", name.end())
    if end < 0:
        return -1, ""
    if tag in _SILENT and tag not in endless and text[opening + 1] != "/" and text[end - 1] != "/":
        closing = _SILENT[tag].search(text, end)
        if closing is None and tag not in _CODE:
            endless.add(tag)
            return end + 1, ""
        return (_after(text, ">", closing.end()) if closing else -1), ""
    return end + 1, "\n" if tag in _BLOCKS else ""


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return -1 if found < 0 else found + len(mark)
