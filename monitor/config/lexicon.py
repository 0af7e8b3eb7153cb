"""Load the words, weights and grading tables of the reader, with every mistake named by file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from monitor.config.document import BadDocument, Document, Problem, check, read
from monitor.config.gazetteer import load_gazetteer
from monitor.config.lexicon_files import (
    CasualtiesFile,
    DecoysFile,
    EnglishFile,
    EvidenceFile,
    KindsFile,
    SeverityFile,
    SignsFile,
    VoiceEntry,
    VoicesFile,
)
from monitor.config.wording import nearest
from monitor.core.errors import N_
from monitor.core.model import SEVERITY_OF_ZH, Decoy, Severity, Speaker
from monitor.core.reading.assess import Reader
from monitor.core.reading.english import EnglishLexicon
from monitor.core.reading.english_signs import SIGNS as ENGLISH_SIGNS
from monitor.core.reading.evidence import SIGNS
from monitor.core.reading.lexicon import Fate, Kind, Lexicon, Meaning, Sign, Voices, VoiceWords, Weights
from monitor.core.reading.severity import MEASURES, GradingTable, SeverityTables

RULES = Path(__file__).parents[1] / "rules"
PRIVATE = "private"
# The lists of english.yaml that signs are asked of.
ENGLISH_LISTS = ("me", "you", "others", "times", "things", "abstract", "simile")
DECOYS = (*[decoy.value for decoy in Decoy], PRIVATE)
M = TypeVar("M", bound=BaseModel)


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
    kinds = files.read("lexicon/kinds.yaml", KindsFile)
    casualties = files.read("lexicon/casualties.yaml", CasualtiesFile)
    decoys = files.read("lexicon/decoys.yaml", DecoysFile)
    signs = files.read("lexicon/signs.yaml", SignsFile)
    evidence = files.read("lexicon/evidence.yaml", EvidenceFile)
    voices = files.read("lexicon/voices.yaml", VoicesFile)
    english = files.read("lexicon/english.yaml", EnglishFile)
    severity = files.read("severity.yaml", SeverityFile)
    if not (kinds and casualties and decoys and signs and evidence and voices and english and severity):
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
    meanings = _meanings(kinds[1], casualties[1], decoys[1], signs[1], severity[1])
    weights = _weights(evidence[1], decoys[1])
    lexicon = Lexicon(_kinds(kinds[1]), meanings, _signs(casualties[1]), weights, _voices(voices[1]), version)
    return lexicon, _english(english[1]), _tables(severity[1])


def _kinds(file: KindsFile) -> dict[str, Kind]:
    return {
        k.id: Kind(
            id=k.id,
            zh=k.name.zh,
            en=k.name.en,
            regime=k.regime,
            table=k.table,
            peril=frozenset(k.peril),
            takes=frozenset(k.takes),
            near=frozenset(k.near),
            rank=rank,
        )
        for rank, k in enumerate(file.kinds)
    }


def _meanings(
    kinds: KindsFile, casualties: CasualtiesFile, decoys: DecoysFile, signs: SignsFile, severity: SeverityFile
) -> dict[str, Meaning]:
    found: dict[str, dict[str, Any]] = {word: {"stop": True} for word in signs.stops}
    for word, name, value in _all_meanings(kinds, casualties, decoys, signs, severity):
        known = found.setdefault(word, {})
        if "stop" not in known:
            known.setdefault(name, value)
    _inherit_fates(found)
    return {word: Meaning(**named) for word, named in found.items()}


def _all_meanings(
    kinds: KindsFile, casualties: CasualtiesFile, decoys: DecoysFile, signs: SignsFile, severity: SeverityFile
) -> Iterator[tuple[str, str, Any]]:
    for kind in kinds.kinds:
        for words, name in ((kind.events, "event"), (kind.topics, "topic"), (kind.settings, "setting")):
            yield from ((word, name, kind.id) for word in words)
    for fate in Fate:
        yield from ((word, "fate", fate.value) for word in getattr(casualties, fate.name.lower()))
    for decoy in decoys.decoys:
        yield from ((word, "decoy", decoy.id) for word in decoy.sure)
        yield from ((word, "doubt", decoy.id) for word in decoy.unsure)
    for listed, name in (
        (signs.happened, "happened"),
        (signs.follow_up, "follow_up"),
        (signs.rumour, "rumour"),
        (signs.sites, "site"),
        (signs.general, "general"),
        ([word for words in severity.wording.values() for word in words], "grave"),
    ):
        yield from ((word, name, True) for word in listed)


def _inherit_fates(found: Mapping[str, dict[str, Any]]) -> None:
    """Let a longer word say what the fate word at its end says: only the longer one is found (食物中毒, 中毒)."""
    fates = {word: named["fate"] for word, named in found.items() if "fate" in named}
    for word, named in found.items():
        ending = next((word[n:] for n in range(1, len(word)) if word[n:] in fates), None)
        if ending and "stop" not in named:
            named.setdefault("fate", fates[ending])


def _signs(file: CasualtiesFile) -> dict[str, Sign]:
    found: dict[str, Sign] = {}
    for sign in Sign:
        for word in getattr(file, sign.name.lower()):
            found.setdefault(word, sign)
    return found


def _weights(evidence: EvidenceFile, decoys: DecoysFile) -> Weights:
    return Weights(
        base=evidence.base,
        signs=evidence.signs,
        title={decoy.id: decoy.points.title for decoy in decoys.decoys},
        text={decoy.id: decoy.points.text for decoy in decoys.decoys},
        unsure_title=evidence.unsure.title,
        unsure_text=evidence.unsure.text,
    )


def _voices(file: VoicesFile) -> Voices:
    named = {Speaker.OFFICIAL: _voice(file.official), Speaker.MEDIA: _voice(file.media)}
    return Voices(named, tuple(file.pending), tuple(file.refuting))


def _voice(entry: VoiceEntry) -> VoiceWords:
    return VoiceWords(frozenset(entry.notices), tuple(entry.names), tuple(entry.says), tuple(entry.after))


def _english(file: EnglishFile) -> EnglishLexicon:
    lists = {f"class:{name}": part.words for name, part in file.classes.items()}
    lists |= {f"sign:{name}": getattr(file, name) for name in ENGLISH_LISTS}
    lists |= {f"kind:{name}": words for name, words in file.kinds.items()}
    lists |= {f"decoy:{name}": part.words for name, part in file.decoys.items()}
    lists["stop"] = file.stops
    classes = {name: part.points for name, part in file.classes.items()}
    decoys = {name: part.points for name, part in file.decoys.items()}
    words = {role: tuple(said) for role, said in lists.items()}
    return EnglishLexicon(file.base, classes, decoys, file.signs, words, tuple(file.tags))


def _tables(file: SeverityFile) -> SeverityTables:
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


def _unknown_in_kinds(document: Document, file: KindsFile, names: list[str], tables: list[str]) -> Iterator[Problem]:
    for n, kind in enumerate(file.kinds):
        taken = [(("kinds", n, "takes"), other) for other in kind.takes]
        taken += [(("kinds", n, "near"), other) for other in kind.near]
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


def _bands_out_of_order(document: Document, file: SeverityFile) -> Iterator[Problem]:
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
