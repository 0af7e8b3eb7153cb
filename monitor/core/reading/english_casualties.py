"""Read the figures of English texts: "at least 10 dead", "killed 3, injuring 12", "death toll rises to 26"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.model import Casualties, Figure

_LINK = re.compile(r"https?:?/?/?\S*|\bt\.co/\S*")
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_SMALL = {name: value for value, name in enumerate(_NAMES.split())}
_SMALL |= {name: 10 * tens for tens, name in enumerate(_TENS.split(), 3)} | {"a dozen": 12, "two dozen": 24}
_SMALL_NAMES = "|".join(sorted(_SMALL, key=len, reverse=True))
_N = rf"(?<![\w.,$])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}(?![\d.,]*\d)|{_SMALL_NAMES})[*\"'’]?(?P<plus>\s?\+| plus)?"
_NUMBER = re.compile(_N)
_ABOUT = re.compile(
    r"(?:at least |more than |over |about |around |nearly |almost |up to |as many as |some |above |an estimated |> ?)$"
)
# How far to look before a number for at least, for the verb, and behind it for what became of the people.
ABOUT_REACH, VERB_REACH, FATE_REACH = 14, 40, 120
_PEOPLE = (
    r"(?:others?|people|persons?|men|women|children|kids|students|pupils|teachers?|workers?|labourers|laborers|employees|"
    r"staff|passengers?|commuters|tourists?|travellers|pilgrims|worshippers|miners?|residents|villagers|families|victims|"
    r"soldiers|civilians|crew|members?|sailors|fishermen|migrants|refugees|climbers?|hikers?|skiers?|drivers?|pilots?|"
    r"firefighters|rescuers|officers?|agents?|guards?|police(?:men)?|patients|guests|shoppers|fans|inmates|girls?|boys?|"
    r"babies|infants|teenagers|teens|adults|man|woman|child|foreigners|nationals|citizens|locals|homeless|troops|cyclists|"
    r"seniors|runners|spectators|officials|prisoners|individuals|bystanders|pedestrians|motorists|volunteers|crewmen|"
    r"seamen|farmers|riders|survivors)"
)
_WHO = (
    # one word may describe the people: 12 coal miners
    rf"(?:\s+[a-z]+(?=\s+{_PEOPLE}\b))?"
    rf"(?:\s+(?:{_PEOPLE}|more|of|the|them|now|still|reported|reportedly|confirmed|feared|were|are|was|is|been|have|has|"
    r"had|to|be|believed|presumed|found|left|known|as|may|remain|remains|remained|go|gone|went|seriously|critically|"
    r"severely|badly|slightly|lives?|#\w+)){0,6}"
)
_FATES = {
    "deaths": r"(?:dead|killed|die[sd]?|dying|deaths|perish(?:ed)?|drown(?:ed)?|fatalities|bodies|"
    r"lost their lives|lives lost|(?:burn(?:ed|t)|crushed|trampled) to death)",
    "missing": r"(?:missing|unaccounted(?: for)?)",
    "injured": r"(?:injured|wounded|hurt|hospitali[sz]ed|injuries|"
    r"(?:taken|rushed|sent) to (?:the )?hospitals?)",
    "serious": r"(?:(?:seriously|critically|severely|badly) (?:injured|hurt|wounded|burned|burnt)|"
    r"in (?:a )?(?:critical|serious) condition)",
    "trapped": r"(?:trapped)",
}
_VERBS = {
    "deaths": r"(?:kill(?:s|ed|ing)|claim(?:s|ed|ing)|dead:)(?:\s+(?:a |an entire |a whole )?family of)?",
    "injured": r"(?:injur(?:es|ed|ing)|wound(?:s|ed|ing)|hurts?)",
    "missing": r"(?:missing:)",
    "trapped": r"(?:trap(?:s|ped|ping))",
    "serious": r"(?:critical(?:ly injured)?:)",
}
_MONTHS = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
_NO_PEOPLE = re.compile(
    rf"\s*(?:%|percent|-year|years?|days?|hours?|miles?|homes|houses|acres|million|am\b|pm\b|{_MONTHS})"
)
_AFTER = {name: re.compile(rf"{_WHO}\s+{word}\b") for name, word in _FATES.items()}
_BEFORE = {name: re.compile(rf"\b{word}\s*$") for name, word in _VERBS.items()}
_COULD = r"(?:expected|likely|feared|may|might|could|will|would) (?:to )?"
_TOLL = re.compile(
    r"\b(?:(?:death )?tolls?\b(?!-free)|number of (?:\w+ ){0,2}(?:killed|dead|deaths)\b)"
    rf"(?:(?!{_COULD})[^.!?]){{0,110}}"
)
# What stands between the words for a toll and its number: the number of people killed in a collapse rises above 400.
_REACHED = (
    r"(?:now|already|rises?|rose|risen|climbs?|climbed|jumps?|jumped|soars?|soared|reaches|reached|hits?|passes|passed|"
    r"tops|stands?|stood|exceeds|is|are|was|up)(?:\s+(?:now|already|currently|at|to|past|above|over))*"
)
_LATEST = {
    name: re.compile(rf"\b{head}\b(?:(?!{_COULD})[^.!?;]){{0,90}}?\b{_REACHED}\s+(?:[a-z]+ ){{0,3}}?{_N}")
    for name, head in {
        "deaths": r"(?:(?:death )?tolls?(?!-free)|"
        r"number of (?:people |those )?(?:dead|killed|deaths|victims|fatalities)|deaths(?=\s*\())",
        "missing": r"number of (?:people |those )?missing",
        "injured": r"number of (?:people |those )?(?:injured|wounded|injuries)",
    }.items()
}
# What is counted by the year is a statistic: 2,000 drowned each year. The worst crash in 20 years is none.
_BY_THE_YEAR = re.compile(r"[^.!?;,\n]{0,60}\b(?:(?:per|each|every) year|annually|yearly)\b")
# A text without any of these says nothing about people.
_STEMS = re.compile(
    "dead|kill|die|dying|death|perish|drown|fatalit|bodies|lives|toll|missing|unaccounted|injur|wound|hurt|hospital|"
    "trap|claim|critical|serious|casualt|victim|trampled|severe|badly"
)
_ONE = re.compile(
    r"\b(?:man|woman|boy|girl|person|child|driver|pilot|worker|student|hiker|teenager|toddler|firefighter|officer|"
    r"passenger|cyclist|motorcyclist|pedestrian)(?:,? (?:\d{1,3}|aged \d{1,3}),?)?"
    r"(?:\s+(?:was|is|has|been|reportedly|confirmed)){0,3}"
    r"\s+(?:found dead|killed|dies|died|drowned|dead)\b"
)
_NOBODY = re.compile(
    r"\bno (?:one (?:was )?(?P<one>hurt|injured|killed)|"
    r"(?:reports? of )?(?:any )?(?P<what>casualties|injuries|deaths|fatalities|victims))"
)
_NOBODY_DEAD = ("casualties", "deaths", "fatalities", "killed", "victims")
_NOBODY_HURT = ("casualties", "injuries", "injured", "hurt", "victims")


def unlinked(text: str) -> str:
    """Blank out the links of `text`; offsets stay."""
    return _LINK.sub(lambda found: " " * len(found[0]), text)


def casualties(folded: str, shown: str) -> Casualties:
    """Return the figures of a folded English text; of several the largest, and a death toll before any other count.

    `shown` is the text as published, offset by offset the same as `folded`; figures quote their sentences from it.
    """
    if not _STEMS.search(folded):
        return Casualties()
    text = unlinked(folded)
    found = _counted(text, shown)
    one = _ONE.search(text)
    if one and "deaths" not in found:
        found["deaths"] = Figure(1, _sentence(shown, one.start()), one.start())
    for none in _NOBODY.finditer(text):
        what = none["what"] or none["one"]
        zero = Figure(0, _sentence(shown, none.start()), none.start())
        if what in _NOBODY_DEAD:
            found.setdefault("deaths", zero)
        if what in _NOBODY_HURT:
            found.setdefault("injured", zero)
    return Casualties(**found)


def _counted(text: str, shown: str) -> dict[str, Figure]:
    figures: dict[str, list[Figure]] = {}
    tolls = [(toll.start(), toll.end()) for toll in _TOLL.finditer(text)]
    for number in _NUMBER.finditer(text):
        about = _ABOUT.search(text, max(0, number.start() - ABOUT_REACH), number.start())
        start = about.start() if about else number.start()
        names = _fates(text, start, number.end())
        toll = next((toll for toll in tolls if toll[0] < start < toll[1]), None)
        if toll and not _NO_PEOPLE.match(text, number.end()):
            # only the first number after the word is the toll
            tolls.remove(toll)
            names.append("toll")
        if names and not _BY_THE_YEAR.match(text, number.end()):
            figure = _figure(number, shown, start, about=about is not None)
            for name in names:
                figures.setdefault(name, []).append(figure)
    if "toll" in figures:
        figures["deaths"] = figures.pop("toll")
    figures |= {name: told for name in _LATEST if (told := _latest(text, shown, name))}
    return {name: max(counts, key=lambda figure: figure.value) for name, counts in figures.items()}


def _latest(text: str, shown: str, name: str) -> list[Figure]:
    """Return the figures that are told as the state of a count: the number of the missing rises to 12."""
    return [
        _figure(found, shown, found.start("n"), about=bool(_ABOUT.search(text, 0, found.start("n"))))
        for found in _LATEST[name].finditer(text)
        if not _NO_PEOPLE.match(text, found.end())
    ]


def _fates(text: str, start: int, end: int) -> list[str]:
    """Return what became of the number of people at `start`..`end`: said after it, else by the verb before it."""
    before = max(0, start - VERB_REACH)
    if not _STEMS.search(text, before, end + FATE_REACH):
        return []
    said_after = [name for name, after in _AFTER.items() if after.match(text, end)]
    if said_after or _NO_PEOPLE.match(text, end):
        return said_after
    return [name for name, verb in _BEFORE.items() if verb.search(text, before, start)]


def _figure(number: re.Match[str], shown: str, start: int, *, about: bool) -> Figure:
    value = _value(number)
    return Figure(value, _sentence(shown, start), number.start("n"), approximate=about or bool(number["plus"]))


def _value(number: re.Match[str]) -> int:
    said = number["n"].replace(",", "")
    return int(said) if said.isdigit() else _SMALL[said]


def stated_numbers(folded: str) -> Iterator[int]:
    """Yield the numbers of a folded text that can count people: no ages, dates or measures."""
    return (_value(number) for number in _NUMBER.finditer(folded) if not _NO_PEOPLE.match(folded, number.end()))


def _sentence(shown: str, at: int) -> str:
    start = max(shown.rfind(mark, 0, at) for mark in ("\n", ". ", "! ", "? ")) + 1
    ends = [end for mark in ("\n", ". ", "! ", "? ") if (end := shown.find(mark, at)) >= 0]
    return shown[start : min(ends, default=len(shown))].strip()
