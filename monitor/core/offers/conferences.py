"""Was a press conference held, or is it only announced? Only what was held can meet a clock."""

from __future__ import annotations

import re

from monitor.core.offers.offer import Form
from monitor.core.offers.words import ConferenceWords

SENTENCE_END = re.compile(r"[。！？!?\n]")


def conference_of(title: str, text: str, words: ConferenceWords) -> Form | None:
    """Return whether a text is the record or the notice of a conference; None where its title is about none.

    A record bears a certain mark. Whatever else a title says of a conference is taken for its notice, since a notice
    that is taken for a record would meet the clocks of a conference that nobody has held.
    """
    if not _has(title, words.names):
        first = SENTENCE_END.split(text.strip(), maxsplit=1)[0]
        announced = _has(first, words.names) and _has(first, words.coming) and not _has(first, words.surely_held)
        return Form.CONFERENCE_NOTICE if announced else None
    if _has(title, words.surely_held):
        return Form.CONFERENCE_RECORD
    coming = _has(title, words.coming) or _names_an_hour(title, words.hours)
    return Form.CONFERENCE_RECORD if _has(title, words.held) and not coming else Form.CONFERENCE_NOTICE


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _names_an_hour(text: str, hours: tuple[str, ...]) -> bool:
    """Tell whether a number stands right before a word for the hour."""
    return any(
        found.start() and text[found.start() - 1].isnumeric()
        for word in hours
        for found in re.finditer(re.escape(word), text)
    )
