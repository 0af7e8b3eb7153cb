"""Find the character set of a body and decode it as a whole.

    byte order mark -> UTF-16/32 by its zeros -> stateful 7-bit sets where declared -> strict UTF-8 of some length
      -> the likeliest of UTF-8, the declared sets, GB18030 and Big5, with replacement marks where it has a fault

UTF-8 goes before the declaration because Chinese feeds are mislabelled either way and a body of more than a few
characters that is valid UTF-8 is UTF-8. gb2312 and gbk are read as GB18030, their superset: pages so labelled hold
characters that the smaller sets lack. A short body may be valid in several sets, GB18030 and Big5 accept most of each
other's bytes, and Latin sets accept everything: there the text decides that somebody is likeliest to have written, and
a declaration only tips the scales. Decoders are incremental, so a body cut within a character still decodes.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from monitor.core.fetched import CharsetRule
from monitor.crawl.likelihood import cost
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
    "utf8": "utf-8", "utf_8": "utf-8",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "shift_jis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
}  # fmt: skip
_STATEFUL = {"hz-gb-2312": b"~{", "iso-2022-jp": b"\x1b", "iso-2022-kr": b"\x1b", "iso-2022-cn": b"\x1b"}
_NEVER = frozenset({"utf-7", "utf7", "unicode-1-1-utf-7", "idna", "punycode", "undefined", "mbcs", "oem"})
_HEADER = re.compile(r"charset\s*=\s*(?:[\"']\s*)?([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*(?:[\"']\s*)?([\w.:-]+)", re.IGNORECASE)
_RULES = {"utf-8": CharsetRule.UTF8, "gb18030": CharsetRule.GB18030, "big5hkscs": CharsetRule.BIG5}
_CHINESE = frozenset({"gb18030", "big5hkscs", "cp950"})
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
SCANNED = 8192
LONGEST_HEADER = 500
SAMPLED = 8000
# Bytes beyond ASCII that only UTF-8 has in an order which is valid UTF-8: other sets hit on it in a few at most.
PLAINLY_UTF8 = 48
# What is expected before a byte is read, as costs: a body in UTF-8 or in the declared set rather than in another.
UNEXPECTED = {"utf-8": 0.0, "gb18030": 5.0, "big5hkscs": 6.0}
UNDECLARED = 4.0
FAULT = 10.0
# Beyond Latin letters, punctuation and Chinese. Two bytes of other sets often read as one of these.
_UNUSUAL = re.compile("[^\x00-\u017f\u2000-\u206f\u2100-\u214f\u3000-\u9fff\uff00-\uffef]")


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
    utf8 = _strict(body, "utf-8", cut)
    if utf8 is not None and len(body) - len(utf8) > PLAINLY_UTF8:
        return Decoded(utf8, "utf-8", CharsetRule.UTF8)
    # What says that it is UTF-8 and reads as usual letters is nothing else, however few characters tell.
    if utf8 is not None and set(declared) == {"utf-8"} and not _UNUSUAL.search(utf8):
        return Decoded(utf8, "utf-8", CharsetRule.UTF8)
    first = _BEYOND_ASCII.search(body)
    if first is None:
        return Decoded(body.decode("ascii"), "utf-8", CharsetRule.UTF8)
    names = list(dict.fromkeys(_SUPERSETS.get(name, name) for name in declared))
    return _likeliest(body, names, first.start(), cut)


def decode_answer(answer: Answer) -> Decoded:
    """Decode the body of an HTTP answer."""
    return decode(answer.body, content_type=answer.headers.get("content-type", ""), cut=answer.cut)


def _likeliest(body: bytes, declared: list[str], start: int, cut: bool) -> Decoded:  # noqa: FBT001
    """Return the likeliest reading; `start` is where the bytes beyond ASCII begin.

    Readings with a fault take part: a few broken bytes do not cost the whole body, nor make it one of another set.
    """
    texts = {name: _strict(body, name, cut) for name in dict.fromkeys((*declared, *_RULES))}
    if texts["utf-8"] is not None:
        texts = {name: text for name, text in texts.items() if name in _CHINESE or name == "utf-8"}
    best = min(texts, key=lambda name: _weight(body, name, declared, start, cut) + (texts[name] is None) * FAULT)
    text = texts[best]
    if text is None:
        return Decoded(body.decode(best, "replace"), best, CharsetRule.REPLACED)
    rule = CharsetRule.DECLARED if best in declared and best != "utf-8" else _RULES.get(best, CharsetRule.DECLARED)
    return Decoded(text, best, rule)


def _weight(body: bytes, name: str, declared: list[str], start: int, cut: bool) -> float:  # noqa: FBT001
    """Return how unlikely it is that the body is meant in this set: by what it reads as, and by what was declared."""
    whole = not cut and len(body) <= start + SAMPLED
    text = _decoder(name, "replace").decode(body[start : start + SAMPLED], whole)
    expected = 0.0 if name in declared else UNDECLARED
    return cost(text, chinese=name in _CHINESE) + expected + UNEXPECTED.get(name, 0.0)


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
    found = [match[1] for match in [_HEADER.search(content_type[:LONGEST_HEADER])] if match]
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
