"""Find the character set of a body and decode it as a whole.

    byte order mark -> UTF-16/32 by its zeros -> stateful 7-bit sets where declared -> strict UTF-8 -> declared
      -> strict GB18030 or Big5 -> the one that leaves the fewest replacement marks

UTF-8 goes before the declaration because Chinese feeds are mislabelled either way and a body of more than a few
characters that is valid UTF-8 is UTF-8. gb2312 and gbk are read as GB18030, their superset: pages so labelled hold
characters that the smaller sets lack. GB18030 and Big5 accept most of each other's bytes, and Latin sets accept
everything; where they compete, the reading with more of the common characters wins. Decoders are incremental, so a
body cut within a character still decodes.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from monitor.core.fetched import CharsetRule
from monitor.gate import Answer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030", "ms936": "gb18030",
    "x-gbk": "gb18030", "gb_2312": "gb18030", "gb_2312-80": "gb18030", "euc-cn": "gb18030", "chinese": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-x-big5": "big5hkscs", "cp950": "cp950",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "shift_jis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
_STATEFUL = {"hz-gb-2312": b"~{", "iso-2022-jp": b"\x1b", "iso-2022-kr": b"\x1b", "iso-2022-cn": b"\x1b"}
_NEVER = frozenset({"utf-7", "utf7", "unicode-1-1-utf-7", "idna", "punycode", "undefined", "mbcs", "oem"})
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_CHINESE = {"gb18030": CharsetRule.GB18030, "big5hkscs": CharsetRule.BIG5}
_LATIN = ("cp125", "iso-8859", "iso8859", "latin", "windows-125", "koi8", "mac")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_COMMON = frozenset(
    bytes((lead, trail)).decode(name, "ignore")
    for name, leads, trails in (
        ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
        ("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF))),
    )
    for lead in leads
    for trail in trails
)
SCANNED = 8192
SAMPLED = 100_000
MARGIN = 0.15
MOSTLY_CHINESE = 0.6


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text. `replaced` tells that it holds replacement marks because nothing fitted."""

    text: str
    charset: str
    rule: CharsetRule

    @property
    def replaced(self) -> bool:
        """Whether some bytes could not be read."""
        return self.rule is CharsetRule.REPLACED


def decode(body: bytes, *, content_type: str = "", cut: bool = False) -> Decoded:
    """Decode `body`; `content_type` is the HTTP header, `cut` allows an unfinished last character."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(_decoder(name, "replace").decode(body[len(mark) :], not cut), name, CharsetRule.BOM)
    for start, name in _WIDE:
        if body.startswith(start) and (text := _strict(body, name, cut)) is not None:
            return Decoded(text, name, CharsetRule.WIDE)
    declared = _declared(body, content_type)
    for name in declared:
        if name in _STATEFUL and _STATEFUL[name] in body and (text := _strict(body, name, cut)) is not None:
            return Decoded(text, name, CharsetRule.STATEFUL)
    if (text := _strict(body, "utf-8", cut)) is not None:
        return Decoded(text, "utf-8", CharsetRule.UTF8)
    names = list(dict.fromkeys(_SUPERSETS.get(name, name) for name in declared))
    return _by_declaration(body, names, cut) or _with_marks(body, ["utf-8", *names, *_CHINESE])


def decode_answer(answer: Answer) -> Decoded:
    """Decode the body of an HTTP answer."""
    return decode(answer.body, content_type=answer.headers.get("content-type", ""), cut=answer.cut)


def _by_declaration(body: bytes, names: list[str], cut: bool) -> Decoded | None:  # noqa: FBT001
    """Choose between the declared set and the two Chinese ones."""
    readings = [
        Decoded(text, name, CharsetRule.DECLARED) for name in names if (text := _strict(body, name, cut)) is not None
    ]
    stated = readings[0] if readings else None
    if stated and not (stated.charset in _CHINESE or stated.charset.startswith(_LATIN)):
        return stated
    chinese = [Decoded(text, name, rule) for name, rule in _CHINESE.items() if (text := _strict(body, name, cut))]
    best = max(chinese, key=lambda reading: _commonness(reading.text), default=None)
    if best is None or stated is None:
        return best or stated
    needed = _commonness(stated.text) + MARGIN if stated.charset in _CHINESE else MOSTLY_CHINESE
    return best if best.charset != stated.charset and _commonness(best.text) > needed else stated


def _commonness(text: str) -> float:
    """Return the share of common characters among the first Chinese ones of `text`; 0 where there are none."""
    seen = _HAN.findall(text[:SAMPLED])
    return sum(character in _COMMON for character in seen) / len(seen) if seen else 0.0


def _with_marks(body: bytes, names: list[str]) -> Decoded:
    """Decode with the set that leaves the fewest replacement marks; a few broken bytes do not cost the whole body."""
    best: Decoded | None = None
    fewest = -1
    for name in dict.fromkeys(names):
        text = body.decode(name, "replace")
        marks = text.count("\ufffd")
        if best is None or marks < fewest:
            best, fewest = Decoded(text, name, CharsetRule.REPLACED), marks
    assert best is not None
    return best


def _decoder(name: str, errors: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(name)(errors)


def _strict(body: bytes, name: str, cut: bool) -> str | None:  # noqa: FBT001
    try:
        text = _decoder(name, "strict").decode(body, not cut)
    except (UnicodeError, ValueError):
        return None
    return text


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the usable declared character sets: HTTP header, XML declaration, meta element."""
    found = [match[1] for match in [_HEADER.search(content_type)] if match]
    head = body[:SCANNED]
    found += [match[1].decode("ascii") for match in (_XML.search(head), _META.search(head)) if match]
    return [name for name in dict.fromkeys(name.lower() for name in found) if _usable(name)]


def _usable(name: str) -> bool:
    """Tell whether `name` is a character set; Python also has codecs that are none, and sets nobody should accept."""
    if name in _NEVER:
        return False
    try:
        return b" ".decode(_SUPERSETS.get(name, name), "replace") == " "
    except (LookupError, UnicodeError, ValueError):
        return False
