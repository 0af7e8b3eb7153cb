"""Which passwords are refused: the short, the common, and those that name the service or its owner.

No rules of composition and no forced change (OWASP ASVS 5.0, 6.2): both make people choose worse ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum

from monitor.core.errors import N_, Said

SHORTEST, LONGEST = 10, 256
ENOUGH_KINDS = 5
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "01234567890123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
LEET = str.maketrans("013457@$!", "oieastasi")


class Flaw(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    PLAIN = "plain"
    COMMON = "common"
    OWN = "own"


SENTENCES = {
    Flaw.SHORT: N_("It needs 10 characters at least; a short sentence of your own is best."),
    Flaw.LONG: N_("It must not be longer than 256 characters."),
    Flaw.PLAIN: N_("It only repeats or counts up. A short sentence of your own is best."),
    Flaw.COMMON: N_("It is among those that are tried first. A short sentence of your own is best."),
    Flaw.OWN: N_("It must not consist of your name, the bureau's or this service's."),
}


def flaw_of(password: str, common: Collection[str], own: Iterable[str]) -> Flaw | None:
    """Return why a password is refused, None where it is good enough.

    `common` are words and passwords in lower case; digits and signs around one do not make it better. `own` are the
    names that belong to the account and to this service.
    """
    if len(password) < SHORTEST:
        return Flaw.SHORT
    if len(password) > LONGEST:
        return Flaw.LONG
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < ENOUGH_KINDS or _counts_up(plain):
        return Flaw.PLAIN
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    cores = {plain, _core(plain), _core(plain.translate(LEET)), _core(bare.translate(LEET))}
    if cores & set(common) or any(_is_pair(core, common) for core in cores):
        return Flaw.COMMON
    core, names = _core(plain), {_core(name.casefold()) for name in own}
    return Flaw.OWN if core and any(name and not core.replace(name, "") for name in names) else None


def said(flaw: Flaw) -> Said:
    """Return the sentence of a flaw."""
    return Said(SENTENCES[flaw])


def _core(text: str) -> str:
    """Return what is left without the digits and signs around it and within."""
    return re.sub(r"[\W\d_]+", "", text)


def _is_pair(core: str, common: Collection[str]) -> bool:
    """Tell whether a text is two common words, or one twice."""
    return any(core[:n] in common and core[n:] in common for n in range(3, len(core) - 2))


def _counts_up(text: str) -> bool:
    """Tell whether a text is made of stretches of the keyboard, the alphabet or the digits, either way."""
    stretches, rest = (*ROWS, *(row[::-1] for row in ROWS)), text
    while rest:
        best = max((n for n in range(1, len(rest) + 1) if any(rest[:n] in row for row in stretches)), default=0)
        if best < 3:
            return False
        rest = rest[best:]
    return True
