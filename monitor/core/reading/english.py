"""Read English texts: is a present happening told, of which kind, with which figures. Made for posts and short news."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from monitor.core.model import Casualties
from monitor.core.reading.english_casualties import casualties, unlinked
from monitor.core.reading.english_signs import HAZARDS, Look, Seen, signs
from monitor.core.reading.lexicon import OverlapFinder
from monitor.core.reading.weights import Side, Weight, summed

OPENING = 400
# Of the words of one class, so many count: talk adds up, a report says a thing once or twice.
MOST_FOR, MOST_AGAINST = 2, 3
_NAME = re.compile(r"@\w+")
_TAG = re.compile(r"#(\w+)")
_APART = re.compile(r"[^a-z0-9']+")


@dataclass(frozen=True)
class EnglishLexicon:
    """Words by role (class:harm, sign:me, kind:flood, decoy:drill, stop), and what classes, decoys and signs weigh."""

    base: int
    classes: Mapping[str, int]
    decoys: Mapping[str, int]
    signs: Mapping[str, int]
    words: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...]
    _finder: OverlapFinder = field(init=False, repr=False, compare=False)
    _roles: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _tag: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        roles: dict[str, list[str]] = {}
        for role, words in self.words.items():
            for word in words:
                roles.setdefault(" " + word.removesuffix("*"), []).append(role + "*" * word.endswith("*"))
        _inherit_kinds(roles)
        object.__setattr__(self, "_finder", OverlapFinder(roles))
        object.__setattr__(self, "_roles", {word: tuple(names) for word, names in roles.items()})
        object.__setattr__(self, "_tag", re.compile("|".join(map(re.escape, self.tags)) or "(?!)"))

    def found(self, plain: str) -> Iterator[tuple[str, str, int]]:
        """Yield each word of `plain` that is known, with each role it plays and its place; `plain` is lower case.

        Of the words that stand there whole, or with any ending where their role allows that, the longest is found.
        """
        until = 0
        for start, end, word, roles in sorted(self._standing(plain), key=lambda found: (found[0], -found[1])):
            if start >= until:
                until = end
                yield from ((word, role, start) for role in roles)

    def _standing(self, plain: str) -> Iterator[tuple[int, int, str, tuple[str, ...]]]:
        for word, start, end in self._finder.find_all(plain):
            whole = end == len(plain) or plain[end] == " "
            roles = tuple(role.removesuffix("*") for role in self._roles[word] if whole or role.endswith("*"))
            if roles:
                yield start, end, word[1:], roles

    def tagged(self, folded: str) -> bool:
        """Tell whether a hashtag names a disaster."""
        return any(self._tag.search(found[1]) for found in _TAG.finditer(folded))


def _inherit_kinds(roles: dict[str, list[str]]) -> None:
    """Let a phrase or longer form name the kinds that its words name, for only it is found: ferry sinks, floods."""
    kinds = {word: named for word, played in roles.items() if (named := [r for r in played if r.startswith("kind:")])}
    for phrase, played in roles.items():
        if "stop" not in played:
            any_ending = "*" * any(role.endswith("*") for role in played)
            inside = {kind.removesuffix("*") + any_ending for kind in _kinds_inside(kinds, phrase)}
            played.extend(sorted(inside - set(played)))


def _kinds_inside(kinds: Mapping[str, Sequence[str]], phrase: str) -> Iterator[str]:
    for start in (n for n, letter in enumerate(phrase) if letter == " "):
        for end in range(start + 2, len(phrase) + 1):
            whole = end == len(phrase) or phrase[end] == " "
            yield from (kind for kind in kinds.get(phrase[start:end], ()) if whole or kind.endswith("*"))


@dataclass(frozen=True, slots=True)
class EnglishReading:
    """What an English text says: points above zero mean that a present happening is told; `weights` make them up."""

    points: int
    kind: str | None
    decoy: str | None
    word: str
    casualties: Casualties
    weights: tuple[Weight, ...] = ()


def read(
    lexicon: EnglishLexicon, original: str, folded: str, *, deaf: AbstractSet[str] = frozenset()
) -> EnglishReading:
    """Read an English text; `original` keeps the capitals that name places, `deaf` are decoy classes to overlook."""
    told = look(lexicon, original, folded)
    seen = {role: words for role, words in told.seen.items() if role.removeprefix("decoy:") not in deaf}
    weights = tuple(_weights(lexicon, told, seen))
    kind = next((role[5:] for role in lexicon.words if role.startswith("kind:") and role in seen), None)
    decoy = next((role[6:] for role in lexicon.words if role.startswith("decoy:") and role in seen), None)
    return EnglishReading(summed(weights), kind, decoy, _telling(seen, kind), told.figures, weights)


def _weights(lexicon: EnglishLexicon, told: Look, seen: Seen) -> Iterator[Weight]:
    yield Weight(Side.BASE, "", lexicon.base)
    for side, role, worths in ((Side.WORDS, "class", lexicon.classes), (Side.DECOY, "decoy", lexicon.decoys)):
        for name, worth in worths.items():
            words = tuple(seen.get(f"{role}:{name}", ()))
            if words:
                yield Weight(side, name, _worth(worth, words), words)
    for name in sorted(signs(told)):
        if name in lexicon.signs:
            yield Weight(Side.SIGN, name, lexicon.signs[name])


def look(lexicon: EnglishLexicon, original: str, folded: str) -> Look:
    """Return an English text with the words that are known in its opening."""
    opening = folded[:OPENING]
    bare = unlinked(opening.replace("’", "'"))
    plain = " " + _APART.sub(" ", _NAME.sub(" ", bare)).strip()
    seen: dict[str, dict[str, int]] = {}
    for word, role, start in lexicon.found(plain):
        seen.setdefault(role, {}).setdefault(word, start)
    tagged = lexicon.tagged(opening)
    return Look(original[:OPENING], opening, bare, plain, seen, tagged, casualties(folded, original))


def _worth(points: int, words: Collection[str]) -> int:
    return points * min(MOST_FOR if points > 0 else MOST_AGAINST, len(words))


def _telling(seen: Seen, kind: str | None) -> str:
    """Return the word that best says what happened."""
    roles = [f"kind:{kind}", *[f"class:{name}" for name in HAZARDS]]
    return next((word for role in roles for word in seen.get(role, ())), "")
