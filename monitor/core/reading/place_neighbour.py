"""The words and characters that touch a place name: what part they give it and whether they leave it clear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from monitor.core.reading.place_name import Manner, Name, Role, Words

EVENT_LENGTHS = (2, 3, 4)
PLATE_NUMBER = re.compile(r"[·•.]?[A-Z0-9*×]{4,6}(?![A-Za-z0-9])")


class Standing(Enum):
    """Whether a written name counts as a place: at once, only beside its parent, or not at all."""

    FIRM = "firm"
    LOOSE = "loose"
    NONE = "none"


class Neighbours:
    """Words that give a role, found by the character that touches the name."""

    def __init__(self, words: Words) -> None:
        self._after = _table(words.after, 0)
        self._before = _table(words.before, -1)

    def after(self, text: str, end: int) -> Role:
        """Return the role given by the longest word that begins at `end`."""
        for word, role in self._after.get(text[end : end + 1], ()):
            if text.startswith(word, end):
                return role
        return Role.NONE

    def before(self, text: str, start: int) -> Role:
        """Return the role given by the longest word that ends at `start`."""
        if start == 0:
            return Role.NONE
        for word, role in self._before.get(text[start - 1], ()):
            if text.endswith(word, 0, start):
                return role
        return Role.NONE


def _table(words: Mapping[str, Role], touching: int) -> dict[str, tuple[tuple[str, Role], ...]]:
    table: dict[str, list[tuple[str, Role]]] = {}
    for word in sorted(words, key=len, reverse=True):
        table.setdefault(word[touching], []).append((word, words[word]))
    return {character: tuple(entries) for character, entries in table.items()}


class Clearing:
    """Decides by its neighbours whether a name that may be another word stands clear."""

    def __init__(self, words: Words) -> None:
        self._left = words.left
        self._right = words.right
        self._tell = words.tell
        self._events = frozenset(words.event)

    def standing(self, text: str, name: Name, start: int, end: int, *, near: bool) -> Standing:
        """Return how the name at `start` to `end` counts; `near` says that it touches another place."""
        if name.manner is Manner.ALWAYS:
            return Standing.FIRM
        if name.manner is Manner.LATIN:
            return Standing.NONE if _in_latin_word(text, start, end) else Standing.FIRM
        edge = start == 0 or not text[start - 1].isalnum()
        if name.manner is Manner.LETTER:
            return Standing.FIRM if edge else Standing.NONE
        if name.manner is Manner.PLATE:
            return Standing.FIRM if PLATE_NUMBER.match(text, end) else Standing.NONE
        if name.manner is Manner.UNDER_PARENT:
            if edge and len(name.alone) == 1 and self._told(text, end):
                return Standing.FIRM
            return Standing.LOOSE if edge or near or text[start - 1] in self._left else Standing.NONE
        if edge:
            return Standing.FIRM
        left = near or not text[start - 1].isalpha() or text[start - 1] in self._left
        right = end == len(text) or not text[end].isalpha() or text[end] in self._right or self._told(text, end)
        if left and right:
            return Standing.FIRM
        return Standing.LOOSE if left or right or len(name.alone[0]) < 6 else Standing.NONE

    def _told(self, text: str, end: int) -> bool:
        """Tell whether an event word or an authority follows."""
        return text.startswith(self._tell, end) or any(text[end : end + n] in self._events for n in EVENT_LENGTHS)


def _in_latin_word(text: str, start: int, end: int) -> bool:
    touching = text[end : end + 1] + (text[start - 1] if start else "")
    return any(character.isascii() and character.isalpha() for character in touching)
