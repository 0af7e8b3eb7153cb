"""The lists of words and the limits that releases are checked by, ready to search a text in one pass."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.core.checks.scorecard import Check, Finding, Mark
from monitor.core.duties.law import LegalSource
from monitor.core.model import ResponseKind, Severity
from monitor.core.reading.lexicon import OverlapFinder
from monitor.core.text import fold

# How what stands between two parts of a phrase is written in the lists: a stretch of one clause, or of one sentence.
_GAP = re.compile("(……|…)")
_BRIDGES = {"…": r"[^，,。；;！？!?\n]{0,24}?", "……": r"[^。；;！？!?\n]{0,40}?"}


@dataclass(frozen=True, slots=True)
class Span:
    """Where a word or a phrase with gaps stands in the folded text."""

    start: int
    end: int


class PhraseFinder:
    """Finds the words of many lists in one pass; a gap (将……发布) is bridged as short as it can be."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._of: dict[str, list[tuple[str, re.Pattern[str] | None]]] = defaultdict(list)
        for name, words in lists.items():
            for word in words:
                first, *rest = _GAP.split(fold(word))
                pattern = "".join(_BRIDGES.get(part) or re.escape(part) for part in rest)
                self._of[first].append((name, re.compile(pattern) if rest else None))
        self._finder = OverlapFinder(self._of)

    def find(self, folded: str) -> Mapping[str, tuple[Span, ...]]:
        """Return where the words of each list stand, in order."""
        found: dict[str, list[Span]] = defaultdict(list)
        for word, start, end in self._finder.find_all(folded):
            for name, rest in self._of[word]:
                if rest is None:
                    found[name].append(Span(start, end))
                elif bridged := rest.match(folded, end):
                    found[name].append(Span(start, bridged.end()))
        return {name: tuple(sorted(spans, key=lambda s: (s.start, s.end))) for name, spans in found.items()}


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One check: its names, its weight in the score, for which kinds of response it is meant, and where it is from.

    One that `only_deducts` counts in the score where it is not fulfilled, and not at all where it is.
    """

    zh: str
    en: str
    weight: int
    kinds: frozenset[ResponseKind]
    source: LegalSource
    verified: bool
    only_deducts: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that people ask about; its words stand in the lists ask:ID and answer:ID.

    `figures` marks one that any figure of casualties answers as well.
    """

    id: str
    zh: str
    en: str
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Rank:
    """A rank of speakers; its titles stand in the list rank:ID."""

    id: str
    zh: str
    en: str
    height: int


@dataclass(frozen=True, slots=True)
class Authority:
    """Who alone may release what of a kind of incident from a grade up; the names stand in the list may:ID."""

    id: str
    kinds: frozenset[str]
    at_least: Severity
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which shares and lengths on something is remarked; lengths are characters, shares from 0 to 1."""

    empty_some: float
    empty_most: float
    factual_least: float
    shortest: int
    longest: int
    repeated_some: float
    repeated_most: float
    questions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRules:
    """Everything that the checks know beforehand; `needed` is the least height of a speaker by grade."""

    checks: Mapping[Check, CheckRule]
    phrases: PhraseFinder
    topics: tuple[Topic, ...]
    ranks: tuple[Rank, ...]
    needed: Mapping[Severity, int]
    authorities: tuple[Authority, ...]
    limits: Limits
    surnames: frozenset[str]
    version: str = ""

    def weight(self, finding: Finding) -> int:
        """Return what a finding counts in the score."""
        rule = self.checks[finding.check]
        return 0 if rule.only_deducts and finding.mark is Mark.FULFILLED else rule.weight


WORD_LISTS = (
    "publisher",
    "publishing",
    "event",
    "toll_pending",
    "unknown",
    "finding_out",
    "over",
    "forces",
    "saved",
    "level",
    "command",
    "inquiry",
    "cause_pending",
    "concluded",
    "cause",
    "nature",
    "advice",
    "phone",
    "public_line",
    "empathy",
    "next",
    "next_if_ahead",
    "next_vague",
    "as_of",
    "explained",
    "rumour",
    "clarifying",
    "refuted",
    "evidence",
    "empty",
    "investigator",
    "private_person",
    "public_post",
    "question",
    "background",
    "aim",
    "scope",
    "measures",
    "plain_form",
)
"""The lists of rules/release/words.yaml."""
