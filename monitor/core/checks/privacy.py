"""C12: data of private persons that a release need not show."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.draft import Draft
from monitor.core.checks.rules import ReleaseRules
from monitor.core.checks.scorecard import Check, Finding, Mark, Note, Remark

_IDENTITY = re.compile(r"(?<![\da-z])[1-8]\d{5}(?:\d{9}|(?:19|20)\d{9}[\dx])(?![\da-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)")
_CARD = re.compile(r"(?<![\d.])\d{4}(?:[-\s]?\d{4}){3}(?:[-\s]?\d{1,3})?(?![\d.])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z][·•\s]?(?=[a-z0-9]*\d)[a-hj-np-z0-9]{5,6}(?![a-z0-9])"
)
_HOME = re.compile(
    r"(?:小区|花园|公寓|家园|新村|里弄|村)?\d{1,4}(?:号楼|幢|栋|号院)[^。，,；;\n]{0,8}?(?:\d{1,2}单元)?\d{2,4}[室房]"
)
# So many characters may lie between the word for an office and the start of what looks like a name.
AFTER_POST = 3
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_NAME = r"[\u4e00-\u9fff]{1,3}"
_AGED = re.compile(rf"(?P<name>{_NAME})[，,、（(\s]{{1,2}}(?:男|女)[性]?[，,、；;\s]{{0,2}}(?:现年|年龄)?\d{{1,3}}岁")
_YEARS = re.compile(rf"(?P<name>{_NAME})[（(]\d{{1,3}}岁")
_CALLED = re.compile(rf"(?:姓名)?[：:]?(?P<name>{_NAME})")


def personal_data(draft: Draft, known: Circumstances, rules: ReleaseRules) -> Finding:
    """Return what in the release points to private persons; nothing is ever held back for it."""
    found = [
        *(Remark(Note.IDENTITY_NUMBER, {}, draft.quote(at)) for at in identity_numbers(draft.folded)),
        *(Remark(Note.MOBILE_NUMBER, {}, draft.quote(at)) for at in _mobiles(draft, known)),
        *(Remark(Note.BANK_CARD, {}, draft.quote(at)) for at in bank_cards(draft.folded)),
        *(Remark(Note.PLATE, {}, draft.quote(m.start())) for m in _PLATE.finditer(draft.folded)),
        *(Remark(Note.HOME_ADDRESS, {}, draft.quote(m.start())) for m in _HOME.finditer(draft.folded)),
        *(Remark(Note.PERSON, {"name": name}, draft.quote(at)) for name, at in _persons(draft, rules)),
    ]
    remarks = tuple({(remark.note, remark.sentence, *remark.facts.values()): remark for remark in found}.values())
    return Finding(Check.PRIVACY, Mark.MISSING if remarks else Mark.FULFILLED, (), remarks)


def identity_numbers(folded: str) -> Iterator[int]:
    """Yield where numbers of identity cards stand: GB 11643 with its check digit, or the fifteen digits of old."""
    for found in _IDENTITY.finditer(folded):
        number = found[0]
        if len(number) == 15:
            if _is_day(f"19{number[6:12]}"):
                yield found.start()
        elif _is_day(number[6:14]) and check_digit(number[:17]) == number[17]:
            yield found.start()


def check_digit(number: str) -> str:
    """Return the last digit of an identity number from its first seventeen (ISO 7064, MOD 11-2)."""
    return "10x98765432"[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=True)) % 11]


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def bank_cards(folded: str) -> Iterator[int]:
    """Yield where numbers of payment cards stand: sixteen to nineteen digits with a Luhn check digit."""
    for found in _CARD.finditer(folded):
        digits = re.sub(r"\D", "", found[0])
        if digits[0] in "3456" and _luhn(digits) and not any(True for _ in identity_numbers(digits)):
            yield found.start()


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _mobiles(draft: Draft, known: Circumstances) -> Iterator[int]:
    """Yield mobile numbers but the bureau's own and those that people are asked to call."""
    public = draft.sentences_with("public_line")
    own = re.sub(r"\D", "", known.phone)
    for found in _MOBILE.finditer(draft.folded):
        if draft.part(found.start()).index not in public and re.sub(r"\D", "", found[0]) != own:
            yield found.start()


def _persons(draft: Draft, rules: ReleaseRules) -> Iterator[tuple[str, int]]:
    """Yield names of private persons: with sex and age, or right behind a word such as 死者. 张某 is no name."""
    posts = sorted(span.end for span in draft.of("public_post"))
    for pattern in (_AGED, _YEARS):
        for found in pattern.finditer(draft.folded):
            name = named(found["name"], rules)
            if name and not _has_post(posts, found.start()):
                yield name, found.start()
    for span in draft.of("private_person"):
        told = _CALLED.match(draft.folded, span.end)
        name = _known(told["name"], rules) if told and _ends_here(draft.folded, told.end()) else ""
        if name:
            yield name, span.start


def named(text: str, rules: ReleaseRules) -> str:
    """Return the name that a run of characters ends with, or nothing: a surname and one or two characters."""
    for size in (3, 2):
        name = _known(text[-size:], rules) if len(text) >= size else ""
        if name:
            return name
    return ""


def _known(text: str, rules: ReleaseRules) -> str:
    return text if 2 <= len(text) <= 3 and text[0] in rules.surnames and not set("某氏等人女男") & set(text) else ""


def _ends_here(folded: str, end: int) -> bool:
    return end >= len(folded) or folded[end] in "，,。；;、（(）) \n：:系为"


def _has_post(posts: Sequence[int], start: int) -> bool:
    """Tell whether a name is that of somebody in office; `posts` are where the words for an office end."""
    return bisect_left(posts, start - AFTER_POST) < bisect_right(posts, start + AFTER_POST)
