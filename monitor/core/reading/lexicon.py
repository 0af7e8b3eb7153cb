"""The words that the reader knows, as two immutable automata: which word stands where, and what it can mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.core.model import Speaker


class Fate(StrEnum):
    """What became of people; the letters are those of the casualty grammar."""

    DEATH = "D"
    RESCUED = "R"
    MISSING = "M"
    TRAPPED = "T"
    SERIOUS = "S"
    LIGHT = "L"
    INJURED = "I"
    POISONED = "P"
    ADRIFT = "A"
    SICKENED = "K"
    HOSPITAL = "H"
    CONTACTED = "C"


class Sign(StrEnum):
    """What the closed word lists of the casualty grammar do; the letters are those of the grammar."""

    BUSY = "b"
    ONE = "1"
    TWO = "2"
    HEAD = "#"
    RISING = "^"
    CORRECTED = "="
    INCREMENT = "+"
    FORECAST = "?"
    PAST = "~"
    GROUP = "g"
    TOTAL = "*"
    ALL = "&"
    LAST = "$"
    UNKNOWN = "u"
    STILL = "."


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word can mean: the kinds, the fate and the decoy classes that it names, and what it says of the text.

    `stop` marks a phrase in which words mean something else; it hides them and means nothing itself.
    """

    stop: bool = False
    event: str | None = None
    topic: str | None = None
    setting: str | None = None
    fate: str | None = None
    decoy: str | None = None
    doubt: str | None = None
    happened: bool = False
    follow_up: bool = False
    rumour: bool = False
    grave: bool = False
    site: bool = False
    general: bool = False

    @property
    def signal(self) -> bool:
        """Whether the word alone is worth a closer look."""
        return bool(self.event or self.topic or self.fate)


@dataclass(frozen=True, slots=True)
class Hit:
    """A word found at `start`..`end` of a folded text."""

    start: int
    end: int
    word: str
    means: Meaning


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of accident or disaster.

    `peril` names whom a higher grade must reckon with, `takes` the kinds of happening that its settings turn into it,
    `near` the kinds that reports of the same happening may name instead; `rank` is its place in the file.
    """

    id: str
    zh: str
    en: str
    regime: str
    table: str | None
    peril: frozenset[str]
    takes: frozenset[str]
    near: frozenset[str]
    rank: int


class WordFinder:
    """Finds words from left to right without overlap; where several begin at one place the longest wins."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._automaton = AhoCorasick(
            list(self.words),
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.DFA,
            store_patterns=False,
        )

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each word of `text` with its start and end."""
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            yield self.words[index], start, end


class OverlapFinder:
    """Finds words wherever they stand, also inside and across one another."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)
        self._automaton = AhoCorasick(list(self._words), implementation=Implementation.DFA, store_patterns=False)

    def find_all(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each word of `text` with its start and end."""
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            yield self._words[index], start, end


@dataclass(frozen=True, slots=True)
class Weights:
    """The points that speak for and against a happening; it is believed where their sum with `base` is above zero.

    `signs` holds the signs of evidence.py, `title` and `text` what a decoy class weighs there, `unsure_*` what each
    doubtful word weighs.
    """

    base: int
    signs: Mapping[str, int]
    title: Mapping[str, int]
    text: Mapping[str, int]
    unsure_title: int
    unsure_text: int


@dataclass(frozen=True)
class VoiceWords:
    """The words of one voice: notices, names of those who speak, and what follows or precedes a name that speaks."""

    notices: frozenset[str]
    names: tuple[str, ...]
    says: tuple[str, ...]
    after: tuple[str, ...]
    _finder: WordFinder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_finder", WordFinder((*sorted(self.notices), *self.names)))

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each notice and name in `text` with its start and end."""
        return self._finder.find(text)


@dataclass(frozen=True, slots=True)
class Voices:
    """Whom texts name as their source, by speaker; `pending` are answers that affirm nothing yet.

    `refuting` are the words that deny where hearsay is told, and mean nothing of the kind elsewhere.
    """

    named: Mapping[Speaker, VoiceWords]
    pending: tuple[str, ...]
    refuting: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """All words with their meanings. A stop phrase covers every word inside it."""

    kinds: Mapping[str, Kind]
    meanings: Mapping[str, Meaning]
    signs: Mapping[str, Sign]
    weights: Weights
    voices: Voices
    version: str = ""
    _finder: WordFinder = field(init=False, repr=False, compare=False)
    _sign_finder: WordFinder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_finder", WordFinder(self.meanings))
        object.__setattr__(self, "_sign_finder", WordFinder(self.signs))

    def hits(self, folded: str) -> list[Hit]:
        """Return the words of `folded` from left to right, stop phrases left out."""
        meanings = self.meanings
        return [
            Hit(start, end, word, means)
            for word, start, end in self._finder.find(folded)
            if not (means := meanings[word]).stop
        ]

    def sign_hits(self, text: str) -> Iterator[tuple[Sign, int, int]]:
        """Yield the words of the casualty grammar in `text`."""
        for word, start, end in self._sign_finder.find(text):
            yield self.signs[word], start, end
