"""Weigh what the opening of a Chinese text says for and against a present happening.

Every sign is a plain question to the text; the lexicon says how many points a yes is worth. What decides is only
whether the sum is above zero, and each point can be shown to a person with its word.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.reading.kinds import NEAR, OTHER, Happening, happening, named
from monitor.core.reading.lexicon import Fate, Hit, Lexicon, Sign
from monitor.core.reading.opening import CAUGHT, Opening
from monitor.core.reading.weights import Side, Weight, summed

_DAY = re.compile(
    r"\d{1,2}月(?:\d{1,2}日|[初中底末上下])|\d{1,2}日|\d{1,2}时|\d{1,2}点|凌晨|昨天|昨日|昨晚|今天|今日|今晨|今早|当天|当日|日前|近日|上午|下午|傍晚|"
    r"深夜|当地时间|截至|目前|刚刚|最新"
)
_HOUR = re.compile(r"\d{1,2}(?:时|点|:\d\d)|凌晨|上午|下午|傍晚|清晨|[今昨前]晚|早上|晚上|中午|深夜")
_YEAR = re.compile(r"(?<!\d)((?:1[0-9]|20)\d\d)年")
ANCIENT = 2000
HARMED = frozenset(
    {Fate.DEATH, Fate.MISSING, Fate.TRAPPED, Fate.ADRIFT, Fate.INJURED, Fate.SERIOUS, Fate.LIGHT, Fate.POISONED}
)
HURT = frozenset({Fate.INJURED, Fate.SERIOUS, Fate.LIGHT, Fate.POISONED, Fate.SICKENED, Fate.HOSPITAL})
WORK = frozenset(
    {
        "road",
        "rail",
        "aviation",
        "water_transport",
        "construction",
        "coal_mine",
        "mine",
        "chemical",
        "special_equipment",
    }
)
SIGNS = (
    "event", "event_title", "topic_title", "supported", "beside", "dead", "missing", "trapped",
    "hurt", "caused", "saved", "rescue", "setting", "place", "day", "hour", "year", "past", "general",
)  # fmt: skip
DENIED = "rumour_denied"
VIOLENCE = ("war", "crime")
# Where three or more died, words of sport tell who they were, not that it was a game.
SPORT = "sport"


def signs(lexicon: Lexicon, opening: Opening, what: Happening | None, *, placed: bool) -> dict[str, tuple[str, ...]]:
    """Return the signs that an opening shows, each with the words that show it."""
    text = opening.folded[: opening.end]
    events, topics, head = opening.events, opening.topics, opening.head
    happened = [hit for hit in opening.hits if hit.means.happened]
    found = {
        "event": _words(events),
        "event_title": _words(hit for hit in events if hit.start < head),
        "topic_title": _words(hit for hit in topics if hit.start < head),
        "supported": (what.word.word,) if what else (),
        "beside": _words(
            hit for hit in happened if any(abs(hit.start - other.start) <= NEAR for other in (*events, *topics))
        ),
        "dead": opening.told({Fate.DEATH}),
        "missing": opening.told({Fate.MISSING}),
        "trapped": opening.told(CAUGHT),
        "hurt": opening.told(HURT),
        "caused": opening.caused,
        "saved": opening.told({Fate.RESCUED}),
        "rescue": _words(hit for hit in opening.hits if hit.means.fate == Fate.RESCUED.value),
        "setting": _words(hit for hit in opening.hits if hit.means.setting),
        "place": ("",) if placed else (),
        "day": _first(_DAY, text),
        "hour": _first(_HOUR, text),
        "year": _first(_YEAR, text),
        "past": tuple(text[start:end] for sign, start, end in lexicon.sign_hits(text) if sign is Sign.PAST),
        "general": _words(hit for hit in opening.hits if hit.means.general),
    }
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items() if words}


def _words(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(hit.word for hit in hits)


def _first(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    found = pattern.search(text)
    return (found[0],) if found else ()


class Ruling(StrEnum):
    """What settles whether a present happening is reported; each has a label in the catalogues."""

    BELIEVED = "believed"
    MANY_LOST = "many_lost"
    OUTWEIGHED = "outweighed"
    NOTHING_HAPPENED = "nothing_happened"
    LONG_AGO = "long_ago"
    VIOLENCE = "violence"
    DENIED = "denied"
    BY_PERSON = "by_person"


REPORTED = frozenset({Ruling.BELIEVED, Ruling.MANY_LOST, Ruling.BY_PERSON})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a present happening is reported, by what, with the points and the words of the strongest decoy class."""

    ruling: Ruling
    what: Happening | None
    weights: tuple[Weight, ...]
    against: str | None = None
    word: Hit | None = None

    @property
    def believed(self) -> bool:
        """Whether a present happening is reported."""
        return self.ruling in REPORTED

    @property
    def points(self) -> int:
        """The sum of the points."""
        return summed(self.weights)


def believed(lexicon: Lexicon, opening: Opening, *, placed: bool, vouched: bool = False) -> Verdict:
    """Weigh the opening and return the verdict; what a person vouches for is believed whatever is said against it."""
    counted = any(m.fate in HARMED and m.value > 0 and not m.single for m in opening.mentions)
    what = happening(lexicon, opening.hits, counted=counted, many=opening.many or opening.held)
    against = decoys(opening)
    if opening.many:
        against.pop(SPORT, None)
    worst = max(against, key=lambda name: _weight(lexicon, against[name], name), default=None)
    word = against[worst][0][0] if worst else None
    shown = signs(lexicon, opening, what, placed=placed)
    weights = tuple(_weights(lexicon, opening, shown, against))
    heavy = what is not None and what.kind != OTHER and not against and opening.heavy
    denial = _denial(lexicon, opening, against.get(DENIED, ()))
    if denial is not None and not vouched:
        return Verdict(Ruling.DENIED, what, weights, DENIED, denial)
    what = what or _hinted(lexicon, opening, shown)
    if vouched:
        return Verdict(Ruling.BY_PERSON, what, weights)
    ruling = _ruling(opening, what, against, summed(weights), heavy=heavy)
    return Verdict(ruling, what, weights, worst, word)


def _ruling(
    opening: Opening, what: Happening | None, against: Mapping[str, object], points: int, *, heavy: bool
) -> Ruling:
    if what is None:
        return Ruling.NOTHING_HAPPENED
    if points <= 0 and not heavy:
        return Ruling.OUTWEIGHED
    if _ancient(opening):
        return Ruling.LONG_AGO
    if _explained(opening, against):
        return Ruling.VIOLENCE
    return Ruling.BELIEVED if points > 0 else Ruling.MANY_LOST


def _weights(
    lexicon: Lexicon,
    opening: Opening,
    shown: Mapping[str, tuple[str, ...]],
    against: Mapping[str, Sequence[tuple[Hit, bool]]],
) -> Iterator[Weight]:
    yield Weight(Side.BASE, "", lexicon.weights.base)
    for name, words in shown.items():
        if name in lexicon.weights.signs:
            yield Weight(Side.SIGN, name, lexicon.weights.signs[name], tuple(word for word in words if word))
    for name, found in against.items():
        words = tuple(dict.fromkeys(hit.word for hit, _ in found))
        yield Weight(Side.DECOY, name, -_weight(lexicon, found, name), words)
    doubts = {hit.word: None for hit in opening.hits if hit.means.doubt}
    if doubts:
        yield Weight(Side.DOUBT, "", -_doubt(lexicon, opening), tuple(doubts))


def _denial(lexicon: Lexicon, opening: Opening, against: Sequence[tuple[Hit, bool]]) -> Hit | None:
    """Return the word by which a text denies a rumour, or None where it denies none.

    Where the head names hearsay, the sentences after it may be what denies it, and weaker words do.
    """
    if any(not outside for _, outside in against):
        return against[0][0]
    hearsay = next((hit for hit in opening.hits if hit.means.rumour and hit.start < opening.head), None)
    if hearsay is None:
        return None
    text = opening.folded[: opening.end]
    refuted = any(word in text for word in lexicon.voices.refuting)
    return against[0][0] if against else hearsay if refuted else None


def decoys(opening: Opening) -> dict[str, list[tuple[Hit, bool]]]:
    """Return the decoy classes of the opening, each with its words and whether they stand outside the head."""
    found: dict[str, list[tuple[Hit, bool]]] = {}
    for hit in opening.hits:
        name = hit.means.decoy
        if name:
            found.setdefault(name, []).append((hit, hit.start >= opening.head))
    return found


def unsure_decoy(opening: Opening) -> tuple[str, Hit] | None:
    """Return the first decoy class that is only hinted at, with its word."""
    return next(((name, hit) for hit in opening.hits if (name := hit.means.doubt)), None)


def _weight(lexicon: Lexicon, found: Sequence[tuple[Hit, bool]], name: str) -> int:
    title = len({hit.word for hit, outside in found if not outside})
    text = len({hit.word for hit, outside in found if outside})
    return lexicon.weights.title.get(name, 0) * min(2, title) + lexicon.weights.text.get(name, 0) * min(2, text)


def _doubt(lexicon: Lexicon, opening: Opening) -> int:
    doubts = {(hit.word, hit.start < opening.head) for hit in opening.hits if hit.means.doubt}
    title = sum(1 for _, inside in doubts if inside)
    return lexicon.weights.unsure_title * min(3, title) + lexicon.weights.unsure_text * min(3, len(doubts) - title)


def _hinted(lexicon: Lexicon, opening: Opening, shown: Container[str]) -> Happening | None:
    """Return what an opening only hints at: a topic at a place or a time, or harm beside a vehicle or a workplace."""
    site = any(hit.means.site for hit in opening.hits)
    if opening.topics and (site or any(name in shown for name in ("place", "setting", "day", "hour"))):
        return named(lexicon, {hit: hit.means.topic or OTHER for hit in opening.topics}, opening.hits)
    harmed = any(m.fate in HARMED for m in opening.mentions) or any(
        hit.means.fate in ("D", "I", "M", "T") for hit in opening.hits
    )
    work = next((hit for hit in opening.hits if hit.means.setting in WORK), None)
    return Happening(work.means.setting or OTHER, work) if harmed and work else None


def _explained(opening: Opening, against: Mapping[str, object]) -> bool:
    """Tell whether violence alone accounts for the victims: it is named, and no kind of accident or disaster is."""
    named = any((hit.means.event or hit.means.topic) != OTHER for hit in (*opening.events, *opening.topics))
    return not named and any(name in against for name in VIOLENCE)


def _ancient(opening: Opening) -> bool:
    return any(int(year) < ANCIENT for year in _YEAR.findall(opening.folded, 0, opening.end))
