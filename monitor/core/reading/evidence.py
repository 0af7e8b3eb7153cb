"""Weigh what the opening of a Chinese text says for and against a present happening.

Every sign is a plain question to the text; the lexicon says how many points a yes is worth. What decides is only
whether the sum is above zero, and each point can be shown to a person with its word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from monitor.core.reading.kinds import NEAR, OTHER, Happening, happening, named
from monitor.core.reading.lexicon import Fate, Hit, Lexicon, Sign
from monitor.core.reading.mentions import Mention
from monitor.core.reading.sentences import Sentence

OPENING = 60
OPENING_AT_MOST = 400
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
CAUGHT = frozenset({Fate.TRAPPED, Fate.ADRIFT})
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
MANY = 3
HEAVY = 10
SIGNS = (
    "event", "event_title", "topic_title", "supported", "beside", "dead", "missing", "trapped",
    "hurt", "saved", "rescue", "setting", "place", "day", "hour", "year", "past", "general",
)  # fmt: skip
DENIED = "rumour_denied"
VIOLENCE = ("war", "crime")
# Where three or more died, words of sport tell who they were, not that it was a game.
SPORT = "sport"


@dataclass(frozen=True)
class Opening:
    """The part of a text that says what it is about: title and first sentences, with their words and mentions.

    `shown` is the text as published, offset by offset the same as `folded`.
    """

    folded: str
    title_end: int
    end: int
    hits: Sequence[Hit]
    mentions: Sequence[Mention]
    shown: str
    titled: bool

    @cached_property
    def events(self) -> list[Hit]:
        """Words that tell of a happening by themselves."""
        return [hit for hit in self.hits if hit.means.event]

    @cached_property
    def topics(self) -> list[Hit]:
        """Words that name a kind of happening."""
        return [hit for hit in self.hits if hit.means.topic]

    @cached_property
    def many(self) -> bool:
        """Whether three or more are said to be dead or missing."""
        return any(m.fate in (Fate.DEATH, Fate.MISSING) and m.value >= MANY and not m.single for m in self.mentions)

    @cached_property
    def heavy(self) -> bool:
        """Whether ten or more are said to be dead or missing: nothing but a decoy word may outweigh that."""
        lost = {m.fate: m.value for m in self.mentions if m.fate in (Fate.DEATH, Fate.MISSING) and not m.single}
        return sum(lost.values()) >= HEAVY

    @cached_property
    def held(self) -> bool:
        """Whether three or more are said to be trapped or adrift where people live, work or travel."""
        caught = any(m.fate in CAUGHT and m.value >= MANY and not m.single for m in self.mentions)
        return caught and any(hit.means.site or hit.means.setting for hit in self.hits)

    @property
    def head(self) -> int:
        """Where the title ends, or the whole opening where there is no title."""
        return self.title_end if self.titled else self.end

    def told(self, fates: frozenset[Fate] | set[Fate]) -> bool:
        """Tell whether a number of people is said to have met one of `fates`."""
        return any(m.fate in fates and m.value > 0 and not m.single for m in self.mentions)


def opening_end(parts: Sequence[Sentence], title_end: int) -> int:
    """Return where the opening of a text ends."""
    end = title_end
    for part in parts:
        if part.title:
            end = max(end, part.end)
        elif end - title_end >= OPENING:
            break
        else:
            end = part.end
    return min(end, title_end + OPENING_AT_MOST)


def signs(lexicon: Lexicon, opening: Opening, what: Happening | None, *, placed: bool) -> frozenset[str]:
    """Return the names of the signs that an opening shows."""
    text = opening.folded[: opening.end]
    events, topics, head = opening.events, opening.topics, opening.head
    happened = [hit for hit in opening.hits if hit.means.happened]
    found = {
        "event": bool(events),
        "event_title": any(hit.start < head for hit in events),
        "topic_title": any(hit.start < head for hit in topics),
        "supported": what is not None,
        "beside": any(abs(hit.start - other.start) <= NEAR for hit in happened for other in (*events, *topics)),
        "dead": opening.told({Fate.DEATH}),
        "missing": opening.told({Fate.MISSING}),
        "trapped": opening.told(CAUGHT),
        "hurt": opening.told(HURT),
        "saved": opening.told({Fate.RESCUED}),
        "rescue": any(hit.means.fate == Fate.RESCUED.value for hit in opening.hits),
        "setting": any(hit.means.setting for hit in opening.hits),
        "place": placed,
        "day": bool(_DAY.search(text)),
        "hour": bool(_HOUR.search(text)),
        "year": bool(_YEAR.search(text)),
        "past": any(sign is Sign.PAST for sign, _, _ in lexicon.sign_hits(text)),
        "general": any(hit.means.general for hit in opening.hits),
    }
    return frozenset(name for name, shown in found.items() if shown)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a present happening is reported, with the points and the words of the strongest decoy class."""

    believed: bool
    points: int
    what: Happening | None
    against: str | None = None
    word: Hit | None = None


def believed(lexicon: Lexicon, opening: Opening, *, placed: bool) -> Verdict:
    """Weigh the opening and return the verdict."""
    counted = any(m.fate in HARMED and m.value > 0 and not m.single for m in opening.mentions)
    what = happening(lexicon, opening.hits, counted=counted, many=opening.many or opening.held)
    against = decoys(opening)
    if opening.many:
        against.pop(SPORT, None)
    worst = max(against, key=lambda name: _weight(lexicon, against[name], name), default=None)
    word = against[worst][0][0] if worst else None
    denial = _denial(lexicon, opening, against.get(DENIED, ()))
    if denial is not None:
        return Verdict(believed=False, points=0, what=what, against=DENIED, word=denial)
    shown = signs(lexicon, opening, what, placed=placed)
    points = lexicon.weights.base + sum(lexicon.weights.signs.get(name, 0) for name in shown)
    points -= sum(_weight(lexicon, found, name) for name, found in against.items())
    points -= _doubt(lexicon, opening)
    heavy = what is not None and what.kind != OTHER and not against and opening.heavy
    what = what or _hinted(lexicon, opening, shown)
    reported = what is not None and (points > 0 or heavy) and not _ancient(opening) and not _explained(opening, against)
    return Verdict(reported, points, what, worst, word)


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


def _hinted(lexicon: Lexicon, opening: Opening, shown: AbstractSet[str]) -> Happening | None:
    """Return what an opening only hints at: a topic at a place or a time, or harm beside a vehicle or a workplace."""
    site = any(hit.means.site for hit in opening.hits)
    if opening.topics and (site or shown & {"place", "setting", "day", "hour"}):
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
