"""Plain text as characters: fold widths and case without moving a single offset."""

from __future__ import annotations

import re

_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)}
_KEPT_FULL = {ord(mark) for mark in "，；！？：＂＇"}
_SPACES = dict.fromkeys((0x09, 0x0B, 0x0C, 0x0D, 0xA0, 0x3000, 0x200B, 0xFEFF), 0x20)
_DIGITS = {ord("〇"): ord("零"), ord("○"): ord("零")}
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_FULL_LOWER = {0xFF21 + n: ord("a") + n for n in range(26)}

# Full-width letters, digits and signs become half-width and Latin letters lower case. The Chinese comma, semicolon and
# colon stay as they are: a half-width comma may stand inside a number, they never do.
FOLDS: dict[int, int] = {
    **{full: half for full, half in _FULL_WIDTH.items() if full not in _KEPT_FULL},
    **_SPACES,
    **_DIGITS,
    **_LOWER,
    **_FULL_LOWER,
}
_TO_FOLD = re.compile("[" + re.escape("".join(map(chr, sorted(FOLDS)))) + "]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def fold(text: str) -> str:
    """Return `text` with widths and case folded, character by character: every offset stays valid."""
    return text.translate(FOLDS) if _TO_FOLD.search(text) else text


def storable(text: str) -> str:
    """Return `text` without what no database keeps: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub("", text)


# A language shows in so many characters, and not yet in so few letters.
CLEARLY, HARDLY = 400, 20


def is_chinese(text: str) -> bool:
    """Tell whether `text` is written in Chinese: at least one Han character for every seven other letters.

    Signs, marks and pictures are of no language: hundreds of them around a title do not make it another one.
    """
    letters = sum(map(str.isalpha, text[:CLEARLY]))
    part = text[:CLEARLY] if letters >= HARDLY else text
    han = len(_HAN.findall(part))
    return 8 * han >= (letters if part is not text else sum(map(str.isalpha, text)))
