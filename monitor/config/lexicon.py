"""Load the words, weights and grading tables of the reader, with every mistake named by file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from monitor.config.document import BadDocument, Document, Problem, check, nearest, read
from monitor.config.gazetteer import load_gazetteer
from monitor.core.errors import N_
from monitor.core.model import SEVERITY_OF_ZH, Decoy, Severity
from monitor.core.reading.assess import Reader
from monitor.core.reading.english import SIGNS as ENGLISH_SIGNS
from monitor.core.reading.english import EnglishLexicon
from monitor.core.reading.evidence import SIGNS
from monitor.core.reading.lexicon import Fate, Kind, Lexicon, Role, Sense, Sign, Weights
from monitor.core.reading.severity import MEASURES, GradingTable, SeverityTables

RULES = Path(__file__).parents[1] / "rules"
PRIVATE = "private"
DECOYS = (*[decoy.value for decoy in Decoy], PRIVATE)
M = TypeVar("M", bound=BaseModel)

WordText = Annotated[str, Field(min_length=1)]
Words = list[WordText]
Peril = Literal["missing", "trapped", "adrift"]
Grade = Literal["一般", "较大", "重大", "特别重大"]
Regime = Literal["accident", "natural_disaster", "public_health", "public_security", "other"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Name(_Part):
    zh: WordText
    en: WordText


class _Kind(_Part):
    id: str = Field(pattern=r"^[a-z][a-z_]*$")
    name: _Name
    regime: Regime
    table: str | None
    peril: list[Peril]
    settings: Words
    takes: list[str] = []
    events: Words
    topics: Words


class _Kinds(_Part):
    kinds: list[_Kind] = Field(min_length=1)


class _Casualties(_Part):
    death: Words
    missing: Words
    trapped: Words
    adrift: Words
    injured: Words
    serious: Words
    light: Words
    poisoned: Words
    sickened: Words
    hospital: Words
    rescued: Words
    busy: Words
    one: Words
    two: Words
    rising: Words
    corrected: Words
    increment: Words
    forecast: Words
    past: Words
    group: Words
    all: Words
    last: Words
    head: Words
    total: Words
    unknown: Words
    still: Words


class _Points(_Part):
    title: int = Field(ge=0)
    text: int = Field(ge=0)


class _Decoy(_Part):
    id: str
    points: _Points
    sure: Words
    unsure: Words


class _Decoys(_Part):
    decoys: list[_Decoy]


class _Signs(_Part):
    happened: Words
    follow_up: Words
    rumour: Words
    sites: Words
    general: Words
    stops: Words


class _Evidence(_Part):
    base: int
    signs: dict[str, int]
    unsure: _Points


class _EnglishClass(_Part):
    points: int
    words: Words


class _English(_Part):
    base: int
    classes: dict[str, _EnglishClass]
    signs: dict[str, int]
    tags: Words
    me: Words
    you: Words
    others: Words
    times: Words
    kinds: dict[str, Words]
    decoys: dict[str, Words]


class _Source(_Part):
    document: WordText
    article: WordText
    quote: WordText


class _Table(_Part):
    id: str
    name: _Name
    measures: dict[str, dict[Grade, Annotated[int, Field(ge=0)]]] = Field(min_length=1)
    source: _Source
    verified: bool


class _Severity(_Part):
    version: str
    tables: list[_Table] = Field(min_length=1)
    wording: dict[Grade, Words] = {}


class _Files:
    """The files as read, and the mistakes found in them so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.digest = hashlib.sha256()

    def read(self, name: str, model: type[M]) -> tuple[Document, M] | None:
        path = self.folder / name
        try:
            document = read(path)
            self.digest.update(path.read_bytes())
            return document, check(document, model)
        except BadDocument as bad:
            self.problems += bad.problems
            return None


def load_reader(folder: Path = RULES) -> Reader:
    """Return the reader made of all rule files under `folder`; raise BadDocument with every mistake in them."""
    lexicon, english, tables = load_words(folder)
    return Reader(lexicon, tables, load_gazetteer(folder / "gazetteer"), english)


def load_words(folder: Path = RULES) -> tuple[Lexicon, EnglishLexicon, SeverityTables]:
    """Return the Chinese and the English words and the grading tables; raise BadDocument with every mistake in them."""
    files = _Files(folder)
    kinds = files.read("lexicon/kinds.yaml", _Kinds)
    casualties = files.read("lexicon/casualties.yaml", _Casualties)
    decoys = files.read("lexicon/decoys.yaml", _Decoys)
    signs = files.read("lexicon/signs.yaml", _Signs)
    evidence = files.read("lexicon/evidence.yaml", _Evidence)
    english = files.read("lexicon/english.yaml", _English)
    severity = files.read("severity.yaml", _Severity)
    if not (kinds and casualties and decoys and signs and evidence and english and severity):
        raise BadDocument(files.problems)
    names = [kind.id for kind in kinds[1].kinds]
    files.problems += [
        *_unknown_in_kinds(*kinds, names, [table.id for table in severity[1].tables]),
        *_unknown_keys(decoys[0], [(("decoys", n, "id"), d.id) for n, d in enumerate(decoys[1].decoys)], DECOYS),
        *_unknown_keys(evidence[0], [(("signs", name), name) for name in evidence[1].signs], SIGNS),
        *_unknown_keys(english[0], [(("signs", name), name) for name in english[1].signs], ENGLISH_SIGNS),
        *_unknown_keys(english[0], [(("kinds", name), name) for name in english[1].kinds], names),
        *_unknown_keys(english[0], [(("decoys", name), name) for name in english[1].decoys], DECOYS),
        *_unknown_keys(
            severity[0],
            [(("tables", n, "measures", m), m) for n, table in enumerate(severity[1].tables) for m in table.measures],
            MEASURES,
        ),
        *_bands_out_of_order(*severity),
    ]
    if files.problems:
        raise BadDocument(sorted(files.problems, key=lambda problem: (problem.file, problem.line)))
    version = files.digest.hexdigest()[:12]
    senses = _senses(kinds[1], casualties[1], decoys[1], signs[1], severity[1])
    lexicon = Lexicon(_kinds(kinds[1]), senses, _signs(casualties[1]), _weights(evidence[1], decoys[1]), version)
    return lexicon, _english(english[1]), _tables(severity[1])


def _kinds(file: _Kinds) -> dict[str, Kind]:
    return {
        k.id: Kind(k.id, k.name.zh, k.name.en, k.regime, k.table, frozenset(k.peril), frozenset(k.takes), rank)
        for rank, k in enumerate(file.kinds)
    }


def _senses(
    kinds: _Kinds, casualties: _Casualties, decoys: _Decoys, signs: _Signs, severity: _Severity
) -> dict[str, tuple[Sense, ...]]:
    found: dict[str, list[Sense]] = {word: [Sense(Role.STOP)] for word in signs.stops}
    for word, sense in _all_senses(kinds, casualties, decoys, signs, severity):
        known = found.setdefault(word, [])
        if sense not in known and not any(other.role is Role.STOP for other in known):
            known.append(sense)
    _inherit_fates(found)
    return {word: tuple(senses) for word, senses in found.items()}


def _all_senses(
    kinds: _Kinds, casualties: _Casualties, decoys: _Decoys, signs: _Signs, severity: _Severity
) -> Iterator[tuple[str, Sense]]:
    for kind in kinds.kinds:
        for words, role in ((kind.events, Role.EVENT), (kind.topics, Role.TOPIC), (kind.settings, Role.SETTING)):
            yield from ((word, Sense(role, kind.id)) for word in words)
    for fate in Fate:
        yield from ((word, Sense(Role.FATE, fate.value)) for word in getattr(casualties, fate.name.lower()))
    for decoy in decoys.decoys:
        yield from ((word, Sense(Role.DECOY, decoy.id)) for word in decoy.sure)
        yield from ((word, Sense(Role.DOUBT, decoy.id)) for word in decoy.unsure)
    for words, role in (
        (signs.happened, Role.HAPPENED),
        (signs.follow_up, Role.FOLLOW_UP),
        (signs.rumour, Role.RUMOUR),
        (signs.sites, Role.SITE),
        (signs.general, Role.GENERAL),
        ([word for words in severity.wording.values() for word in words], Role.GRAVE),
    ):
        yield from ((word, Sense(role)) for word in words)


def _inherit_fates(found: Mapping[str, list[Sense]]) -> None:
    """Let a longer word say what the fate word at its end says: the automaton sees only the longer one (食物中毒, 中毒)."""
    fates = {word: sense for word, senses in found.items() for sense in senses if sense.role is Role.FATE}
    for word, senses in found.items():
        if senses[0].role is Role.STOP or any(sense.role is Role.FATE for sense in senses):
            continue
        ending = next((word[n:] for n in range(1, len(word)) if word[n:] in fates), None)
        if ending:
            senses.append(fates[ending])


def _signs(file: _Casualties) -> dict[str, Sign]:
    found: dict[str, Sign] = {}
    for sign in Sign:
        for word in getattr(file, sign.name.lower()):
            found.setdefault(word, sign)
    return found


def _weights(evidence: _Evidence, decoys: _Decoys) -> Weights:
    return Weights(
        base=evidence.base,
        signs=evidence.signs,
        title={decoy.id: decoy.points.title for decoy in decoys.decoys},
        text={decoy.id: decoy.points.text for decoy in decoys.decoys},
        unsure_title=evidence.unsure.title,
        unsure_text=evidence.unsure.text,
    )


def _english(file: _English) -> EnglishLexicon:
    lists = {f"class:{name}": part.words for name, part in file.classes.items()}
    lists |= {f"sign:{name}": getattr(file, name) for name in ("me", "you", "others", "times")}
    lists |= {f"kind:{name}": words for name, words in file.kinds.items()}
    lists |= {f"decoy:{name}": words for name, words in file.decoys.items()}
    classes = {name: part.points for name, part in file.classes.items()}
    words = {role: tuple(said) for role, said in lists.items()}
    return EnglishLexicon(file.base, classes, file.signs, words, tuple(file.tags))


def _tables(file: _Severity) -> SeverityTables:
    tables = {
        table.id: GradingTable(
            table.id,
            table.name.zh,
            table.name.en,
            {m: tuple((low, SEVERITY_OF_ZH[zh]) for zh, low in bands.items()) for m, bands in table.measures.items()},
            table.source.document,
            table.source.article,
            table.source.quote,
            table.verified,
        )
        for table in file.tables
    }
    wording = {word: SEVERITY_OF_ZH[zh] for zh, words in file.wording.items() for word in words}
    return SeverityTables(tables, wording, file.version)


def _unknown_in_kinds(document: Document, file: _Kinds, names: list[str], tables: list[str]) -> Iterator[Problem]:
    for n, kind in enumerate(file.kinds):
        taken = [(("kinds", n, "takes"), other) for other in kind.takes]
        yield from _unknown_keys(document, taken, names)
        if kind.table is not None:
            yield from _unknown_keys(document, [(("kinds", n, "table"), kind.table)], tables)


def _unknown_keys(
    document: Document, used: Iterable[tuple[tuple[str | int, ...], str]], known: Iterable[str]
) -> Iterator[Problem]:
    names = list(known)
    for where, name in used:
        if name not in names:
            near = nearest(name, names)
            message = N_("{got} is not known. Did you mean {near}?") if near else N_("{got} is not known.")
            yield document.problem(where, message, **({"got": name, "near": near} if near else {"got": name}))


def _bands_out_of_order(document: Document, file: _Severity) -> Iterator[Problem]:
    for n, table in enumerate(file.tables):
        for measure, bands in table.measures.items():
            lows: list[Any] = [bands[zh] for zh, _ in sorted(SEVERITY_OF_ZH.items(), key=_rank) if zh in bands]
            if lows != sorted(set(lows)):
                yield document.problem(
                    ("tables", n, "measures", measure),
                    N_("The numbers of {measure} must rise from 一般 to 特别重大."),
                    measure=measure,
                )


def _rank(entry: tuple[str, Severity]) -> Severity:
    return entry[1]
