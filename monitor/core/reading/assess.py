"""Read one Item into an Assessment: did something happen, of which kind, where, to how many, how grave, and why.

The order is cheap first: one pass of the automaton settles the many texts that carry no signal at all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.model import CASUALTY_FIELDS, Assessment, Casualties, Decoy, Figure, Item, Reason, Scope, Speaker, Why
from monitor.core.reading import english, occurrence
from monitor.core.reading.attribution import Named, named_source
from monitor.core.reading.casualties import Tally, tally
from monitor.core.reading.evidence import Ruling, Verdict, believed, unsure_decoy
from monitor.core.reading.kinds import OTHER
from monitor.core.reading.lexicon import Hit, Kind, Lexicon
from monitor.core.reading.mentions import Mention, mentions
from monitor.core.reading.opening import Opening, opening_end
from monitor.core.reading.place import NOWHERE, Gazetteer, PlaceReading, Voiced
from monitor.core.reading.sentences import Sentence, sentences
from monitor.core.reading.severity import Graded, SeverityTables, grade
from monitor.core.reading.suppose import AS_READ, Suppose, supposing
from monitor.core.reading.weights import Weight
from monitor.core.text import fold, is_chinese

READ_UP_TO = 20_000
_TOLL = re.compile(r"[\d一二两三四五六七八九十百千万余多][人名]?[死伤亡]")
_HARM = re.compile("[死伤亡]|被困|失[联踪]|中毒")
_DECOYS = {decoy.value: decoy for decoy in Decoy}
# These say that something real happened that is not ours to answer; the others say that nothing happened here and now.
_JOINS = (None, Decoy.INVESTIGATION)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in one Chinese text before anything is decided."""

    folded: str
    parts: tuple[Sentence, ...]
    hits: Sequence[Hit]
    mentions: Sequence[Mention]
    opening: Opening
    figures: Tally


@dataclass(frozen=True, slots=True)
class Examined:
    """An assessment with what it was made from; a text without any signal leaves all but the first empty."""

    assessment: Assessment
    ruling: Ruling = Ruling.NOTHING_HAPPENED
    weights: tuple[Weight, ...] = ()
    mentions: Sequence[Mention] = ()
    adrift: Figure | None = None
    telling: tuple[str, ...] = ()
    wording: str = ""
    setting: str = ""


class Reader:
    """Reads items by fixed words, tables and places. Immutable, so any number of threads may share one."""

    def __init__(
        self, lexicon: Lexicon, tables: SeverityTables, gazetteer: Gazetteer, english_lexicon: english.EnglishLexicon
    ) -> None:
        self._lexicon = lexicon
        self._gazetteer = gazetteer
        self._english = english_lexicon
        self.tables = tables
        self.version = f"{lexicon.version}/{tables.version}"
        # What most texts come to is made once.
        nothing = Assessment(is_incident=False, because=(Reason(Why.NO_SIGNAL),), rules_version=self.version)
        self._nothing = Examined(nothing)

    def kind(self, slug: str) -> Kind:
        """Return the kind of that slug; one that has left the files is any other."""
        return self._lexicon.kinds.get(slug) or self._lexicon.kinds[OTHER]

    def signals(self, text: str) -> bool:
        """Tell whether any word of `text` alone is worth a closer look, whatever the rest says."""
        folded = fold(text)
        if any(hit.means.signal for hit in self._lexicon.hits(folded)):
            return True
        if is_chinese(text):
            return False
        return any(role.startswith(("class:", "kind:")) for role in english.look(self._english, text, folded).seen)

    def voices(self, item: Item) -> tuple[Voiced, ...]:
        """Return the places that are weighed for `item`, the heaviest first."""
        return self._gazetteer.weigh(_full(item))

    def assess(self, item: Item, suppose: Suppose = AS_READ) -> Assessment:
        """Return what is thought of `item`. Deterministic; raises nothing."""
        return self.examine(item, suppose).assessment

    def examine(self, item: Item, suppose: Suppose = AS_READ) -> Examined:
        """Return what is thought of `item`, with everything that it was made from."""
        full = _full(item)
        folded = fold(full)
        if not is_chinese(full):
            return self._in_english(item, full, folded, suppose)
        hits = self._lexicon.hits(folded)
        signal = any(hit.means.signal for hit in hits)
        if not signal and not _TOLL.search(folded) and not suppose.vouched:
            return self._nothing
        return self._in_chinese(item, full, self._read(item, full, folded, hits), suppose)

    def _read(self, item: Item, full: str, folded: str, hits: Sequence[Hit]) -> _Read:
        title_end = len(item.title)
        parts = sentences(folded, title_end)
        told = self._all_mentions(folded, parts, [hit for hit in hits if hit.means.fate])
        end = opening_end(parts, title_end)
        opening = Opening(
            folded,
            title_end,
            end,
            [hit for hit in hits if hit.start < end],
            [m for m in told if m.start < end and not m.past],
            full,
            titled=bool(item.title.strip()) and bool(item.text.strip()),
        )
        return _Read(folded, parts, hits, told, opening, tally(told, folded, full))

    def _all_mentions(self, folded: str, parts: Sequence[Sentence], fates: Sequence[Hit]) -> list[Mention]:
        found: list[Mention] = []
        starts = [hit.start for hit in fates]
        for part in parts:
            inside = fates[bisect_left(starts, part.start) : bisect_left(starts, part.end)]
            if inside or _HARM.search(folded, part.start, part.end):
                found += mentions(self._lexicon, folded, part, inside)
        return found

    def _in_chinese(self, item: Item, full: str, text: _Read, suppose: Suppose) -> Examined:
        where = self._place(item, full, suppose)
        opening = supposing(text.opening, suppose)
        placed = where.scope is not Scope.UNKNOWN
        verdict = believed(self._lexicon, opening, placed=placed, vouched=suppose.vouched)
        kind = verdict.what.kind if verdict.what else OTHER
        decoy, why_not = _decoy(verdict, opening)
        if verdict.believed and where.scope is Scope.FOREIGN:
            decoy = Decoy.FOREIGN
        follow_up, follow_word = _follow_up(opening, verdict, decoy)
        wording = next((hit.word for hit in opening.hits if hit.means.grave), "")
        graded = self._graded(kind, text, wording)
        because = [*_what(verdict, text), *_figures(text.figures.casualties), *graded.because, *where.because]
        because += [why_not] if why_not else []
        because += [follow_word] if follow_up and follow_word else []
        named = named_source(self._lexicon, text.opening, denies=decoy is Decoy.RUMOUR_DENIED)
        because += [_said(text.opening, named)] if named else []
        assessment = Assessment(
            is_incident=verdict.believed,
            decoy=decoy,
            kind=kind,
            scope=where.scope,
            casualties=text.figures.casualties,
            place=where.place,
            severity=graded.severity,
            likely=graded.likely if verdict.believed else None,
            occurred_at=occurrence.occurred_at(text.folded, text.parts[:4], item.published_at),
            speaker=named.speaker if named else None,
            follow_up=follow_up,
            because=tuple(because),
            rules_version=self.version,
        )
        telling = tuple(dict.fromkeys(hit.word for hit in (*opening.events, *opening.topics)))
        return Examined(
            assessment=assessment,
            ruling=verdict.ruling,
            weights=verdict.weights,
            mentions=text.mentions,
            adrift=text.figures.adrift,
            telling=telling,
            wording=wording,
            setting=verdict.what.setting if verdict.what else "",
        )

    def _place(self, item: Item, full: str, suppose: Suppose) -> PlaceReading:
        """Return where it is; what a person vouches for concerns this office, so no place abroad is believed."""
        where = NOWHERE if suppose.unplaced else self._gazetteer.read(full, item.region, without=suppose.names)
        return NOWHERE if suppose.vouched and where.scope is Scope.FOREIGN else where

    def _graded(self, kind: str, text: _Read, wording: str) -> Graded:
        return grade(
            self.tables,
            self._lexicon.kinds[kind],
            text.figures.casualties,
            adrift=text.figures.adrift,
            wording=wording,
        )

    def _in_english(self, item: Item, full: str, folded: str, suppose: Suppose) -> Examined:
        reading = english.read(self._english, full, folded, deaf=suppose.decoys)
        told = reading.points > 0 or suppose.vouched
        kind = reading.kind or OTHER
        if (
            not told
            and reading.kind is None
            and all(reading.casualties.value(name) is None for name in CASUALTY_FIELDS)
        ):
            return replace(self._nothing, weights=reading.weights)
        where = self._place(item, full, suppose)
        decoy = _DECOYS.get(reading.decoy or "") if not told or reading.decoy in ("war", "crime") else None
        decoy = None if suppose.vouched else decoy
        if told and decoy is None and where.scope is Scope.FOREIGN:
            decoy = Decoy.FOREIGN
        graded = grade(self.tables, self._lexicon.kinds[kind], reading.casualties)
        because = [Reason(Why.KIND_WORD, full[: english.OPENING].strip(), reading.word)] if told else []
        because += [*_figures(reading.casualties), *graded.because, *where.because]
        if decoy not in (None, Decoy.FOREIGN):
            because.append(Reason(Why.DECOY_WORD, "", str(decoy)))
        assessment = Assessment(
            is_incident=told,
            decoy=decoy,
            kind=kind,
            scope=where.scope,
            casualties=reading.casualties,
            place=where.place,
            severity=graded.severity,
            likely=graded.likely if told else None,
            because=tuple(because) or (Reason(Why.NO_SIGNAL),),
            rules_version=self.version,
        )
        ruling = Ruling.BY_PERSON if suppose.vouched else Ruling.BELIEVED if told else Ruling.OUTWEIGHED
        return Examined(assessment, ruling, reading.weights, telling=(reading.word,) if reading.word else ())


def _full(item: Item) -> str:
    return f"{item.title}\n{item.text[:READ_UP_TO]}"


def _decoy(verdict: Verdict, opening: Opening) -> tuple[Decoy | None, Reason | None]:
    """Return why a text is no incident, with the word; private misfortune has a reason but no class."""
    if verdict.believed:
        return None, None
    name, word = verdict.against, verdict.word
    if name is None:
        unsure = unsure_decoy(opening)
        if unsure is None:
            return None, Reason(Why.NO_SIGNAL)
        name, word = unsure
    why = Why.DECOY_WORD if name in _DECOYS else Why.PRIVATE_MATTER
    return _DECOYS.get(name), Reason(why, _sentence(opening, word), word.word if word else "")


def _follow_up(opening: Opening, verdict: Verdict, decoy: Decoy | None) -> tuple[bool, Reason | None]:
    """Tell whether the text only goes on about a happening: words of aftermath, and no figures that are new."""
    if decoy not in _JOINS or not (opening.events or opening.topics or verdict.what):
        return False, None
    word = next((hit for hit in opening.hits if hit.means.follow_up), None)
    counted = any(m.value > 0 and not m.single for m in opening.mentions)
    if word is None or (counted and verdict.believed):
        return False, None
    return True, Reason(Why.FOLLOW_UP_WORD, _sentence(opening, word), word.word)


def _what(verdict: Verdict, text: _Read) -> list[Reason]:
    if verdict.what is None:
        return []
    word = verdict.what.word
    return [Reason(Why.KIND_WORD, _sentence(text.opening, word), word.word)]


def _figures(casualties: Casualties) -> list[Reason]:
    return [
        Reason(Why.FIGURE, figure.sentence, f"{name}={figure.value}")
        for name in CASUALTY_FIELDS
        if (figure := getattr(casualties, name)) is not None
    ]


def _said(opening: Opening, named: Named) -> Reason:
    why = Why.RUMOUR_WORD if named.speaker is Speaker.HEARSAY else Why.ATTRIBUTION
    return Reason(why, _sentence(opening, named), named.word)


def _sentence(opening: Opening, hit: Hit | Named | None) -> str:
    if hit is None:
        return ""
    folded = opening.folded
    start = max(folded.rfind(mark, 0, hit.start) for mark in "。！？；\n!?") + 1
    ends = [end for mark in "。！？；\n!?" if (end := folded.find(mark, hit.end)) >= 0]
    return opening.shown[start : min(ends, default=len(folded))].strip()
