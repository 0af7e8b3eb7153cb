"""Find the places that a text names and the part each plays in it. Decides nothing about the event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.core.reading.place_name import FOREIGN, Manner, Name, Role, Words
from monitor.core.reading.place_neighbour import Clearing, Neighbours, Standing

BREAKS = ("。", "！", "？", "!", "?", "；", "\n")
BYLINE = re.compile(r"[（(][^（()）\n]{0,80}(?:记者|通讯员|实习生|编辑|摄)[^（()）\n]{0,80}[）)]")
DIGIT = "[0-9０-９一二三四五六七八九十]"
DATE = rf"{DIGIT}{{1,2}}月{DIGIT}{{1,3}}日(?:上午|下午|晚)?"
DATELINE = re.compile(rf"讯|消息[:：]|电[（(　 ]|{DATE}[^，。]{{0,3}}(?:电|讯|消息|报道|信息)")
DATELINE_WITHIN = 40
LATIN_GAPS = frozenset(
    {", ", ",", " ", " in ", " of ", " city, ", " county, ", " city in ", " province, ", " province of "}
)
NO_PLACE = (Role.STREET, Role.THING)


@dataclass(slots=True)
class Mention:
    """A place named once: what it may mean, where it stands, its part. A `loose` one counts only beside its parent."""

    start: int
    end: int
    stems: tuple[str, ...]
    role: Role
    loose: bool = False
    at: bool = False

    @property
    def foreign(self) -> bool:
        """Whether it lies abroad."""
        return self.stems[0].startswith(FOREIGN)


@dataclass(slots=True)
class Sentence:
    """A stretch of text up to a full stop, with its mentions and the offsets of its event words."""

    start: int
    in_title: bool
    end: int = 0
    mentions: list[Mention] = field(default_factory=list)
    events: list[int] = field(default_factory=list)


class Scanner:
    """One automaton over all names, event words and full stops; the leftmost longest match wins."""

    def __init__(self, names: Iterable[Name], words: Words) -> None:
        marks: dict[str, Name | str] = dict.fromkeys(words.event, "event")
        marks |= dict.fromkeys(words.hide, "hide")
        marks |= {name.text: name for name in names}
        marks |= dict.fromkeys(BREAKS, "break")
        self._marks = list(marks.values())
        self._automaton = AhoCorasick(list(marks), matchkind=MatchKind.LeftmostLongest)
        self._neighbours = Neighbours(words)
        self._clearing = Clearing(words)

    def scan(self, text: str) -> list[Sentence]:
        """Return the sentences of title + newline + text, or none where no place is named; all is title without one."""
        marks = self._marks
        matches = self._automaton.find_matches_as_indexes(text)
        if not any(isinstance(marks[index], Name) for index, _, _ in matches):
            return []
        bylines = [found.span() for found in BYLINE.finditer(text)] if "（" in text or "(" in text else []
        line = 0
        sentence = Sentence(0, in_title=True)
        sentences = [sentence]
        for index, start, end in matches:
            mark = marks[index]
            if mark == "event":
                sentence.events.append(start)
            elif mark == "break":
                sentence.end = start
                line = end if text[start] == "\n" else line
                sentence = Sentence(end, in_title=line == 0)
                sentences.append(sentence)
            elif isinstance(mark, Name) and not any(first <= start < last for first, last in bylines):
                self._add(text, mark, start, end, sentence, line)
        sentence.end = len(text)
        return sentences

    def _add(self, text: str, name: Name, start: int, end: int, sentence: Sentence, line: int) -> None:
        role = self._role_after(text, name, start, end, line)
        if role is None:
            return
        previous = sentence.mentions[-1] if sentence.mentions else None
        if previous is not None and not _touch(text, previous, name, start):
            previous = None
        if previous is not None and role is not Role.ROUTE and narrow(previous, name, end, role):
            return
        standing = self._clearing.standing(text, name, start, end, near=previous is not None)
        if standing is Standing.NONE:
            return
        if name.manner is Manner.LETTER:
            sentence.events.append(end := start + 1)
        mention = Mention(start, end, name.alone, role, standing is Standing.LOOSE)
        if previous is not None and previous.foreign and not mention.foreign and not name.full:
            return
        before = self._neighbours.before(text, start)
        mention.at = before is Role.AT or (previous is not None and previous.at)
        if role is Role.NONE and before is not Role.AT:
            mention.role = before
        if mention.foreign and mention.role is Role.AGENT:
            return
        sentence.mentions.append(mention)

    def _role_after(self, text: str, name: Name, start: int, end: int, line: int) -> Role | None:
        """Return the part that the following words give the name, or None where they make it no place."""
        role = name.role or self._neighbours.after(text, end)
        if role in NO_PLACE:
            if not name.full:
                return None
            role = Role.NONE
        if start - line < DATELINE_WITHIN and DATELINE.match(text, end):
            return Role.DATELINE
        return role


def _touch(text: str, previous: Mention, name: Name, start: int) -> bool:
    return previous.end == start or (name.manner is Manner.LATIN and text[previous.end : start] in LATIN_GAPS)


def narrow(previous: Mention, name: Name, end: int, role: Role) -> bool:
    """Let a name behind its parent narrow it (辽宁 + 沈阳); in English the parent follows (Shenyang, Liaoning)."""
    stems = tuple(s for s in name.stems for parent in previous.stems if s != parent and s.startswith(parent))
    if stems:
        stems = tuple(stem for stem in stems if len(stem) == len(stems[0]))
    elif name.manner is Manner.LATIN:
        stems = tuple(s for s in previous.stems if any(s.startswith(parent) for parent in name.stems))
    if not stems:
        return False
    previous.stems, previous.end, previous.loose = stems, end, False
    if role is not Role.NONE or previous.role not in (Role.ORIGIN, Role.AWAY, Role.ROUTE):
        previous.role = role
    return True
