"""Read English texts: is a present happening told, of which kind, and with which figures. Made for posts and short news."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from monitor.core.model import Casualties, Figure
from monitor.core.reading.lexicon import WordFinder

OPENING = 400
SIGNS = ("tagged", "toll", "place", "link", "time", "long", "me", "you", "others", "asked", "exclaimed", "tag")
LONG = 18
_LINK = re.compile(r"https?:?/?/?\S*|\bt\.co/\S*")
_NAME = re.compile(r"@\w+")
_TAG = re.compile(r"#(\w+)")
_APART = re.compile(r"[^a-z0-9']+")
_PLACE = re.compile(r"\b(?:in|near|at|off|of|from|across|over|hits?|strikes?|rocks?)\s+(?:the\s+)?[A-Z][a-z]+")
_SMALL = {
    name: value
    for value, name in enumerate(
        ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
         "eighteen nineteen twenty").split()
    )
}  # fmt: skip
_N = rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}(?![\d.,]*\d)|{'|'.join(sorted(_SMALL, key=len, reverse=True))})[*\"'’]?(?P<plus>\s?\+| plus)?"
_ABOUT = r"(?P<about>at least |more than |over |about |around |nearly |almost |up to |as many as |some |above |an estimated |> ?)?"
_WHO = (
    r"(?:\s+(?:more|other|others|people|persons?|men|women|children|kids|students|workers|passengers|miners|residents|victims|"
    r"soldiers|crew|members|of|the|them|civilians|tourists|firefighters|officers|homes?less|now|still|reported|reportedly|confirmed|"
    r"feared|were|are|was|is|been|have|has|had|to|be|believed|presumed|found|left|known|as|may|lives?|#\w+)){0,6}"
)
_FATES = {
    "deaths": r"(?:dead|killed|die[sd]?|dying|deaths|perish(?:ed)?|drown(?:ed)?|fatalities|bodies|lost their lives|lives lost)",
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
_AFTER = {name: re.compile(rf"{_ABOUT}(?<![\w.,$]){_N}{_WHO}\s+{word}\b") for name, word in _FATES.items()}
_BEFORE = {name: re.compile(rf"\b{word}\s*{_ABOUT}{_N}(?!\s*(?:%|percent|years?|days?|hours?|miles?|homes|houses|acres|million))") for name, word in _VERBS.items()}
_TOLL = re.compile(rf"\b(?:death )?tolls?\b(?!-free)[^.!?]{{0,60}}?\s{_ABOUT}{_N}(?!\s*(?:%|-year|years?|days?|hours?))")
_ONE = re.compile(
    r"\b(?:an?|the|elderly|young|\d+-year-old|male|female|\s)*(?:man|woman|boy|girl|person|child|driver|pilot|worker|student|hiker|"
    r"teenager|toddler|firefighter|officer|passenger|cyclist|motorcyclist|pedestrian)(?:,? (?:\d{1,3}|aged \d{1,3}),?)?"
    r"(?:\s+(?:was|is|has|been|reportedly|confirmed))*\s+(?:found dead|killed|dies|died|drowned|dead)\b"
)
_NOBODY = re.compile(r"\bno (?:one (?:was )?(?P<one>hurt|injured|killed)|(?:reports? of )?(?:any )?(?P<what>casualties|injuries|deaths|fatalities|victims))")


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
    bare = _LINK.sub(lambda m: " " * len(m[0]), opening.replace("’", "'"))
    plain = " " + _APART.sub(" ", _NAME.sub(" ", bare)).strip()
    seen: dict[str, dict[str, int]] = {}
    for word, role, start in lexicon.found(plain):
        seen.setdefault(role, {}).setdefault(word, start)
    figures = casualties(folded)
    points = lexicon.base
    points += sum(worth * min(2, len(seen.get("class:" + name, ()))) for name, worth in lexicon.classes.items())
    shown = {
        "tagged": lexicon.tagged(opening),
        "toll": figures.deaths is not None or figures.injured is not None or figures.missing is not None,
        "place": bool(_PLACE.search(_LINK.sub(" ", original[:OPENING]))),
        "link": bool(_LINK.search(opening)),
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


def casualties(folded: str) -> Casualties:
    """Read the figures of an English text: "at least 10 dead", "killed 3, injuring 12", "death toll rises to 26"."""
    text = _LINK.sub(lambda m: " " * len(m[0]), folded)
    found: dict[str, Figure] = {}
    for name in _FATES:
        figures = [_figure(m, text) for pattern in (_AFTER[name], _BEFORE[name]) for m in pattern.finditer(text)]
        if name == "deaths":
            tolls = [_figure(m, text) for m in _TOLL.finditer(text)]
            figures = tolls or figures
        if figures:
            found[name] = max(figures, key=lambda figure: figure.value)
    one = _ONE.search(text)
    if one and "deaths" not in found:
        found["deaths"] = Figure(1, _sentence(text, one.start()), one.start())
    for none in _NOBODY.finditer(text):
        what = none["what"] or none["one"]
        zero = Figure(0, _sentence(text, none.start()), none.start())
        if what in ("casualties", "deaths", "fatalities", "killed", "victims"):
            found.setdefault("deaths", zero)
        if what in ("casualties", "injuries", "injured", "hurt", "victims"):
            found.setdefault("injured", zero)
    return Casualties(**found)


def _figure(found: re.Match[str], text: str) -> Figure:
    said = found["n"].replace(",", "")
    value = int(said) if said.isdigit() else _SMALL[said]
    return Figure(value, _sentence(text, found.start()), found.start("n"), approximate=bool(found["about"] or found["plus"]))


def _sentence(text: str, at: int) -> str:
    start = max(text.rfind(mark, 0, at) for mark in ("\n", ". ", "! ", "? ")) + 1
    ends = [end for mark in ("\n", ". ", "! ", "? ") if (end := text.find(mark, at)) >= 0]
    return text[start : min(ends, default=len(text))].strip()
