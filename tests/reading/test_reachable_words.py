"""Every entry of the reader's files can be met: a short text made of it makes the reader find exactly that entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import BaseModel

from monitor.config.document import check, read
from monitor.config.lexicon import DECOYS, ENGLISH_LISTS, RULES
from monitor.config.lexicon_files import (
    CasualtiesFile,
    DecoysFile,
    EnglishFile,
    EvidenceFile,
    KindsFile,
    SeverityFile,
    SignsFile,
)
from monitor.core.model import SEVERITY_OF_ZH, Casualties, Figure, Item, Severity
from monitor.core.reading import english
from monitor.core.reading.assess import Reader
from monitor.core.reading.english_signs import signs as english_signs
from monitor.core.reading.kinds import happening
from monitor.core.reading.lexicon import Fate, Lexicon, Meaning, Sign, WordFinder
from monitor.core.reading.sentences import sentences
from monitor.core.reading.severity import GradingTable, SeverityTables, grade
from monitor.core.reading.tokens import Token, tokens
from monitor.core.reading.weights import Side
from monitor.core.text import fold
from tests.reading.conftest import Shipped

M = TypeVar("M", bound=BaseModel)
Unmet = Iterator[str]


@cache
def entries(name: str, model: type[M]) -> M:
    return check(read(Path(RULES) / name), model)


KINDS, CASUALTIES, DECOY_WORDS, SIGN_WORDS, EVIDENCE, ENGLISH, SEVERITY = (
    ("lexicon/kinds.yaml", KindsFile),
    ("lexicon/casualties.yaml", CasualtiesFile),
    ("lexicon/decoys.yaml", DecoysFile),
    ("lexicon/signs.yaml", SignsFile),
    ("lexicon/evidence.yaml", EvidenceFile),
    ("lexicon/english.yaml", EnglishFile),
    ("severity.yaml", SeverityFile),
)


def all_met(file: str, unmet: Iterable[str]) -> None:
    """Fail with the file and every entry of it that no text reaches."""
    lines = [f"{file}: {entry}" for entry in unmet]
    assert not lines, "not reachable:\n" + "\n".join(lines)


def means(lexicon: Lexicon, word: str) -> Meaning | None:
    """Return what the reader finds in a text that is only this word."""
    hits = lexicon.hits(fold(word))
    return hits[0].means if len(hits) == 1 and hits[0].word == word else None


def kinds(lexicon: Lexicon) -> Unmet:
    """Yield the words of kinds that never make a happening one of their kind."""
    for kind in entries(*KINDS).kinds:
        for part, words in (("events", kind.events), ("topics", kind.topics)):
            for word in words:
                hits = lexicon.hits(fold(word))
                told = happening(lexicon, hits, counted=True, many=False)
                if told is None or told.word.word != word or told.kind != kind.id:
                    yield f"{kind.id}.{part}: {word}"
        happenings = {other: a_happening(lexicon, other) for other in kind.takes}
        for other, event in happenings.items():
            if event is None or not any(turned(lexicon, word, event) == kind.id for word in kind.settings):
                yield f"{kind.id}.takes: {other}"
        for word in kind.settings:
            if not any(turned(lexicon, word, event) == kind.id for event in happenings.values() if event):
                yield f"{kind.id}.settings: {word}"


def a_happening(lexicon: Lexicon, kind: str) -> str | None:
    """Return a word that tells of a happening of the kind and of no other."""
    named = next(part for part in entries(*KINDS).kinds if part.id == kind)
    return next((word for word in (*named.events, *named.topics) if kind_of(lexicon, word) == kind), None)


def kind_of(lexicon: Lexicon, text: str) -> str | None:
    told = happening(lexicon, lexicon.hits(fold(text)), counted=True, many=False)
    return told.kind if told else None


def turned(lexicon: Lexicon, setting: str, event: str) -> str | None:
    return kind_of(lexicon, f"{setting}。{event}")


def fates(lexicon: Lexicon) -> Unmet:
    """Yield the words that never say what became of people."""
    for fate in Fate:
        for word in getattr(entries(*CASUALTIES), fate.name.lower()):
            found = means(lexicon, word)
            lost = "2人失联，" if fate is Fate.CONTACTED else ""
            letter = "R" if fate is Fate.CONTACTED else fate.value
            if found is None or found.fate != fate.value or not row(lexicon, f"{lost}3人{word}", word, letter):
                yield f"{fate.name.lower()}: {word}"


def signs(lexicon: Lexicon) -> Unmet:
    """Yield the words that never do their work in the casualty grammar."""
    for sign in Sign:
        for word in getattr(entries(*CASUALTIES), sign.name.lower()):
            if not any(row(lexicon, text.format(word), word, sign.value) for text in ("{}", "{}3人死亡", "3人{}死亡")):
                yield f"{sign.name.lower()}: {word}"


def row(lexicon: Lexicon, text: str, word: str, letter: str) -> list[Token]:
    """Return the tokens of `text` that `word` makes with that letter."""
    folded = fold(text)
    at = folded.find(word)
    fates = [hit for hit in lexicon.hits(folded) if hit.means.fate]
    found = tokens(lexicon, folded, sentences(folded, 0)[0], fates, frozenset())
    return [t for t in found if (t.start, t.end, t.letter.upper()) == (at, at + len(word), letter.upper())]


def decoys(lexicon: Lexicon) -> Unmet:
    """Yield the words that never speak for their decoy class, and the classes without a word."""
    for decoy in entries(*DECOY_WORDS).decoys:
        for part, attribute in (("sure", "decoy"), ("unsure", "doubt")):
            for word in getattr(decoy, part):
                found = means(lexicon, word)
                if found is None or getattr(found, attribute) != decoy.id:
                    yield f"{decoy.id}.{part}: {word}"
                elif part == "unsure" and found.decoy == decoy.id:
                    yield f"{decoy.id}.unsure: {word} (sure as well)"


def around(lexicon: Lexicon) -> Unmet:
    """Yield the words around a happening that are never found, and the stops that hide nothing."""
    file = entries(*SIGN_WORDS)
    for part, attribute in (
        ("happened", "happened"), ("follow_up", "follow_up"), ("rumour", "rumour"), ("sites", "site"),
        ("general", "general"),
    ):  # fmt: skip
        for word in getattr(file, part):
            found = means(lexicon, word)
            if found is None or not getattr(found, attribute):
                yield f"{part}: {word}"
    spoken = WordFinder([word for word, meaning in lexicon.meanings.items() if not meaning.stop])
    for stop in file.stops:
        if fold(stop) != stop or not hides(lexicon, spoken, stop):
            yield f"stops: {stop}"


def hides(lexicon: Lexicon, spoken: WordFinder, stop: str) -> bool:
    """Tell whether any word would be found in a stop phrase, or begin in it, if the phrase were not listed."""
    if lexicon.hits(stop):
        return False
    inside = any(True for _ in spoken.find(stop))
    return inside or any(
        word.startswith(stop[n:]) for n in range(len(stop)) for word in spoken.words if len(word) > len(stop) - n
    )


def twice(words: list[str]) -> list[str]:
    return sorted({word for word in words if words.count(word) > 1})


CHINESE = ((kinds, KINDS), (fates, CASUALTIES), (signs, CASUALTIES), (decoys, DECOY_WORDS), (around, SIGN_WORDS))


@pytest.mark.parametrize(("unmet", "file"), CHINESE, ids=[unmet.__name__ for unmet, _ in CHINESE])
def test_every_chinese_word_is_met(
    words: Shipped, unmet: Callable[[Lexicon], Unmet], file: tuple[str, type[BaseModel]]
) -> None:
    all_met(file[0], unmet(words[0]))


def english_words(lexicon: english.EnglishLexicon) -> Unmet:
    """Yield the English words that are never found in the role they are listed in."""
    file = entries(*ENGLISH)
    listed = {f"classes.{name}": (f"class:{name}", part.words) for name, part in file.classes.items()}
    listed |= {f"decoys.{name}": (f"decoy:{name}", part.words) for name, part in file.decoys.items()}
    listed |= {f"kinds.{name}": (f"kind:{name}", words) for name, words in file.kinds.items()}
    listed |= {name: (f"sign:{name}", getattr(file, name)) for name in ENGLISH_LISTS}
    listed["stops"] = ("stop", file.stops)
    for part, (role, words) in listed.items():
        for word in words:
            seen = english.look(lexicon, word.removesuffix("*"), fold(word.removesuffix("*"))).seen
            if word.removesuffix("*") not in seen.get(role, ()):
                yield f"{part}: {word}"
        yield from (f"{part}: {word} (twice)" for word in twice(words))
    for tag in file.tags:
        if not lexicon.tagged(fold(f"#{tag}")):
            yield f"tags: {tag}"


def english_kinds(lexicon: english.EnglishLexicon) -> Unmet:
    """Yield the words of English kinds that always name another kind first."""
    for kind, words in entries(*ENGLISH).kinds.items():
        for word in words:
            text = word.removesuffix("*")
            if english.read(lexicon, text, fold(text)).kind != kind:
                yield f"kinds.{kind}: {word}"


def english_stops(lexicon: english.EnglishLexicon) -> Unmet:
    """Yield the English phrases that hide no word, neither inside them nor one that begins there."""
    spoken = {role: words for role, words in lexicon.words.items() if role != "stop"}
    bare = english.EnglishLexicon(lexicon.base, lexicon.classes, lexicon.decoys, lexicon.signs, spoken, lexicon.tags)
    known = [f" {word.removesuffix('*')}" for words in spoken.values() for word in words]
    for stop in lexicon.words["stop"]:
        text = " " + stop.removesuffix("*")
        begins = [text[n:] for n, letter in enumerate(text) if letter == " "]
        onward = any(word.startswith(rest) for rest in begins for word in known if len(word) > len(rest))
        if not onward and not english.look(bare, text, text).seen:
            yield f"stops: {stop}"


@pytest.mark.parametrize("unmet", [english_words, english_kinds, english_stops], ids=lambda unmet: str(unmet.__name__))
def test_every_english_word_is_met(words: Shipped, unmet: Callable[[english.EnglishLexicon], Unmet]) -> None:
    all_met(ENGLISH[0], unmet(words[1]))


# A short opening for each sign that evidence.yaml weighs.
SHOWING = {
    "event": "车祸", "event_title": "车祸\n正文在此", "topic_title": "火情\n正文在此", "supported": "车祸",
    "beside": "发生车祸", "dead": "3人死亡", "missing": "3人失联", "trapped": "3人被困", "hurt": "3人受伤",
    "caused": "货车冲入早市致3人死亡",
    "saved": "3人获救", "rescue": "已获救", "setting": "煤矿", "place": "", "day": "7月9日", "hour": "凌晨",
    "year": "2019年", "past": "去年", "general": "如果",
}  # fmt: skip


def shown(reader: Reader, title: str, text: str = "") -> set[str]:
    """Return the signs that a text shows, as its weights name them."""
    read_as = reader.examine(Item(title=title, text=text)).weights
    return {weight.name for weight in read_as if weight.side is Side.SIGN}


def test_every_sign_of_evidence_is_shown_by_some_text(reader: Reader) -> None:
    listed = entries(*EVIDENCE).signs
    unmet = []
    for name in listed:
        title, _, text = SHOWING.get(name, "").partition("\n")
        if name not in shown(reader, "车祸，甘肃兰州" if name == "place" else f"{title}。发生车祸3人死亡", text):
            unmet.append(f"signs: {name}")
    all_met(EVIDENCE[0], unmet)


# The same for english.yaml.
SHOWING_ENGLISH = {
    "tagged": "#flood", "toll": "3 dead", "place": "in Paris", "time": "today", "thing": "crash near school",
    "link": "x http://a.example", "links": "http://a.example http://b.example", "colon": "News now: x",
    "long": "a " * 20, "short": "a b c", "terse": "a b", "me": "my", "you": "you", "others": "she", "asked": "a?",
    "exclaimed": "a!", "tag": "#a", "tags": "#a #b #c", "reply": "@a b", "lower": "a", "quoted": '"a"',
    "abstract": "crash of the economy", "simile": "feels like a fire", "year": "in 1912", "nothing": "a b",
    "bare": "a b",
}  # fmt: skip


def test_every_sign_of_english_is_shown_by_some_text(words: Shipped) -> None:
    unmet = []
    for name in entries(*ENGLISH).signs:
        text = SHOWING_ENGLISH.get(name, "")
        if name not in english_signs(english.look(words[1], text, fold(text))):
            unmet.append(f"signs: {name}")
    all_met(ENGLISH[0], unmet)


# What a bureau may name in kinds.yaml instead of the table that stands there.
ALTERNATIVES = {"earthquake-plan", "geological"}


def figures(measure: str, value: int) -> Casualties:
    """Return figures in which only `measure` is stated."""
    name = "missing" if measure == "dead_or_missing" else measure
    return Casualties(**{name: Figure(value)})


def bands(table: GradingTable) -> Unmet:
    """Yield the rows of a grading table that no figures reach, and those that do not end before the next grade."""
    for measure, rows in table.measures.items():
        for low, severity in rows:
            if table.grade(figures(measure, low)) != (severity, measure):
                yield f"{table.id}.{measure}: {severity.zh} {low}"
            if low and table.grade(figures(measure, low - 1)) == (severity, measure):
                yield f"{table.id}.{measure}: {severity.zh} begins before {low}"


def test_every_row_of_every_table_is_reached(words: Shipped) -> None:
    lexicon, _, tables = words
    all_met(SEVERITY[0], (unmet for table in tables.tables.values() for unmet in bands(table)))
    assert tables.tables.keys() - {kind.table for kind in lexicon.kinds.values()} == ALTERNATIVES


def likely(words: Shipped, kind: str, casualties: Casualties, adrift: Figure | None = None) -> Severity | None:
    return grade(words[2], words[0].kinds[kind], casualties, adrift=adrift).likely


def in_peril(peril: str, others: frozenset[str]) -> tuple[Casualties, Figure | None]:
    """Return figures that are 较大 by the dead alone and 重大 with those in that peril."""
    if peril == "adrift":
        return Casualties(deaths=Figure(6)), Figure(12)
    if peril == "trapped" or "trapped" not in others:
        return Casualties(deaths=Figure(6), **{peril: Figure(6)}), None
    # Where the table counts the missing as lost, they make a difference beside the trapped only.
    return Casualties(deaths=Figure(3), missing=Figure(4), trapped=Figure(4)), None


def test_every_peril_makes_a_higher_grade_likely(words: Shipped) -> None:
    unmet = []
    for kind in words[0].kinds.values():
        for peril in sorted(kind.peril):
            counted = likely(words, kind.id, *in_peril(peril, kind.peril))
            if counted is not Severity.MAJOR:
                unmet.append(f"{kind.id}.peril: {peril}")
    all_met(KINDS[0], unmet)


def wording(lexicon: Lexicon, tables: SeverityTables) -> Unmet:
    """Yield the wordings of severity.yaml that never make a grade likely."""
    for grade_zh, listed in entries(*SEVERITY).wording.items():
        for word in listed:
            found = means(lexicon, word)
            told = grade(tables, lexicon.kinds["explosion"], Casualties(), wording=word)
            if found is None or not found.grave or told.likely is not SEVERITY_OF_ZH[grade_zh]:
                yield f"wording.{grade_zh}: {word}"


def test_every_wording_makes_its_grade_likely(words: Shipped) -> None:
    all_met(SEVERITY[0], wording(words[0], words[2]))


def test_every_decoy_class_of_the_files_is_known() -> None:
    assert {decoy.id for decoy in entries(*DECOY_WORDS).decoys} <= set(DECOYS)


def test_a_word_that_another_begins_with_is_still_found(words: Shipped) -> None:
    """The longest word counts only where it stands whole: "explosion in" is not in "explosion injures"."""
    seen = english.look(words[1], "Explosion injures twelve", "explosion injures twelve").seen
    assert "explosion" in seen["kind:explosion"]
    assert "injures" in seen["class:harm"]
