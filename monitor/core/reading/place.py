"""Read where the main event of a text happened, to the finest division that is sure, and whether that is abroad.

text -> mentions (place_mention) -> weights (place_vote) -> country or province -> city -> county -> what stays open
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from monitor.core.model import TERRITORIES, Place, Reason, Scope, Why
from monitor.core.reading.place_mention import Scanner
from monitor.core.reading.place_name import FOREIGN, MUNICIPALITIES, WHOLE_COUNTRY, Name, Role, Words, code_of, stem_of
from monitor.core.reading.place_open import asked_of, left_open, listed
from monitor.core.reading.place_vote import Tally, Voice, voices_of

READ_UP_TO = 2_000
"""Characters of a text that are read: the place of an event stands near the beginning."""

ALIKE = 1.05
SENTENCE_SHOWN = 160


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """Where the main event happened, and the words that say so."""

    place: Place
    scope: Scope
    because: tuple[Reason, ...] = ()


NOWHERE = PlaceReading(Place(), Scope.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Voiced:
    """One place as it is written and weighed; `means` are codes or countries, `sure` that it is one and firm."""

    name: str
    means: tuple[str, ...]
    role: Role
    weight: float
    sentence: str
    sure: bool


class Gazetteer:
    """Names of places and the words around them, ready to read texts."""

    def __init__(self, names: Iterable[Name], words: Words) -> None:
        self._scanner = Scanner(names, words)

    def read(self, text: str, home: str = "000000", *, without: Collection[str] = ()) -> PlaceReading:
        """Return the place of the main event of title + newline + text, or of a bare title.

        Codes are of GB/T 2260; municipalities and counties directly under a province have no city. Hong Kong, Macao
        and Taiwan have the province code alone. Abroad there is no code, and the reason names the country. `home` is
        the division that the publisher writes of: a name that several places share means the one there. Places written
        as one of `without` are overlooked.
        """
        text = text[:READ_UP_TO]
        voices = self._voices(text, without)
        if not voices:
            return NOWHERE
        tally = Tally([voice for voice in voices if voice.mention.role is not Role.AWAY], stem_of(home))
        if not tally.weight:
            tally = Tally(voices, stem_of(home))
        if not tally.weight:
            return NOWHERE
        countries = {stem: weight for stem, weight in tally.weight.items() if stem.startswith(FOREIGN)}
        provinces = {s: weight for s, weight in tally.weight.items() if len(s) <= 2 and s not in countries}
        if sum(countries.values()) > sum(provinces.values()):
            return _abroad(text, tally, max(countries, key=lambda stem: countries[stem]))
        return _at_home(text, tally, provinces)

    def weigh(self, text: str) -> tuple[Voiced, ...]:
        """Return every place that `text` names, the heaviest first, with what it may mean and its part."""
        text = text[:READ_UP_TO]
        found = [
            Voiced(
                name=_written(text, voice),
                means=tuple(_code(stem) for stem in voice.mention.stems),
                role=voice.mention.role,
                weight=round(voice.weight, 2),
                sentence=_sentence(text, voice),
                sure=not voice.mention.loose and len(voice.mention.stems) == 1,
            )
            for voice in self._voices(text, ())
        ]
        return tuple(sorted(found, key=lambda voiced: -voiced.weight))

    def _voices(self, text: str, without: Collection[str]) -> list[Voice]:
        voices = voices_of(self._scanner.scan(text))
        return [voice for voice in voices if _written(text, voice) not in without] if without else voices


def _code(stem: str) -> str:
    """Return a stem as a six-digit code, a country by its name."""
    return stem.removeprefix(FOREIGN) if stem.startswith(FOREIGN) else stem.ljust(6, "0")


def _abroad(text: str, tally: Tally, country: str) -> PlaceReading:
    voice = tally.loudest[country]
    reason = Reason(Why.FOREIGN_PLACE, _sentence(text, voice), country.removeprefix(FOREIGN))
    return PlaceReading(Place(name=_written(text, voice)), Scope.FOREIGN, (reason,))


def _at_home(text: str, tally: Tally, provinces: dict[str, float]) -> PlaceReading:
    province = _province(text, tally, provinces)
    city = tally.part_of(province, 4) if province and province not in MUNICIPALITIES else None
    county = tally.part_of(city or province, 6) if province else None
    finest = county or city or province
    voice = tally.loudest[finest or max(provinces, key=lambda stem: provinces[stem])]
    if not _is_there(tally, voice):
        return NOWHERE if finest in TERRITORIES else _somewhere(text, tally, asked_of(tally) or voice)
    if not finest:
        return _somewhere(text, tally, voice)
    among = left_open(text, tally, finest, voice)
    place = Place(
        province=code_of(province),
        city=code_of(city) if city else None,
        county=county,
        name=_written(text, voice),
        among=tuple(code_of(stem) for stem in among),
    )
    scope = Scope.HK_MO_TW if finest in TERRITORIES else Scope.DOMESTIC
    return PlaceReading(place, scope, (Reason(Why.PLACE, _sentence(text, voice), place.name),))


def _somewhere(text: str, tally: Tally, voice: Voice) -> PlaceReading:
    """Return that it was in the country, and which divisions come into question where the text bounds them."""
    row = listed(text, voice)
    name = text[row[0].start : row[-1].end]
    among = left_open(text, tally, WHOLE_COUNTRY, voice)
    scope = Scope.HK_MO_TW if among and {stem[:2] for stem in among} <= TERRITORIES else Scope.DOMESTIC
    place = Place(name=name, among=tuple(code_of(stem) for stem in among))
    return PlaceReading(place, scope, (Reason(Why.PLACE, _sentence(text, voice), name),))


def _is_there(tally: Tally, voice: Voice) -> bool:
    """Tell whether the loudest mention says more than who is away from there, or where the motorway leads it was on."""
    if voice.mention.role is Role.ROUTE:
        return asked_of(tally) is None
    return voice.mention.role is not Role.AWAY


def _province(text: str, tally: Tally, provinces: dict[str, float]) -> str:
    """Return the province that is meant; two of like weight in one list (吉林、浙江2省) leave it open.

    Of a territory and the mainland as a whole (香港同胞在内地) the heavier one is meant.
    """
    ranked = sorted((stem for stem in provinces if stem), key=lambda stem: -provinces[stem])
    if not ranked:
        return WHOLE_COUNTRY
    first = ranked[0]
    if first in TERRITORIES and provinces.get(WHOLE_COUNTRY, 0.0) > provinces[first]:
        return WHOLE_COUNTRY
    if len(ranked) > 1 and provinces[first] < ALIKE * provinces[ranked[1]]:
        one, other = tally.loudest[first], tally.loudest[ranked[1]]
        if one.sentence is other.sentence and (
            _touching(one, other) or any(mention is other.mention for mention in listed(text, one))
        ):
            return WHOLE_COUNTRY
    return first


def _touching(one: Voice, other: Voice) -> bool:
    """Tell whether two stand side by side: one character between them, or none between two whole provinces."""
    early, late = sorted((one.mention, other.mention), key=lambda mention: mention.start)
    provinces = len(early.stems[0]) == len(late.stems[0]) == 2
    return late.start - early.end == 1 or (provinces and late.start == early.end)


def _written(text: str, voice: Voice) -> str:
    return text[voice.mention.start : voice.mention.end]


def _sentence(text: str, voice: Voice) -> str:
    return text[voice.sentence.start : voice.sentence.end].strip()[:SENTENCE_SHOWN]
