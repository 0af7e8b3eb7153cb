"""Read English texts: is a present happening told, of which kind, with which figures. Made for posts and short news."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.core.model import Casualties
from monitor.core.reading.english_casualties import casualties, unlinked
from monitor.core.reading.lexicon import WordFinder

OPENING = 400
SIGNS = ("tagged", "toll", "place", "link", "time", "long", "me", "you", "others", "asked", "exclaimed", "tag")
LONG = 18
_NAME = re.compile(r"@\w+")
_TAG = re.compile(r"#(\w+)")
_APART = re.compile(r"[^a-z0-9']+")
_PLACE = re.compile(r"\b(?:in|near|at|off|of|from|across|over|hits?|strikes?|rocks?)\s+(?:the\s+)?[A-Z][a-z]+")


@dataclass(frozen=True)
class EnglishLexicon:
    """Word classes with their points, the signs' points, and the words of kinds and decoy classes."""

    base: int
    classes: Mapping[str, int]
    signs: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]
    _finder: WordFinder = field(init=False, repr=False, compare=False)
    _roles: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _tag: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        roles: dict[str, list[str]] = {}
        for role, words in self.words.items():
            for word in words:
                roles.setdefault(" " + word.removesuffix("*"), []).append(role + "*" * word.endswith("*"))
        object.__setattr__(self, "_finder", WordFinder(roles))
        object.__setattr__(self, "_roles", {word: tuple(names) for word, names in roles.items()})
        object.__setattr__(self, "_tag", re.compile("|".join(map(re.escape, self.tags)) or "(?!)"))

    def found(self, plain: str) -> Iterator[tuple[str, str, int]]:
        """Yield each word of `plain` that is known, with each role it plays and its place; `plain` is lower case."""
        for word, start, end in self._finder.find(plain):
            roles = self._roles[word]
            whole = end == len(plain) or plain[end] == " "
            for role in roles:
                if whole or role.endswith("*"):
                    yield word[1:], role.removesuffix("*"), start

    def tagged(self, folded: str) -> bool:
        """Tell whether a hashtag names a disaster."""
        return any(self._tag.search(found[1]) for found in _TAG.finditer(folded))


@dataclass(frozen=True, slots=True)
class EnglishReading:
    """What an English text says: points above zero mean that a present happening is told."""

    points: int
    kind: str | None
    decoy: str | None
    word: str
    casualties: Casualties


def read(lexicon: EnglishLexicon, original: str, folded: str) -> EnglishReading:
    """Read an English text; `original` keeps the capitals that name places."""
    opening = folded[:OPENING]
    bare = unlinked(opening.replace("’", "'"))
    plain = " " + _APART.sub(" ", _NAME.sub(" ", bare)).strip()
    seen: dict[str, dict[str, int]] = {}
    for word, role, start in lexicon.found(plain):
        seen.setdefault(role, {}).setdefault(word, start)
    figures = casualties(folded, original)
    points = lexicon.base
    points += sum(worth * min(2, len(seen.get("class:" + name, ()))) for name, worth in lexicon.classes.items())
    shown = {
        "tagged": lexicon.tagged(opening),
        "toll": figures.deaths is not None or figures.injured is not None or figures.missing is not None,
        "place": bool(_PLACE.search(unlinked(original[:OPENING]))),
        "link": unlinked(opening) != opening,
        "time": "sign:times" in seen,
        "long": plain.count(" ") > LONG,
        "me": "sign:me" in seen,
        "you": "sign:you" in seen,
        "others": "sign:others" in seen,
        "asked": "?" in bare,
        "exclaimed": "!" in bare,
        "tag": "#" in opening,
    }
    points += sum(lexicon.signs[name] for name, yes in shown.items() if yes)
    kind = next((role[5:] for role in lexicon.words if role.startswith("kind:") and role in seen), None)
    decoy = next((role[6:] for role in lexicon.words if role.startswith("decoy:") and role in seen), None)
    word = next(iter(seen.get(f"kind:{kind}", seen.get("class:disaster", seen.get("class:happening", {"": 0})))))
    return EnglishReading(points, kind, decoy, word, figures)
