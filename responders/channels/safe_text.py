"""Make fetched text safe to show: nothing hidden, one line where one line is meant, cut where it must be cut.

Does not know any provider; each channel adds its own escaping on top.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

CUT_MARK = " […]"
NOTHING = "—"

LINE_END = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Controls, lone surrogates and noncharacters: a terminal obeys them, or XML, JSON and UTF-8 refuse them.
UNSHOWABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Direction overrides, zero-width and tag characters reorder or hide what is read. The joiners of emoji
# and of Indic scripts (U+200C, U+200D) stay.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# Markdown and mention characters and the full-width forms that look like them but do nothing.
LOOKALIKES = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in r"\`*_~#|<>[]@&"})
LINE_OPENER = re.compile(r"^(\s*)([-+=])", re.MULTILINE)

ADDRESS_LIMIT = 2000
ADDRESS_IN_TEXT = re.compile(r"https?://[!-~]+")
SCHEME = len("https://")
FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")


def visible(text: str) -> str:
    """Return `text` with unified line ends, controls shown as U+FFFD and invisible characters removed."""
    text = LINE_END.sub("\n", text).replace("\t", " ")
    return INVISIBLE.sub("", UNSHOWABLE.sub("\ufffd", text))


def one_line(text: str) -> str:
    """Return `text` visible and on one line, a dash where nothing is left."""
    return " ".join(visible(text).split()) or NOTHING


def harmless(text: str) -> str:
    """Return visible `text` without live Markdown, tags or mentions: such characters become their full-width forms."""
    return LINE_OPENER.sub(lambda found: found[1] + chr(ord(found[2]) + 0xFEE0), visible(text)).translate(LOOKALIKES)


def utf8_size(text: str) -> int:
    """Return the bytes that `text` takes in UTF-8."""
    return len(text.encode("utf-8"))


def head(text: str, limit: int, *, size: Callable[[str], int] = len) -> str:
    """Return the longest beginning of `text` whose `size` is at most `limit`, ending inside no character or address.

    An address that is longer than the limit by itself is torn all the same.
    `size` must not shrink as the text grows.
    """
    if size(text) <= limit:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if size(text[:middle]) <= limit:
            fits = middle
        else:
            too_long = middle
    end = _boundary(text, fits)
    return text[: _before_address(text, end) or end]


def cut(text: str, limit: int, *, size: Callable[[str], int] = len) -> str:
    """Return `text`, or its beginning and a visible mark, so that `size` of the whole is at most `limit`."""
    if size(text) <= limit:
        return text
    return head(text, limit, size=lambda beginning: size(beginning.rstrip() + CUT_MARK)).rstrip() + CUT_MARK


def web_address(url: str) -> str | None:
    """Return `url` with markup characters percent-encoded and its host in ASCII, or None where it is no web link."""
    try:
        parts = urlsplit(visible(url).strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[0-9A-Za-z._-]+|[0-9a-f:.]+", host):
        return None
    place = f"[{host}]" if ":" in host else host
    address = urlunsplit(
        (
            parts.scheme,
            place if port is None else f"{place}:{port}",
            quote(parts.path, safe="/%:;,=+$~."),
            quote(parts.query, safe="/%:;,=+$~.?&"),
            quote(parts.fragment, safe="/%:;,=+$~.?&"),
        )
    )
    return address if len(address) <= ADDRESS_LIMIT else None


def _boundary(text: str, end: int) -> int:
    """Step back from `end` so that no combined character (accent, emoji sequence) is torn; at most 32 steps."""
    for at in range(end, max(end - 33, -1), -1):
        if at == 0 or not _continues(text, at):
            return at
    return end


def _before_address(text: str, end: int) -> int:
    """Return where the web address begins that `end` would tear, else `end`."""
    found = ADDRESS_IN_TEXT.finditer(text, max(0, end - ADDRESS_LIMIT), end + SCHEME + 1)
    return next((one.start() for one in found if one.start() < end < one.end()), end)


def _splits_flag(text: str, at: int) -> bool:
    """Tell whether `at` lies between the two letters of a flag: an odd number of such letters stands before it."""
    first, last = FLAG_LETTERS
    before = at
    while before > 0 and first <= text[before - 1] <= last:
        before -= 1
    return (at - before) % 2 == 1 and first <= text[at] <= last


def _continues(text: str, at: int) -> bool:
    following = text[at : at + 1]
    if not following:
        return False
    return _splits_flag(text, at) or (
        unicodedata.category(following) in ("Mn", "Me", "Mc")
        or following == "\u200d"
        or "\U0001f3fb" <= following <= "\U0001f3ff"
        or text[at - 1] == "\u200d"
    )
