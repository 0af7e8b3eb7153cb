"""Read the figures of English texts: "at least 10 dead", "killed 3, injuring 12", "death toll rises to 26"."""

from __future__ import annotations

import re

from monitor.core.model import Casualties, Figure

_LINK = re.compile(r"https?:?/?/?\S*|\bt\.co/\S*")
_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_SMALL = {name: value for value, name in enumerate(_NAMES.split())}
_SMALL_NAMES = "|".join(sorted(_SMALL, key=len, reverse=True))
_N = rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}(?![\d.,]*\d)|{_SMALL_NAMES})[*\"'’]?(?P<plus>\s?\+| plus)?"
_ABOUT = (
    r"(?P<about>at least |more than |over |about |around |nearly |almost |up to |as many as |some |above |"
    r"an estimated |> ?)?"
)
_FOLK = (
    r"(?:agents?|employees|staff(?:ers)?|pilots|sailors|fishermen|patients|guests|villagers|refugees|migrants|troops|"
    r"police(?:men)?|drivers|cyclists|hikers|citizens|nationals|adults|teens|teenagers|babies|infants|teachers|seniors|"
    r"shoppers|runners|spectators|locals|officials|rescuers|climbers|pilgrims|labou?rers|inmates|prisoners|pupils|"
    r"girls|boys|individuals|bystanders|pedestrians|motorists|volunteers|crewmen|seamen|farmers|riders|survivors|"
    r"people|persons?|men|women|children|kids|students|workers|passengers|miners|residents|victims|soldiers|crew|"
    r"members|civilians|tourists|firefighters|officers)"
)
_WHO = (
    r"(?:\s+(?:[a-z]+\s+(?=" + _FOLK + r"\b))?(?:more|other|others|of|the|them|homes?less|now|still|reported|"
    r"reportedly|confirmed|feared|were|are|was|is|been|have|has|had|to|be|believed|presumed|found|left|known|as|may|"
    r"lives?|#\w+|" + _FOLK + r")){0,6}"
)
_FATES = {
    "deaths": r"(?:dead|killed|die[sd]?|dying|deaths|perish(?:ed)?|drown(?:ed)?|fatalities|bodies|"
    r"lost their lives|lives lost)",
    "missing": r"(?:missing|unaccounted(?: for)?)",
    "injured": r"(?:injured|wounded|hurt|hospitali[sz]ed|injuries)",
    "trapped": r"(?:trapped)",
}
_VERBS = {
    "deaths": r"(?:kill(?:s|ed|ing)|claim(?:s|ed|ing)|leav(?:es|ing)|left|dead:)",
    "injured": r"(?:injur(?:es|ed|ing)|wound(?:s|ed|ing)|hurts?)",
    "missing": r"(?:missing:)",
    "trapped": r"(?:trap(?:s|ped|ping))",
}
_MONTHS = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
_NO_PEOPLE = rf"(?!\s*(?:%|percent|-year|years?|days?|hours?|miles?|homes|houses|acres|million|am\b|pm\b|{_MONTHS}))"
_AFTER = {name: re.compile(rf"{_ABOUT}(?<![\w.,$]){_N}{_WHO}\s+{word}\b") for name, word in _FATES.items()}
_BEFORE = {name: re.compile(rf"\b{word}\s*{_ABOUT}{_N}{_NO_PEOPLE}") for name, word in _VERBS.items()}
_COULD = r"(?:expected|likely|feared|may|might|could|will|would) (?:to )?"
_TOLL = re.compile(rf"\b(?:death )?tolls?\b(?!-free)(?:(?!{_COULD})[^.!?]){{0,60}}?\s{_ABOUT}{_N}{_NO_PEOPLE}")
# What stands between the words for a toll and its number: the number of people killed in a collapse rises above 400.
_REACHED = (
    r"(?:now|already|rises?|rose|risen|climbs?|climbed|jumps?|jumped|soars?|soared|reaches|reached|hits?|passes|passed|"
    r"tops|stands?|stood|exceeds|is|are|was|up)"
)
_LATEST = {
    name: re.compile(
        rf"\b{head}\b(?:(?!{_COULD})[^.!?;]){{0,90}}?\b{_REACHED}(?:\s+(?:now|already|currently|at|to|past|above|over))*\s+{_ABOUT}{_N}"
        rf"{_NO_PEOPLE}"
    )
    for name, head in {
        "deaths": r"(?:(?:death )?tolls?(?!-free)|"
        r"number of (?:people |those )?(?:dead|killed|deaths|victims|fatalities)|deaths(?=\s*\())",
        "missing": r"number of (?:people |those )?missing",
        "injured": r"number of (?:people |those )?(?:injured|wounded|injuries)",
    }.items()
}
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
    text = unlinked(folded)
    found: dict[str, Figure] = {}
    for name in _FATES:
        counts = [_figure(m, shown) for pattern in (_AFTER[name], _BEFORE[name]) for m in pattern.finditer(text)]
        tolls = [_figure(m, shown) for m in _LATEST[name].finditer(text)] if name in _LATEST else []
        if not tolls and name == "deaths":
            tolls = [_figure(m, shown) for m in _TOLL.finditer(text)]
        if tolls or counts:
            found[name] = max(tolls or counts, key=lambda figure: figure.value)
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


def _figure(found: re.Match[str], shown: str) -> Figure:
    said = found["n"].replace(",", "")
    value = int(said) if said.isdigit() else _SMALL[said]
    sentence = _sentence(shown, found.start())
    return Figure(value, sentence, found.start("n"), approximate=bool(found["about"] or found["plus"]))


def _sentence(shown: str, at: int) -> str:
    start = max(shown.rfind(mark, 0, at) for mark in ("\n", ". ", "! ", "? ")) + 1
    ends = [end for mark in ("\n", ". ", "! ", "? ") if (end := shown.find(mark, at)) >= 0]
    return shown[start : min(ends, default=len(shown))].strip()
