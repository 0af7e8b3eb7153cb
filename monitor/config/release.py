"""Load what releases are checked by, with every mistake named by file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field

from monitor.config.document import BadDocument, Document, Problem, check, in_order, read
from monitor.config.part import Part
from monitor.config.rule_entries import NamePart
from monitor.config.rule_fields import Grade, LegalSourcePart
from monitor.config.wording import nearest
from monitor.core.checks.rules import (
    WORD_LISTS,
    Authority,
    CheckRule,
    Limits,
    PhraseFinder,
    Rank,
    ReleaseRules,
    Topic,
)
from monitor.core.checks.scorecard import Check
from monitor.core.errors import N_
from monitor.core.model import ResponseKind

FOLDER = Path(__file__).parents[1] / "rules" / "release"
Words = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[int, Field(ge=1)]
M = TypeVar("M", bound=BaseModel)


class _CheckPart(Part):
    name: NamePart
    weight: int = Field(ge=0, le=10)
    kinds: list[ResponseKind] = Field(min_length=1)
    source: LegalSourcePart
    verified: bool
    only_deducts: bool = False


class _LimitsPart(Part):
    empty_some: Share
    empty_most: Share
    factual_least: Share
    shortest: Length
    longest: Length
    repeated_some: Share
    repeated_most: Share
    questions: int = Field(ge=1, le=20)


class _ChecksFile(Part):
    version: str = Field(min_length=1)
    checks: dict[Check, _CheckPart]
    limits: _LimitsPart


class _ListPart(Part):
    about: str = Field(min_length=1)
    words: Words


class _WordsFile(Part):
    lists: dict[str, _ListPart]
    surnames: str = Field(min_length=1)


class _TopicPart(Part):
    id: Slug
    name: NamePart
    figures: bool = False
    asks: Words
    answers: Words


class _QuestionsFile(Part):
    topics: list[_TopicPart] = Field(min_length=1)


class _RankPart(Part):
    id: Slug
    name: NamePart
    height: int = Field(ge=1)
    words: Words


class _AuthorityPart(Part):
    id: Slug
    name: NamePart
    kinds: list[str] = Field(min_length=1)
    at_least: Grade
    words: Words
    source: LegalSourcePart
    verified: bool


class SpeakersFile(Part):
    """The ranks of speakers, which of them each grade asks for, and who alone may release what."""

    ranks: list[_RankPart] = Field(min_length=1)
    needed: dict[Grade, Slug]
    authorities: list[_AuthorityPart] = Field(default=[])


def load_release_rules(kinds: Collection[str], folder: Path = FOLDER) -> ReleaseRules:
    """Return what releases are checked by; `kinds` are the known kinds of incident. Raise BadDocument."""
    problems: list[Problem] = []
    digest = hashlib.sha256()
    checks = _read(folder / "checks.yaml", _ChecksFile, problems, digest)
    words = _read(folder / "words.yaml", _WordsFile, problems, digest)
    asked = _read(folder / "questions.yaml", _QuestionsFile, problems, digest)
    speakers = _read(folder / "speakers.yaml", SpeakersFile, problems, digest)
    if not (checks and words and asked and speakers):
        raise BadDocument(in_order(problems))
    problems += [
        *_unfit_checks(*checks),
        *_unfit_lists(*words),
        *_unfit_topics(*asked),
        *_unfit_speakers(*speakers, kinds),
    ]
    if problems:
        raise BadDocument(in_order(problems))
    heights = {rank.id: rank.height for rank in speakers[1].ranks}
    return ReleaseRules(
        checks={check: _check(part) for check, part in checks[1].checks.items()},
        phrases=PhraseFinder(_lists(words[1], asked[1], speakers[1])),
        topics=tuple(Topic(t.id, t.name.zh, t.name.en, t.figures) for t in asked[1].topics),
        ranks=tuple(Rank(r.id, r.name.zh, r.name.en, r.height) for r in speakers[1].ranks),
        needed={grade: heights[rank] for grade, rank in speakers[1].needed.items()},
        authorities=tuple(
            Authority(a.id, frozenset(a.kinds), a.at_least, a.name.zh, a.name.en) for a in speakers[1].authorities
        ),
        limits=Limits(**checks[1].limits.model_dump()),
        surnames=frozenset(words[1].surnames),
        version=f"{checks[1].version}/{digest.hexdigest()[:12]}",
    )


def _read(path: Path, model: type[M], problems: list[Problem], digest: hashlib._Hash) -> tuple[Document, M] | None:
    """Read one file, or add its mistakes to `problems`."""
    try:
        document = read(path)
        digest.update(path.read_bytes())
        return document, check(document, model)
    except BadDocument as bad:
        problems += bad.problems
        return None


def _check(part: _CheckPart) -> CheckRule:
    source = part.source.source()
    return CheckRule(
        part.name.zh, part.name.en, part.weight, frozenset(part.kinds), source, part.verified, part.only_deducts
    )


def _lists(words: _WordsFile, asked: _QuestionsFile, speakers: SpeakersFile) -> dict[str, list[str]]:
    lists = {name: part.words for name, part in words.lists.items()}
    lists |= {f"ask:{topic.id}": topic.asks for topic in asked.topics}
    lists |= {f"answer:{topic.id}": topic.answers for topic in asked.topics}
    lists |= {f"rank:{rank.id}": rank.words for rank in speakers.ranks}
    return lists | {f"may:{one.id}": one.words for one in speakers.authorities}


def _unfit_checks(document: Document, file: _ChecksFile) -> Iterator[Problem]:
    for one in Check:
        if one not in file.checks:
            yield document.problem(("checks",), N_("{key} is missing."), key=one.value)
    for some, most in (("empty_some", "empty_most"), ("repeated_some", "repeated_most"), ("shortest", "longest")):
        if getattr(file.limits, some) > getattr(file.limits, most):
            message = N_("{some} must not be more than {most}.")
            yield document.problem(("limits", some), message, some=some, most=most)


def _unfit_lists(document: Document, file: _WordsFile) -> Iterator[Problem]:
    for name in WORD_LISTS:
        if name not in file.lists:
            yield document.problem(("lists",), N_("{key} is missing."), key=name)
    yield from unknown(document, [(("lists", name), name) for name in file.lists], WORD_LISTS)
    for name, part in file.lists.items():
        for n, word in enumerate(part.words):
            if not word.strip("… ") or word.startswith("…") or word.endswith("…"):
                message = N_("{got} cannot be found: a gap stands between two parts of a phrase.")
                yield document.problem(("lists", name, "words", n), message, got=word)


def _unfit_topics(document: Document, file: _QuestionsFile) -> Iterator[Problem]:
    yield from named_twice(document, "topics", [topic.id for topic in file.topics])


def _unfit_speakers(document: Document, file: SpeakersFile, kinds: Collection[str]) -> Iterator[Problem]:
    ranks = [rank.id for rank in file.ranks]
    yield from named_twice(document, "ranks", ranks)
    yield from named_twice(document, "authorities", [one.id for one in file.authorities])
    yield from unknown(document, [(("needed", grade.zh), rank) for grade, rank in file.needed.items()], ranks)
    used = [
        (("authorities", n, "kinds", k), kind) for n, a in enumerate(file.authorities) for k, kind in enumerate(a.kinds)
    ]
    yield from unknown(document, used, kinds)


def named_twice(document: Document, key: str, ids: list[str], part: str = "") -> Iterator[Problem]:
    """Yield the ids that stand a second time in the list `key`, or in its `part`."""
    where = (key, part) if part else (key,)
    for n, name in enumerate(ids):
        if name in ids[:n]:
            yield document.problem((*where, n, "id"), N_("The id {id} stands here a second time."), id=name)


def unknown(
    document: Document, used: Iterable[tuple[tuple[str | int, ...], str]], known: Collection[str]
) -> Iterator[Problem]:
    """Yield the names that are used and not known, each with the nearest that is."""
    for where, name in used:
        if name not in known:
            near = nearest(name, list(known))
            message = N_("{got} is not known. Did you mean {near}?") if near else N_("{got} is not known.")
            yield document.problem(where, message, **({"got": name, "near": near} if near else {"got": name}))
