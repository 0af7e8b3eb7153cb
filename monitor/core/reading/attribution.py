"""Read whom a text names as its source: an official body, a medium, or hearsay.

The title decides where it names anybody, and in it whoever is named last: "网传…，警方通报：…" is the police speaking,
"官方回应网传…" is hearsay still. A denial is told by whatever official is named in it, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.model import Speaker
from monitor.core.reading.lexicon import Lexicon, VoiceWords
from monitor.core.reading.opening import Opening

# How far after a name the word may stand that lets it speak: "应急局相关负责人表示".
REACH = 8
# What must follow an official name for it to answer hearsay: "官方通报来了" tells nothing.
ANSWER = 5
_STOPS = frozenset("。！？；，,\n!?")


@dataclass(frozen=True, slots=True)
class Named:
    """Where a text names its source, and which voice that is."""

    start: int
    end: int
    word: str
    speaker: Speaker


def named_source(lexicon: Lexicon, opening: Opening, *, denies: bool = False) -> Named | None:
    """Return whom the opening of a text names as its source; `denies` tells that it denies a rumour."""
    head = _voices(lexicon, opening, 0, opening.head)
    rest = _voices(lexicon, opening, opening.head, opening.end)
    if denies:
        return _first(head + rest)
    hearsay = [
        Named(hit.start, hit.end, hit.word, Speaker.HEARSAY)
        for hit in opening.hits
        if hit.means.rumour and hit.start < opening.head
    ]
    if any(word in opening.folded[: opening.end] for word in lexicon.voices.pending):
        head, rest = _only(head, Speaker.MEDIA), _only(rest, Speaker.MEDIA)
    if not hearsay:
        return _first(head) or _first(rest)
    answers = [voice for voice in head if len(opening.folded[voice.end : opening.head].strip()) >= ANSWER]
    return max((*hearsay, *answers), key=lambda voice: voice.start)


def _voices(lexicon: Lexicon, opening: Opening, start: int, end: int) -> list[Named]:
    text = opening.folded[start:end]
    return [
        Named(start + at, start + stop, word, speaker)
        for speaker, words in lexicon.voices.named.items()
        for word, at, stop in words.find(text)
        if word in words.notices or _speaks(words, text[:at], text[stop:])
    ]


def _speaks(words: VoiceWords, before: str, behind: str) -> bool:
    near = behind[:REACH]
    near = near[: next((n for n, char in enumerate(near) if char in _STOPS), len(near))]
    return any(word in near for word in words.says) or any(word in before[-REACH:] for word in words.after)


def _only(voices: list[Named], speaker: Speaker) -> list[Named]:
    return [voice for voice in voices if voice.speaker is speaker]


def _first(voices: list[Named]) -> Named | None:
    """Return the first official voice, else the first of a medium."""
    return next(iter((*_only(voices, Speaker.OFFICIAL), *voices)), None)
