"""What a question of the second reader tells: both readings side by side, and the sentence that it rests on.

All of it but the words comes from outside, from the item or from the model: it is shown as text and never as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.errors import N_
from monitor.core.model import Decoy, Severity
from monitor.core.naming import Names
from monitor.core.second.judging import POINT
from monitor.core.second.opinion import Certainty
from responders.channels.base import Line, Link
from responders.labels import label
from responders.language import Words

__all__ = ["POINT", "asked", "lines", "links"]
NEW = N_(
    "A model reads an incident in item {item} that the first reading has not opened. No clock runs from this. Read "
    "the sentence: if it is right, say so with `huiying report {item}` or on the item's page; else do nothing."
)
GRAVER = N_(
    "A model reads item {item} as graver than this incident stands. No clock has changed. Read the sentence: if it is "
    "right, act on it, and confirm the incident where it waits for that; else do nothing."
)
FIGURES = {
    "deaths": N_("{n} dead"),
    "missing": N_("{n} missing"),
    "trapped": N_("{n} trapped"),
    "injured": N_("{n} injured"),
    "serious": N_("{n} seriously injured"),
}


def asked(detail: Mapping[str, str], words: Words, *, known: bool) -> str:
    """Say what a person is asked: about an incident that is `known`, or about one that is not."""
    return words(GRAVER if known else NEW, item=detail.get("item", ""))


def links(detail: Mapping[str, str], words: Words, console_url: str) -> Iterator[Link]:
    """Yield where the item can be seen: its page in the console, and where its source published it."""
    if console_url and detail.get("item"):
        yield Link(words(N_("The item in the console")), f"{console_url}/items/{detail['item']}")
    if detail.get("url"):
        yield Link(words(N_("The item as published")), detail["url"])


def lines(detail: Mapping[str, str], words: Words, names: Names) -> Iterator[Line]:
    """Yield what the two readings found, the quoted sentence, and the item."""
    model = detail.get("model", "")
    yield Line(words(N_("First reading, by rules")), _first(detail, words, names))
    yield Line(words(N_("Second reading, by {model}"), model=model), _second(detail, words, names))
    yield Line(words(N_("Sentence")), detail.get("quote", ""))
    told = _joined(words, (detail.get("title", ""), names.source(detail.get("source", ""))))
    yield Line(words(N_("Item {item}"), item=detail.get("item", "")), told)


def _first(detail: Mapping[str, str], words: Words, names: Names) -> str:
    """Say what the first reading made of the item."""
    verdict, tag = detail.get("first_verdict", ""), detail.get("first_tag", "")
    if verdict == "decoy" and tag in set(Decoy):
        return words(N_("no incident: {decoy}"), decoy=words(label(Decoy(tag))))
    if verdict == "follow_up":
        return words(N_("about an earlier incident"))
    if verdict != "incident":
        return words(N_("no incident"))
    graded = _grade(detail.get("first_grade", ""), words, presumed=not detail.get("first_firm"))
    return _joined(words, (names.kind(tag), graded, _told(detail, "first", words)))


def _second(detail: Mapping[str, str], words: Words, names: Names) -> str:
    certainty = detail.get("certainty", "")
    sure = words(label(Certainty(certainty))) if certainty in set(Certainty) else ""
    parts = (
        names.kind(detail.get("second_kind", "")),
        _grade(detail.get("second_grade", ""), words, presumed=True),
        _told(detail, "second", words),
        detail.get("place", ""),
        sure,
    )
    return _joined(words, parts)


def _grade(stored: str, words: Words, *, presumed: bool) -> str:
    """Name a grade; what a model says proves none."""
    if stored not in {str(int(grade)) for grade in Severity}:
        return ""
    name = words(label(Severity(int(stored))))
    return words(N_("presumed {grade}"), grade=name) if presumed else name


def _told(detail: Mapping[str, str], reading: str, words: Words) -> str:
    """Say the figures of a reading."""
    pairs = (pair.partition("=") for pair in detail.get(f"{reading}_figures", "").split())
    told = [words(FIGURES[name], n=value) for name, _, value in pairs if name in FIGURES]
    return words(N_(", ")).join(told) if told else words(N_("no figures yet"))


def _joined(words: Words, parts: tuple[str, ...]) -> str:
    return words(N_("; ")).join(part for part in parts if part)
